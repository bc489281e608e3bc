//! Links that break in every way under load, and a hub that is killed in a
//! flood: what was acknowledged is there, once, and boards are equal. The large
//! versions run with the real peers (`tests/peers`).

#[path = "../stage/mod.rs"]
mod stage;

mod chaos;
mod cuts;
mod load;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_whose_link_breaks_150_times_has_the_hubs_board() {
    cuts::survive(150).await;
}
