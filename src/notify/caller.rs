//! Calls carried out: bytes for the terminal, orders for desktop or program.
//!
//! Owns the ways of this session and what became of them. Writes nothing to
//! the terminal itself: the bytes are given to who does. Called by
//! [`super::calls`].

use std::time::Duration;

use super::method::{Method, Surroundings, Terminal, Way, Ways};
use super::outlet::{Notice, Outlet};
use super::policy::Call;
use super::{command, desktop, sequences};

/// What decides on the ways.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// What the officer set; none: what suits.
    pub method: Option<Method>,
    /// What was seen on this terminal before.
    pub seen: Option<Method>,
    /// The officer's own program with its arguments; empty: none.
    pub command: Vec<String>,
    /// Where we are.
    pub around: Surroundings,
    /// What is known of the terminal.
    pub terminal: Terminal,
}

/// The ways of this session.
pub struct Caller {
    wishes: Wishes,
    ways: Ways,
    outlet: Option<Outlet>,
    title: String,
}

impl Caller {
    /// Chooses the ways and starts what they need.
    #[must_use]
    pub fn new(wishes: Wishes) -> Self {
        let mut caller = Self {
            wishes,
            ways: Ways::default(),
            outlet: None,
            title: String::new(),
        };
        caller.choose();
        caller
    }

    /// The terminal has said more of itself.
    pub fn terminal_is(&mut self, terminal: Terminal) {
        if self.wishes.terminal != terminal {
            self.wishes.terminal = terminal;
            self.choose();
        }
    }

    fn choose(&mut self) {
        let wishes = &self.wishes;
        let before = self.ways.notice;
        self.ways = Ways::choose(wishes.method, wishes.seen, wishes.around, &wishes.terminal);
        if self.ways.notice == before && self.outlet.is_some() {
            return;
        }
        self.outlet = match self.ways.notice {
            Some(Way::Desktop) => Some(desktop::start()),
            Some(Way::Command) => Some(command::start(wishes.command.clone())),
            _ => None,
        };
    }

    /// How notices are shown now.
    #[must_use]
    pub fn way(&self) -> Option<Way> {
        match self.ways.notice {
            Some(Way::Desktop | Way::Command) if !self.outlet_works() => self.instead(),
            way => way,
        }
    }

    /// What is left when desktop or program do not work.
    fn instead(&self) -> Option<Way> {
        let way = self.wishes.terminal.way();
        way.filter(|_| !self.wishes.around.lines)
    }

    /// The ways as chosen, for a page.
    #[must_use]
    pub fn ways(&self) -> Ways {
        Ways {
            notice: self.way(),
            ..self.ways
        }
    }

    /// Whether desktop or program were tried and given up.
    #[must_use]
    pub fn gave_up(&self) -> bool {
        self.outlet.as_ref().is_some_and(|outlet| !outlet.works())
    }

    fn outlet_works(&self) -> bool {
        self.outlet.as_ref().is_some_and(Outlet::works)
    }

