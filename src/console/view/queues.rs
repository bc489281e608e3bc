//! The second line: queues and saved views with their counts, the filter, and
//! whether the stream is frozen.
//!
//! Where room is short, words get shorter before a number goes: first what stands
//! at the right, then the names of queues and views, then views that nobody is
//! in; what is mine, what is nobody's and the one that is open stay.

use ratatui::layout::Rect;

use super::put::Pen;
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::{App, SavedView};
use crate::model::queue::Queue;
use crate::text::{SafeText, Untrusted};
use crate::theme::Role;

/// Cells of a view's name at the most.
const NAME: usize = 14;
/// Cells that a filter gets before words are shortened for it, and after.
const FILTER: (usize, usize) = (24, 12);

/// A queue or a saved view.
struct Tab {
    /// The number of a view.
    lead: String,
    /// The name; of a view the officer's own, in any script.
    name: SafeText,
    /// How many.
    count: String,
    active: bool,
}

/// How much the tabs say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Form {
    /// Queues by their whole words.
    worded: bool,
    /// Views that nobody is in by their names, and how many of them.
    named: bool,
    views: usize,
    /// Queues that may go: none, a team's where it is empty, or all but mine and
    /// nobody's.
    without: u8,
}

/// Draws the line.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let y = area.y + 1;
    let source = app.views.now().filter.as_ref();
    let source = source.map(|filter| SafeText::line(&Untrusted::from(filter.source())));
    let wide = source.as_ref().map_or(0, SafeText::width);
    let forms = forms(app.settings.views.len());
    let asleep = match app.floor.derived.counts.asleep {
        0 => String::new(),
        count => format!("{count} asleep  "),
    };
    let (full, short, role) = stands(app, area.width);
    // What stands at the right gets shorter before the tabs do, so that these stay
    // as they are when something comes; what sleeps goes after views that nobody
    // is in.
    let none = String::new();
    let sides = [(&asleep, &full), (&asleep, &short), (&none, &short)];
    let fits = |form: &Form, (asleep, says): (&String, &String)| {
        let kept = if form.without == 0 {
            FILTER.0
        } else {
            FILTER.1
        };
        let kept = if wide > 0 { wide.min(kept) + 2 } else { 0 };
        let tabs: usize = tabs(app, *form).iter().map(Tab::cells).sum();
        let right = asleep.chars().count() + says.chars().count() + 2;
        tabs + kept + right <= usize::from(area.width)
    };
    let whole = forms.iter().filter(|form| form.without == 0);
    let pairs = whole
        .flat_map(|form| [(*form, sides[0]), (*form, sides[1])])
        .chain(forms.iter().map(|form| (*form, sides[2])));
    let least = (forms.last().copied(), sides[2]);
    let mut pairs = pairs;
    let (form, (asleep, says)) = pairs
        .find(|(form, side)| fits(form, *side))
        .map_or(least, |(form, side)| (Some(form), side));
    let mut end = pen.own_right(area.right().saturating_sub(1), y, says, role);
    end = pen.own_right(end, y, asleep, Role::Muted).saturating_sub(1);
    let mut x = area.x;
    for tab in form.map_or_else(Vec::new, |form| tabs(app, form)) {
        x = tab.draw(pen, (x, y), end);
    }
    if let Some(source) = source {
        let room = |x: u16| end.saturating_sub(x);
        x = pen.own((x + 1, y), room(x + 1), "/", Role::Key);
        let style = pen.theme.style(Role::Title);
        let cells = usize::from(room(x));
        pen.field((x, y), room(x), &source.truncate(cells, "…"), style);
    }
}

/// The forms, from the fullest on.
fn forms(views: usize) -> Vec<Form> {
    let full = Form {
        worded: true,
        named: true,
        views,
        without: 0,
    };
    let short = Form {
        worded: false,
        ..full
    };
    let fewer = (0..=views).rev().map(|views| Form {
        named: false,
        views,
        ..short
    });
    let least = [1, 2].map(|without| Form {
        named: false,
        views: 0,
        without,
        ..short
    });
    [full, short]
        .into_iter()
        .chain(fewer)
        .chain(least)
        .collect()
}

