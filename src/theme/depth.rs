//! How many colours the terminal has, and the way down to them.

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// No colour: bold, reverse and underline only.
    Mono,
    /// The 16 named colours.
    Ansi16,
    /// The 256 indexed colours.
    Indexed256,
    /// 24 bits.
    True,
}
