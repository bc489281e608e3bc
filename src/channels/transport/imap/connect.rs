//! From the first packet to a mailbox: TLS at once or after STARTTLS, and who we
//! are. A password never goes over a wire that others read, unless the operator
//! says so.

use std::sync::Arc;
use std::time::Duration;

use async_imap::Client;
use reqwest::Url;
use tokio::time::timeout;

use super::{Session, within};
use crate::channels::address::{Known, filled};
use crate::channels::egress::{self, Guard, Wire};
use crate::channels::file::ImapSource;
use crate::channels::registry::Channel;
use crate::channels::transport::calls::Failed;

/// Longest time from the first packet to TLS.
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
    user: String,
    password: String,
    /// Which mailbox.
    pub(super) mailbox: String,
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
            user,
            password,
            mailbox: fill(&source.mailbox)?,
        })
    }

    /// Opens the mailbox's server and says who we are.
    pub(super) async fn open(&self) -> Result<Session, Failed> {
        let mut client = match timeout(CONNECT, self.wire()).await {
            Err(_) => {
                return Err("The mail server did not answer within 20 s."
                    .to_owned()
                    .into());
            }
            Ok(wire) => Client::new(wire?),
        };
        self.greeted(&mut client).await?;
        if self.security == Security::StartTls {
            within(client.run_command_and_check_ok("STARTTLS", None)).await?;
            // What came before TLS and was not read yet is thrown away.
            let wire = client.into_inner();
            let secured = timeout(CONNECT, egress::secure(&self.tls, &self.host, wire)).await;
            let late = |_| Failed::from("The mail server did not answer within 20 s.".to_owned());
            client = Client::new(secured.map_err(late)??);
        }
        let login = timeout(CONNECT, client.login(&self.user, &self.password)).await;
        match login {
            Err(_) => Err("The mail server did not answer within 20 s."
                .to_owned()
                .into()),
            Ok(Ok(session)) => Ok(session),
            // What a server says to that may repeat what was said to it.
            Ok(Err(_)) => {
                let says = "The mail server refuses the login; look at the channel's secrets.";
                Err(says.to_owned().into())
            }
        }
    }

    async fn wire(&self) -> Result<Wire, String> {
        let wire = egress::dial(&self.guard, (&self.host, self.port)).await?;
        match self.security {
            Security::Tls => egress::secure(&self.tls, &self.host, wire).await,
            Security::StartTls | Security::Plain => Ok(wire),
        }
    }

    async fn greeted(&self, client: &mut Client<Wire>) -> Result<(), Failed> {
        match within(client.read_response()).await? {
            Some(_) => Ok(()),
            None => Err("The mail server closed the connection.".to_owned().into()),
        }
    }
}
