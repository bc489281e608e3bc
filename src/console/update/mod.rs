//! How the state changes.

use super::effect::Effect;
use super::msg::Msg;
use super::state::App;

/// Takes one message in.
pub fn update(_app: &mut App, _msg: Msg) -> Vec<Effect> {
    Vec::new()
}
