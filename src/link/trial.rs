//! Connects once, as a console would, and tells each step: for `check
//! connection` and for the hub's line in `check`.
//!
//! Owns no wait between tries, because there is one try. Called by the command
//! line.

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use super::address::Address;
use super::connect::{self, Session};
use super::dial::Routed;
use super::fault::ConnectError;
use super::settings::LinkSettings;
use super::walk::{Step, Taken, Walk};
use crate::model::ids::Seq;
use crate::text::{SafeText, Untrusted};
use crate::wire::codec::{self, Packet};
use crate::wire::frames::{ClientFrame, Hello, ServerFrame, Window};

/// What came of one try.
#[derive(Debug)]
pub struct Trial {
    /// The steps that were taken, the last of which may have failed.
    pub steps: Vec<Taken>,
    /// Who we are there, or why there is no session.
    pub met: Result<Met, ConnectError>,
}

/// The hub's greeting.
#[derive(Clone, Debug, PartialEq)]
pub struct Met(pub Box<Hello>);

/// Tries once.
pub async fn try_out(settings: &LinkSettings) -> Trial {
    let walk = Walk::default();
    let allowed = settings.timings.connect;
    let met = connect::within(allowed, &walk, meet(settings, &walk)).await;
    if met.is_err() {
        walk.fail();
    }
    Trial {
        steps: walk.taken(),
        met,
    }
}

async fn meet(settings: &LinkSettings, walk: &Walk) -> Result<Met, ConnectError> {
    walk.begin(Step::Settings);
    let address = Address::of(settings)?;
    let how = if address.secure { "with" } else { "without" };
    walk.pass(format!("{}, {how} TLS", address.authority()));
    let dial = Routed::of(settings);
    // The time limit is the caller's, over the greeting too.
    let mut session = connect::steps(settings, &dial, walk).await?;
    walk.begin(Step::Hello);
    let hello = greeting(&mut session, &address).await?;
    walk.pass(format!("{}, {}", hello.officer, hello.role.word()));
    // A goodbye that does not arrive changes nothing: all was said.
    drop(session.close(None).await);
    Ok(Met(hello))
}

/// Asks for a session with nothing in it and reads the greeting.
async fn greeting(session: &mut Session, address: &Address) -> Result<Box<Hello>, ConnectError> {
    let gone = || connect::closed(address, Step::Hello);
    let resume = codec::encode(&ClientFrame::Resume {
        epoch: None,
        seq: Seq(0),
        window: Window { closed_items: 0 },
    });
    let resume = Message::Text(resume.try_into().map_err(|_| gone())?);
    session.send(resume).await.map_err(|_| gone())?;
    while let Some(Ok(message)) = session.next().await {
        let packet = match message {
            Message::Text(text) => Packet::Text(text.into()),
            Message::Binary(bytes) => Packet::Binary(bytes),
            _ => continue,
        };
        match codec::read_server(&packet) {
            Ok(ServerFrame::Hello(hello)) => return Ok(hello),
            Ok(ServerFrame::Bye { reason, .. }) => {
                let reason = SafeText::line(&Untrusted::new(reason));
                return Err(ConnectError::Bye(reason.as_str().to_owned()));
            }
            Ok(_) => {}
            Err(_) => return Err(ConnectError::Version),
        }
    }
    Err(gone())
}
