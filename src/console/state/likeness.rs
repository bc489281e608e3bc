//! Who an item's author passes for: asked by rows, pages and the filter.
//!
//! Owns which names the console knows: those of the configuration, and the
//! hub's officers, teams and desks.

use super::{App, Settings};
use crate::console::msg::SessionInfo;
use crate::model::item::Item;
use crate::model::officer::Desks;
use crate::text::{KnownNames, Likeness};

/// The configured names and those of the session's roster.
#[must_use]
pub fn known(settings: &Settings, info: &SessionInfo) -> KnownNames {
    let mut known = settings.known.clone();
    for officer in &info.officers {
        known.know_roster(officer.as_str());
    }
    for team in &info.roster_teams {
        known.know_roster(team.as_str());
    }
    if let Desks::Only(desks) = &info.desks {
        for desk in desks {
            known.know_roster(desk.as_str());
        }
    }
    known
}

impl App {
    /// Whom the author of `item` passes for, if for anybody.
    #[must_use]
    pub fn likeness(&self, item: &Item) -> Option<Likeness> {
        let author = &item.content.author;
        self.session.known.of_author(&author.name, &author.handle)
    }
}
