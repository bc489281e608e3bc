//! By what channels are heard.
//!
//! - [`webhook`]: others post to us, through the hub's route.

pub mod webhook;
