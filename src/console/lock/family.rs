//! A command's process with all that it started, so that none of them goes on
//! reading the terminal when the command is ended.
//!
//! Called by `unlock`. The command keeps our process group: another one could
//! not read the terminal. So its children are found by their parents, in Linux's
//! `/proc`; one whose parent ended before is not found, nor is any elsewhere.

use std::io;
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};

/// Ends the command and all that it started.
///
/// # Errors
/// When the system refuses.
pub(super) fn end(child: &mut Child) -> io::Result<()> {
    let mut family = Vec::new();
    let mut found: Vec<Pid> = Pid::from_raw(child.id().cast_signed())
        .into_iter()
        .collect();
    // Stopped first: what stands still starts nobody.
    while !found.is_empty() {
        for pid in &found {
            tell(*pid, Signal::STOP);
        }
        family.append(&mut found);
        found = children_of(&family);
        found.retain(|pid| !family.contains(pid));
    }
    for pid in family.iter().skip(1) {
        tell(*pid, Signal::KILL);
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn tell(pid: Pid, signal: Signal) {
    if let Err(error) = kill_process(pid, signal) {
        // It has ended meanwhile, or became another user.
        tracing::debug!(%error, "A process of the unlock command was not reached.");
    }
}

#[cfg(target_os = "linux")]
fn children_of(parents: &[Pid]) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let numbers = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    numbers
        .filter_map(|number| {
            let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
            // "pid (name) state parent …", and a name may hold anything.
            let parent = stat.rsplit(')').next()?.split_whitespace().nth(1)?;
            let parent = Pid::from_raw(parent.parse().ok()?)?;
            parents.contains(&parent).then(|| Pid::from_raw(number))?
        })
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn children_of(_: &[Pid]) -> Vec<Pid> {
    Vec::new()
}
