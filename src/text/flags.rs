//! [`Flags`]: what the cleaner found in a text, for the detail pane and for rules.
//!
//! Owns the set and its words. Set by the cleaner only; a flag never changes
//! what is shown, it tells why what is shown is not what was sent.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of findings about one text.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// Controls of writing direction were removed.
    pub const BIDI: Self = Self(1);
    /// Invisible characters were removed.
    pub const HIDDEN: Self = Self(1 << 1);
    /// Control characters (escape, backspace and the like) are shown as signs.
    pub const CONTROL: Self = Self(1 << 2);
    /// A cluster held too many marks or was too wide, and was cut to size.
    pub const CAPPED: Self = Self(1 << 3);
    /// Bytes that are no UTF-8, or private or unassigned characters, became U+FFFD.
    pub const REPLACED: Self = Self(1 << 4);
    /// The text was longer than what was asked for, or than [`super::MAX_BYTES`].
    pub const CUT: Self = Self(1 << 5);
    /// One word mixes alphabets whose letters pass for each other.
    pub const MIXED_SCRIPT: Self = Self(1 << 6);
    /// A letter that passes for an ASCII letter (`ı`, full width, mathematical).
    /// Common in honest Turkish: worth showing beside names, not beside bodies.
    pub const LOOKALIKE: Self = Self(1 << 7);

    const NAMES: [(Self, &'static str); 8] = [
        (Self::BIDI, "direction controls removed"),
        (Self::HIDDEN, "invisible characters removed"),
        (Self::CONTROL, "control characters shown as signs"),
        (Self::CAPPED, "overloaded characters cut to size"),
        (Self::REPLACED, "unreadable characters replaced"),
        (Self::CUT, "cut for length"),
        (Self::MIXED_SCRIPT, "a word mixes alphabets"),
        (Self::LOOKALIKE, "look-alike letters"),
    ];

    /// The set with nothing in it.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// Whether nothing was found.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every flag of `other` is set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Adds the flags of `other`.
    pub const fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// What was found, in words for an officer, always in the same order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(flag, _)| self.contains(*flag))
            .map(|(_, name)| name)
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Self) {
        self.insert(other);
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}
