//! The queues that an officer steps through, and the order within them.
//!
//! Pure functions over items; no state of its own.
