//! A mail (RFC 5322, MIME) as one JSON shape: `{messageId, subject, from: {name,
//! address}, replyTo, date, inReplyTo, references, root, chain, text, attachments: [{name, type,
//! size}], auto, list, authentication}`.
//!
//! The words are the plain part's, or the HTML part's as text; attachments are
//! listed and never opened. `root` is what the thread began with, `chain` the ids
//! that an answer names (RFC 5322, 3.6.4); `replyTo` is there when it is not the
//! sender. Charsets are the library's.

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use serde_json::{Value, json};

use super::html;

/// Most attachments that are listed.
const MOST: usize = 64;

/// Decodes a mail.
///
/// # Errors
/// A sentence: it is none.
pub(in crate::channels) fn decode(body: &[u8]) -> Result<Value, String> {
    let mail = MessageParser::default().parse(body);
    let mail =
        mail.filter(|m| m.from().is_some() || m.subject().is_some() || m.message_id().is_some());
    mail.map(|m| shape(&m))
        .ok_or_else(|| "This is not a mail: it has neither sender nor subject.".to_owned())
}

fn shape(mail: &Message<'_>) -> Value {
    let sender = mail.from().and_then(|from| from.first());
    let references = ids(mail.references());
    let answers = ids(mail.in_reply_to());
    let root = references
        .first()
        .or(answers.first())
        .map(String::as_str)
        .or(mail.message_id());
    let before = if references.is_empty() {
        &answers
    } else {
        &references
    };
    let own = mail.message_id().map(str::to_owned);
    let chain: Vec<&str> = before.iter().chain(&own).map(String::as_str).collect();
    let elsewhere = mail
        .reply_to()
        .and_then(|to| to.first())
        .and_then(|to| to.address())
        .filter(|to| Some(*to) != sender.and_then(|s| s.address()));
    let auto = word(mail, "Auto-Submitted").filter(|a| !a.eq_ignore_ascii_case("no"));
    let attachments = mail.attachments().take(MOST).map(|part| {
        let kind = part.content_type().map(|t| match &t.c_subtype {
            Some(sub) => format!("{}/{sub}", t.c_type),
            None => t.c_type.to_string(),
        });
        json!({"name": part.attachment_name(), "type": kind, "size": part.contents().len()})
    });
    json!({
        "messageId": mail.message_id(),
        "subject": mail.subject(),
        "from": {
            "name": sender.and_then(|s| s.name()),
            "address": sender.and_then(|s| s.address()),
        },
        "replyTo": elsewhere,
        "date": mail.date().map(mail_parser::DateTime::to_rfc3339),
        "inReplyTo": answers.first(),
        "references": references,
        "root": root,
        "chain": chain.join(" "),
        "text": words(mail),
        "attachments": attachments.collect::<Vec<_>>(),
        "auto": auto,
        "list": word(mail, "List-Id"),
        "authentication": word(mail, "Authentication-Results"),
    })
}

/// The message ids of a header.
fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

fn word<'m>(mail: &'m Message<'_>, name: &'static str) -> Option<&'m str> {
    mail.header_raw(name)
        .map(str::trim)
        .filter(|w| !w.is_empty())
}

/// What is said in the parts that are to be read.
fn words(mail: &Message<'_>) -> String {
    let parts = mail.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.trim().to_owned()),
        PartType::Html(text) => Some(html::to_text(text)),
        _ => None,
    });
    let parts: Vec<String> = parts.filter(|p| !p.is_empty()).collect();
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn html_charsets_encoded_words_and_attachments() {
        let mail = b"From: =?iso-8859-1?Q?Jos=E9?= <jose@city.example>\r\nSubject: =?UTF-8?B?w6FndWE=?=\r\n\
            Message-ID: <b@x>\r\nReferences: <a@x> <a2@x>\r\nIn-Reply-To: <a2@x>\r\nAuto-Submitted: no\r\n\
            Date: Mon, 23 Nov 2026 19:50:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            <p>Sem <b>=E1gua</b></p><script>x()</script>\r\n--b\r\nContent-Type: image/png; name=\"a.png\"\r\n\
            Content-Disposition: attachment; filename=\"a.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n";
        let tree = decode(mail).expect("it is a mail");
        assert_eq!(
            tree["from"],
            json!({"name": "José", "address": "jose@city.example"})
        );
        assert_eq!(
            (&tree["subject"], &tree["text"]),
            (&json!("água"), &json!("Sem água"))
        );
        assert_eq!(
            (&tree["root"], &tree["inReplyTo"]),
            (&json!("a@x"), &json!("a2@x"))
        );
        assert_eq!(
            tree["attachments"],
            json!([{"name": "a.png", "type": "image/png", "size": 3}])
        );
        assert_eq!(
            (&tree["auto"], &tree["date"]),
            (&json!(null), &json!("2026-11-23T19:50:00+01:00"))
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(head in "(From|Subject|Date|Content-Type|X)(: [ -~]{0,30})?\r\n", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut mail = head.into_bytes();
            mail.extend(bytes);
            drop(decode(&mail));
        }
    }
}
