//! What the process does for its secrets before it reads any: no core dump, no
//! other process of the same user that looks into its memory.
//!
//! Called once, by `main`.

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
