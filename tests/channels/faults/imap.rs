//! As much of a mail server as is needed: it finds the mails whose numbers a
//! play's `opening` has, and answers a fetch with its `body`.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::watch;

use super::server::{Heard, Play, Then};

/// Mails as they are fetched.
pub(super) fn fetched(uids: &[u64]) -> Vec<u8> {
    let one = |uid: &u64| {
        let mail = format!(
            "From: Dana <dana@city.example>\r\nSubject: Mail {uid}\r\nMessage-ID: <{uid}>\r\n\r\nWords {uid}\r\n"
        );
        format!(
            "* {uid} FETCH (UID {uid} BODY[]<0> {{{}}}\r\n{mail})\r\n",
            mail.len()
        )
    };
    uids.iter().map(one).collect::<String>().into_bytes()
}

/// Talks until something ends otherwise than with an answer.
pub(super) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    (mut now, mut plays): (Play, watch::Receiver<Play>),
    heard: &Heard,
) -> Option<Then> {
    wire.write_all(b"* OK ready\r\n").await.ok()?;
    let mut idles = None::<String>;
    loop {
        let mut line = String::new();
        tokio::select! {
            read = wire.read_line(&mut line) => {
                if read.ok()? == 0 {
                    return None;
                }
            }
            changed = plays.changed(), if idles.is_some() => {
                changed.ok()?;
                now = plays.borrow_and_update().clone();
                if now.refuses {
                    return Some(Then::Close);
                }
                wire.write_all(b"* 9 EXISTS\r\n").await.ok()?;
                continue;
            }
        }
        let (tag, said) = line
            .trim_end()
            .split_once(' ')
            .unwrap_or((line.trim_end(), ""));
        heard.ask(said.to_owned());
        let answer = match said.split(' ').next()? {
            "" if tag == "DONE" => {
                let tag = idles.take()?;
                wire.write_all(format!("{tag} OK done\r\n").as_bytes())
                    .await
                    .ok()?;
                continue;
            }
            "IDLE" => {
                idles = Some(tag.to_owned());
                wire.write_all(b"+ idling\r\n").await.ok()?;
                continue;
            }
            "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE\r\n".to_owned(),
            "EXAMINE" => "* 9 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n".to_owned(),
            "UID" if said.starts_with("UID SEARCH") => {
                format!("* SEARCH {}\r\n", String::from_utf8_lossy(&now.opening))
            }
            "UID" => {
                wire.write_all(&now.body).await.ok()?;
                wire.flush().await.ok()?;
                heard.play();
                if now.then != Then::Hold {
                    return Some(now.then);
                }
                if !now.body.ends_with(b")\r\n") {
                    // Half a mail, and silence.
                    return plays.changed().await.ok().map(|()| Then::Close);
                }
                String::new()
            }
            _ => String::new(),
        };
        let answer = format!("{answer}{tag} OK done\r\n");
        wire.write_all(answer.as_bytes()).await.ok()?;
    }
}
