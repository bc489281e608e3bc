//! What a post says, how it feels, how urgent it is: read from its words alone.
//!
//! Pure functions and small models between mapping and routing. No clock, no
//! network, no randomness that is not handed in: the same text gives the same
//! reading, and a reading can be made again later (`watchfloor insight rerun`).
//!
//! Imports `text` and `model`. Called by the hub on what comes in, and by the
//! command line to train and to measure.
//!
//! - [`reading`]: the way in: a text in, a [`Reading`](crate::model::reading::Reading) out.
//! - [`token`] (with `normal`, `look`): a post cut up; [`feature`]: what the models
//!   see of it; [`table`]: a model as it is shipped (`weights/`, with their cards).
//! - [`language`], [`sentiment`] (with [`stacked`]), [`urgency`] (with [`rule`]), [`topic`] (with
//!   [`phrase`]), [`fresh`] (with [`function_word`]): what is read, one file each.
//! - [`lesson`]: how the models are taught and measured, from [`corpus`], with
//!   [`fit`] and [`measure`]; no part of reading.
//! - `sealed`: a model's bytes behind their hash.
//! - [`burst`]: what is said far more than is usual, told once and early.
//! - [`claim`]: known falsehoods, and the posts that repeat or deny them.
//! - [`encoder`]: what a text is about, from weights that an operator may add.
//! - [`cluster`]: copies of one text, however edited.
//! - [`proof`]: what may be expected of these three on unseen data.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts of a post are small, hashes are cut to a table's width on purpose"
)]

pub mod burst;
pub mod claim;
pub mod cluster;
pub mod corpus;
pub mod encoder;
pub mod feature;
pub mod fit;
pub mod fresh;
pub mod function_word;
pub mod language;
pub mod lesson;
mod look;
pub mod measure;
mod normal;
pub mod phrase;
pub mod proof;
pub mod reading;
pub mod rule;
mod sealed;
pub mod sentiment;
pub mod stacked;
pub mod table;
pub mod token;
pub mod topic;
pub mod urgency;

#[cfg(test)]
mod tests;

pub use reading::Insight;
pub use topic::{GazetteerError, Topics};
