//! The second line: queues and saved views with their counts.
//!
//! Steady: what a tab says, and where it begins, goes by the terminal's width and
//! by the views that there are, never by counts. Each count has its cells, and
//! gets shorter in them ("12k") before a tab moves. Where room is short, words get
//! shorter, then what belongs to teams goes, then views from the last one on; the
//! one that is open stays.

use ratatui::layout::Rect;

use super::put::Pen;
use super::stream;
use crate::console::state::{App, SavedView};
use crate::model::queue::Queue;
use crate::text::{SafeText, Untrusted};
use crate::theme::Role;

/// Cells of a view's name at the most, from the roomiest form on.
const NAMES: [usize; 4] = [14, 8, 5, 3];
/// Cells of a count, from the roomiest form on.
const COUNTS: [usize; 3] = [5, 4, 3];

/// A queue or a saved view.
struct Tab {
    /// The key of a view, with a colon.
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
    /// Whether the teams' queue is there where nobody is in it.
    teams: bool,
    /// Cells of a view's name.
    name: usize,
    /// How many views.
    views: usize,
}

/// Draws the line.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let y = area.y + 1;
    let fits = |(form, cells): &(Form, usize)| {
        let tabs = tabs(app, *form, *cells);
        let all: usize = tabs.iter().map(|tab| tab.cells(*cells)).sum();
        all < usize::from(area.width)
    };
    let forms = forms(app.settings.views.len());
    let mut all = forms
        .iter()
        .flat_map(|form| COUNTS.map(|cells| (*form, cells)));
    let least = all.clone().next_back();
    let Some((form, cells)) = all.find(fits).or(least) else {
        return;
    };
    let mut x = area.x;
    for tab in tabs(app, form, cells) {
        tab.draw(pen, (x, y), area.right());
        x += u16::try_from(tab.cells(cells)).unwrap_or(0);
    }
    if app.detail.open && !app.layout().is_split() {
        stream::hidden(pen, (x, y), area.right(), app);
    }
}

/// The forms, from the fullest on.
fn forms(views: usize) -> Vec<Form> {
    let [name, .., least] = NAMES;
    let full = Form {
        worded: true,
        teams: true,
        name,
        views,
    };
    let short = NAMES.map(|name| Form {
        worded: false,
        name,
        ..full
    });
    let fewer = (0..=views).rev().map(|views| Form {
        worded: false,
        teams: false,
        name: least,
        views,
    });
    [full].into_iter().chain(short).chain(fewer).collect()
}

fn tabs(app: &App, form: Form, cells: usize) -> Vec<Tab> {
    let now = app.views.now();
    let derived = &app.floor.derived;
    let queues = Queue::EVERY.into_iter().filter_map(|queue| {
        let active = now.queue == queue && now.saved.is_none();
        let goes = queue == Queue::Team && !form.teams;
        (active || !goes).then(|| Tab {
            lead: String::new(),
            name: SafeText::own(if form.worded {
                queue.word()
            } else {
                short(queue)
            }),
            count: within(derived.counts.queue(queue), cells),
            active,
        })
    });
    let views = app.settings.views.iter().zip(&derived.saved);
    let is_open = |view: &SavedView| now.saved == Some(view.number);
    // The open one has a place among them.
    let open_is_last = views
        .clone()
        .skip(form.views)
        .any(|(view, _)| is_open(view));
    let first = form.views.saturating_sub(usize::from(open_is_last));
    let views = views.enumerate();
    let views = views.filter(|(at, (saved, _))| *at < first || is_open(saved));
    let views = views.map(|(_, (saved, count))| Tab {
        lead: format!("{}:", saved.number),
        name: named(saved, form.name),
        count: within(*count, cells),
        active: is_open(saved),
    });
    queues.chain(views).collect()
}

/// A view's name; where only a few letters have room, those, and no sign that there
/// are more.
fn named(saved: &SavedView, cells: usize) -> SafeText {
    let name = SafeText::line(&Untrusted::from(saved.name.as_str()));
    let [.., few, least] = NAMES;
    let sign = if cells == few || cells == least {
        ""
    } else {
        "…"
    };
    name.truncate(cells, sign)
}

/// A count in so many cells: "999", "12k", "3M".
fn within(count: usize, cells: usize) -> String {
    let whole = count.to_string();
    if whole.len() <= cells {
        return whole;
    }
    match count {
        0..1_000_000 => format!("{}k", count / 1000),
        _ => format!("{}M", count / 1_000_000),
    }
}

fn short(queue: Queue) -> &'static str {
    match queue {
        Queue::Unassigned => "Unas.",
        queue => queue.word(),
    }
}

impl Tab {
    /// Cells with a bracket or a blank before it; that behind a full count is the
    /// next one's.
    fn cells(&self, count: usize) -> usize {
        // The fence that a name may need.
        let fence = usize::from(self.name.has_rtl());
        1 + self.lead.len() + self.name.width() + fence + 1 + count
    }

    /// The active one stands in brackets, so that it needs no colour.
    fn draw(&self, pen: &mut Pen<'_>, at: (u16, u16), end: u16) {
        let roles = if self.active {
            [Role::TabActive; 3]
        } else {
            [Role::Key, Role::Muted, Role::Text]
        };
        let [key, name, count] = roles;
        let room = |x: u16| end.saturating_sub(x);
        let (mut x, y) = at;
        if self.active {
            pen.own((x, y), 1, "[", name);
        }
        x += 1;
        x = pen.own((x, y), room(x), &self.lead, key);
        let style = pen.theme.style(name);
        x = pen.field((x, y), room(x), &self.name, style);
        x = pen.own((x, y), room(x), " ", name);
        x = pen.own((x, y), room(x), &self.count, count);
        if self.active {
            pen.own((x, y), room(x).min(1), "]", name);
        }
    }
}
