//! How the console stands: the way to the hub, how fresh the data is, who sits
//! here.

use super::{Document, Ink, own};
use crate::console::state::link::Phase;
use crate::console::state::{App, words};
use crate::text::SafeText;

/// The width of a name before its words.
const NAME: usize = 12;

/// The page.
#[must_use]
pub fn of(app: &App, width: usize) -> Document {
    let mut page = Document::new(width);
    page.heading("The link");
    let mut line = |name: &str, ink, says: String| {
        page.entry(NAME, own(Ink::Muted, name), ink, &SafeText::own(says));
    };
    if let Some(way) = &app.settings.way {
        line("hub", Ink::Text, way.hub.clone());
        line("way", Ink::Text, way.route.clone());
    }
    let at = |moment| words::moment(moment, app.session.now, app.session.offset());
    let (ink, says) = match app.link.phase {
        Phase::Starting => (Ink::Warn, "not there yet".to_owned()),
        Phase::Loading => (Ink::Warn, "fetching what the hub has".to_owned()),
        Phase::Stale(since) => (Ink::Bad, format!("silent since {}", at(since))),
        Phase::Down(since) => (Ink::Bad, format!("lost since {}", at(since))),
        Phase::Live if app.link.behind > 0 => (
            Ink::Warn,
            format!(
                "{} behind",
                words::plural(
                    usize::try_from(app.link.behind).unwrap_or(usize::MAX),
                    "event"
                )
            ),
        ),
        Phase::Live => (Ink::Text, "live".to_owned()),
    };
    line("data", ink, says);
    if app.session.slow_line {
        line(
            "terminal",
            Ink::Warn,
            "its line is slow: frames come every 5 s, keys at once".to_owned(),
        );
    }
    if let Some(why) = &app.link.why {
        line("why", Ink::Bad, why.clone());
    }
    if let Some(info) = &app.session.info {
        line(
            "version",
            Ink::Text,
            format!(
                "{} here, {} there",
                env!("CARGO_PKG_VERSION"),
                info.hub_version
            ),
        );
        page.heading("You");
        page.say(
            Ink::Text,
            format!("{} ({})", info.officer.as_str(), info.role.word()),
        );
    }
    page
}
