//! What the channel delivers in a scenario. Part of the reader of the scenario
//! files.

use serde::Deserialize;
use watchfloor::model::inbound::Inbound;
use watchfloor::model::item::{Content, Kind, OnRetract, Speaker, Turn};
use watchfloor::model::severity::Severity;
use watchfloor::text::Untrusted;

use crate::floor::{Floor, channel};

/// One delivery.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delivery {
    /// The channel's own id.
    item: String,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    text: String,
    #[serde(default)]
    severity: Severity,
    #[serde(default)]
    thread: String,
    #[serde(default)]
    in_reply_to: String,
    #[serde(default)]
    likes: u64,
    /// "t1 citizen: is it safe", "t2 officer: boil it".
    #[serde(default)]
    turns: Vec<String>,
    /// Only the turns come.
    #[serde(default)]
    continues: bool,
    /// The source says that it is over.
    #[serde(default)]
    ended: bool,
    /// It is taken back.
    retract: Option<OnRetract>,
    /// No map fits it.
    #[serde(default)]
    unmapped: bool,
}

impl Delivery {
    /// What the desk is asked to decide on.
    pub(crate) fn inbound(&self, floor: &Floor) -> Inbound {
        let raw = bytes::Bytes::new();
        let external_id = Untrusted::from(self.item.as_str());
        let turns: Vec<Turn> = self.turns.iter().map(|line| turn(line)).collect();
        let channel = channel();
        if self.unmapped {
            let why = self.text.clone();
            return Inbound::Unmapped { channel, why, raw };
        }
        if let Some(on) = self.retract {
            let at = None;
            return Inbound::Retraction {
                channel,
                external_id,
                on,
                at,
            };
        }
        if self.continues {
            return Inbound::Continuation {
                channel,
                external_id,
                turns,
                raw,
            };
        }
        let text = Untrusted::from(self.text.as_str());
        let mut content = Content::new(self.kind, channel, external_id, text);
        content.severity = self.severity;
        content.thread = Untrusted::from(self.thread.as_str());
        content.in_reply_to = Untrusted::from(self.in_reply_to.as_str());
        content.engagement.likes = self.likes;
        content.conversation = turns.into();
        content.ended_at = self.ended.then_some(floor.now);
        Inbound::item(content.into(), raw)
    }
}

fn turn(line: &str) -> Turn {
    let (head, text) = line
        .split_once(": ")
        .expect("a turn is 'id speaker: words'");
    let (id, speaker) = head.split_once(' ').expect("a turn is 'id speaker: words'");
    Turn {
        external_id: Untrusted::from(id),
        speaker: match speaker {
            "bot" => Speaker::Bot,
            "officer" => Speaker::Officer,
            _ => Speaker::Citizen,
        },
        name: Untrusted::default(),
        text: Untrusted::from(text),
        at: None,
        media: Vec::new().into(),
    }
}
