//! The lines of the list of claims: what is claimed, how it spreads, and each
//! post with how sure the match is and what the post does with the claim.

use super::{Ink, Line, Span, own};
use crate::console::state::overlay::claims::{Claims, Group, Row, matched};
use crate::console::state::{App, words};
use crate::model::claim::{ClaimMatch, Level, Rating, Stance, Verdict};
use crate::model::item::Item;
use crate::text::SafeText;

/// The line of a row.
#[must_use]
pub fn line(app: &App, claims: &Claims, row: usize) -> Line {
    match claims.rows.get(row) {
        Some(Row::Claim(group)) => claims.groups.get(*group).map(claim).unwrap_or_default(),
        Some(Row::Spread(group)) => {
            let group = claims.groups.get(*group);
            group.map(|group| spread(app, group)).unwrap_or_default()
        }
        Some(Row::Post(..)) => claims
            .post(row)
            .map(|(key, group)| {
                let mark = if claims.marked.contains(&row) {
                    "+ "
                } else {
                    "  "
                };
                let mut line = vec![own(Ink::Key, mark)];
                match app.floor.board.item(&key) {
                    Some(item) => line.extend(post(app, item, group)),
                    None => line.push(own(Ink::Muted, "It left the board.")),
                }
                line
            })
            .unwrap_or_default(),
        None => Line::new(),
    }
}

/// "false  Drinking seawater is safe, by the tester".
fn claim(group: &Group) -> Line {
    let claim = &group.claim;
    let ink = match claim.rating {
        Rating::False => Ink::Bad,
        Rating::Mixed => Ink::Warn,
        Rating::True => Ink::Good,
        Rating::Unclear => Ink::Muted,
    };
    let mut line = vec![
        own(ink, format!("{}  ", claim.rating.word())),
        Span {
            ink: Ink::Title,
            text: SafeText::line(&claim.claim),
        },
    ];
    if !claim.by.is_empty() {
        let by = SafeText::line_within(&claim.by, 30).truncate(30, "…");
        line.push(own(Ink::Muted, format!("  {by}")));
    }
    line
}

/// "14 posts by 3 channels, 18:02 to 18:40; 2 deny it, 1 asks".
fn spread(app: &App, group: &Group) -> Line {
    let board = &app.floor.board;
    let id = &group.claim.id;
    let about = |item: &&Item| {
        let found = matched(item, id).and_then(|one| one.verdict.as_ref());
        found.is_none_or(|verdict| verdict.fits)
    };
    let items: Vec<&Item> = group
        .posts
        .iter()
        .filter_map(|key| board.item(key))
        .filter(about)
        .collect();
    let channels: std::collections::BTreeSet<&str> = items
        .iter()
        .map(|item| item.content.channel.as_str())
        .collect();
    let times = items.iter().map(|item| item.received_at);
    let at = |t| words::moment(t, app.session.now, app.session.offset());
    let span = match (times.clone().min(), times.max()) {
        (Some(first), Some(last)) if first != last => format!(", {} to {}", at(first), at(last)),
        (Some(first), _) => format!(", at {}", at(first)),
        _ => String::new(),
    };
    let mut says = format!(
        "{} on {}{span}",
        words::plural(items.len(), "post"),
        words::plural(channels.len(), "channel")
    );
    let stance = |stance| {
        let matches = items.iter().filter_map(|item| matched(item, id));
        matches.filter(|one| one.stance == stance).count()
    };
    for (count, one, many) in [
        (stance(Stance::Denies), "1 denies it", "deny it"),
        (stance(Stance::Asks), "1 asks about it", "ask about it"),
    ] {
        match count {
            0 => {}
            1 => says += &[" · ", one].concat(),
            count => says += &[" · ", &count.to_string(), " ", many].concat(),
        }
    }
    vec![own(Ink::Muted, says)]
}

fn post(app: &App, item: &Item, group: &Group) -> Line {
    let Some(one) = matched(item, &group.claim.id) else {
        return vec![own(Ink::Muted, format!("{} fits it no more.", item.id))];
    };
    let (ink, state) = state(app, item, one);
    let handle = SafeText::line_within(&item.content.author.handle, 14).truncate(14, "…");
    let text = SafeText::line_within(&item.content.text, 200);
    vec![
        own(ink, format!("{state:<12}")),
        own(Ink::Text, format!("{:<7}", item.id.to_string())),
        own(Ink::Muted, format!("{:<11}", one.stance.word())),
        own(Ink::Muted, format!("@{handle} ")),
        Span {
            ink: Ink::Text,
            text,
        },
    ]
}

fn state(app: &App, item: &Item, one: &ClaimMatch) -> (Ink, String) {
    if app.work.on(&item.key).is_some() {
        return (Ink::Pending, "…".to_owned());
    }
    match (&one.verdict, one.level) {
        (Some(Verdict { fits: true, .. }), _) => (Ink::Good, "confirmed".to_owned()),
        (Some(_), _) => (Ink::Struck, "rejected".to_owned()),
        (None, Level::Suggested) => (Ink::Warn, "? suggested".to_owned()),
        (None, Level::Confirmed) => (Ink::Warn, "? sure".to_owned()),
    }
}
