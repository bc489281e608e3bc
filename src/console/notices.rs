//! Between the console and the room of notices: what the terminal is, what the
//! hub allows, what the page shows.
//!
//! Pure translation. Called by `perform` and `session`.

use super::probe::{Multiplexer, TerminalFacts};
use super::state::notices::Notices;
use crate::notify::multiplexer::Layer;
use crate::notify::{Multiplexers, Privacy, State, Terminal};
use crate::wire::limits::NoticesTell;

/// What notices go by of what is known of the terminal.
#[must_use]
pub fn terminal(facts: &TerminalFacts) -> Terminal {
    Terminal {
        name: facts.name.clone(),
        osc99: facts.osc99,
        multiplexers: between(facts),
        swallowed: matches!(facts.multiplexer, Multiplexer::Zellij | Multiplexer::Mosh),
    }
}

/// The multiplexers that a sequence has to get through.
#[must_use]
pub fn between(facts: &TerminalFacts) -> Multiplexers {
    let nearest = match facts.multiplexer {
        Multiplexer::Tmux => Layer::Tmux,
        Multiplexer::Screen => Layer::Screen,
        Multiplexer::None | Multiplexer::Zellij | Multiplexer::Mosh => {
            return Multiplexers::default();
        }
    };
    Multiplexers::of(std::iter::once(nearest).chain(facts.nested.then_some(Layer::Tmux)))
}

/// The administrator's word. A hub that says none allows all that a notice can.
#[must_use]
pub fn ceiling(told: Option<NoticesTell>) -> Privacy {
    match told {
        Some(NoticesTell::Counts) => Privacy::Counts,
        Some(NoticesTell::Rule) | None => Privacy::Rule,
    }
}

/// What the page shows of how calls stand.
#[must_use]
pub fn shown(state: &State) -> Notices {
    Notices {
        way: state.ways.notice.map(crate::notify::Way::words),
        bell: state.ways.bell,
        title: state.ways.title,
        gave_up: state.gave_up,
        made: state.made,
        last: state.last,
        held_focused: state.held.focused,
        held_quiet: state.held.quiet,
        held_hourly: state.held.hourly,
        quiet: state.quiet,
        tells_rule: state.privacy == Privacy::Rule,
        capped: state.capped,
    }
}
