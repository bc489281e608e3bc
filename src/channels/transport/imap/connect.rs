//! From the first packet to a mailbox: TLS at once or after STARTTLS, and who we
//! are. A password never goes over a wire that others read, unless the operator
//! says so.

use std::sync::Arc;
use std::time::Duration;

use async_imap::Client;
use async_imap::error::Error;
use async_imap::imap_proto::{Response, Status};
use reqwest::Url;
use tokio::time::timeout;

use super::metered::{Allowance, Metered};
use super::{ANSWER, CLOSED, Session, late, trouble, within};
use crate::channels::address::{Known, filled};
use crate::channels::egress::{self, Guard, Wire};
use crate::channels::file::ImapSource;
use crate::channels::map::words::plain;
use crate::channels::registry::Channel;
use crate::channels::transport::calls::Failed;

/// Longest time for each step from the first packet to the login.
const CONNECT: Duration = Duration::from_secs(20);

/// How a wire is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    Tls,
    StartTls,
    Plain,
}

/// How a mailbox is reached.
pub(super) struct Way {
    guard: Guard,
    tls: Arc<rustls::ClientConfig>,
    host: String,
    port: u16,
    security: Security,
    within: Duration,
    user: String,
    password: String,
    /// Which mailbox.
    pub(super) mailbox: String,
    /// How much may come.
    pub(super) allowance: Allowance,
}

impl Way {
    /// The way to the mailbox of `channel`.
    ///
    /// # Errors
    /// A sentence: something of it can't be.
    pub(super) fn of(channel: &Channel, source: &ImapSource) -> Result<Self, String> {
        let nothing = Known::new();
        let fill = |written: &str| filled(channel, written, &nothing);
        let host = fill(&source.server)?;
        let url = Url::parse(&format!("imap://{host}"));
        let url = url.map_err(|e| format!("The mail server's name is none: {e}."))?;
        let guard = Guard::new(&["imap"], (&url, &[]), &channel.config);
        let port = fill(&source.port)?;
        let security = match fill(&source.security)?.as_str() {
            "tls" => Security::Tls,
            "starttls" => Security::StartTls,
            "plain" => Security::Plain,
            _ => return Err("security is \"tls\", \"starttls\" or \"plain\".".to_owned()),
        };
        let user = fill(&source.user)?;
        let password = fill(&source.password)?;
        if [&user, &password]
            .iter()
            .any(|w| w.contains(['\r', '\n', '\0']))
        {
            return Err("User and password are one line each.".to_owned());
        }
        Ok(Self {
            tls: egress::tls(&guard)?,
            guard,
            host,
            port: port
                .parse()
                .map_err(|_| "The mail server's port is a number.".to_owned())?,
            security,
            within: source.timeout.min(CONNECT),
            user,
            password,
            mailbox: fill(&source.mailbox)?,
            allowance: Allowance::default(),
        })
    }

    /// Opens the mailbox's server and says who we are.
    pub(super) async fn open(&self) -> Result<Session, Failed> {
        self.allowance.set(ANSWER);
        let mut client = match timeout(self.within, self.wire()).await {
            Err(_) => return Err(late(self.within)),
            Ok(wire) => Client::new(self.metered(wire?)),
        };
        self.greeted(&mut client).await?;
        if self.security == Security::StartTls {
            within(
                self.within,
                client.run_command_and_check_ok("STARTTLS", None),
            )
            .await?;
            // What came before TLS and was not read yet is thrown away.
            let wire = client.into_inner();
            let secured = egress::secure(&self.tls, &self.host, wire);
            let secured = timeout(self.within, secured).await;
            client = Client::new(self.metered(secured.map_err(|_| late(self.within))??));
        }
        let login = timeout(self.within, client.login(&self.user, &self.password)).await;
        match login {
            Err(_) => Err(late(self.within)),
            Ok(Ok(session)) => Ok(session),
            // What a server says to that may repeat what was said to it.
            Ok(Err((Error::No(_) | Error::Bad(_), _))) => {
                let says = "The mail server refuses the login; look at the channel's secrets.";
                Err(says.to_owned().into())
            }
            Ok(Err((error, _))) => Err(trouble(&error)),
        }
    }

    fn metered(&self, wire: Wire) -> Wire {
        Box::new(Metered::new(wire, self.allowance.clone()))
    }

    async fn wire(&self) -> Result<Wire, String> {
        let wire = egress::dial(&self.guard, (&self.host, self.port)).await?;
        match self.security {
            Security::Tls => egress::secure(&self.tls, &self.host, wire).await,
            Security::StartTls | Security::Plain => Ok(wire),
        }
    }

    async fn greeted(&self, client: &mut Client<Wire>) -> Result<(), Failed> {
        let Some(greeting) = within(self.within, client.read_response()).await? else {
            return Err(CLOSED.to_owned().into());
        };
        match greeting.parsed() {
            Response::Data {
                status: Status::Bye,
                outcome,
                ..
            } => {
                let words = outcome.information.as_deref();
                let words = plain(words.unwrap_or("it does not say why"));
                Err(format!("The mail server sends us away: {words}.").into())
            }
            _ => Ok(()),
        }
    }
}
