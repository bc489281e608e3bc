//! The terminal console: state, update, view, keymap and the one runtime.
