//! What the process asks of the system before anything else: for its secrets, no
//! core dump and no other process of the same user that looks into its memory; for
//! a jump host with many consoles, small pages.
//!
//! Called once each, by `main` and by the command line.

/// Hardens the process. What the system does not allow is left as it is: it
/// guards against accidents, and nothing else depends on it.
pub fn harden() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).ok();
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}

/// Takes memory by small pages from here on. The allocator asks for huge ones,
/// which is right for a hub in a flood: a console holds little of each, 7 MB of an
/// idle one's 31 were for nothing, and officers share a jump host.
pub fn small_pages() {
    #[cfg(target_os = "linux")]
    rustix::thread::disable_transparent_huge_pages(true).ok();
}
