//! What a search in the history found: a list, or that it is still asked.

use ratatui::layout::Rect;

use super::ink::of_severity;
use super::put::Pen;
use super::{boxes, hints, list};
use crate::console::msg::Hit;
use crate::console::state::document::item::symbol;
use crate::console::state::found::{MOST, Phase};
use crate::console::state::overlay::What;
use crate::console::state::{App, words};
use crate::text::SafeText;
use crate::theme::Role;

/// Draws the list.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let found = &app.found;
    let words = SafeText::own(found.words.clone()).truncate(24, "…");
    let count = found.hits.len();
    let title = match found.phase {
        Phase::Done if count >= MOST => format!("History, {words}: the newest {count}"),
        Phase::Done => format!("History, {words}: {}", words::items(count)),
        _ => format!("History, {words}"),
    };
    let (cols, rows) = app.layout().overlay(count.clamp(3, 18));
    let hint = hints::line(app, &What::Found);
    let inner = boxes::frame(pen, area, (cols, rows), (&title, &hint));
    let says = match &found.phase {
        Phase::Idle | Phase::Asking => Some(("Asking the hub …".to_owned(), Role::Muted)),
        Phase::Failed(says) => Some((says.clone(), Role::Error)),
        Phase::Done if count == 0 => Some((
            "Nothing in the history has all of these words.".to_owned(),
            Role::Muted,
        )),
        Phase::Done => None,
    };
    if let Some((says, role)) = says {
        let folded = SafeText::own(says).wrap(usize::from(inner.width));
        for (y, part) in (inner.top()..inner.bottom()).zip(&folded) {
            let style = pen.theme.style(role);
            pen.put((inner.x, y), inner.width, part, style);
        }
        return;
    }
    let top = list::top(found.at, usize::from(inner.height));
    let shown = found.hits.iter().enumerate().skip(top);
    for (y, (at, hit)) in (inner.top()..inner.bottom()).zip(shown) {
        let line = Rect {
            y,
            height: 1,
            ..inner
        };
        row(pen, line, app, hit, at == found.at);
    }
}

fn row(pen: &mut Pen<'_>, line: Rect, app: &App, hit: &Hit, chosen: bool) {
    let (now, offset) = (app.session.now, app.session.offset());
    let at = words::moment(hit.received_at, now, offset);
    let on_board = app.floor.board.item(&hit.key).is_some();
    let title = SafeText::line(&hit.content.title);
    let text = if title.is_blank() {
        SafeText::line(&hit.content.text)
    } else {
        title
    };
    let state = SafeText::own(hit.state.clone()).truncate(12, "…");
    let parts = vec![
        list::part(symbol(hit.severity), of_severity(hit.severity), 2),
        list::part(hit.id.to_string(), Role::Title, 9),
        list::part(at, Role::Muted, 13),
        list::Part {
            text: state,
            role: if on_board { Role::Text } else { Role::Muted },
            cells: 14,
        },
        list::Part {
            text,
            role: Role::Text,
            cells: line.width.saturating_sub(40),
        },
    ];
    list::row(pen, line, chosen, parts);
}
