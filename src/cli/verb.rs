//! The words after `do` as a [`Verb`], with what each needs and what it does
//! not take.
//!
//! An option that the verb has no use for is refused, not passed over: whoever
//! typed it expected something of it. Pure; called by `act`.

use std::time::Duration;

use clap::ValueEnum;
use jiff::tz::TimeZone;

use super::act::DoArgs;
use super::error::CliError;
use super::{items, when};
use crate::model::command::Verb;
use crate::model::feedback::Feedback;
use crate::model::ids::{OfficerId, RuleName, Tag, TeamName};
use crate::model::outgoing::Act;
use crate::model::time::Timestamp;
use crate::model::triage::{Assignee, Resolution, Wake};
use crate::text::Untrusted;

/// A snooze until the next reply ends then all the same.
const LATEST_REPLY: Duration = Duration::from_hours(24);

/// The verbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "each is documented at `Verb`")]
pub enum Word {
    Acknowledge,
    Take,
    Release,
    Assign,
    Escalate,
    Snooze,
    Suppress,
    Unsuppress,
    Resolve,
    Reopen,
    Merge,
    Split,
    Prioritise,
    Tag,
    Note,
    Reply,
    Withdraw,
    Resend,
    ConfirmClaim,
    RejectClaim,
    Feedback,
    Undo,
    Redo,
}

impl Word {
    /// Whether it is about items, which have to be named then.
    #[must_use]
    pub fn is_about_items(self) -> bool {
        !matches!(
            self,
            Self::Suppress | Self::Unsuppress | Self::Undo | Self::Redo
        )
    }

    /// The options that it takes, beside the note.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Assign => &["--to", "--until"],
            Self::Escalate | Self::Resolve => &["--reason"],
            Self::Snooze => &["--until"],
            Self::Reply => &["--text"],
            Self::Suppress => &["--filter", "--until", "--reason"],
            Self::Prioritise => &["--priority"],
            Self::Tag => &["--add", "--remove"],
            Self::ConfirmClaim | Self::RejectClaim => &["--claim"],
            Self::Feedback => &["--feedback"],
            _ => &[],
        }
    }

    fn word(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// The verb that was typed, at `now`.
pub fn read(args: &DoArgs, now: Timestamp, zone: &TimeZone) -> Result<Verb, CliError> {
    fits(args)?;
    let until = || until(args, now, zone);
    let reason = |what| needed(args, args.reason.as_deref(), what).map(Untrusted::new);
    Ok(match args.verb {
        Word::Acknowledge => Verb::Acknowledge,
        Word::Take => Verb::Take,
        Word::Release => Verb::Release,
        Word::Assign => Verb::Assign {
            to: assignee(needed(
                args,
                args.to.as_deref(),
                "--to OFFICER or --to team:NAME",
            )?)?,
            answer_by: args.until.is_some().then(until).transpose()?,
        },
        Word::Escalate => Verb::Escalate {
            reason: reason("--reason with the words why")?,
        },
        Word::Snooze if args.until.as_deref() == Some("reply") => Verb::Snooze {
            wake: Wake::NextReply {
                latest: now.plus(LATEST_REPLY),
            },
        },
        Word::Snooze => Verb::Snooze {
            wake: Wake::At(until()?),
        },
        Word::Suppress => Verb::Suppress {
            filter: items::filter(&[needed(args, args.filter.as_deref(), "--filter")?.to_owned()])?,
            until: until()?,
            reason: reason("--reason with the words why")?,
        },
        Word::Unsuppress => Verb::Unsuppress { rule: rule(args)? },
        Word::Resolve => Verb::Resolve {
            reason: resolution(args.reason.as_deref())?,
        },
        Word::Reopen => Verb::Reopen,
        Word::Merge => Verb::Merge,
        Word::Split => Verb::Split,
        Word::Prioritise => Verb::Prioritise {
            priority: priority(args)?,
        },
        Word::Tag => tags(args)?,
        Word::Note => {
            needed(args, args.note.as_deref(), "--note with words").map(|_| Verb::Note)?
        }
        Word::Reply => Verb::Send {
            act: Act::Reply,
            text: needed(args, args.text.as_deref(), "--text with the words")
                .map(Untrusted::new)?,
            until: None,
        },
        Word::Withdraw => Verb::Withdraw,
        Word::Resend => Verb::Resend,
        Word::ConfirmClaim => Verb::ConfirmClaim { claim: claim(args) },
        Word::RejectClaim => Verb::RejectClaim { claim: claim(args) },
        Word::Feedback => feedback(args)?,
        Word::Undo => Verb::Undo,
        Word::Redo => Verb::Redo,
    })
}

fn until(args: &DoArgs, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, CliError> {
    let what = "--until (30m, 4h, tomorrow, 06:30)";
    let text = needed(args, args.until.as_deref(), what)?;
    when::moment(text, now, zone).ok_or_else(|| {
        let says =
            format!("{text:?} is no moment to come; write 30m, 4h, 06:30, tomorrow or RFC 3339.");
        CliError::Usage(says)
    })
}

/// Refuses options that the verb has no use for, and items that are missing or
/// too many.
fn fits(args: &DoArgs) -> Result<(), CliError> {
    let word = args.verb.word();
    let given = [
        ("--to", args.to.is_some()),
        ("--text", args.text.is_some()),
        ("--reason", args.reason.is_some()),
        ("--until", args.until.is_some()),
        ("--filter", args.filter.is_some()),
        ("--priority", args.priority.is_some()),
        ("--add", !args.add.is_empty()),
        ("--remove", !args.remove.is_empty()),
        ("--claim", args.claim.is_some()),
        ("--feedback", args.feedback.is_some()),
    ];
    for (option, is_given) in given {
        if is_given && !args.verb.options().contains(&option) {
            return Err(CliError::Usage(format!("{word} has no use for {option}.")));
        }
    }
    let named = args.ids.len();
    match args.verb {
        verb if verb.is_about_items() && named == 0 => Err(CliError::Usage(format!(
            "{word} needs the items that it is about, such as 1042."
        ))),
        Word::Reply if named > 1 => Err(CliError::Usage(
            "reply answers one item; name one.".to_owned(),
        )),
        Word::Suppress | Word::Undo | Word::Redo if named > 0 => Err(CliError::Usage(format!(
            "{word} is not about items; name none."
        ))),
        _ => Ok(()),
    }
}

fn needed<'a>(args: &DoArgs, value: Option<&'a str>, what: &str) -> Result<&'a str, CliError> {
    value
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| CliError::Usage(format!("{} needs {what}.", args.verb.word())))
}