    /// Calls. Returns what the terminal has to be sent.
    #[must_use]
    pub fn call(&mut self, call: Call, line: String) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut shown = false;
        if call.notice {
            let notice = Notice {
                line,
                critical: call.critical,
            };
            shown = match (&self.outlet, self.way()) {
                (Some(outlet), Some(Way::Desktop | Way::Command)) => outlet.show(notice),
                (_, way) => {
                    bytes = self.sequence(way, &notice);
                    // Whether a terminal shows it is never known.
                    false
                }
            };
        }
        // The bell where no notice is sure to be shown, and for criticals always.
        if call.bell && self.ways.bell && (call.critical || !shown) {
            bytes.extend_from_slice(sequences::BELL);
        }
        bytes
    }

    /// What was given to desktop or program and could not be shown, for the
    /// terminal instead.
    #[must_use]
    pub fn missed(&mut self) -> Vec<u8> {
        let Some(notice) = self.outlet.as_ref().and_then(Outlet::take_missed) else {
            return Vec::new();
        };
        let mut bytes = self.sequence(self.instead(), &notice);
        if self.ways.bell {
            bytes.extend_from_slice(sequences::BELL);
        }
        bytes
    }

    /// Waits until desktop or program have done what they were given, `limit` at
    /// the most; true when they have.
    #[must_use]
    pub fn finish(self, limit: Duration) -> bool {
        self.outlet.is_none_or(|outlet| outlet.finish(limit))
    }

    /// Takes the last notice back where that is possible.
    #[must_use]
    pub fn withdraw(&mut self) -> Vec<u8> {
        match self.way() {
            Some(Way::Osc99) => {
                let close = sequences::osc99_close();
                self.wishes.terminal.multiplexers.wrap(&close)
            }
            Some(Way::Desktop) => {
                if let Some(outlet) = &self.outlet {
                    outlet.close();
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Sets the title, if that is a new one. A multiplexer makes of it the
    /// title of its own window, so it is not wrapped.
    #[must_use]
    pub fn title(&mut self, title: String) -> Vec<u8> {
        if !self.ways.title || title == self.title {
            return Vec::new();
        }
        self.title = title;
        sequences::title(&self.title)
    }

    fn sequence(&self, way: Option<Way>, notice: &Notice) -> Vec<u8> {
        let between = &self.wishes.terminal.multiplexers;
        let bytes = match way {
            // Behind a multiplexer the window may have the focus while another
            // of its panes is looked at.
            Some(Way::Osc99) => sequences::osc99(&notice.line, notice.critical, between.is_empty()),
            Some(Way::Osc777) => sequences::osc777(&notice.line),
            Some(Way::Osc9) => sequences::osc9(&notice.line),
            Some(Way::Desktop | Way::Command) | None => return Vec::new(),
        };
        between.wrap(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::multiplexer::{Clues, Multiplexers};
    use crate::notify::template::Counts;

    fn call(critical: bool, notice: bool) -> Call {
        Call {
            critical,
            bell: true,
            notice,
            counts: Counts::default(),
        }
    }

    fn caller(method: Option<Method>, tmux: bool) -> Caller {
        let around = Surroundings {
            terminal: true,
            ssh: true,
            ..Surroundings::default()
        };
        let clues = Clues {
            tmux,
            ..Clues::default()
        };
        let terminal = Terminal {
            name: Some("foot".to_owned()),
            multiplexers: Multiplexers::read(clues),
            ..Terminal::default()
        };
        Caller::new(Wishes {
            method,
            around,
            terminal,
            ..Wishes::default()
        })
    }

    const LINE: &str = "watchfloor: 1 critical";

    #[test]
    fn a_notice_goes_with_the_bell() {
        let mut foot = caller(None, false);
        assert_eq!(
            foot.call(call(true, true), LINE.to_owned()),
            b"\x1b]777;notify;watchfloor;watchfloor: 1 critical\x07\x07"
        );
        assert_eq!(foot.call(call(true, false), LINE.to_owned()), b"\x07");
        assert_eq!(
            foot.title("(1!) watchfloor".into()),
            b"\x1b]2;(1!) watchfloor\x07"
        );
        assert_eq!(foot.title("(1!) watchfloor".into()), b"");
    }

    #[test]
    fn through_a_multiplexer_the_notice_is_wrapped_and_the_bell_is_not() {
        let mut inside = caller(Some(Method::Osc99), true);
        let bytes = inside.call(call(true, true), LINE.to_owned());
        assert!(bytes.starts_with(b"\x1bPtmux;\x1b\x1b]99;i=watchfloor:"));
        assert!(bytes.ends_with(b"\x1b\x1b\\\x1b\\\x07"));
        let text = String::from_utf8(bytes).expect("is ASCII");
        assert!(!text.contains("o=unfocused"));
        assert!(inside.withdraw().starts_with(b"\x1bPtmux;"));
    }

    #[test]
    fn an_answer_of_the_terminal_betters_the_way() {
        let mut kitty = caller(None, false);
        assert_eq!(kitty.way(), Some(Way::Osc777));
        let answered = Terminal {
            osc99: true,
            ..kitty.wishes.terminal.clone()
        };
        kitty.terminal_is(answered);
        assert_eq!(kitty.way(), Some(Way::Osc99));
        assert_eq!(kitty.withdraw(), b"\x1b]99;i=watchfloor:p=close;\x1b\\");
    }

    #[test]
    fn off_and_title_do_not_ring() {
        let mut off = caller(Some(Method::Off), false);
        assert_eq!(off.call(call(true, true), LINE.to_owned()), b"");
        assert_eq!(off.title("(1!) watchfloor".into()), b"");
        let mut title = caller(Some(Method::Title), false);
        assert_eq!(title.call(call(true, true), LINE.to_owned()), b"");
        assert_ne!(title.title("(1!) watchfloor".into()), b"");
    }

    #[test]
    fn a_program_that_can_not_be_run_leaves_the_notice_to_the_terminal() {
        let mut caller = caller(Some(Method::Command), false);
        caller.outlet = Some(command::start(vec!["/nowhere/at-all".to_owned()]));
        let bell = caller.call(call(true, true), LINE.to_owned());
        assert_eq!(bell, b"\x07", "for a critical it always rings");
        let instead = loop {
            let bytes = caller.missed();
            if !bytes.is_empty() {
                break bytes;
            }
            std::thread::yield_now();
        };
        assert!(instead.starts_with(b"\x1b]777;"));
    }
}
