//! One act as a channel file describes it: types only. `file/reply` reads them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::body::Body;
use super::login::Login;
use super::phrase::Phrase;
use crate::channels::map::expr::Field;
use crate::channels::map::when::When;
use crate::model::content::Content;
use crate::model::outgoing::{Act, Piece, Rules};

/// Everything that a channel file can do outward.
#[derive(Debug, Default)]
pub(in crate::channels) struct Doing {
    /// How each act is done: the first way whose item it is.
    pub(in crate::channels) ways: BTreeMap<Act, Vec<Way>>,
    /// How much the vendor allows.
    pub(in crate::channels) limits: Limits,
    /// What has to be asked for a token first.
    pub(in crate::channels) login: Option<Login>,
}

impl Doing {
    /// Every act with the rules of its first way.
    pub(in crate::channels) fn rules(&self) -> Vec<(Act, Rules)> {
        let first = |(act, ways): (&Act, &Vec<Way>)| Some((*act, ways.first()?.rules.clone()));
        self.ways.iter().filter_map(first).collect()
    }

    /// How `act` is done on `item`.
    pub(in crate::channels) fn way(&self, act: Act, item: &Content) -> Option<&Way> {
        self.ways.get(&act)?.iter().find(|way| way.is_for(item))
    }
}

impl Way {
    /// Whether it is for such an item.
    fn is_for(&self, item: &Content) -> bool {
        let has = |(name, value): &(String, String)| {
            item.extra
                .get(name)
                .is_some_and(|v| v.as_evidence() == value)
        };
        self.only.iter().all(has)
    }
}

/// How one act is done.
#[derive(Debug)]
pub(in crate::channels) struct Way {
    /// What an item's `extra` has to say for this way: a comment, a message.
    pub(in crate::channels) only: Vec<(String, String)>,
    /// Secrets and variables that it can't do without.
    pub(in crate::channels) needs: Vec<Need>,
    /// POST, PUT, PATCH, DELETE or GET.
    pub(in crate::channels) method: reqwest::Method,
    /// Where.
    pub(in crate::channels) url: Phrase,
    /// Headers; true may be left out when empty.
    pub(in crate::channels) headers: Vec<(String, Phrase, bool)>,
    /// What.
    pub(in crate::channels) body: Body,
    /// What stands before the officer's words.
    pub(in crate::channels) prefix: Vec<Piece>,
    /// Statuses that mean sent; any of 200 to 299 when empty.
    pub(in crate::channels) ok: Vec<u16>,
    /// What the answer has to say beside its status.
    pub(in crate::channels) ok_when: Option<When>,
    /// What says that nothing was done and that later is better.
    pub(in crate::channels) later_when: Option<When>,
    /// What the vendor calls what was sent.
    pub(in crate::channels) result_id: Field,
    /// Where it can be seen.
    pub(in crate::channels) result_url: Field,
    /// The vendor's words when it refuses.
    pub(in crate::channels) error_at: Field,
    /// The entry of `extra` that can be used once.
    pub(in crate::channels) single_use: Option<String>,
    /// Hosts that it may call beside that of its URL.
    pub(in crate::channels) hosts: Vec<String>,
    /// Whether the URL's host is the operator's or the file's: then it may be
    /// called. One that an item names has to be among `hosts`.
    pub(in crate::channels) own_host: bool,
    /// What is known before anybody types.
    pub(in crate::channels) rules: Rules,
}

/// What an operator has to have given for a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Need {
    /// A secret.
    Secret(String),
    /// A variable.
    Var(String),
}

/// How much a vendor allows, and how it says so.
#[derive(Debug, Default)]
pub(in crate::channels) struct Limits {
    /// So many in such a time.
    pub(in crate::channels) rate: Option<(u32, Duration)>,
    /// The header with how many are left.
    pub(in crate::channels) remaining: Option<String>,
    /// The header with when there will be more, and how that is written.
    pub(in crate::channels) reset: Option<(String, RetryAfter)>,
    /// The header with how long to wait, when it is not `Retry-After`.
    pub(in crate::channels) retry_header: Option<(String, RetryAfter)>,
    /// The field of the answer with how long to wait.
    pub(in crate::channels) retry_field: Option<(Field, RetryAfter)>,
}

/// How a wait is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum RetryAfter {
    /// Seconds from now, also with a fraction.
    Seconds,
    /// Milliseconds from now.
    Millis,
    /// Seconds since 1970.
    UnixS,
    /// RFC 3339.
    Rfc3339,
    /// As HTTP's `Retry-After`: seconds or a date.
    Http,
}

impl RetryAfter {
    /// The names that a file may use.
    pub(in crate::channels) const NAMES: [(&'static str, Self); 5] = [
        ("seconds", Self::Seconds),
        ("milliseconds", Self::Millis),
        ("unix_s", Self::UnixS),
        ("rfc3339", Self::Rfc3339),
        ("http", Self::Http),
    ];
}
