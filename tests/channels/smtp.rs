//! A reply by mail against mail servers that do as they please: what is sent,
//! what surely is not, and what nobody can say.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use watchfloor::channels::registry::Channel;
use watchfloor::channels::reply::{Act, Outcome, Outgoing, send};
use watchfloor::model::content::{Content, Kind};

use crate::support::{channel, config, now, with_secret};

/// A server that answers each line by the first row whose beginning it has;
/// an answer "" hangs up. What it heard is kept.
struct Server {
    port: u16,
    heard: Arc<Mutex<String>>,
}

type Rows = &'static [(&'static str, &'static str)];

const USUAL: [(&str, &str); 7] = [
    (
        "EHLO",
        "250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n",
    ),
    ("AUTH", "235 welcome\r\n"),
    ("MAIL", "250 ok\r\n"),
    ("RCPT", "250 ok\r\n"),
    ("DATA", "354 go on\r\n"),
    (".\r\n", "250 kept\r\n"),
    ("QUIT", "221 bye\r\n"),
];

async fn converse(stream: TcpStream, rows: &[(&str, &str)], heard: &Mutex<String>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.test\r\n").await.ok()?;
    let mut in_mail = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        heard.lock().unwrap().push_str(&line);
        if in_mail && line != ".\r\n" {
            continue;
        }
        let all = rows.iter().chain(&USUAL);
        let (_, answer) = all.clone().find(|(begin, _)| line.starts_with(begin))?;
        if answer.is_empty() {
            return None;
        }
        in_mail = line.starts_with("DATA") && answer.starts_with("354");
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

async fn server(rows: Rows) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::<Mutex<String>>::default();
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let _end = converse(stream, rows, &kept).await;
        }
    });
    Server { port, heard }
}

fn mailbox(port: u16, security: &str) -> Arc<Channel> {
    let mut config = with_secret(config("email"), "password", "s3cret");
    for (name, value) in [
        ("server", "127.0.0.1"),
        ("user", "floor"),
        ("smtp_server", "127.0.0.1"),
        ("smtp_port", &port.to_string()),
        ("smtp_security", security),
        ("from", "Duty desk <floor@city.example>"),
    ] {
        config.vars.insert(name.to_owned(), value.to_owned());
    }
    config.allow_private = true;
    channel(config, &[])
}

async fn reply(channel: &Arc<Channel>, text: &str, to: &str) -> Outcome {
    let name = channel.name().clone();
    let mut item = Content::new(Kind::Mention, name, "b@x".into(), "hi".into());
    item.title = "No water".into();
    for (name, value) in [
        ("message_id", "b@x"),
        ("chain", "a@x b@x"),
        ("reply_to", to),
    ] {
        item.extra.insert(name.to_owned(), value.into());
    }
    let outgoing = Outgoing {
        id: "01890000-0000-7000-8000-000000000001",
        text,
        item: &item,
        officer: "Seven",
        until: None,
        ends: "",
        now: now(),
    };
    send(channel, Act::Reply, &outgoing).await
}

#[tokio::test]
async fn a_mail_is_handed_over_whole() {
    let server = server(&[]).await;
    let sent = reply(
        &mailbox(server.port, "plain"),
        "Soon.\n.\nBye",
        "dana@city.example",
    )
    .await;
    let wanted = Outcome::Sent {
        id: Some("01890000-0000-7000-8000-000000000001@city.example".into()),
        url: None,
    };
    assert_eq!(sent, wanted);
    let heard = server.heard.lock().unwrap().clone();
    for line in [
        "MAIL FROM:<floor@city.example>\r\n",
        "RCPT TO:<dana@city.example>\r\n",
        "In-Reply-To: <b@x>\r\n",
        "References: <a@x> <b@x>\r\n",
        "Subject: Re: No water\r\n",
        // RFC 5321, 4.5.2: a line that begins with a dot gets another.
        "\r\nSoon.\r\n..\r\nBye\r\n.\r\n",
    ] {
        assert!(heard.contains(line), "{line:?} is not in {heard}");
    }
}

#[tokio::test]
async fn each_word_of_a_server_is_taken_for_what_it_is() {
    let rows: [(Rows, &str, &str); 9] = [
        (
            &[("RCPT", "550 nobody \u{7}here\r\n")],
            "refused",
            "(550): nobody",
        ),
        (
            &[("RCPT", "451 come again\r\n")],
            "later",
            "(451): come again",
        ),
        (&[("MAIL", "421 too many\r\n")], "later", "(421): too many"),
        (
            &[("AUTH", "535 no: s3cret\r\n")],
            "refused",
            "look at the channel's secrets",
        ),
        (
            &[("AUTH", "454 not now: s3cret\r\n")],
            "later",
            "does not take the login now",
        ),
        (&[("DATA", "")], "later", "before the mail left"),
        (&[(".\r\n", "554 spam\r\n")], "refused", "(554): spam"),
        (&[(".\r\n", "452 full\r\n")], "later", "(452): full"),
        (&[(".\r\n", "")], "unknown", "may have been sent"),
    ];
    for (rows, word, says) in rows {
        let server = server(rows).await;
        let outcome = reply(&mailbox(server.port, "plain"), "x", "dana@city.example").await;
        let told = outcome.says().unwrap_or_default();
        assert_eq!(outcome.word(), word, "{rows:?}: {outcome:?}");
        assert!(told.contains(says) && !told.contains('\u{7}'), "{told}");
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[tokio::test]
async fn nothing_is_said_where_tls_does_not_come_about() {
    for rows in [
        &[("EHLO", "250 no more\r\n"), ("STARTTLS", "502 what\r\n")] as Rows,
        &[("STARTTLS", "454 not now\r\n")],
        &[("STARTTLS", "220 go\r\n250 injected\r\n")],
    ] {
        let server = server(rows).await;
        let outcome = reply(&mailbox(server.port, "starttls"), "x", "dana@city.example").await;
        assert_eq!(outcome.word(), "later", "{outcome:?}");
        let heard = server.heard.lock().unwrap().clone();
        assert!(
            !heard.contains("AUTH") && !heard.contains("MAIL"),
            "{heard}"
        );
    }
}

#[tokio::test]
async fn what_can_not_be_a_mail_never_calls() {
    let server = server(&[]).await;
    let mailbox = mailbox(server.port, "plain");
    for to in ["dana", "a@x\r\nRCPT TO:<b@x>", "a@x, b@x", ""] {
        let outcome = reply(&mailbox, "x", to).await;
        assert_eq!(outcome.word(), "refused", "{to:?}: {outcome:?}");
    }
    assert_eq!(server.heard.lock().unwrap().as_str(), "");
    let mut closed = with_secret(config("email"), "password", "s3cret");
    closed.vars = [("server", "mail.test"), ("user", "floor")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert!(
        channel(closed, &[]).can(Act::Reply).is_none(),
        "nothing to answer by"
    );
}
