//! What a post says, how it feels, how urgent it is: read from its words alone.
//!
//! Pure functions and small models between mapping and routing. No clock, no
//! network, no randomness that is not handed in: the same text gives the same
//! reading, and a reading can be made again later (`watchfloor insight rerun`).
//!
//! Imports `text` and `model`. Called by the hub on what comes in, and by the
//! command line to train and to measure.
//!
//! - [`burst`]: what is said far more than is usual, told once and early.
//! - [`claim`]: known falsehoods, and the posts that repeat or deny them.
//! - [`cluster`]: copies of one text, however edited.
//! - [`proof`]: what may be expected of these three on unseen data.
//! - [`why`]: the reasons of a score, as data.

pub mod burst;
pub mod claim;
pub mod cluster;
pub mod proof;
pub mod why;
