//! How the state changes: one message in, effects out. Pure.
//!
//! - [`asked`]: what is asked in words, by a console without keys.
//! - [`keys`]: from a key to an action, here or in what lies on top.
//! - [`moves`], [`views`], [`marks`], [`folds`]: looking around.
//! - [`verbs`], [`send`]: triage, from the key to the command; [`replies`]:
//!   answers, and acts at the source.
//! - [`claims`]: the posts that known claims fit.
//! - [`pages`], [`pickers`], [`prompts`], [`editors`], [`forms`],
//!   [`questions`]: what lies on top; [`commands`], [`arguments`]: the `:`
//!   line; [`typing`]: completion and recall; [`palette`], [`search`],
//!   [`themes`].
//! - [`deaf`]: letters typed to an editor that did not open.
//! - [`saved`]: saved views; [`copy`]: the clipboard.
//! - [`replay`]: a recording's pace, and that nothing can be done to it.
//! - [`link`]: news of the hub; [`lock`]: while the floor is hidden.

mod arguments;
mod asked;
mod claims;
mod commands;
mod copy;
mod deaf;
mod editors;
mod folds;
mod forms;
mod keys;
mod link;
mod lock;
mod marks;
mod moves;
mod pages;
mod palette;
mod pickers;
mod prompts;
mod questions;
mod replay;
mod replies;
mod saved;
mod search;
mod send;
mod themes;
mod typing;
mod verbs;
mod views;

use super::effect::Effect;
use super::msg::Msg;
use super::state::App;
use super::state::kept::{Keepsake, KeptDraft};
use super::state::overlay::{What, Writing};
use crate::model::outgoing::Typing;

/// Takes one message in. Keys find and leave a settled state; after news the
/// runtime calls [`App::settle`] before it draws.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match msg {
        Msg::Lock(news) => effects.extend(lock::news(app, news)),
        Msg::Asked(..) if app.lock.is_closed() => {}
        Msg::Asked(asked, press) => {
            effects.extend(app.settle());
            app.session.now = app.session.now.max(press.at);
            effects.extend(asked::asked(app, asked, press));
            effects.extend(app.settle());
        }
        Msg::Key(press) if app.lock.is_closed() => effects.extend(lock::key(app, press)),
        Msg::Paste(text) if app.lock.is_closed() => lock::pasted(app, &text),
        Msg::Key(press) => {
            effects.extend(app.settle());
            app.session.now = app.session.now.max(press.at);
            effects.extend(keys::pressed(app, press));
            if app.stream.has_leftover() {
                app.floor.touch();
            }
            effects.extend(app.settle());
            app.stream.fit(app.stream_height());
        }
        Msg::Paste(text) => {
            keys::pasted(app, &text);
            effects.extend(app.settle());
        }
        Msg::Resize { cols, rows } => {
            (app.session.cols, app.session.rows) = (cols, rows);
            app.stream.fit(app.stream_height());
        }
        Msg::Focus(focused) => app.session.focused = focused,
        Msg::SlowLine(slow) => app.session.slow_line = slow,
        Msg::Clock(now) => {
            app.session.now = now;
            if !app.hesitated() {
                app.floor.touch_all();
            }
        }
        Msg::Notices(notices) => app.notices = notices,
        Msg::Link(news) => effects.extend(link::news(app, news)),
    }
    effects.extend(told(app));
    effects
}

/// Tells the hub what is open and what is written on, when that changed.
fn told(app: &mut App) -> Vec<Effect> {
    let mut effects = Vec::new();
    let viewing = app.shown();
    if viewing != app.detail.told {
        app.detail.told = viewing;
        effects.push(Effect::Viewing(viewing));
    }
    let typing = app.overlays.iter().find_map(|overlay| match &overlay.what {
        What::Editor(editor) => Some(Typing {
            on: editor.items.first().copied()?,
            answer: matches!(editor.writing, Writing::Reply { .. }),
        }),
        _ => None,
    });
    if typing != app.detail.told_typing {
        app.detail.told_typing = typing;
        effects.push(Effect::Typing(typing));
    }
    effects.extend(drafts(app));
    effects
}

/// Hands the drafts over to be kept, when they changed: those that wait and
/// those that are being written, so that a crash costs no words.
fn drafts(app: &mut App) -> Option<Effect> {
    if app.overlays.is_empty() && app.drafts.is_empty() && app.told_drafts.is_empty() {
        return None;
    }
    let open = app
        .overlays
        .iter()
        .filter_map(|overlay| match &overlay.what {
            What::Editor(editor) if !editor.items.is_empty() && !editor.text.is_blank() => {
                Some(KeptDraft {
                    items: editor.items.clone(),
                    text: editor.text.text(),
                    reply: matches!(editor.writing, Writing::Reply { .. }),
                })
            }
            _ => None,
        });
    let drafts: Vec<KeptDraft> = app.drafts.kept().chain(open).collect();
    if drafts == app.told_drafts {
        return None;
    }
    app.told_drafts.clone_from(&drafts);
    Some(Effect::Keep(Keepsake::Drafts(drafts)))
}
