//! `do`: a verb on items, as a command of the officer whose token it is.
//!
//! Prints what became of each item and ends with 1 when anything was refused.
//! `--json` prints the outcome in the form of the wire: `{"command", "verb",
//! "seq"?, "items": [{"key", "id"?, "refused"?: {"code", "says"}}], "refused"?}`.
//! What the words mean is [`super::verb`]'s.

use clap::Args;

use super::error::{CliError, Done};
use super::items;
use super::print;
use super::settings::{self, Globals};
use super::verb::{self, Word};
use crate::link::Once;
use crate::model::command::{Command, Outcome, Refusal, Target};
use crate::model::ids::CommandId;
use crate::text::{SafeText, Untrusted};

/// What `do` takes.
#[derive(Debug, Args)]
pub struct DoArgs {
    /// What to do.
    #[arg(value_enum)]
    pub verb: Word,
    /// The items: numbers, with "#" or without, or keys. The name of the
    /// suppression for unsuppress; nothing for suppress, undo and redo. merge
    /// puts all into the first.
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// A note that goes on every item.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// assign: to whom, an officer or team:NAME.
    #[arg(long, value_name = "WHO")]
    pub to: Option<String>,
    /// reply: the words, which leave the floor after the hold.
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// resolve: done, answered, no-action, not-ours, duplicate, false-alarm or
    /// spam; escalate and suppress: why, in words.
    #[arg(long, value_name = "REASON")]
    pub reason: Option<String>,
    /// snooze, suppress: until when; assign: by when an answer is due. 30m, 4h,
    /// 06:30, tomorrow or RFC 3339; snooze takes "reply" too.
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// suppress: what to hide.
    #[arg(long, value_name = "FILTER")]
    pub filter: Option<String>,
    /// prioritise: 1 (most urgent) to 4, or none.
    #[arg(long, value_name = "N")]
    pub priority: Option<String>,
    /// tag: put this on.
    #[arg(long, value_name = "TAG")]
    pub add: Vec<String>,
    /// tag: take this off.
    #[arg(long, value_name = "TAG")]
    pub remove: Vec<String>,
    /// feedback: not-relevant, false-alarm, negative, neutral or positive.
    #[arg(long, value_name = "WORD")]
    pub feedback: Option<String>,
    /// confirm-claim, reject-claim: the claim's id; the one that nobody judged
    /// yet when none is named.
    #[arg(long, value_name = "ID")]
    pub claim: Option<String>,
    /// The outcome as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Carries a verb out.
pub fn run(globals: &Globals, args: &DoArgs) -> Result<Done, CliError> {
    let config = globals.load()?;
    let (now, zone) = (settings::clock().now(), settings::zone(&config));
    let asked = verb::read(args, now, &zone)?;
    let once = items::client(&settings::reach_running(&config)?)?;
    let outcome = settings::runtime()?.block_on(async {
        let mut targets = Vec::new();
        if args.verb.is_about_items() {
            for id in &args.ids {
                targets.push(target(&once, id).await?);
            }
        }
        let command = Command {
            id: CommandId(uuid::Uuid::now_v7()),
            verb: asked,
            targets,
            note: Untrusted::new(args.note.as_deref().unwrap_or_default()),
        };
        once.command(&command).await.map_err(CliError::failed)
    })?;
    if args.json {
        print::json(&outcome)?;
    } else {
        tell(&outcome)?;
    }
    Ok(match outcome.first_refusal() {
        Some(_) => Done::Refused,
        None => Done::Whole,
    })
}

/// The item that somebody named, whatever its version: a script acts on what
/// is there.
async fn target(once: &Once, name: &str) -> Result<Target, CliError> {
    let key = items::one(once, name).await?.key;
    Ok(Target { key, version: None })
}

fn tell(outcome: &Outcome) -> Result<Done, CliError> {
    if let Some(refusal) = &outcome.refused {
        print::aside(&sentence(refusal));
    }
    for item in &outcome.items {
        let name = item
            .id
            .map_or_else(|| item.key.to_string(), |id| id.to_string());
        match &item.refused {
            None => print::line(&format!("{name} {}", outcome.verb.done()))?,
            Some(refusal) => print::line(&format!("{name} refused: {}", sentence(refusal)))?,
        };
    }
    if outcome.items.is_empty() && outcome.refused.is_none() {
        print::line(&format!("{}.", outcome.verb.done()))?;
    }
    Ok(Done::Whole)
}

fn sentence(refusal: &Refusal) -> String {
    SafeText::line(&Untrusted::new(refusal.says.as_str()))
        .as_str()
        .to_owned()
}
