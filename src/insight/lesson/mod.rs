//! How the models are taught and measured; no part of reading a post.
//!
//! - [`sets`]: where the labelled sets lie, put together for each model.
//! - [`language`], [`sentiment`], [`urgency`]: one lesson a model: learn, and what
//!   to expect of it on unseen data; [`stacked`]: feelings with an encoder.
//! - [`feedback`]: what officers' words advise about thresholds.
//! - [`figures`]: what is reported.
//!
//! Pure: the sets come in as texts. Called by the command line.

pub mod feedback;
pub mod figures;
pub mod language;
pub mod sentiment;
pub mod sets;
pub mod stacked;
pub mod urgency;

pub use figures::Figure;
pub use sets::Shelf;
