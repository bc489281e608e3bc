//! The link against a fake hub on a real socket: it resumes where it stopped,
//! calls gaps, drops doubles, sends what was not answered again under the same
//! id, and stops where trying again is of no use.

#[path = "link/commands.rs"]
mod commands;
#[path = "link/fake_hub.rs"]
mod fake_hub;
#[path = "link/stream.rs"]
mod stream;
#[path = "link/trouble.rs"]
mod trouble;
