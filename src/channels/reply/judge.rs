//! What a vendor's answer means: sent, refused, later, or not known.
//!
//! Pure. Its caution is about what can't be taken back: an answer that leaves
//! open whether something was sent is [`Outcome::Unknown`].

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::Value;

use super::act::Outcome;
use super::way::{Limits, RetryAfter, Way};
use crate::channels::map::expr::Field;
use crate::channels::map::scope::{Message, Scope};
use crate::channels::map::words::plain;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// How long to wait when a vendor says "later" and not when.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest wait that is believed.
const LONGEST: Duration = Duration::from_hours(24);

/// An answer as it came.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Answered<'a> {
    /// Its status.
    pub(in crate::channels) status: u16,
    /// Its headers.
    pub(in crate::channels) headers: &'a HeaderMap,
    /// Its body.
    pub(in crate::channels) body: &'a [u8],
}

/// What it means.
pub(in crate::channels) fn judge(
    way: &Way,
    limits: &Limits,
    answered: &Answered<'_>,
    now: Timestamp,
) -> Outcome {
    let tree: Option<Value> = serde_json::from_slice(answered.body).ok();
    let vars = BTreeMap::new();
    let nothing = Value::Null;
    let message = Message::new(tree.as_ref().unwrap_or(&nothing), &vars);
    let scope = Scope::top(&message);
    let words = vendors_words(way, &scope, answered);
    let status = answered.status;
    let later = |says: String| Outcome::Later {
        after: wait(limits, answered, &scope, now)
            .unwrap_or(PATIENCE)
            .min(LONGEST),
        says,
    };
    if way.later_when.as_ref().is_some_and(|w| w.holds(&scope)) {
        return later(format!("The vendor asks to wait: {words}."));
    }
    let ok = if way.ok.is_empty() {
        (200..300).contains(&status)
    } else {
        way.ok.contains(&status)
    };
    if ok {
        return taken(way, (&scope, tree.is_some()), &words, status);
    }
    match status {
        429 | 425 => later(format!("The vendor asks to wait ({status}): {words}.")),
        503 if answered.headers.contains_key("retry-after") => {
            later(format!("The vendor is not ready (503): {words}."))
        }
        307 | 308 => Outcome::Refused {
            says: format!("The vendor has moved ({status}); the channel's address is an old one."),
        },
        400..500 if status != 408 => Outcome::Refused {
            says: format!("The vendor refused it ({status}): {words}."),
        },
        _ => Outcome::Unknown {
            says: format!(
                "The vendor answered {status}: {words}. It may have been sent; look before you \
                 send it again."
            ),
        },
    }
}

/// An answer with a status that means sent.
fn taken(way: &Way, (scope, is_json): (&Scope<'_>, bool), words: &str, status: u16) -> Outcome {
    if let Some(condition) = &way.ok_when {
        if !is_json {
            return Outcome::Unknown {
                says: format!(
                    "The vendor answered {status} with something that can't be read. It may have \
                     been sent; look before you send it again."
                ),
            };
        }
        if !condition.holds(scope) {
            return Outcome::Refused {
                says: format!("The vendor refused it: {words}."),
            };
        }
    }
    let found = |field: &Field| field.text(scope).map(|text| Untrusted::from(&*text));
    Outcome::Sent {
        id: found(&way.result_id),
        url: found(&way.result_url),
    }
}

/// The vendor's words, cleaned; where the file does not say, the usual places.
fn vendors_words(way: &Way, scope: &Scope<'_>, answered: &Answered<'_>) -> String {
    if let Some(text) = way.error_at.text(scope) {
        return plain(&text);
    }
    let top = scope.message.top;
    let usual = [
        "/error/message",
        "/error_description",
        "/error/title",
        "/errors/0/message",
        "/errors/0/detail",
        "/errors/0",
        "/message",
        "/error",
        "/description",
        "/detail",
        "/title",
    ];
    let told = usual.iter().find_map(|at| top.pointer(at)?.as_str());
    if let Some(told) = told {
        return plain(told);
    }
    let short = answered.body.len() <= 200 && !answered.body.is_empty();
    match std::str::from_utf8(answered.body) {
        Ok(text) if short && !text.contains('<') => plain(text),
        _ => "it does not say why".to_owned(),
    }
}

/// How long the vendor wants us to wait.
fn wait(
    limits: &Limits,
    answered: &Answered<'_>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Option<Duration> {
    let header = |name: &str| answered.headers.get(name)?.to_str().ok();
    let field = limits.retry_field.as_ref().and_then(|(field, how)| {
        let text = field.text(scope)?;
        how.span(&text, now)
    });
    let own = limits
        .retry_header
        .as_ref()
        .and_then(|(name, how)| how.span(header(name)?, now));
    let usual = || RetryAfter::Http.span(header("retry-after")?, now);
    let reset = || {
        let (name, how) = limits.reset.as_ref()?;
        how.span(header(name)?, now)
    };
    field.or(own).or_else(usual).or_else(reset)
}

impl RetryAfter {
    /// The wait that `text` means; none when it is not of this kind.
    pub(super) fn span(self, text: &str, now: Timestamp) -> Option<Duration> {
        let text = text.trim();
        let until = |at: Timestamp| at.since(now);
        match self {
            Self::Seconds => positive(text),
            Self::Millis => Some(Duration::from_millis(text.parse().ok()?)),
            Self::UnixS => {
                let seconds = positive(text)?;
                let ms = i64::try_from(seconds.as_millis()).ok()?;
                Some(until(Timestamp::from_millis(ms)))
            }
            Self::Rfc3339 => Timestamp::parse(text).map(until),
            Self::Http => positive(text).or_else(|| {
                let at = jiff::fmt::rfc2822::parse(text).ok()?;
                Some(until(Timestamp::from_millis(
                    at.timestamp().as_millisecond(),
                )))
            }),
        }
    }
}

fn positive(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
