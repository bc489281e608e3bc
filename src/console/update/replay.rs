//! A recording that is played: its pace, and that nothing can be done to it.

use crate::console::action::Action;
use crate::console::effect::{Effect, Playing};
use crate::console::msg::Playback;
use crate::console::state::App;

/// A key of the recording.
pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let Some(playback) = &app.replay else {
        app.say("This is the floor as it is, not a recording.");
        return Vec::new();
    };
    if let Some(over) = playback.over.clone() {
        app.say(over);
        return Vec::new();
    }
    let how = match action {
        Action::ReplayStep => Playing::Step,
        Action::ReplayFaster => Playing::Faster,
        Action::ReplaySlower => Playing::Slower,
        _ => Playing::Pause,
    };
    vec![Effect::Play(how)]
}

/// Says that nothing can be done.
pub(super) fn refuse(app: &mut App) {
    app.refuse("This is a recording: it can be looked at, and nothing can be done to it.");
}

/// The recording stands otherwise now.
pub(super) fn stands(app: &mut App, playback: Playback) {
    if let Some(over) = &playback.over {
        app.say(over.clone());
    }
    app.replay = Some(playback);
}
