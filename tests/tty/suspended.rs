//! Suspended and taken up again by a real shell, by key and from outside: the
//! terminal is the shell's meanwhile, and what came is told.

use std::time::Duration;

use crate::stage::Stage;
use crate::terminal::{Look, Terminal};

fn critical(id: &str) -> String {
    serde_json::json!([{ "id": id, "text": "Water in the tunnel", "severity": "critical" }])
        .to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_during_a_suspension_is_told() {
    let stage = Stage::town().await;
    let port = stage.running.address.port();
    let mut shell = Terminal::shell(port, stage.token("ana"), Look::MONO).unwrap();
    shell
        .until("the shell", |screen| screen.contents().contains("ready$"))
        .unwrap();
    shell.press("$CONSOLE\r").unwrap();
    let open =
        |screen: &vt100::Screen| screen.alternate_screen() && screen.contents().contains("live");
    shell.until("the console", open).unwrap();
    for (n, outside) in [(1, false), (2, true)] {
        shell.quiet(Duration::from_millis(300));
        if outside {
            shell.signal_children("TSTP");
        } else {
            shell.press("\u{1a}").unwrap();
        }
        shell
            .until("the shell's screen", |screen| {
                !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
            })
            .unwrap();
        assert_eq!(stage.post(critical(&n.to_string())).await.status, 200);
        stage.until("the critical", |board| board.len() == n).await;
        shell.press("fg\r").unwrap();
        shell
            .until("what was missed", |screen| {
                screen.alternate_screen()
                    && screen.contents().contains("suspended: 1 new critical.")
            })
            .unwrap();
        // The next key takes the sentence away.
        shell.press("k").unwrap();
        shell
            .until("the keys", |screen| {
                !screen.contents().contains("suspended")
            })
            .unwrap();
    }
    stage.stop().await;
}
