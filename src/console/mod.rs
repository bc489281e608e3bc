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

pub mod action;
pub mod effect;
pub mod keymap;
pub mod msg;
pub mod state;
pub mod update;
pub mod view;
