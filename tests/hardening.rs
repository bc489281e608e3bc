//! What the process does for its secrets: in this process as the system tells it,
//! and in the real binary by what others see of it.

#![cfg(target_os = "linux")]

use std::io::BufRead;
use std::process::{Command, Stdio};

use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

#[test]
fn nobody_looks_into_a_hardened_process_and_it_leaves_no_core() {
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::Dumpable);
    watchfloor::hardening::harden();
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    let core = getrlimit(Resource::Core);
    assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
}

#[test]
fn the_binary_is_hardened_before_it_does_anything() {
    let home = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_watchfloor"))
        .args(["demo", "--headless"])
        .env("HOME", home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut output = std::io::BufReader::new(demo.stdout.take().unwrap());
    output.read_line(&mut first).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", demo.id())).unwrap();
    demo.kill().unwrap();
    demo.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core"));
    let numbers: Vec<_> = core.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"], "{limits}");
}
