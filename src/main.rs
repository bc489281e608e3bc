//! The binary: parses the command line and hands over to the rooms.

fn main() {}
