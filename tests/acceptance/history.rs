//! Searching in the history of a real hub, and items by their numbers.

use crate::floor::Floor;

#[tokio::test]
async fn the_history_is_searched_and_an_item_opened_from_it() {
    let floor = Floor::start().await;
    floor.posts(0..4, "low").await;
    let ana = floor.console("ana").await;
    ana.sees("post 3").await;
    // The archive trails the log by a moment: asked again until it has it.
    loop {
        ana.keys("\\ Ctrl-U");
        ana.types("\"post 2\"");
        ana.keys("Enter");
        let title = "History, \"post 2\":";
        let screen = ana.sees(title).await;
        if screen.contains("1 item") {
            break;
        }
        assert!(screen.contains("0 items"), "{screen}");
        ana.keys("Esc");
        ana.sees_no(title).await;
    }
    ana.keys("Enter");
    ana.sees("1 of 1 that were found.").await;
    assert_eq!(ana.cursor(), None, "it is open");
    ana.sees("mention #3").await;
    floor.stop().await;
}

#[tokio::test]
async fn a_number_that_is_nowhere_is_the_hubs_to_say() {
    let floor = Floor::start().await;
    floor.posts(0..1, "low").await;
    let ana = floor.console("ana").await;
    ana.sees("post 0").await;
    ana.command("4711");
    ana.sees("There is no item").await;
    floor.stop().await;
}
