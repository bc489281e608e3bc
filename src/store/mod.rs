//! The event log: the trait, the embedded SQLite log, and the archive that is searched.