fn tabs(app: &App, form: Form) -> Vec<Tab> {
    let now = app.views.now();
    let derived = &app.floor.derived;
    let queues = Queue::EVERY.into_iter().filter_map(|queue| {
        let active = now.queue == queue && now.saved.is_none();
        let count = derived.counts.queue(queue);
        let goes = match queue {
            Queue::Mine | Queue::Unassigned => false,
            Queue::Team => form.without > u8::from(count > 0),
            Queue::All => form.without > 1,
        };
        (active || !goes).then(|| Tab {
            lead: String::new(),
            name: SafeText::own(if form.worded {
                queue.word()
            } else {
                short(queue)
            }),
            count: format!(" {}", counted(app, count, active)),
            active,
        })
    });
    let mut left = form.views;
    let views = app.settings.views.iter().zip(&derived.saved);
    let views = views.filter_map(|(saved, count)| {
        let active = now.saved == Some(saved.number);
        if !active && left == 0 {
            return None;
        }
        left = left.saturating_sub(usize::from(!active));
        Some(view(app, saved, *count, (active, form.named)))
    });
    queues.chain(views).collect()
}

fn view(app: &App, saved: &SavedView, count: usize, (active, named): (bool, bool)) -> Tab {
    let number = saved.number;
    let count = counted(app, count, active);
    if !active && !named {
        return Tab {
            lead: format!("{number}:"),
            name: SafeText::own(""),
            count,
            active,
        };
    }
    Tab {
        lead: format!("{number} "),
        name: SafeText::line(&Untrusted::from(saved.name.as_str())).truncate(NAME, "…"),
        count: format!(" {count}"),
        active,
    }
}

/// How many there are; where a filter lies on them, how many match and of how many.
fn counted(app: &App, count: usize, active: bool) -> String {
    let rows = app.floor.derived.rows.len();
    match app.views.now().filter.as_ref().filter(|_| active) {
        // It asks for what no queue shows as well.
        Some(filter) if filter.looks_beyond_queues() => rows.to_string(),
        Some(_) => format!("{rows}/{count}"),
        None => count.to_string(),
    }
}

fn short(queue: Queue) -> &'static str {
    match queue {
        Queue::Unassigned => "Unas.",
        queue => queue.word(),
    }
}

impl Tab {
    fn cells(&self) -> usize {
        // The fence that a name may need, and a bracket or a blank on either side.
        let fence = usize::from(self.name.has_rtl());
        self.lead.chars().count() + self.name.width() + fence + self.count.len() + 2
    }

    /// The active one stands in brackets, so that it needs no colour.
    fn draw(&self, pen: &mut Pen<'_>, at: (u16, u16), end: u16) -> u16 {
        let (open, close, role) = if self.active {
            ("[", "]", Role::TabActive)
        } else {
            (" ", " ", Role::Muted)
        };
        let room = |x: u16| end.saturating_sub(x);
        let mut x = at.0;
        for words in [open, &self.lead] {
            x = pen.own((x, at.1), room(x), words, role);
        }
        let style = pen.theme.style(role);
        x = pen.field((x, at.1), room(x), &self.name, style);
        for words in [&self.count, close] {
            x = pen.own((x, at.1), room(x), words, role);
        }
        x
    }
}

/// Frozen or following, in full and in short.
fn stands(app: &App, width: u16) -> (String, String, Role) {
    if app.stream.follows() {
        return ("following".to_owned(), "following".to_owned(), Role::Muted);
    }
    let key = app.settings.keymap.first(Context::Floor, Action::Follow);
    let key = key.unwrap_or_default();
    let frozen = "frozen".to_owned();
    match app.stream.waiting {
        0 if width >= 110 => (format!("frozen, {key} follows"), frozen, Role::Muted),
        0 => (frozen.clone(), frozen, Role::Muted),
        count => (
            format!("+{count} new, {key} shows"),
            format!("+{count} new, {key}"),
            Role::Warn,
        ),
    }
}
