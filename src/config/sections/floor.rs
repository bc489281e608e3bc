//! `[floor]`, `[[desk]]`, `[[team]]`, `[[rule]]`, `[[sla]]`, `[[canned]]`: how the
//! floor is divided, what goes where, and what is kept ready to be said.
//!
//! Names and filters stay as typed, with their lines: the hub parses them and
//! names the place.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::origin::{Located, Origin};
use super::super::read::Section;
use super::super::words::{Grade, Sort};

/// `[floor]`: whom strangers might pass themselves off as.
#[derive(Clone, Debug)]
pub struct Known {
    /// The operator's own accounts: names and handles.
    pub known_names: Located<Vec<String>>,
    /// The operator's own hosts.
    pub known_hosts: Located<Vec<String>>,
}

impl Known {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        Self {
            known_names: s.or("known_names", Vec::new()),
            known_hosts: s.or("known_hosts", Vec::new()),
        }
    }
}

/// A desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Its name, a slug.
    pub name: Located<String>,
    /// What it is called on screens.
    pub title: Option<Located<String>>,
}

/// A team.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its name, a slug.
    pub name: Located<String>,
    /// Officers' names.
    pub members: Located<Vec<String>>,
}

/// A routing rule: what matches `when` gets the rest.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, a slug; shown as the reason.
    pub name: Located<String>,
    /// A filter.
    pub when: Located<String>,
    /// The desk that it goes to.
    pub desk: Option<Located<String>>,
    /// Its severity.
    pub severity: Option<Located<Grade>>,
    /// Tags that are put on.
    pub tags: Located<Vec<String>>,
    /// How soon somebody has to answer for it.
    pub first_response: Option<Located<Duration>>,
    /// How soon it has to be done with.
    pub resolution: Option<Located<Duration>>,
    /// Whether officers are called for it until somebody has it.
    pub notify: Located<bool>,
    /// Why, in the operator's words.
    pub says: Option<Located<String>>,
    /// Whether later rules are skipped.
    pub stop: Located<bool>,
}

/// A reply that is kept ready.
#[derive(Clone, Debug)]
pub struct Canned {
    /// What it is found by.
    pub name: Located<String>,
    /// BCP 47 language of its words.
    pub lang: Option<Located<String>>,
    /// The words.
    pub text: Located<String>,
}

/// SLA clocks for what matches; the first that matches counts.
#[derive(Clone, Debug)]
pub struct Sla {
    /// Where it stands.
    pub origin: Origin,
    /// Of this kind only.
    pub kind: Option<Located<Sort>>,
    /// Of this severity only.
    pub severity: Option<Located<Grade>>,
    /// On this desk only.
    pub desk: Option<Located<String>>,
    /// How soon somebody has to answer for it.
    pub first_response: Option<Located<Duration>>,
    /// How soon it has to be done with.
    pub resolution: Option<Located<Duration>>,
}

impl Desk {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        Self {
            name: s.need("name"),
            title: s.maybe("title"),
        }
    }
}

impl Team {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        Self {
            name: s.need("name"),
            members: s.or("members", Vec::new()),
        }
    }
}

impl Rule {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        Self {
            name: s.need("name"),
            when: s.need("when"),
            desk: s.maybe("desk"),
            severity: s.maybe("severity"),
            tags: s.or("tags", Vec::new()),
            first_response: s.maybe("first_response"),
            resolution: s.maybe("resolution"),
            notify: s.or("notify", false),
            says: s.maybe("says"),
            stop: s.or("stop", false),
        }
    }
}

impl Canned {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        Self {
            name: s.need("name"),
            lang: s.maybe("lang"),
            text: s.need("text"),
        }
    }
}

impl Sla {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        let sla = Self {
            origin: s.origin.clone(),
            kind: s.maybe("kind"),
            severity: s.maybe("severity"),
            desk: s.maybe("desk"),
            first_response: s.maybe("first_response"),
            resolution: s.maybe("resolution"),
        };
        if sla.first_response.is_none() && sla.resolution.is_none() {
            let says = "[[sla]] sets no clock; it needs first_response, resolution or both.";
            s.wrong(sla.origin.clone(), says.into());
        }
        sla
    }
}

/// Refuses two rows of one name.
pub(in super::super) fn distinct<'a>(
    s: &mut Section<'_>,
    what: &str,
    names: impl Iterator<Item = &'a Located<String>>,
) {
    let mut seen: BTreeMap<&str, &Origin> = BTreeMap::new();
    for name in names {
        if let Some(first) = seen.insert(&name.value, &name.origin) {
            let says = format!("There is a {what} {:?} already, at {first}.", name.value);
            s.wrong(name.origin.clone(), says);
        }
    }
}
