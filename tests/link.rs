//! The link against a fake hub on a real socket: it resumes where it stopped,
//! calls gaps, drops doubles, sends what was not answered again under the same
//! id, and stops where trying again is of no use; and the ways there, through
//! proxies, programs and TLS.

#![allow(
    clippy::panic,
    clippy::from_iter_instead_of_collect,
    clippy::result_large_err,
    clippy::duration_suboptimal_units,
    reason = "a test may stop where it stands, and its tables are long"
)]

#[path = "link/authority.rs"]
#[allow(dead_code, reason = "tests/jump uses the rest")]
mod authority;
#[path = "link/commands.rs"]
mod commands;
#[path = "link/fake_hub.rs"]
mod fake_hub;
#[path = "link/fake_proxy.rs"]
mod fake_proxy;
#[path = "link/proxies.rs"]
mod proxies;
#[path = "link/stream.rs"]
mod stream;
#[path = "link/trouble.rs"]
mod trouble;
#[path = "link/trust.rs"]
mod trust;
