//! Who acts: officers with a role, desks and teams.
//!
//! Owns the roles' order and what each may do; tokens and certificates are the
//! hub's.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command::VerbName;
use super::ids::{DeskName, OfficerId, TeamName};

/// What an officer may do. Ordered: each may all that those before it may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks on.
    Viewer,
    /// Works the floor.
    Officer,
    /// May act on what others hold.
    Supervisor,
    /// May also change who may.
    Admin,
}

impl Role {
    /// The word, lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Officer => "officer",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }

    /// Whether the role may use a verb at all.
    #[must_use]
    pub fn may(self, _verb: VerbName) -> bool {
        self >= Self::Officer
    }
}

impl std::str::FromStr for Role {
    type Err = NotARole;

    fn from_str(word: &str) -> Result<Self, NotARole> {
        [Self::Viewer, Self::Officer, Self::Supervisor, Self::Admin]
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or(NotARole)
    }
}

/// The word names no role.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("A role is one of viewer, officer, supervisor, admin.")]
pub struct NotARole;

/// The desks that a credential reaches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Desks {
    /// Every desk.
    All,
    /// These.
    Only(BTreeSet<DeskName>),
}

impl Desks {
    /// Whether `desk` is among them.
    #[must_use]
    pub fn include(&self, desk: &DeskName) -> bool {
        match self {
            Self::All => true,
            Self::Only(desks) => desks.contains(desk),
        }
    }
}

/// An officer as a session knows him or her.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Officer {
    /// The account.
    pub id: OfficerId,
    /// What it may do.
    pub role: Role,
    /// Where.
    pub desks: Desks,
    /// The teams it answers for.
    #[serde(default)]
    pub teams: BTreeSet<TeamName>,
}
