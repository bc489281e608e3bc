//! Emoji cut down to what a terminal draws for certain.
//!
//! Owns what an emoji is to the policy, its base and its name. Called by
//! `policy` for one cluster at a time.

use std::borrow::Cow;

use super::class;
use super::policy::Emoji;

/// Stands for an emoji that has no name.
const NAMELESS: &str = "\u{25a1}";

/// The cluster as `policy` shows it and whether that is a sign of ours; none
/// when it stays as it is.
pub(super) fn reduce(cluster: &str, policy: Emoji) -> Option<(String, bool)> {
    if !is_emoji(cluster) {
        return None;
    }
    match policy {
        Emoji::Full => None,
        Emoji::Base => {
            let base = base(cluster);
            (base != cluster).then(|| (base.into_owned(), false))
        }
        Emoji::Text => Some((name(cluster), true)),
    }
}

/// Whether terminals draw `cluster` as a picture: by itself, or because a
/// selector, joiner or keycap asks for it.
fn is_emoji(cluster: &str) -> bool {
    let mut chars = cluster.chars();
    let Some(first) = chars.next() else {
        return false;
    };
    if first.is_ascii() {
        return chars.any(|c| c == class::KEYCAP);
    }
    is_regional(first)
        || class::is_presented_as_emoji(first)
        || (class::is_pictograph(first) && chars.any(|c| c == class::VS16 || c == class::ZWJ))
}

fn is_regional(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

/// The first picture of it; a flag of two letters stays whole.
fn base(cluster: &str) -> Cow<'_, str> {
    let wanted = match cluster.chars().next() {
        Some(first) if is_regional(first) => 2,
        _ => 1,
    };
    let end = cluster.char_indices().nth(wanted).map(|(at, _)| at);
    Cow::Borrowed(end.and_then(|end| cluster.get(..end)).unwrap_or(cluster))
}

/// `:warning:`, of the whole or of its base; a box when neither has a name.
fn name(cluster: &str) -> String {
    let base = base(cluster);
    let known = || [cluster, &base].into_iter().filter_map(emojis::get);
    let short = known().find_map(|emoji| emoji.shortcode().map(str::to_owned));
    short
        .or_else(|| Some(known().next()?.name().to_lowercase().replace(' ', "_")))
        .filter(|name| name.is_ascii())
        .map_or_else(|| NAMELESS.to_owned(), |name| format!(":{name}:"))
}
