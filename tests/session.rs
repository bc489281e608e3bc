//! A whole console on a screen of the test's and a hub of the test's: keys in,
//! screens and commands out, by the same loop that officers run.

#![allow(
    clippy::panic,
    clippy::redundant_closure_for_method_calls,
    reason = "a test may stop where it stands, and its tables are long"
)]

#[path = "session/loop_tests.rs"]
mod loop_tests;
#[path = "session/runner.rs"]
mod runner;
