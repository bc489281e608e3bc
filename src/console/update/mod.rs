//! How the state changes: one message in, effects out. Pure.
//!
//! - [`asked`]: what is asked in words, by a console without keys.
//! - [`keys`]: from a key to an action, here or in what lies on top.
//! - [`moves`], [`views`], [`marks`]: looking around.
//! - [`verbs`], [`send`]: triage, from the key to the command.
//! - [`pages`], [`pickers`], [`prompts`], [`editors`], [`forms`],
//!   [`questions`]: what lies on top; [`commands`]: the `:` line; [`themes`].
//! - [`replay`]: a recording's pace, and that nothing can be done to it.
//! - [`link`]: news of the hub; [`lock`]: while the floor is hidden.

mod asked;
mod commands;
mod editors;
mod forms;
mod keys;
mod link;
mod lock;
mod marks;
mod moves;
mod pages;
mod pickers;
mod prompts;
mod questions;
mod replay;
mod send;
mod themes;
mod verbs;
mod views;

pub(in crate::console) use pages::document;

use super::effect::Effect;
use super::msg::Msg;
use super::state::App;
use super::state::overlay::What;

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
        Msg::Paste(text) => keys::pasted(app, &text),
        Msg::Resize { cols, rows } => {
            (app.session.cols, app.session.rows) = (cols, rows);
            app.stream.fit(app.stream_height());
        }
        Msg::Focus(focused) => app.session.focused = focused,
        Msg::SlowLine(slow) => app.session.slow_line = slow,
        Msg::Clock(now) => {
            app.session.now = now;
            app.floor.touch_all();
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
        What::Editor(editor) => editor.items.first().copied(),
        _ => None,
    });
    if typing != app.detail.told_typing {
        app.detail.told_typing = typing;
        effects.push(Effect::Typing(typing));
    }
    effects
}
