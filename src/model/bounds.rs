//! How much of one thing is carried whole: what a channel says of it, and what
//! an item has with it on a board.
//!
//! Owns the sizes, so that any item and any event fits one frame of the wire
//! however much a stranger sends; the evidence keeps a delivery whole, and the
//! log keeps every turn and note. Asked by `decide` and by the fold.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::content::{Content, Turn};
use super::item::Note;
use super::medium::Medium;
use super::outgoing::Outgoing;
use crate::text::Untrusted;

/// The content of an item, bytes of its JSON.
pub const CONTENT: usize = 144 * 1024;
/// One note as an item carries it, bytes of its JSON.
pub const NOTE: usize = 64 * 1024;
/// The notes that an item carries, bytes of their JSON.
pub const NOTES: usize = NOTE + 8 * 1024;
/// What an item carries of what left it, bytes of JSON.
pub const OUTGOING: usize = 48 * 1024;
/// The words of one step of an item's trail, bytes of their JSON.
pub const STEP: usize = 1024;
/// What names and numbers of a content, a turn, a note have beside their words.
const AROUND: usize = 512;

/// How many bytes a text is in JSON.
fn json(text: &str) -> usize {
    text.bytes().map(escaped).sum()
}

fn escaped(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    }
}

/// The front of a text that is no longer than `room` bytes in JSON, cut at a
/// letter.
#[must_use]
pub fn front(text: &Untrusted, room: usize) -> Untrusted {
    let whole = text.as_evidence();
    if whole.len() * 6 <= room || json(whole) <= room {
        return text.clone();
    }
    let mut left = room;
    let fits = |c: &char| {
        let mut bytes = [0; 4];
        let takes = json(c.encode_utf8(&mut bytes));
        let fits = takes <= left;
        left = left.saturating_sub(takes);
        fits
    };
    Untrusted::from(whole.chars().take_while(fits).collect::<String>())
}

/// A content of which all fits: itself nearly always. Of one that is too long
/// the words come first, then the newest turns, then labels and media.
#[must_use]
pub fn content(content: &Arc<Content>) -> Arc<Content> {
    // Nothing becomes longer than six times itself.
    if bytes(content) * 6 <= CONTENT {
        return Arc::clone(content);
    }
    let mut room = Room(CONTENT - AROUND);
    room.take(&content.external_id);
    let mut cut = Content::clone(content);
    // Half an id is none: what does not fit is left out whole.
    cut.extra
        .retain(|name, value| room.has(json(name) + json(value.as_evidence()) + 8));
    for text in texts(&mut cut) {
        *text = room.take(text);
    }
    cut.conversation = room.newest(&content.conversation).into();
    if let Some(handoff) = &mut cut.handoff {
        handoff.reason = room.take(&handoff.reason);
    }
    let mut labels = BTreeMap::new();
    for (name, value) in &content.labels {
        if room.has(json(name) + json(value.as_evidence()) + 8) {
            labels.insert(name.clone(), value.clone());
        }
    }
    cut.labels = labels.into();
    let fits = |medium: &&Medium| room.has(medium_json(medium));
    cut.media = content.media.iter().filter(fits).cloned().collect();
    if cut == **content {
        return Arc::clone(content);
    }
    Arc::new(cut)
}

/// The newest turns of those that fit an item's content, oldest first.
#[must_use]
pub fn newest(turns: &[Turn]) -> Vec<Turn> {
    Room(CONTENT / 2).newest(turns)
}

/// Takes the oldest turns out of a conversation that has become too long, and
/// tells how many.
pub fn shorten(conversation: &mut Vec<Turn>) -> usize {
    let bytes: usize = conversation.iter().map(raw_turn).sum();
    if bytes * 6 <= CONTENT / 2 {
        return 0;
    }
    let kept = newest(conversation);
    let gone = conversation.len() - kept.len();
    if gone > 0 {
        *conversation = kept;
    }
    gone
}

/// Takes the oldest notes out of those that have become too long; the newest
/// fits.
pub fn shorten_notes(notes: &mut Vec<Note>) {
    let mut room = Room(NOTES);
    let fit = notes
        .iter()
        .rev()
        .take_while(|note| room.has(json(note.text.as_evidence()) + AROUND))
        .count();
    let gone = notes.len().saturating_sub(fit);
    notes.drain(..gone);
}

/// Takes the oldest messages out of those that left, when they have become too
/// many; the newest stays, and all that are still on their way.
pub fn shorten_outgoing(outgoing: &mut Vec<Outgoing>) {
    let mut room = Room(OUTGOING);
    let fit = outgoing
        .iter()
        .rev()
        .take_while(|one| room.has(json(one.text.as_evidence()) + 4 * AROUND))
        .count();
    let first = outgoing.len().saturating_sub(fit.max(1));
    let mut at = 0;
    outgoing.retain(|one| {
        at += 1;
        at > first || one.is_open()
    });
}

/// What is left to fill.
struct Room(usize);

impl Room {
    fn has(&mut self, bytes: usize) -> bool {
        let has = bytes <= self.0;
        if has {
            self.0 -= bytes;
        }
        has
    }

    fn take(&mut self, text: &Untrusted) -> Untrusted {
        let cut = front(text, self.0);
        self.0 -= json(cut.as_evidence()).min(self.0);
        cut
    }

