//! One mail to a mail server (RFC 5321): TLS at once or after STARTTLS, who we
//! are, the mail, and what the server says to it.
//!
//! A server keeps a mail when it has read its last line. Whatever breaks before
//! that line is written, surely nothing was sent; what breaks between that line
//! and the server's word leaves it open.

use std::time::Duration;

use bytes::Bytes;
use lettre::Message;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use reqwest::Url;
use tokio::time::timeout;

use super::act::Outcome;
use super::greeted::{Greeted, start_tls};
use super::letter::{Letter, Security};
use crate::channels::egress::{self, Guard, NotAllowed};
use crate::channels::map::words::plain;
use crate::text::Untrusted;

/// Longest time from the first packet to the mail's own words.
const BEFORE: Duration = Duration::from_secs(30);
/// Longest wait for a server's word on what it has read: some look for spam
/// first.
const AFTER: Duration = Duration::from_mins(1);
/// How long to wait when a server says "later": those that put strangers off do
/// so for some minutes.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);
/// Ports when the URL has none.
const PORTS: [u16; 3] = [465, 587, 25];

/// Hands `letter` to the server at `url`.
pub(super) async fn post(guard: &Guard, url: &Url, letter: &Letter) -> Outcome {
    match posted(guard, url, letter).await {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

async fn posted(guard: &Guard, url: &Url, letter: &Letter) -> Result<Outcome, Outcome> {
    let refused = |says: String| Outcome::Refused { says };
    let message = letter.message().map_err(refused)?;
    let id = letter.message_id().map_err(refused)?;
    guard.url(url).map_err(|e| refused(e.to_string()))?;
    let ready = timeout(BEFORE, ready(guard, (url, letter), &message)).await;
    let mut talk = ready.map_err(|_| late())??;
    let open = |says: &str| Outcome::Unknown {
        says: format!("{says} It may have been sent; look before you send it again."),
    };
    match timeout(AFTER, talk.message(&message.formatted())).await {
        Err(_) => Err(open(
            "The mail server took the mail and said nothing to it.",
        )),
        Ok(Err(error)) if error.status().is_none() => Err(open(
            "The connection broke while the mail server had the mail.",
        )),
        Ok(Err(error)) => Err(said(&error)),
        Ok(Ok(_)) => {
            // It is sent; how the two part is nobody's business.
            drop(timeout(Duration::from_secs(2), talk.command(Quit)).await);
            Ok(Outcome::Sent {
                id: Some(Untrusted::from(id.as_str())),
                url: None,
            })
        }
    }
}

/// A connection on which the server waits for the mail's own words.
async fn ready(
    guard: &Guard,
    (url, letter): (&Url, &Letter),
    message: &Message,
) -> Result<AsyncSmtpConnection, Outcome> {
    let wire = open(guard, url, letter.security).await?;
    let hello = ClientId::default();
    let mut talk = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello)
        .await
        .map_err(|e| said(&e))?;
    if let Some((user, password)) = &letter.login {
        let who = Credentials::new(user.clone(), password.reveal().to_owned());
        let known = [Mechanism::Plain, Mechanism::Login];
        talk.auth(&known, &who)
            .await
            .map_err(|e| unknown_here(&e))?;
    }
    let envelope = message.envelope();
    let foreign = [envelope.from(), envelope.to().first()]
        .iter()
        .flatten()
        .any(|address| !AsRef::<str>::as_ref(address).is_ascii());
    let mut how = Vec::new();
    if foreign {
        if !talk.server_info().supports_feature(Extension::SmtpUtfEight) {
            let says = "The mail server takes no address with such letters.";
            return Err(Outcome::Refused {
                says: says.to_owned(),
            });
        }
        how.push(MailParameter::SmtpUtfEight);
    }
    let from = Mail::new(envelope.from().cloned(), how);
    talk.command(from).await.map_err(|e| said(&e))?;
    for to in envelope.to() {
        let to = Rcpt::new(to.clone(), Vec::new());
        talk.command(to).await.map_err(|e| said(&e))?;
    }
    talk.command(Data).await.map_err(|e| said(&e))?;
    Ok(talk)
}

/// The wire to the server, secured as the operator wants it.
async fn open(guard: &Guard, url: &Url, security: Security) -> Result<Greeted, Outcome> {
    let later = |says: String| Outcome::Later {
        after: PATIENCE,
        says,
    };
    let host = url.host_str().unwrap_or("");
    let [tls, start, plain] = PORTS;
    let usual = match security {
        Security::Tls => tls,
        Security::StartTls => start,
        Security::Plain => plain,
    };
    let port = url.port().unwrap_or(usual);
    let resolved = guard.resolve(host, port).await;
    resolved.map_err(|e| match e {
        // A name may be known again in a while; what is not allowed stays so.
        NotAllowed::Unresolved(_) => later(e.to_string()),
        _ => Outcome::Refused {
            says: e.to_string(),
        },
    })?;
    let wire = egress::dial(guard, (host, port)).await.map_err(later)?;
    match security {
        Security::Plain => Ok(Greeted::new(Bytes::new(), wire)),
        Security::Tls => {
            let config = egress::tls(guard).map_err(later)?;
            let wire = egress::secure(&config, host, wire).await.map_err(later)?;
            Ok(Greeted::new(Bytes::new(), wire))
        }
        Security::StartTls => {
            let config = egress::tls(guard).map_err(later)?;
            let (greeting, wire) = start_tls(wire).await?;
            let wire = egress::secure(&config, host, wire).await.map_err(later)?;
            Ok(Greeted::new(greeting, wire))
        }
    }
}

/// What a server's word means that no mail was taken after.
fn said(error: &lettre::transport::smtp::Error) -> Outcome {
    let words = words(error);
    match error.status() {
        Some(code) if error.is_permanent() => Outcome::Refused {
            says: format!("The mail server refused it ({code}): {words}."),
        },
        Some(code) => Outcome::Later {
            after: PATIENCE,
            says: format!("The mail server asks to wait ({code}): {words}."),
        },
        None => broke(&words),
    }
}

/// The same for who we are; what a server says to that may repeat what was said
/// to it.
fn unknown_here(error: &lettre::transport::smtp::Error) -> Outcome {
    if error.is_permanent() || error.is_client() {
        let says = "The mail server refuses the login; look at the channel's secrets.";
        return Outcome::Refused {
            says: says.to_owned(),
        };
    }
    Outcome::Later {
        after: PATIENCE,
        says: "The mail server does not take the login now.".to_owned(),
    }
}

fn words(error: &lettre::transport::smtp::Error) -> String {
    let source = std::error::Error::source(error);
    plain(&source.map_or_else(|| "it does not say why".to_owned(), ToString::to_string))
}

/// What breaks before the mail's last line leaves nothing sent.
pub(super) fn broke(why: &dyn std::fmt::Display) -> Outcome {
    let why = plain(&why.to_string());
    Outcome::Later {
        after: PATIENCE,
        says: format!("The connection to the mail server broke before the mail left: {why}."),
    }
}

fn late() -> Outcome {
    Outcome::Later {
        after: PATIENCE,
        says: "The mail server did not answer within 30 s.".to_owned(),
    }
}
