//! The hub against real peers: Debian's Alertmanager, a feed from nginx, a
//! WebSub hub, a Mastodon stream, clients of Mastodon and Misskey; a console that reaches it through Debian's tinyproxy and
//! microsocks; notices and copies through tmux and screen, notices to dunst;
//! one through sshd on a thin line; and the large
//! versions of the tests in `tests/torture`.
//!
//! Every test is skipped unless `WATCHFLOOR_PEERS=1`: `.ci/peers` installs what
//! they need and sets it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

#[path = "../link/authority.rs"]
#[allow(dead_code, reason = "tests/link uses the rest")]
mod authority;
#[path = "../torture/binary.rs"]
mod binary;
#[path = "../torture/chaos.rs"]
mod chaos;
#[path = "../torture/cuts.rs"]
mod cuts;
#[path = "../torture/flood.rs"]
mod flood;
#[path = "../torture/load.rs"]
mod load;
#[path = "../jump/rig.rs"]
#[allow(dead_code, reason = "tests/jump uses the rest")]
mod rig;
#[path = "../stage/mod.rs"]
mod stage;

#[cfg(unix)]
#[path = "../notices/floor.rs"]
mod notices_floor;
#[cfg(unix)]
#[path = "../notices/outer.rs"]
mod outer;

mod alertmanager;
mod fediverse;
mod feed;
#[cfg(unix)]
mod line;
mod mastodon;
#[cfg(unix)]
mod multiplexers;
#[cfg(unix)]
mod notices;
mod process;
mod proxies;
#[cfg(unix)]
mod ssh;
mod websub;

#[cfg(unix)]
mod within;

/// Whether the real peers are wanted; says so when not.
pub(crate) fn wanted(test: &str) -> bool {
    let wanted = std::env::var_os("WATCHFLOOR_PEERS").is_some_and(|value| value == "1");
    if !wanted {
        eprintln!("{test}: skipped, because WATCHFLOOR_PEERS is not 1; .ci/peers runs it.");
    }
    wanted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_whose_link_breaks_1000_times_has_the_hubs_board() {
    if wanted("1,000 broken links") {
        cuts::survive(1_000).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consoles_that_join_in_the_middle_of_it_have_the_hubs_board() {
    if wanted("joining under load") {
        cuts::join_under_load(40).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_killed_20_times_in_a_flood_loses_and_doubles_nothing() {
    if wanted("20 kills") {
        flood::survive(100_000, 20).await;
    }
}
