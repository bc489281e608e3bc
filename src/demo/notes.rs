//! What the simulated colleagues write: notes on what they work on, and shared
//! notes when they clear several at once.

use super::scenario::chance::Chance;
use crate::model::item::Kind;

const ALERT: [&str; 10] = [
    "Called the duty engineer, she is looking at it.",
    "Crew told by radio. Next word in ten minutes.",
    "Same cabinet as on Thursday, they know it.",
    "Phoned the control room: confirmed, not a sensor fault.",
    "Contractor has 30 minutes to be there.",
    "Values falling slowly, keeping an eye on it.",
    "On the phone with the depot.",
    "Second pump started, watching the pressure.",
    "Checked against the camera: no smoke, no water.",
    "Engineer says restart, then wait.",
];
const ESCALATION: [&str; 10] = [
    "Reading the conversation, then answering.",
    "Answered with the tanker points and the time of the next update.",
    "Asked for the street, gave the crew's number.",
    "Passed to the social duty line, they call back within the hour.",
    "Spoke with her on the phone. Neighbour is with her.",
    "Wants it in writing: sent the form.",
    "The bot had the opening hours wrong. Told the day shift.",
    "Answered in French, he understood.",
    "Not ours, gave the county's number.",
    "Calmed down, will write again if it comes back.",
];
const MENTION: [&str; 10] = [
    "Matches what the crew says.",
    "Third one from this street.",
    "Asked press whether we answer this one.",
    "Photo looks old: the kiosk in it closed in spring.",
    "Good photo of the valve cover, passed to water.",
    "Not from here, other city with the same street name.",
    "Answered with the link to the live map.",
    "For the day shift.",
    "She means the bus, not the tram.",
    "Thanked him.",
];
const CLEARING: [&str; 8] = [
    "Covered by the 19:10 statement, nothing to add.",
    "Chatter about the burst, no new fact in it.",
    "Read through: no question, no danger.",
    "Football. Nothing for us.",
    "Same complaint, already with the depot.",
    "Seen, older than the last statement.",
    "Praise and jokes, no action.",
    "Waiting queue cleared of what is answered on the website.",
];

/// A note on an item of this kind.
pub(super) fn working(kind: Kind, chance: &mut Chance) -> &'static str {
    let notes: &[&'static str] = match kind {
        Kind::Alert => &ALERT,
        Kind::Escalation => &ESCALATION,
        Kind::Mention => &MENTION,
    };
    chance.pick(notes).copied().unwrap_or("Seen.")
}

/// One note for many.
pub(super) fn clearing(chance: &mut Chance) -> &'static str {
    chance.pick(&CLEARING).copied().unwrap_or("Seen.")
}
