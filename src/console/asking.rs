//! Asks the terminal what it is while the console already runs, and tells
//! whoever goes by it.
//!
//! Owns the task that gathers the answers. Called by `session`.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use tokio::sync::{mpsc, watch};

use super::probe::{Multiplexer, PATIENCE, Reply, TMUX_FORMAT, TerminalFacts};
use super::terminals;
use super::writer::Writer;

/// Where answers are remembered, and under which name.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The file.
    pub file: PathBuf,
    /// The name.
    pub name: String,
}

/// What is known before anything is asked: the environment, and what this
/// terminal answered the last time.
#[must_use]
pub fn known(memory: Option<&Memory>, named: Option<&str>) -> TerminalFacts {
    let variable = |name: &str| std::env::var(name).ok();
    let mut facts = TerminalFacts::from_environment(variable);
    let earlier = memory.and_then(|memory| terminals::recall(&memory.file, &memory.name));
    if let Some(earlier) = earlier.filter(|earlier| earlier.multiplexer == facts.multiplexer) {
        facts = TerminalFacts {
            remote: facts.remote,
            answered: false,
            ..earlier
        };
    }
    if let Some(name) = named {
        facts.name = Some(name.to_owned());
    }
    facts
}

/// Gathers answers for as long as the console runs.
pub(super) async fn gather(
    mut replies: mpsc::Receiver<Reply>,
    facts: watch::Sender<TerminalFacts>,
    (writer, synchronises): (Arc<Writer>, bool),
    (memory, named): (Option<Memory>, Option<String>),
) {
    let mut tmux = tmux_around(facts.borrow().multiplexer);
    loop {
        let mut whole = false;
        let changed = tokio::select! {
            reply = replies.recv() => {
                let Some(reply) = reply else { return };
                if matches!(reply, Reply::Attributes(_)) {
                    writer.answered();
                }
                facts.send_if_modified(|facts| {
                    let before = facts.clone();
                    // The writer asks the last question again and again.
                    whole = facts.heard(&reply) && !before.answered;
                    if let Some(name) = &named {
                        facts.name = Some(name.clone());
                    }
                    *facts != before
                })
            }
            Some(line) = tmux.recv() => {
                whole = facts.borrow().answered;
                facts.send_modify(|facts| facts.tmux_says(&line));
                true
            }
        };
        let now = facts.borrow().clone();
        if changed && synchronises {
            writer.synchronise(now.sync);
        }
        if let Some(memory) = memory.clone().filter(|_| whole) {
            // Never waited for: the folder may be on a network.
            tokio::task::spawn_blocking(move || {
                terminals::remember(&memory.file, &memory.name, &now);
            });
        }
    }
}

/// Asks tmux what it runs in, on a thread that nobody waits for.
fn tmux_around(multiplexer: Multiplexer) -> mpsc::Receiver<String> {
    // One answer at the most.
    let (tell, told) = mpsc::channel(1);
    if multiplexer != Multiplexer::Tmux || std::env::var_os("TMUX").is_none() {
        return told;
    }
    let asked = thread::Builder::new()
        .name("tmux".to_owned())
        .spawn(move || {
            if let Some(line) = ask_tmux() {
                tell.blocking_send(line).unwrap_or_default();
            }
        });
    if let Err(error) = asked {
        tracing::debug!(%error, "tmux is not asked.");
    }
    told
}

/// What tmux says of the terminal around it, in the form of [`TMUX_FORMAT`].
#[must_use]
pub fn ask_tmux() -> Option<String> {
    let output = Command::new("tmux")
        .args(["display-message", "-p", TMUX_FORMAT])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Waits until the terminal has answered, [`PATIENCE`] at most.
pub async fn settled(facts: &mut watch::Receiver<TerminalFacts>) -> TerminalFacts {
    let answered = facts.wait_for(|facts| facts.answered);
    let answer = tokio::time::timeout(PATIENCE, answered).await;
    drop(answer);
    facts.borrow().clone()
}
