//! A mailbox against a server of our own that speaks as much IMAP as is needed:
//! what is new by UID, IDLE issued anew, numbers given anew, STARTTLS refused.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use watchfloor::channels::transport::cursors::InMemory;

use crate::server::{ids, placed};
use crate::support::{Recorder, Task, channel, config, now, with_secret};

/// A mailbox: UIDVALIDITY and the mails' UIDs.
struct Mailbox(TcpListener);

struct Client(BufReader<TcpStream>);

fn mail(uid: u32) -> String {
    format!(
        "From: Dana <dana@city.example>\r\nSubject: Mail {uid}\r\nMessage-ID: <{uid}@x>\r\n\r\nWords {uid}\r\n"
    )
}

impl Mailbox {
    async fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn watch(&self, security: &str, cursors: InMemory) -> Task {
        let mut config = with_secret(config("email"), "password", "s3cret word\"");
        let port = self.0.local_addr().unwrap().port().to_string();
        for (name, value) in [
            ("server", "127.0.0.1"),
            ("port", &port),
            ("security", security),
            ("user", "floor"),
        ] {
            config.vars.insert(name.to_owned(), value.to_owned());
        }
        config.allow_private = true;
        Task::start(&channel(config, &[]), Recorder::default(), cursors)
    }

    async fn accept(&self) -> Client {
        let mut client = Client(BufReader::new(self.0.accept().await.unwrap().0));
        client.say("* OK ready\r\n").await;
        client
    }
}

impl Client {
    async fn say(&mut self, words: &str) {
        drop(self.0.write_all(words.as_bytes()).await);
    }

    /// The next command: its tag and its words.
    async fn command(&mut self) -> (String, String) {
        let mut line = String::new();
        let n = self.0.read_line(&mut line).await.unwrap();
        assert!(n > 0, "the channel hung up");
        let line = line.trim_end();
        let (tag, words) = line.split_once(' ').unwrap_or((line, ""));
        (tag.to_owned(), words.to_owned())
    }

    /// Expects a command that begins with `words`, and answers it.
    async fn answer(&mut self, words: &str, untagged: &str) {
        let (tag, said) = self.command().await;
        assert!(said.starts_with(words), "{said} instead of {words}");
        self.say(&format!("{untagged}{tag} OK done\r\n")).await;
    }

    /// Login, capabilities, and the mailbox.
    async fn enter(&mut self, validity: u32, exists: u32) {
        self.answer("LOGIN \"floor\" \"s3cret word\\\"\"", "").await;
        self.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE\r\n")
            .await;
        let mailbox = format!("* {exists} EXISTS\r\n* OK [UIDVALIDITY {validity}] valid\r\n");
        self.answer("EXAMINE \"INBOX\"", &mailbox).await;
    }

    /// A search that finds `uids`, and the fetch of them.
    async fn search(&mut self, words: &str, uids: &[u32]) {
        let found: String = uids.iter().map(|u| format!(" {u}")).collect();
        self.answer(
            &format!("UID SEARCH {words}"),
            &format!("* SEARCH{found}\r\n"),
        )
        .await;
    }

    async fn fetch(&mut self, uids: &[u32]) {
        let set = uids
            .iter()
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(",");
        let one = |uid: &u32| {
            let mail = mail(*uid);
            format!(
                "* {uid} FETCH (UID {uid} BODY[]<0> {{{}}}\r\n{mail})\r\n",
                mail.len()
            )
        };
        let mails: String = uids.iter().map(one).collect();
        let command = format!("UID FETCH {set} (UID BODY.PEEK[]<0.");
        self.answer(&command, &mails).await;
    }

    async fn idle(&mut self) -> String {
        let (tag, said) = self.command().await;
        assert_eq!(said, "IDLE");
        self.say("+ idling\r\n").await;
        tag
    }
}

#[tokio::test]
async fn mails_come_in_once_over_idle_restart_and_new_numbers() {
    let mailbox = Mailbox::new().await;
    let task = mailbox.watch("plain", InMemory::default());
    let mut client = mailbox.accept().await;
    client.enter(7, 2).await;
    client.search("SINCE ", &[4, 3]).await;
    client.fetch(&[3, 4]).await;
    let tag = client.idle().await;
    assert_eq!(ids(&task.intake.first(2).await), ["3@x", "4@x"]);
    client.say("* 3 EXISTS\r\n").await;
    assert_eq!(client.command().await.0, "DONE");
    client.say(&format!("{tag} OK idle is over\r\n")).await;
    client.search("UID 5:*", &[5]).await;
    client.fetch(&[5]).await;
    client.idle().await;
    assert_eq!(ids(&task.intake.first(3).await)[2], "5@x");
    placed(&task.cursors, "7:5").await;
    let cursors = task.cursors.clone();
    task.stop().await;

    // After a restart the last mail alone is no news.
    let again = mailbox.watch("plain", cursors.clone());
    let mut client = mailbox.accept().await;
    client.enter(7, 3).await;
    client.search("UID 6:*", &[5]).await;
    client.idle().await;
    assert!(again.intake.kept.lock().unwrap().is_empty());
    // The server goes away in the middle.
    drop(client);
    let mut client = mailbox.accept().await;
    client.enter(8, 1).await;
    client.search("SINCE ", &[1]).await;
    client.fetch(&[1]).await;
    client.idle().await;
    assert_eq!(ids(&again.intake.first(1).await), ["1@x"]);
    let warnings = again.health.at(now()).warnings;
    assert!(
        warnings
            .iter()
            .any(|w| w.contains("numbered the mailbox anew")),
        "{warnings:?}"
    );
    again.stop().await;
}

#[tokio::test]
async fn a_password_waits_for_tls_and_a_refusal_is_told_without_it() {
    let mailbox = Mailbox::new().await;
    let task = mailbox.watch("starttls", InMemory::default());
    let mut client = mailbox.accept().await;
    let (tag, said) = client.command().await;
    assert_eq!(said, "STARTTLS", "nothing is said before it");
    client.say(&format!("{tag} NO not here\r\n")).await;
    task.error("does not do what was asked: not here.").await;
    task.stop().await;

    let task = mailbox.watch("plain", InMemory::default());
    let mut client = mailbox.accept().await;
    let (tag, _) = client.command().await;
    client
        .say(&format!("{tag} NO bad password s3cret word\"\r\n"))
        .await;
    task.error("refuses the login; look at the channel's secrets.")
        .await;
    let error = task.health.at(now()).error.unwrap_or_default();
    assert!(!error.contains("s3cret"), "{error}");
    task.stop().await;
}
