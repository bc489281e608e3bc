//! `[page]`: the hub's second way out, for when nobody answers.
//!
//! Owns the keys; the policy and the senders are `page`.

use std::time::Duration;

use super::super::origin::Located;
use super::super::read::Section;
use super::super::secret::SecretRef;
use super::super::words::MailTls;

/// `[page]`.
#[derive(Clone, Debug)]
pub struct Page {
    /// A critical that nobody acknowledged or took for so long leaves.
    pub after: Located<Duration>,
    /// And leaves again each time so long passes.
    pub repeat: Located<Duration>,
    /// Tries for one page.
    pub attempts: Located<u32>,
    /// The wait after the first try; it doubles.
    pub retry: Located<Duration>,
    /// By HTTP.
    pub webhook: Option<Webhook>,
    /// By mail.
    pub smtp: Option<Smtp>,
    /// Tells others that the hub lives.
    pub heartbeat: Option<Heartbeat>,
}

/// `[page.webhook]`.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where to post.
    pub url: Located<String>,
    /// What signs it.
    pub secret: Option<Located<SecretRef>>,
}

/// `[page.smtp]`.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// The mail server.
    pub host: Located<String>,
    /// Its port; by `tls` when it is not set.
    pub port: Option<Located<u16>>,
    /// How it is encrypted.
    pub tls: Located<MailTls>,
    /// Who sends.
    pub from: Located<String>,
    /// Who gets it.
    pub to: Located<Vec<String>>,
    /// Who logs in; none: nobody.
    pub user: Option<Located<String>>,
    /// With which password.
    pub secret: Option<Located<SecretRef>>,
}

/// `[page.heartbeat]`.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    /// What to fetch.
    pub url: Located<String>,
    /// How often.
    pub every: Located<Duration>,
}

impl Page {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        let seconds = Duration::from_secs;
        Self {
            after: s.within("after", seconds(120), seconds(10)..=seconds(3600)),
            repeat: s.within("repeat", seconds(300), seconds(60)..=seconds(86_400)),
            attempts: s.within("attempts", 6, 1..=20),
            retry: s.within("retry", seconds(2), seconds(1)..=seconds(60)),
            webhook: s.maybe_section("webhook", Webhook::read),
            smtp: s.maybe_section("smtp", Smtp::read),
            heartbeat: s.maybe_section("heartbeat", Heartbeat::read),
        }
    }
}

impl Webhook {
    fn read(s: &mut Section<'_>) -> Self {
        Self {
            url: http_url(s, "url"),
            secret: s.maybe("secret"),
        }
    }
}

impl Smtp {
    fn read(s: &mut Section<'_>) -> Self {
        let smtp = Self {
            host: s.need("host"),
            port: s.maybe("port"),
            tls: s.or("tls", MailTls::Implicit),
            from: s.need("from"),
            to: s.need("to"),
            user: s.maybe("user"),
            secret: s.maybe("secret"),
        };
        if smtp.user.is_some() != smtp.secret.is_some() {
            let says = "page.smtp.user and page.smtp.secret are set together or not at all.";
            s.wrong(s.origin.clone(), says.into());
        }
        let here = ["localhost", "127.0.0.1", "::1"].contains(&smtp.host.as_str());
        if *smtp.tls == MailTls::Off && smtp.secret.is_some() && !here {
            let says = "page.smtp.tls is \"off\", which would send the password in the clear; use \"implicit\" or \"starttls\".";
            s.wrong(smtp.tls.origin.clone(), says.into());
        }
        smtp
    }
}

impl Heartbeat {
    fn read(s: &mut Section<'_>) -> Self {
        let seconds = Duration::from_secs;
        Self {
            url: http_url(s, "url"),
            every: s.within("every", seconds(60), seconds(5)..=seconds(86_400)),
        }
    }
}

fn http_url(s: &mut Section<'_>, key: &'static str) -> Located<String> {
    let url: Located<String> = s.need(key);
    if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
        let name = s.name(key);
        let says = format!("{name} has to be a URL that starts with https:// or http://.");
        s.wrong(url.origin.clone(), says);
    }
    url
}
