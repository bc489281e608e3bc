//! A reply by mail: what its file says, filled in, and the message that comes of
//! it (RFC 5322), pure.
//!
//! A mail answers another when it names it: `In-Reply-To` the one that is
//! answered, `References` the whole thread, and the same subject after "Re: "
//! (RFC 5322, 3.6.4 and 3.6.5). Our key is in its `Message-ID`, so that a mail
//! that went out twice is one. `smtp` hands it over.

use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use minijinja::value::Value as Word;
use serde_json::{Value, json};

use super::phrase::Phrase;
use crate::channels::settings::Secret;
use crate::model::time::Timestamp;

/// Most ids of a thread that a mail names: its first, and its last ones.
const THREAD: usize = 20;
/// Longest id that is taken for one.
const ID: usize = 250;

/// `mail` in a channel file.
#[derive(Debug)]
pub(in crate::channels) struct Mail {
    /// `tls`, `starttls` or `plain`.
    pub(in crate::channels) security: Phrase,
    /// Who we are for the mail server; nobody when it comes out empty.
    pub(in crate::channels) user: Phrase,
    /// And how we prove it.
    pub(in crate::channels) password: Phrase,
    /// Our address.
    pub(in crate::channels) from: Phrase,
    /// Theirs.
    pub(in crate::channels) to: Phrase,
    /// The subject of what is answered.
    pub(in crate::channels) subject: Phrase,
    /// The id of what is answered.
    pub(in crate::channels) in_reply_to: Phrase,
    /// The ids of its thread, oldest first.
    pub(in crate::channels) references: Phrase,
    /// The words.
    pub(in crate::channels) text: Phrase,
}

/// How a mail server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS before anything is said; nothing without it.
    StartTls,
    /// None: for a server on this machine.
    Plain,
}

/// A mail, filled in.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Letter {
    pub(super) security: Security,
    /// User and password; none where the server asks for neither.
    pub(super) login: Option<(String, Secret)>,
    /// Our key for it.
    id: String,
    at: Timestamp,
    from: String,
    to: String,
    subject: String,
    in_reply_to: Vec<String>,
    references: Vec<String>,
    text: String,
}

impl Mail {
    /// The mail, with `seen` filled in.
    ///
    /// # Errors
    /// A sentence: what is missing, or is not what it should be.
    pub(super) fn letter(
        &self,
        seen: &Word,
        (id, at): (&str, Timestamp),
    ) -> Result<Letter, String> {
        let need = |phrase: &Phrase| match phrase.text(seen)? {
            text if text.trim().is_empty() => Err(phrase.lacking(seen)),
            text => Ok(text),
        };
        let security = match self.security.text(seen)?.as_str() {
            "tls" => Security::Tls,
            "starttls" => Security::StartTls,
            "plain" => Security::Plain,
            _ => return Err("security is \"tls\", \"starttls\" or \"plain\".".to_owned()),
        };
        let user = self.user.text(seen)?;
        let password = Secret::new(self.password.text(seen)?);
        let mut references = ids(&self.references.text(seen)?);
        if references.len() > THREAD {
            references.drain(1..=references.len() - THREAD);
        }
        Ok(Letter {
            security,
            login: (!user.is_empty()).then_some((user, password)),
            id: id.to_owned(),
            at,
            from: need(&self.from)?,
            to: need(&self.to)?,
            subject: answering(&self.subject.text(seen)?),
            in_reply_to: ids(&self.in_reply_to.text(seen)?),
            references,
            text: need(&self.text)?,
        })
    }
}

impl Letter {
    /// What it says, for tests of files and dry runs: no password.
    pub(super) fn shown(&self) -> Value {
        json!({
            "from": self.from, "to": self.to, "subject": self.subject,
            "in_reply_to": self.in_reply_to, "references": self.references, "text": self.text,
        })
    }

    /// Its own id, without the brackets; the same for every attempt.
    pub(super) fn message_id(&self) -> Result<String, String> {
        let from = mailbox("from", &self.from)?;
        Ok(format!("{}@{}", self.id, from.email.domain()))
    }

    /// The message.
    ///
    /// # Errors
    /// A sentence: an address is none.
    pub(super) fn message(&self) -> Result<Message, String> {
        let ms = u64::try_from(self.at.as_millis()).unwrap_or(0);
        let mut message = Message::builder()
            .from(mailbox("from", &self.from)?)
            .to(mailbox("to", &self.to)?)
            .message_id(Some(format!("<{}>", self.message_id()?)))
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(ms))
            .subject(self.subject.clone())
            .header(ContentType::TEXT_PLAIN);
        if !self.in_reply_to.is_empty() {
            message = message.in_reply_to(bracketed(&self.in_reply_to));
        }
        if !self.references.is_empty() {
            message = message.references(bracketed(&self.references));
        }
        let built = message.body(self.text.clone());
        built.map_err(|_| "No mail can be made of this.".to_owned())
    }
}

