//! A program whose input and output lead to the hub, as ssh's `ProxyCommand`.
//!
//! Owns the child: it runs without a shell, in a process group of its own (the
//! console's Ctrl-C is not its), and ends with the stream. What it says on its
//! error stream is kept, the last line of it, for the sentence when it ends
//! before a byte came. Called by [`super`].

use std::io;
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::task::{Context, Poll};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::super::address::Address;
use super::super::fault::CommandFault;
use crate::text::SafeText;

/// Of a line that the program says, as much is kept, bytes.
const LINE: usize = 400;
/// Of its last words, as much is shown, characters.
const WORDS: usize = 160;

/// Starts the program on its way to `to`.
pub(super) fn start(argv: &[String], to: &Address) -> Result<CommandStream, CommandFault> {
    let mut words = argv.iter().map(|word| filled(word, to));
    let program = words.next().unwrap_or_default();
    let started = Command::new(&program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = started.map_err(|error| CommandFault::NotStarted {
        program: program.clone(),
        why: error.to_string(),
    })?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(input), Some(output), Some(errors)) = pipes else {
        return Err(CommandFault::NotStarted {
            program,
            why: "it has no pipes".into(),
        });
    };
    let (tell, told) = oneshot::channel();
    let ended = tokio::spawn(wait(child, errors, program, tell));
    Ok(CommandStream {
        input,
        output,
        told: Some(told),
        child: ended,
    })
}

/// `%h`, `%p` and `%%` as in ssh's configuration; another sign after a percent
/// sign stays as it is.
fn filled(word: &str, to: &Address) -> String {
    let mut filled = String::with_capacity(word.len());
    let mut signs = word.chars();
    while let Some(sign) = signs.next() {
        if sign != '%' {
            filled.push(sign);
            continue;
        }
        match signs.next() {
            Some('h') => filled.push_str(&to.host),
            Some('p') => filled.push_str(&to.port.to_string()),
            Some('%') | None => filled.push('%'),
            Some(other) => filled.extend(['%', other]),
        }
    }
    filled
}

/// Waits for the end of the program and tells it with its last words. Reads its
/// error stream all the while, so that it never waits for us.
async fn wait(
    mut child: Child,
    errors: ChildStderr,
    program: String,
    tell: oneshot::Sender<CommandFault>,
) {
    let mut errors = BufReader::new(errors);
    let (mut last, mut line) = (Vec::new(), Vec::new());
    while let Ok(bytes) = errors.fill_buf().await
        && !bytes.is_empty()
    {
        for byte in bytes {
            match byte {
                b'\n' if !line.is_empty() => last = std::mem::take(&mut line),
                b'\n' | b'\r' => {}
                byte if line.len() < LINE => line.push(*byte),
                _ => {}
            }
        }
        let read = bytes.len();
        errors.consume(read);
    }
    if !line.is_empty() {
        last = line;
    }
    let status = child.wait().await;
    let told = tell.send(CommandFault::Ended {
        program,
        how: status.map_or_else(|error| error.to_string(), how),
        says: SafeText::from_bytes(&last, false)
            .as_str()
            .chars()
            .take(WORDS)
            .collect(),
    });
    if told.is_err() {
        tracing::debug!("the program on the way to the hub ended after its stream");
    }
}

fn how(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "by a signal".to_owned(),
    }
}

/// The program's input and output.
pub(super) struct CommandStream {
    input: ChildStdin,
    output: ChildStdout,
    /// How it ended; none once bytes have come, when the end is an end as any.
    told: Option<oneshot::Receiver<CommandFault>>,
    child: JoinHandle<()>,
}

impl Drop for CommandStream {
    fn drop(&mut self) {
        // The task owns the child, which is killed with it.
        self.child.abort();
    }
}

impl AsyncRead for CommandStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.output).poll_read(cx, buf);
        let is_end = matches!(read, Poll::Ready(Ok(()))) && buf.filled().len() == before;
        if matches!(read, Poll::Ready(Ok(()))) && !is_end {
            self.told = None;
            return read;
        }
        let Some(told) = self.told.as_mut().filter(|_| is_end) else {
            return read;
        };
        // It ended without a word to us: its own words tell why.
        match Pin::new(told).poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(fault) => {
                self.told = None;
                fault.map_or(Poll::Ready(Ok(())), |fault| {
                    Poll::Ready(Err(io::Error::other(fault)))
                })
            }
        }
    }
}

impl AsyncWrite for CommandStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.input).poll_write(cx, bytes) {
            // A program that ended takes nothing; the reader tells why it ended.
            Poll::Ready(Err(error))
                if error.kind() == io::ErrorKind::BrokenPipe && self.told.is_some() =>
            {
                Poll::Ready(Ok(bytes.len()))
            }
            other => other,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.input).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.input).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::LinkSettings;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn to() -> Address {
        Address::of(&LinkSettings::new("https://[2001:db8::7]:4780", None)).unwrap()
    }

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[tokio::test]
    async fn the_places_are_filled_and_no_shell_reads_them() {
        let argv = argv(&["printf", "%s", "100%%, [%h]:%p %x $(id) %"]);
        // The first argument is printf's own form, which is left as it is.
        let mut stream = start(&argv, &to()).unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "100%, [2001:db8::7]:4780 %x $(id) %");
    }

    #[tokio::test]
    async fn bytes_go_both_ways() {
        let mut stream = start(&argv(&["cat"]), &to()).unwrap();
        stream.write_all(b"hello").await.unwrap();
        let mut back = [0; 5];
        stream.read_exact(&mut back).await.unwrap();
        assert_eq!(&back, b"hello");
    }

    #[tokio::test]
    async fn one_that_ends_first_is_told_with_its_last_words_made_harmless() {
        let script = "printf 'debug\\nPermission \\033[31mdenied\\n' >&2; exit 3";
        let mut stream = start(&argv(&["sh", "-c", script]), &to()).unwrap();
        let error = stream.read_u8().await.unwrap_err();
        let fault = error
            .get_ref()
            .and_then(|e| e.downcast_ref::<CommandFault>());
        let says = fault.expect("it tells how it ended").to_string();
        assert!(says.contains("exit code 3"), "{says}");
        assert!(says.contains("Permission"), "{says}");
        assert!(
            !says.contains('\u{1b}') && !says.contains("debug"),
            "{says}"
        );
    }

    #[tokio::test]
    async fn one_that_is_not_there_is_told() {
        let fault = start(&argv(&["/nowhere/at/all"]), &to()).err().unwrap();
        assert!(fault.to_string().contains("/nowhere/at/all"), "{fault}");
    }
}
