//! Pages by mail.
//!
//! Owns the message's form and the connection's kind; the words are `notice`.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::notice::Notice;
use super::send::{Failure, PageError};
use crate::config::Located;
use crate::config::page::Smtp;
use crate::config::words::MailTls;

/// A command of the conversation takes no longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// A mail server that is set up.
#[derive(Debug)]
pub(super) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Mail {
    pub(super) fn new(smtp: &Smtp) -> Result<Self, PageError> {
        let from = mailbox("from", &smtp.from, &smtp.from.value)?;
        let to: Result<Vec<Mailbox>, _> = smtp
            .to
            .iter()
            .map(|address| mailbox("to", &smtp.to, address))
            .collect();
        let to = to?;
        if to.is_empty() {
            return Err(setup(format!(
                "page.smtp.to ({}) names nobody",
                smtp.to.origin
            )));
        }
        let mut builder = encrypted(smtp)?.timeout(Some(PATIENCE));
        if let (Some(user), Some(secret)) = (&smtp.user, &smtp.secret) {
            let password = secret.resolve().map_err(|source| PageError::Secret {
                way: "smtp",
                source,
            })?;
            let login = Credentials::new(user.value.clone(), password.expose().to_owned());
            builder = builder.credentials(login);
        }
        Ok(Self {
            transport: builder.build(),
            from,
            to,
        })
    }

    pub(super) async fn send(&self, notice: &Notice) -> Result<(), Failure> {
        let message = self.message(notice).map_err(|error| Failure {
            says: error.to_string(),
            final_: true,
        })?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure {
                final_: error.is_permanent(),
                says: one_line(&error.to_string()),
            }),
        }
    }

    fn message(&self, notice: &Notice) -> Result<Message, lettre::error::Error> {
        let host = self.from.email.domain();
        let builder: MessageBuilder = Message::builder()
            .from(self.from.clone())
            // The same at each try, so that a mail that went out twice is one.
            .message_id(Some(format!("<{}@{host}>", notice.id)))
            .subject(notice.subject())
            .header(ContentType::TEXT_PLAIN);
        let builder = self.to.iter().fold(builder, |b, to| b.to(to.clone()));
        builder.body(format!(
            "{}\n\nThe oldest waits since {}.\n",
            notice.text, notice.since
        ))
    }
}

/// A server's words in a log line: visible, one line, not long.
fn one_line(words: &str) -> String {
    let visible = words
        .chars()
        .map(|c| if c.is_ascii_graphic() { c } else { ' ' });
    visible.take(300).collect()
}

fn setup(says: String) -> PageError {
    PageError::Setup { way: "smtp", says }
}

fn mailbox<T>(key: &str, place: &Located<T>, address: &str) -> Result<Mailbox, PageError> {
    address.parse().map_err(|_| {
        setup(format!(
            "page.smtp.{key} ({}) is not a mail address",
            place.origin
        ))
    })
}

fn encrypted(smtp: &Smtp) -> Result<AsyncSmtpTransportBuilder, PageError> {
    let host = smtp.host.value.as_str();
    let tls = || {
        TlsParameters::new(host.to_owned())
            .map_err(|error| setup(format!("TLS to {} ({error})", smtp.host.origin)))
    };
    let (tls, port) = match *smtp.tls {
        MailTls::Implicit => (Tls::Wrapper(tls()?), 465),
        MailTls::StartTls => (Tls::Required(tls()?), 587),
        MailTls::Off => (Tls::None, 25),
    };
    let port = smtp.port.as_ref().map_or(port, |port| port.value);
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host);
    Ok(builder.port(port).tls(tls))
}
