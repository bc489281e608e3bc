//! The lock: closing it, and what keys mean while it is closed.
//!
//! Nothing that is typed here reaches the floor: [`key`] and [`pasted`] are the
//! only ones to see it. News of the hub go on as ever; drafts and what lies on
//! top stay as they are underneath.

use crate::console::effect::Effect;
use crate::console::keymap::Key;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::lock::{Answer, Attempt, Closed, LockNews};

/// Hides the floor. What is on screen is painted over whole.
pub(super) fn close(app: &mut App) -> Vec<Effect> {
    app.begun.clear();
    app.waiting = None;
    app.notice = None;
    if app.lock.close(app.session.now) {
        vec![Effect::Redraw]
    } else {
        Vec::new()
    }
}

/// Says at the start what the lock does not do: without a passphrase it only
/// blanks, and the hub's ceiling holds for whoever set "never" too.
pub(super) fn warn(app: &mut App) {
    let own = app.settings.lock;
    let Some(after) = app.locks_after() else {
        return;
    };
    let after_words = format!("{} min", after.as_secs().div_ceil(60));
    if own.after.is_none_or(|own| own > after) {
        app.say(format!(
            "This hub lets consoles lock after {after_words} at the latest, whatever yours is set to."
        ));
    }
    let demo = app.session.info.as_ref().is_some_and(|info| info.demo);
    if own.warns && own.ways.none() && !demo {
        // Short: at the start the keys beside it matter too.
        app.say(format!(
            "Locks after {after_words}, with no passphrase: \"watchfloor lock set\"."
        ));
    }
}

/// News for the lock.
pub(super) fn news(app: &mut App, news: LockNews) -> Vec<Effect> {
    match news {
        LockNews::Idle => return close(app),
        LockNews::Answered(Answer::Opened, _) => return open(app),
        LockNews::Answered(Answer::Wrong, at) => {
            if let Some(closed) = app.lock.closed_mut() {
                closed.checking = false;
                let wait = closed.failed(at);
                closed.says = Some(format!(
                    "That did not open it. The next try counts after {} s.",
                    seconds(wait.as_millis())
                ));
            }
        }
        LockNews::Answered(Answer::Failed(says), at) => {
            if let Some(closed) = app.lock.closed_mut() {
                closed.checking = false;
                closed.failed(at);
                closed.says = Some(says);
            }
        }
    }
    Vec::new()
}

/// "0.5", "1", "8".
fn seconds(ms: u128) -> String {
    if ms.is_multiple_of(1000) {
        (ms / 1000).to_string()
    } else {
        format!("{}.{}", ms / 1000, ms % 1000 / 100)
    }
}

fn open(app: &mut App) -> Vec<Effect> {
    if !app.lock.is_closed() {
        return Vec::new();
    }
    match app.lock.open() {
        0 => {}
        1 => app.refuse("While it was locked, one try to open it failed."),
        n => app.refuse(format!("While it was locked, {n} tries to open it failed.")),
    }
    vec![Effect::Redraw]
}

/// A key while the lock is closed.
pub(super) fn key(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let ways = app.settings.lock.ways;
    if press.repeat && press.chord.key == Key::Enter {
        return Vec::new();
    }
    if press.chord.key == Key::Enter && ways.none() {
        return open(app);
    }
    let Some(closed) = app.lock.closed_mut().filter(|closed| !closed.checking) else {
        return Vec::new();
    };
    match press.chord.key {
        Key::Enter => return attempt(closed, ways.passphrase, ways.command, press),
        Key::Backspace => closed.typed.pop(),
        Key::Esc => closed.typed = crate::console::state::lock::Passphrase::default(),
        Key::Char('u') if press.chord.ctrl => {
            closed.typed = crate::console::state::lock::Passphrase::default();
        }
        _ => {
            if let Some(letter) = press.chord.written().filter(|_| ways.passphrase) {
                closed.says = None;
                closed.typed.push(letter.encode_utf8(&mut [0; 4]));
            }
        }
    }
    Vec::new()
}

/// Pasted text while the lock is closed: from whoever keeps passphrases.
pub(super) fn pasted(app: &mut App, text: &str) {
    let wanted = app.settings.lock.ways.passphrase;
    if let Some(closed) = app.lock.closed_mut().filter(|c| wanted && !c.checking) {
        closed.typed.push(text);
    }
}

fn attempt(closed: &mut Closed, passphrase: bool, command: bool, press: KeyPress) -> Vec<Effect> {
    if closed.is_too_soon(press.at) {
        closed.says = Some("Too soon after the last try. Press Enter again in a moment.".into());
        return Vec::new();
    }
    let attempt = match (closed.typed.is_empty(), passphrase, command) {
        (false, true, _) => Attempt::Passphrase(std::mem::take(&mut closed.typed)),
        (_, _, true) => Attempt::Command,
        _ => return Vec::new(),
    };
    closed.checking = true;
    closed.says = None;
    vec![Effect::Unlock(attempt)]
}
