//! `insight rerun` and `insight train` on a floor: everything read again; what
//! officers said of alerts and posts, as advice on thresholds.
//!
//! Asks the hub. Nothing is set: the advice names the key and the value, and an
//! operator writes it.

use reqwest::Method;

use super::error::{CliError, Done};
use super::settings::{self, Globals};
use super::{items, print};
use crate::insight::lesson::feedback::{Dealt, FEWEST, Judged, rarity, relevance};
use crate::model::item::{Item, Kind};
use crate::model::triage::{Resolution, State};
use crate::wire::upkeep::RereadAnswer;

/// Items that are looked at, at most.
const MOST: usize = 100_000;

/// Reads everything again.
pub(super) fn rerun(globals: &Globals) -> Result<Done, CliError> {
    let config = globals.load()?;
    let once = items::client(&settings::reach_running(&config)?)?;
    let asked = once.send(Method::POST, "/v1/readings", &[], None);
    let body = settings::runtime()?
        .block_on(asked)
        .map_err(CliError::failed)?;
    let told: RereadAnswer = serde_json::from_slice(&body).map_err(CliError::failed)?;
    print::line(&format!(
        "{} items were read again; {} read otherwise now.",
        told.read, told.changed
    ))
}

/// What officers' words advise.
pub(super) fn advise(globals: &Globals, since: &str) -> Result<Done, CliError> {
    let config = globals.load()?;
    let filter = items::filter(&[format!("age<{since}")])?;
    let once = items::client(&settings::reach_running(&config)?)?;
    let came = settings::runtime()?.block_on(items::all(&once, &filter, MOST))?;
    print::text(&advice(&came, config.insight.rare.value))
}

fn advice(items: &[Item], rare: u32) -> String {
    let judged: Vec<Judged> = items.iter().filter_map(alert).collect();
    let dealt: Vec<Dealt> = items.iter().filter_map(post).collect();
    let wrong = judged.iter().filter(|alert| alert.wrong).count();
    let right = judged.len() - wrong;
    let mut lines = vec![format!(
        "Alerts of the lookout: {right} dealt with, {wrong} called false alarms."
    )];
    lines.push(match rarity(&judged) {
        Some(cut) if cut.weeks > f64::from(rare) => format!(
            "  insight.rare = {:.0} (now {rare}) would have spared {} of the false alarms and cost {} of the others.",
            cut.weeks, cut.spared, cut.lost
        ),
        Some(_) => format!("  insight.rare = {rare} is right by them."),
        None if wrong < FEWEST || right < FEWEST => {
            format!("  No advice: it takes {FEWEST} of each.")
        }
        None => "  No advice: the false ones are as rare as the right ones.".to_owned(),
    });
    lines.push("Posts that somebody dealt with, by urgency:".to_owned());
    for (least, all, irrelevant) in relevance(&dealt) {
        lines.push(format!(
            "  urgency>={least:<3} {all:>6} posts, {irrelevant} of them not relevant"
        ));
    }
    let corrected = items.iter().filter_map(|item| {
        let felt = item.reading.as_ref()?.sentiment.as_ref()?;
        felt.corrected_by.as_ref()?;
        let [negative, neutral, positive] = felt.percents;
        let most = negative.max(neutral).max(positive);
        let read = match most {
            _ if most == negative => "negative",
            _ if most == neutral => "neutral",
            _ => "positive",
        };
        Some((read, felt.feeling.word()))
    });
    let mut pairs: std::collections::BTreeMap<(&str, &str), usize> =
        std::collections::BTreeMap::new();
    for pair in corrected {
        *pairs.entry(pair).or_default() += 1;
    }
    lines.push(format!(
        "Feelings corrected: {}.",
        pairs.values().sum::<usize>()
    ));
    for ((read, is), times) in pairs {
        lines.push(format!("  {times} read {read}, said to be {is}"));
    }
    lines.join("\n") + "\n"
}

/// An alert of the lookout that somebody dealt with.
fn alert(item: &Item) -> Option<Judged> {
    let why = item.content.why.as_ref()?;
    let wrong = item.is_tagged("false-alarm");
    (wrong || dealt_with(item)).then_some(Judged {
        weeks: why.weeks_between,
        wrong,
    })
}

fn post(item: &Item) -> Option<Dealt> {
    let reading = item.reading.as_ref()?;
    let irrelevant = item.is_tagged("not-relevant");
    let is = item.content.kind != Kind::Alert && (irrelevant || dealt_with(item));
    is.then_some(Dealt {
        urgency: reading.urgency.score,
        irrelevant,
    })
}

/// Somebody has or had it; what ended by itself says nothing.
fn dealt_with(item: &Item) -> bool {
    match &item.triage.state {
        State::New => false,
        State::Resolved { reason, .. } => *reason != Resolution::AtSource,
        State::Acknowledged { .. } | State::Taken { .. } | State::Assigned { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::ids::{ChannelName, DeskName, OfficerId};
    use crate::model::item::Content;
    use crate::model::time::Timestamp;
    use crate::model::why::Why;

    fn alert(n: u32, weeks: f64, wrong: bool) -> Item {
        let channel = ChannelName::new("lookout").expect("a name");
        let id = n.to_string();
        let mut content = Content::new(Kind::Alert, channel, id.as_str().into(), "x".into());
        content.why = Some(Arc::new(Why {
            weeks_between: weeks,
            ..Why::default()
        }));
        let desk = DeskName::new("floor").expect("a name");
        let mut item = Item::new(Arc::new(content), desk, Timestamp::default());
        item.triage.state = State::Taken {
            by: OfficerId::new("ana").expect("a name"),
            at: Timestamp::default(),
        };
        if wrong {
            item.triage
                .tags
                .insert("false-alarm".parse().expect("a tag"));
        }
        item
    }

    #[test]
    fn false_alarms_advise_a_rarity_and_say_what_it_costs() {
        let wrong = (0..6).map(|n| alert(n, 12.0, true));
        let right = (6..12).map(|n| alert(n, 300.0, false));
        let items: Vec<Item> = wrong.chain(right).collect();
        let says = advice(&items, 10);
        assert!(
            says.contains("insight.rare = 13 (now 10) would have spared 6"),
            "{says}"
        );
        assert!(advice(&items[..8], 10).contains("No advice"));
    }
}
