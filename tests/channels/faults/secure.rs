//! Servers whose certificates are not good, and get one that is: everything that
//! calls out, by TLS.

use std::sync::LazyLock;

use futures_util::future::join_all;
use rustls::version::TLS13;
use tokio_rustls::TlsAcceptor;
use watchfloor::channels::transport::cursors::InMemory;

use super::rows::{self, AUTHORITY, Row};
use super::server::Server;
use super::until;
use crate::authority::{self, Authority, Pair};
use crate::support::{Recorder, Task, now};

fn speaks(pair: &Pair, clients: Option<&Authority>) -> TlsAcceptor {
    let server = authority::Server {
        pair,
        clients,
        version: &TLS13,
    };
    server.acceptor()
}

fn signed(host: &str, years: (i32, i32)) -> TlsAcceptor {
    speaks(&AUTHORITY.signs(&[host], years, 1), None)
}

static GOOD: LazyLock<TlsAcceptor> = LazyLock::new(|| signed("localhost", (2020, 2090)));

/// What a server shows that is not good, and what is told of it.
fn bad() -> Vec<(TlsAcceptor, &'static str)> {
    let stranger = Authority::named("Stranger").signs(&["localhost"], (2020, 2090), 1);
    let own = AUTHORITY.signs(&["localhost"], (2020, 2090), 1);
    vec![
        (
            signed("localhost", (2020, 2021)),
            "The server's certificate has expired.",
        ),
        (
            signed("localhost", (2080, 2090)),
            "The server's certificate is not valid yet; look at this machine's clock.",
        ),
        (
            signed("other.example", (2020, 2090)),
            "The server's certificate is for another name",
        ),
        (
            speaks(&stranger, None),
            "signed by an authority that this machine does not trust",
        ),
        (
            speaks(&own, Some(&AUTHORITY)),
            "The server wants to see a client's certificate",
        ),
    ]
}

async fn meets(row: &Row, (shows, words): &(TlsAcceptor, &str)) -> Result<(), String> {
    let server = Server::start(row.greets, (row.says)(&[1, 2])).await;
    server.secures(shows.clone());
    let channel = row.channel(server.port, true);
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    let error = || task.health.at(now()).error;
    let named = || error().is_some_and(|e| e.contains(words));
    let outcome = until("it was not told", named).await;
    outcome.map_err(|says| format!("{} x {words}: {says}: {:?}", row.name, error()))?;
    server.secures(GOOD.clone());
    let kept = || task.intake.kept.lock().unwrap().len();
    let outcome = until("nothing came", || kept() == 2 && error().is_none()).await;
    outcome.map_err(|says| format!("{} x {words}: {says}: {:?}", row.name, error()))?;
    task.stop().await;
    Ok(())
}

#[tokio::test]
async fn a_certificate_that_is_not_good_is_told_as_what_it_is_and_waited_for() {
    let rows = [
        rows::poll(),
        rows::longpoll(),
        rows::feed(),
        rows::sse(),
        rows::lines(),
        rows::websocket(),
        rows::mqtt(),
        rows::nats(),
        rows::mailbox(),
    ];
    let bad = bad();
    let each = rows
        .iter()
        .flat_map(|row| bad.iter().map(move |bad| meets(row, bad)));
    let said = join_all(each).await;
    let wrong: Vec<String> = said.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