fn mailbox(key: &str, address: &str) -> Result<Mailbox, String> {
    let says = |_| format!("This can't be sent: \"{key}\" is no mail address.");
    address.trim().parse().map_err(says)
}

/// The subject of an answer to a mail with such a subject, on one line.
fn answering(subject: &str) -> String {
    let line = subject.split(|c: char| c.is_control() || c.is_whitespace());
    let line = line.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let begun = line
        .get(..3)
        .is_some_and(|re| re.eq_ignore_ascii_case("re:"));
    if begun { line } else { format!("Re: {line}") }
}

/// The ids in a text: what a stranger wrote, so only what can stand in a header.
fn ids(text: &str) -> Vec<String> {
    let words = text.split_whitespace();
    let bare = words.map(|word| word.trim_start_matches('<').trim_end_matches('>'));
    let sound = |id: &&str| {
        (1..=ID).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b"<>".contains(&b))
    };
    bare.filter(sound).map(str::to_owned).collect()
}

fn bracketed(ids: &[String]) -> String {
    let one = |id: &String| format!("<{id}>");
    ids.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letter(subject: &str, references: &str, text: &str) -> Letter {
        let optional = |written: &str| {
            Phrase::parse(written, super::super::phrase::Kind::Optional).expect("a phrase")
        };
        let mail = Mail {
            security: optional("starttls"),
            user: optional(""),
            password: optional(""),
            from: optional("Floor <floor@city.example>"),
            to: optional("dana@city.example"),
            subject: optional("{{ subject }}"),
            in_reply_to: optional("b@x"),
            references: optional("{{ references }}"),
            text: optional("{{ text }}"),
        };
        let seen = Word::from_pairs([
            ("subject", Word::from(subject)),
            ("references", Word::from(references)),
            ("text", Word::from(text)),
        ]);
        let at = Timestamp::from_millis(1_795_459_800_000);
        mail.letter(&seen, ("k-1", at)).expect("it is filled in")
    }

    #[test]
    fn it_names_what_it_answers_and_its_thread() {
        let message = letter("No water", "a@x <b@x>", "Água às 18h.\n.\nBye");
        let bytes = message.message().expect("a mail").formatted();
        let read = mail_parser::MessageParser::default()
            .parse(&bytes)
            .expect("it is a mail");
        assert_eq!(read.message_id(), Some("k-1@city.example"));
        assert_eq!(read.subject(), Some("Re: No water"));
        assert_eq!(read.in_reply_to().as_text(), Some("b@x"));
        let references = read.references().as_text_list();
        assert_eq!(
            references.map(|r| r.iter().map(ToString::to_string).collect::<Vec<_>>()),
            Some(vec!["a@x".to_owned(), "b@x".to_owned()])
        );
        assert_eq!(
            read.body_text(0).as_deref(),
            Some("Água às 18h.\r\n.\r\nBye")
        );
        assert_eq!(letter("RE: No water", "", "x").subject, "RE: No water");
        assert_eq!(letter("", "", "x").subject, "Re: ");
    }

    #[test]
    fn a_long_thread_keeps_its_root_and_its_end() {
        let all: Vec<String> = (0..50).map(|n| format!("{n}@x")).collect();
        let kept = letter("x", &all.join(" "), "x").references;
        assert_eq!(
            (
                kept.len(),
                kept[0].as_str(),
                kept[1].as_str(),
                kept[19].as_str()
            ),
            (20, "0@x", "31@x", "49@x")
        );
    }

    proptest! {
        /// Whatever a stranger's subject and ids are, no header comes of them.
        #[test]
        fn a_strangers_words_are_no_headers(subject in "(\\PC|[\r\n\t:<>]){0,40}", id in "(\\PC|[\r\n <>@]){0,40}", text in "(\\PC|[\r\n.]){1,40}x") {
            let bytes = letter(&subject, &id, &text).message().expect("a mail").formatted();
            let mail = String::from_utf8(bytes).expect("only ASCII leaves");
            let head = mail.split("\r\n\r\n").next().expect("a head");
            let names: Vec<&str> = head.split("\r\n").filter(|l| !l.starts_with([' ', '\t']))
                .filter_map(|l| l.split(':').next()).collect();
            let known = ["From", "To", "Message-ID", "Date", "Subject", "Content-Type", "In-Reply-To", "References", "Content-Transfer-Encoding"];
            prop_assert!(names.iter().all(|n| known.contains(n)), "{}", head);
            prop_assert!(head.lines().all(|l| l.len() <= 998));
        }
    }
}
