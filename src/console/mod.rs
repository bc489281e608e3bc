//! The terminal console: state, update, view, keymap and the one runtime.
//!
//! The core is pure: [`update::update`] turns a [`msg::Msg`] into a changed
//! [`state::App`] and a list of [`effect::Effect`]s, [`view::view`] draws the
//! state into a buffer. Time and ids come in with the messages.
//!
//! - [`msg`], [`effect`], [`action`]: what comes in, what goes out, what a key
//!   can mean.
//! - [`keymap`]: the one table of actions, keys, names and help.
//! - [`state`]: what the console knows; [`update`]: how it changes.
//! - [`view`]: how it looks; reads state and theme, changes nothing.
//!
//! How the runtime drives it: `App::new(Settings)`; for each message
//! `update(&mut app, msg)` and perform the effects; before each frame
//! `app.settle()` (perform its effects too), then `view(&app, &theme, area,
//! &mut buffer)`, which returns where the cursor is to be shown.
//!
//! - [`notices`]: between the console and the room that calls the officer.
//! - [`run`]: a console on the real terminal, from its first byte to its last.
//! - [`runtime`]: the only `select!`, on its [`surroundings`]; [`drawing`]: when;
//!   [`worn`]: the theme that is on; [`perform`]: effects done.
//! - [`plain`]: the same console as lines, for screen readers and pipes.
//! - [`clipboard`], [`drawer`]: copying, and what outlives the console.
//! - [`keyboard`], [`decode`]: bytes of the terminal to events and answers;
//!   [`input`], [`translate`]: events and link news to messages.
//! - [`backend`], [`writer`], [`pace`], [`lag`]: grids to bytes, on a thread of
//!   their own, as fast as the line takes them.
//! - [`terminal`], [`watch`]: the terminal taken and given back; signals;
//!   [`missed`]: what came meanwhile.
//! - [`probe`], [`asking`], [`terminals`]: what terminal it is, and was;
//!   [`fitting`]: how it is used; [`interview`]: asked for `check terminal`.
//! - [`lock`]: a passphrase or a command that opens a locked console.
//! - [`lettering`]: how text is laid out on it; [`learned`]: otherwise, once it
//!   has said what it is.

pub mod action;
pub mod asking;
pub mod backend;
pub mod clipboard;
pub mod decode;
pub mod drawer;
mod drawing;
pub mod effect;
pub mod fitting;
pub mod input;
#[cfg(unix)]
pub mod interview;
#[cfg(unix)]
pub mod keyboard;
pub mod keymap;
pub mod lag;
pub mod learned;
pub mod lettering;
pub mod lock;
pub mod missed;
pub mod msg;
pub mod notices;
pub mod pace;
pub mod perform;
pub mod plain;
pub mod probe;
pub mod runtime;
mod session;
pub mod state;
pub mod surroundings;
pub mod terminal;
pub mod terminals;
pub mod translate;
pub mod update;
pub mod view;
pub mod watch;
pub mod worn;
pub mod writer;

pub use session::{ConsoleError, ConsoleSettings, Exit, ready, run, run_on};
