//! How the officer is called, and what was held back.

use super::{Document, Ink, own};
use crate::console::state::{App, words};

/// The width of a name or number before its words.
const NAME: usize = 12;

/// The page.
#[must_use]
pub fn of(app: &App, width: usize) -> Document {
    let mut page = Document::new(width);
    let notices = &app.notices;
    page.heading("How you are called");
    ways(app, &mut page);
    if notices.gave_up {
        page.say(
            Ink::Bad,
            "Desktop or program did not answer and are not tried again before the next start.",
        );
    }
    let quiet = notices.quiet.map_or("never".to_owned(), |(from, to)| {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        format!("{} to {}, but for criticals", clock(from), clock(to))
    });
    line(&mut page, "quiet", Ink::Text, quiet);
    let tells = match (notices.tells_rule, notices.capped) {
        (true, _) => "how many, and the name of the rule",
        (false, true) => "how many; the administrator allows no more",
        (false, false) => "how many",
    };
    line(&mut page, "tells", Ink::Text, tells);
    page.heading("Since the console started");
    let made = match (notices.made, notices.last) {
        (0, _) | (_, None) => "called not once".to_owned(),
        (made, Some(at)) => {
            let times = if made == 1 { "once" } else { "times" };
            let count = if made == 1 {
                String::new()
            } else {
                format!("{made} ")
            };
            let at = words::moment(at, app.session.now, app.session.offset());
            format!("called {count}{times}, last at {at}")
        }
    };
    page.say(Ink::Text, made);
    for (count, why) in [
        (
            notices.held_focused,
            "not shown, because you were looking at the console",
        ),
        (notices.held_quiet, "not shown, because it was quiet"),
        (
            notices.held_hourly,
            "not shown, because there were more than 12 in the hour",
        ),
    ] {
        if count > 0 {
            line(&mut page, &count.to_string(), Ink::Warn, why);
        }
    }
    if notices.held() == 0 {
        page.say(Ink::Muted, "No notice was held back.");
    }
    page.blank();
    page.say(
        Ink::Muted,
        "\"watchfloor check notify\" tries each way on this terminal and remembers what you saw.",
    );
    page
}

fn ways(app: &App, page: &mut Document) {
    let notices = &app.notices;
    let (ink, way) = notices
        .way
        .map_or((Ink::Muted, "none"), |words| (Ink::Good, words));
    line(page, "notices", ink, way);
    let on = |is: bool, words: &'static str| {
        if is {
            (Ink::Good, words)
        } else {
            (Ink::Muted, "no")
        }
    };
    let (ink, bell) = on(notices.bell, "rings");
    line(page, "bell", ink, bell);
    let (ink, title) = on(notices.title, "counts what waits");
    line(page, "title", ink, title);
}

fn line(page: &mut Document, name: &str, ink: Ink, words: impl Into<String>) {
    page.row(vec![
        own(Ink::Text, format!("{name:<NAME$}")),
        own(ink, words),
    ]);
}
