//! The link of an item, whole, so that it can be read before it is opened
//! anywhere else. The console opens none itself.

use super::{Document, Ink, Span, copied, own};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::App;
use crate::model::ids::ItemKey;
use crate::text::SafeText;

/// The page behind `o`.
#[must_use]
pub fn of(app: &App, key: ItemKey, width: usize) -> Document {
    let mut page = Document::new(width);
    let Some(item) = app.floor.board.item(&key) else {
        page.say(Ink::Muted, "This item is not on the board any more.");
        return page;
    };
    let Some(link) = copied::link(item) else {
        page.say(Ink::Muted, format!("{} came without a link.", item.id));
        return page;
    };
    if let Some(host) = host(&link) {
        page.row(vec![
            own(Ink::Muted, "Host  "),
            Span {
                ink: Ink::Title,
                text: SafeText::own(host),
            },
        ]);
        page.blank();
    }
    page.fold(0, Ink::Text, &SafeText::own(link));
    page.blank();
    let copy = app.settings.keymap.first(Context::Floor, Action::Copy);
    let copy = copy.unwrap_or_else(|| ":copy-link".to_owned());
    page.say(
        Ink::Muted,
        format!("{copy} copies it. A stranger wrote it: open it where it can do no harm."),
    );
    page
}

/// What stands between the scheme and the path, without a user's name.
fn host(link: &str) -> Option<String> {
    let (_, rest) = link.split_once("://")?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (host, _) = rest.split_at(end);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_what_would_be_called() {
        for (link, of) in [
            ("https://city.example/water?a=b", "city.example"),
            (
                "https://city.example@evil.example:8443/x",
                "evil.example:8443",
            ),
            ("https://evil.example\\@city.example/", "evil.example"),
        ] {
            assert_eq!(host(link).as_deref(), Some(of), "{link}");
        }
        assert_eq!(host("mailto:a@b"), None);
    }
}
