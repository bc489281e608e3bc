//! `insight eval clusters | claims | bursts | storms`: what may be expected of
//! what is detected, from the same folder of sets as the models.
//!
//! What is measured is `insight::proof`'s. Called by `insight`.

use clap::ValueEnum;

use super::error::{CliError, Done};
use super::print;
use crate::insight::proof::{Shelf, checked, copies, onsets, volumes};

/// What is to be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Proof {
    /// Edited copies among other posts.
    Clusters,
    /// Posts matched to claims that were checked.
    Claims,
    /// Bursts in series of counts.
    Bursts,
    /// Crises told early.
    Storms,
    /// The models and all of these, one after the other.
    All,
}

/// Prints what is to be expected, a line each.
pub fn run(proof: Proof, sets: Shelf<'_>) -> Result<Done, CliError> {
    let lines = match proof {
        Proof::Clusters => copies::expect(sets),
        Proof::Claims => checked::expect(sets),
        Proof::Bursts => volumes::expect(sets),
        Proof::Storms => onsets::expect(sets),
        Proof::All => {
            for proof in [Proof::Clusters, Proof::Claims, Proof::Bursts, Proof::Storms] {
                run(proof, sets)?;
            }
            Vec::new()
        }
    };
    lines
        .iter()
        .try_for_each(|line| print::line(line).map(|_| ()))?;
    Ok(Done::Whole)
}