    fn newest(&mut self, turns: &[Turn]) -> Vec<Turn> {
        let fits = |turn: &&Turn| self.has(turn_json(turn));
        let mut kept: Vec<Turn> = turns.iter().rev().take_while(fits).cloned().collect();
        kept.reverse();
        kept
    }
}

fn turn_json(turn: &Turn) -> usize {
    let words = [&turn.external_id, &turn.name, &turn.text];
    let words: usize = words.into_iter().map(|text| json(text.as_evidence())).sum();
    let media = turn.media.iter().map(medium_json).sum::<usize>();
    words + media + AROUND / 4
}

fn medium_json(medium: &Medium) -> usize {
    let texts = medium.texts().map(|text| json(text.as_evidence()));
    texts.sum::<usize>() + 48
}

fn raw_turn(turn: &Turn) -> usize {
    let media = turn.media.iter().flat_map(Medium::texts);
    let media: usize = media.map(|text| text.len() + 16).sum();
    turn.external_id.len() + turn.name.len() + turn.text.len() + media + AROUND / 4
}

/// A content's single texts, the most telling first. What it is known by is not
/// among them: that is never changed.
fn texts(content: &mut Content) -> [&mut Untrusted; 10] {
    let author = &mut *content.author;
    [
        &mut content.thread,
        &mut content.in_reply_to,
        &mut content.lang,
        &mut author.id,
        &mut content.title,
        &mut content.text,
        &mut author.name,
        &mut author.handle,
        &mut content.url,
        &mut content.region,
    ]
}

/// How many bytes a content's words are, as they are.
fn bytes(content: &Content) -> usize {
    let author = &content.author;
    let single = [
        &content.external_id,
        &author.id,
        &author.name,
        &author.handle,
        &content.title,
        &content.text,
        &content.lang,
        &content.url,
        &content.thread,
        &content.in_reply_to,
        &content.region,
    ];
    let single: usize = single.into_iter().map(Untrusted::len).sum();
    let media = content.media.iter().flat_map(Medium::texts);
    let media: usize = media.map(|text| text.len() + 16).sum();
    let labels = content.labels.iter().chain(&content.extra);
    let labels: usize = labels
        .map(|(name, value)| name.len() + value.len() + 8)
        .sum();
    let turns: usize = content.conversation.iter().map(raw_turn).sum();
    let handoff = content.handoff.as_ref().map_or(0, |h| h.reason.len());
    AROUND + single + media + labels + turns + handoff
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::content::{Kind, Speaker};
    use crate::model::ids::ChannelName;

    fn text(unit: &str, bytes: usize) -> Untrusted {
        unit.repeat(bytes / unit.len()).into()
    }

    fn content_of(unit: &str, bytes: usize, turns: usize) -> Arc<Content> {
        let channel = ChannelName::new("town").expect("a name");
        let mut content = Content::new(Kind::Escalation, channel, "1".into(), text(unit, bytes));
        content.title = text(unit, bytes);
        content.author.handle = text(unit, bytes);
        content.media = vec![Medium::from(text(unit, bytes)); 8].into();
        content.extra = (0..4)
            .map(|n| (n.to_string(), text(unit, bytes.min(1024))))
            .collect();
        content.labels = (0..8).map(|n| (n.to_string(), text(unit, bytes))).collect();
        content.conversation = (0..turns)
            .map(|n| Turn {
                external_id: n.to_string().into(),
                speaker: Speaker::Citizen,
                name: "n".into(),
                text: text(unit, bytes),
                at: None,
                media: Vec::new().into(),
            })
            .collect();
        Arc::new(content)
    }

    proptest::proptest! {
        // Each case is megabytes large.
        #![proptest_config(proptest::test_runner::Config::with_cases(24))]
        #[test]
        fn all_of_it_fits_and_once_is_enough(
            unit in proptest::prop_oneof!["\u{1}", "\"", "é", "漢", "x", "\u{1f468}"],
            bytes in 0_usize..70_000,
            turns in 0_usize..12,
        ) {
            let whole = content_of(&unit, bytes, turns);
            let cut = content(&whole);
            let size = serde_json::to_vec(&*cut).expect("content").len();
            proptest::prop_assert!(size <= CONTENT, "{size}");
            proptest::prop_assert_eq!(&content(&cut), &cut);
            proptest::prop_assert_eq!(cut.key(), whole.key());
            if serde_json::to_vec(&*whole).expect("content").len() < CONTENT / 2 {
                proptest::prop_assert_eq!(&cut, &whole);
            }
            let mut turns = whole.conversation.clone();
            let gone = shorten(&mut turns);
            proptest::prop_assert_eq!(&turns[..], &whole.conversation[gone..]);
            proptest::prop_assert_eq!(shorten(&mut turns), 0);
            proptest::prop_assert!(serde_json::to_vec(&turns).expect("turns").len() <= CONTENT / 2);
        }
    }

    #[test]
    fn a_text_is_cut_at_a_letter() {
        let cut = front(&"ééé\u{1}é".into(), 12);
        assert_eq!(cut.as_evidence(), "ééé\u{1}");
        assert_eq!(front(&"ééé\u{1}é".into(), 11).as_evidence(), "ééé");
    }
}
