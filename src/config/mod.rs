//! Configuration: the file as typed, resolved over defaults, environment and flags into one `Config`.
