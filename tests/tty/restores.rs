//! Every way out of the console, many times over: the terminal is given back
//! whole, and a terminal that is gone is not waited for.
//!
//! The real binary, several terminals at once, ended at moments that differ
//! from round to round. Ten rounds a way; a hundred when `WATCHFLOOR_PEERS` is
//! 1. The panic, which the binary has no key for, is in `tests/terminal.rs`.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::Signal;

use crate::lives::Life;
use crate::stage::{Stage, entry};

/// Terminals at once: more than processors, since each waits most of the time.
const AT_ONCE: usize = 4;
/// Processor time that an end may take, seconds: an orderly one takes hundredths,
/// a thread that spins until the last resort takes more than one.
const NO_SPIN: f64 = 0.7;
/// How long a console may outlive its terminal: the two seconds after which it
/// ends by itself whatever hangs, and what a busy machine adds.
const GONE: Duration = Duration::from_secs(6);

fn rounds() -> usize {
    match std::env::var_os("WATCHFLOOR_PEERS") {
        Some(value) if value == "1" => 100,
        _ => 10,
    }
}

/// A floor with something on it.
async fn stage() -> Stage {
    let stage = Stage::town().await;
    let body = serde_json::json!([entry("1", "A pipe burst in Mill Road")]);
    assert_eq!(stage.post(body.to_string()).await.status, 200);
    stage
}

/// Runs `one` for every round, several at once; the number of the round makes
/// the moments differ.
fn every_round(one: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let round = next.fetch_add(1, Ordering::SeqCst);
                    if round >= rounds() {
                        return;
                    }
                    one(round);
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(done.load(Ordering::SeqCst), rounds());
}

/// From the first byte on the other screen to a console that has long been open.
fn moment(round: usize) -> Duration {
    Duration::from_millis((round as u64 * 17) % 120)
}

async fn given_back(code: u32, end: impl Fn(&mut Life) + Sync) {
    let stage = stage().await;
    let (port, token) = (stage.running.address.port(), stage.token("ana"));
    every_round(|round| {
        let mut life = Life::begin(port, token);
        life.is_open();
        std::thread::sleep(moment(round));
        end(&mut life);
        assert_eq!(life.ends(), code, "round {round}: {}", life.text());
        life.is_given_back(round);
    });
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_gives_the_terminal_back() {
    given_back(0, |life| life.press("q")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_gives_the_terminal_back() {
    given_back(130, |life| life.signal(Signal::INT)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_to_end_gives_the_terminal_back() {
    given_back(143, |life| life.signal(Signal::TERM)).await;
}

/// Whoever is asked to end twice, or by everything at once, gives back once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_ends_at_once_give_the_terminal_back() {
    let stage = stage().await;
    let (port, token) = (stage.running.address.port(), stage.token("ana"));
    every_round(|round| {
        let mut life = Life::begin(port, token);
        life.is_open();
        std::thread::sleep(moment(round));
        life.signal(Signal::INT);
        life.press("q");
        life.signal(Signal::TERM);
        let code = life.ends();
        assert!([0, 130, 143].contains(&code), "round {round}: {code}");
        life.is_given_back(round);
    });
    stage.stop().await;
}

/// A hub that takes the connection and drops it, and one that is not there: the
/// console stands, says so, and closes like any other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_lost_at_the_start_costs_no_terminal() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let drops = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    // Bound and never listened at: refused.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let refuses = closed.local_addr().unwrap().port();
    drop(closed);
    every_round(|round| {
        let port = if round % 2 == 0 { drops } else { refuses };
        let mut life = Life::begin(port, "a-token-of-nobody");
        life.is_open();
        std::thread::sleep(moment(round));
        life.press("q");
        assert_eq!(life.ends(), 0, "round {round}: {}", life.text());
        life.is_given_back(round);
    });
}

/// SIGHUP says that the terminal is gone: the process ends, and what is no
/// longer ours is not written to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_ends_it_and_touches_the_terminal_no_more() {
    let stage = stage().await;
    let (port, token) = (stage.running.address.port(), stage.token("ana"));
    every_round(|round| {
        let mut life = Life::begin(port, token);
        life.is_open();
        std::thread::sleep(moment(round));
        life.signal(Signal::HUP);
        let (took, spent) = life.dies();
        assert!(took < GONE, "round {round}: {took:?}");
        assert!(spent < NO_SPIN, "round {round}: {spent} s of processor");
        assert_eq!(life.ends(), 129, "round {round}");
        assert!(life.still_has_the_other_screen(), "round {round}");
    });
    stage.stop().await;
}

/// The line drops: the terminal's other end closes. With a controlling terminal
/// SIGHUP comes as well; without one only the watchdog and reads that fail tell.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_that_closes_ends_it_without_a_spin() {
    let stage = stage().await;
    let (port, token) = (stage.running.address.port(), stage.token("ana"));
    every_round(|round| {
        let mut life = if round % 2 == 0 {
            Life::begin(port, token)
        } else {
            Life::begin_unsignalled(port, token)
        };
        life.is_open();
        std::thread::sleep(moment(round));
        life.close_terminal();
        let (took, spent) = life.dies();
        assert!(took < GONE, "round {round}: {took:?}");
        assert!(spent < NO_SPIN, "round {round}: {spent} s of processor");
        assert_eq!(life.ends(), 129, "round {round}");
    });
    stage.stop().await;
}