fn assignee(text: &str) -> Result<Assignee, CliError> {
    match text.strip_prefix("team:") {
        Some(team) => TeamName::new(team)
            .map(Assignee::Team)
            .map_err(CliError::usage),
        None => OfficerId::new(text)
            .map(Assignee::Officer)
            .map_err(CliError::usage),
    }
}

fn rule(args: &DoArgs) -> Result<RuleName, CliError> {
    match args.ids.as_slice() {
        [name] => RuleName::new(name).map_err(CliError::usage),
        _ => Err(CliError::usage(
            "unsuppress needs the name of one suppression.",
        )),
    }
}

fn resolution(reason: Option<&str>) -> Result<Resolution, CliError> {
    let reason = reason.unwrap_or("done");
    Resolution::CHOICES
        .into_iter()
        .find(|choice| choice.word() == reason)
        .ok_or_else(|| {
            let all: Vec<&str> = Resolution::CHOICES
                .iter()
                .map(|choice| choice.word())
                .collect();
            CliError::Usage(format!("A reason to resolve is one of {}.", all.join(", ")))
        })
}

fn claim(args: &DoArgs) -> Untrusted {
    Untrusted::new(args.claim.as_deref().unwrap_or_default())
}

fn feedback(args: &DoArgs) -> Result<Verb, CliError> {
    let all: Vec<&str> = Feedback::ALL.iter().map(|one| one.word()).collect();
    let all = all.join(", ");
    let word = needed(args, args.feedback.as_deref(), &format!("--feedback {all}"))?;
    let feedback = Feedback::ALL.into_iter().find(|one| one.word() == word);
    feedback
        .map(|feedback| Verb::Feedback { feedback })
        .ok_or_else(|| CliError::Usage(format!("Feedback is one of {all}.")))
}

fn priority(args: &DoArgs) -> Result<Option<u8>, CliError> {
    match needed(args, args.priority.as_deref(), "--priority 1 to 4, or none")? {
        "none" => Ok(None),
        text => match text.parse() {
            Ok(priority @ 1..=4) => Ok(Some(priority)),
            _ => Err(CliError::usage(
                "A priority is 1 (most urgent) to 4, or none.",
            )),
        },
    }
}

fn tags(args: &DoArgs) -> Result<Verb, CliError> {
    let read = |tags: &[String]| -> Result<Vec<Tag>, CliError> {
        tags.iter()
            .map(|tag| Tag::new(tag).map_err(CliError::usage))
            .collect()
    };
    let (add, remove) = (read(&args.add)?, read(&args.remove)?);
    if add.is_empty() && remove.is_empty() {
        return Err(CliError::usage("tag needs --add TAG or --remove TAG."));
    }
    Ok(Verb::Tag { add, remove })
}
