//! Copying, only when it is asked for: the item or the marked ones, a link, the
//! page on top. Clean text in logical order, never what is drawn.

use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::state::document::copied;
use crate::console::state::overlay::{Topic, What};
use crate::console::state::{App, words};
use crate::model::ids::ItemKey;

/// Bytes of a clipboard text at the most: what terminals take.
const MOST: usize = 64 * 1024;

/// Copies what is asked for.
pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match (action, app.overlays.last().map(|overlay| &overlay.what)) {
        (Action::CopyLink, _) => link(app),
        (_, Some(What::Page(page))) => {
            let topic = page.topic;
            page_of(app, topic)
        }
        _ => items(app),
    }
}

/// The items that a verb would work on.
fn chosen(app: &App) -> Vec<ItemKey> {
    if app.marks.is_empty() {
        return app.stream.selected().into_iter().collect();
    }
    let rows = app.stream.rows.iter().filter(|key| app.marks.has(key));
    rows.copied().collect()
}

fn items(app: &mut App) -> Vec<Effect> {
    app.stream.freeze();
    let keys = chosen(app);
    let items: Vec<_> = keys
        .iter()
        .filter_map(|key| app.floor.board.item(key))
        .collect();
    let (text, what) = match items.as_slice() {
        [] => {
            app.say("There is no item here.");
            return Vec::new();
        }
        [one] => (copied::item(app, one), one.id.to_string()),
        many => {
            let texts: Vec<String> = many.iter().map(|item| copied::item(app, item)).collect();
            (texts.join("\n\n"), words::items(many.len()))
        }
    };
    copy(app, text, &what)
}

fn link(app: &mut App) -> Vec<Effect> {
    app.stream.freeze();
    let item = chosen(app)
        .first()
        .and_then(|key| app.floor.board.item(key));
    let Some(item) = item else {
        app.say("There is no item here.");
        return Vec::new();
    };
    let (id, link) = (item.id, copied::link(item));
    if let Some(link) = link {
        return copy(app, link, &format!("the link of {id}"));
    }
    app.refuse(format!("{id} came without a link."));
    Vec::new()
}

/// A page: of an item as the item, a link as the link, others as they read.
fn page_of(app: &mut App, topic: Topic) -> Vec<Effect> {
    match topic {
        Topic::Links(key) => {
            let item = app.floor.board.item(&key);
            match item.and_then(copied::link) {
                Some(link) => copy(app, link, "the link"),
                None => Vec::new(),
            }
        }
        Topic::Archived => match app.archived.take() {
            Some(item) => {
                let (text, id) = (copied::item(app, &item), item.id);
                app.archived = Some(item);
                copy(app, text, &id.to_string())
            }
            None => Vec::new(),
        },
        topic => {
            let text = copied::page(app, topic);
            copy(app, text, "the page")
        }
    }
}

fn copy(app: &mut App, mut text: String, what: &str) -> Vec<Effect> {
    let whole = text.len();
    if whole > MOST {
        text.truncate(text.floor_char_boundary(MOST));
    }
    let cut = if whole > MOST {
        " (the first 64 KiB of it)"
    } else {
        ""
    };
    app.say(format!(
        "Copied {what}{cut}, as far as the terminal lets it."
    ));
    vec![Effect::Copy(text)]
}
