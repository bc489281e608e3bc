//! How much a vendor still allows, and until when that counts.
//!
//! A value; channels fill it, the console and the command line show it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// What is left of a vendor's budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Allowance {
    /// So many more may go out.
    pub left: u32,
    /// Of so many, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// Until then; after it there is more.
    pub until: Timestamp,
}

impl Allowance {
    /// "12 of 300", or "12".
    #[must_use]
    pub fn words(&self) -> String {
        match self.of {
            Some(of) => format!("{} of {of}", self.left),
            None => self.left.to_string(),
        }
    }
}
