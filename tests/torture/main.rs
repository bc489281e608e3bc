//! Links that break in every way under load, and a hub that is killed in a
//! flood: what was acknowledged is there, once, and boards are equal. The large
//! versions run with the real peers (`tests/peers`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

#[path = "../stage/mod.rs"]
mod stage;

mod binary;
mod chaos;
mod cuts;
mod flood;
mod load;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_whose_link_breaks_150_times_has_the_hubs_board() {
    cuts::survive(150).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_killed_3_times_in_a_flood_loses_and_doubles_nothing() {
    flood::survive(5_000, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consoles_that_join_in_the_middle_of_it_have_the_hubs_board() {
    cuts::join_under_load(8).await;
}
