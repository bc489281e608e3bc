//! Keys that take one of a few words.
//!
//! Owns the enumerations and the macro that reads them; what each word does is
//! told by the room that obeys it.

use super::layers::Node;
use super::value::{Kind, Wrong, expect, text};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$word_doc])* $variant,)+ }

        impl $name {
            /// The word as typed.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl Kind for $name {
            fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
                let value = match text(node) {
                    $(Some($word) => Some(Self::$variant),)+
                    _ => None,
                };
                let words = [$(concat!("\"", $word, "\"")),+];
                expect(value, node, &format!("one of {}", words.join(", ")))
            }

            fn show(&self) -> String {
                format!("\"{}\"", self.word())
            }
        }
    };
}

words!(
    /// Who encrypts what the hub serves.
    Tls {
        /// Nobody: loopback only.
        Off = "off",
        /// The hub, with `cert` and `key`.
        Files = "files",
        /// A proxy before the hub, one of `trusted_proxies`.
        Proxy = "terminated-by-proxy",
    }
);

words!(
    /// How the connection to a mail server is encrypted.
    MailTls {
        /// From the first byte.
        Implicit = "implicit",
        /// Switched to before anything is said; refused when the server can't.
        StartTls = "starttls",
        /// Not at all: for a mail server on this machine.
        Off = "off",
    }
);

words!(
    /// What becomes of an item's words when its channel takes them back.
    OnRetract {
        /// They stay and are marked.
        Keep = "keep",
        /// They stay as evidence and are not shown.
        Hide = "hide",
        /// They are erased.
        Erase = "erase",
    }
);

words!(
    /// Where new items appear.
    Order {
        /// At the top.
        NewestFirst = "newest-first",
        /// At the bottom.
        NewestLast = "newest-last",
    }
);

words!(
    /// How texts are copied, when that is asked for.
    Copying {
        /// By the terminal, and by tmux where it runs.
        Auto = "auto",
        /// By the terminal alone.
        Terminal = "terminal",
        /// Not at all.
        Off = "off",
    }
);

words!(
    /// How an officer is notified.
    Notices {
        /// By the desktop when this is one, by the bell elsewhere.
        Auto = "auto",
        /// By the desktop.
        Desktop = "desktop",
        /// By the terminal's bell.
        Bell = "bell",
        /// Not at all.
        Off = "off",
    }
);

words!(
    /// What a notice tells.
    Privacy {
        /// How many.
        Counts = "counts",
        /// How many, and the operator's own name of the rule that matched.
        Rule = "rule",
    }
);

words!(
    /// How bad an item is.
    Grade {
        /// Needs an officer now.
        Critical = "critical",
        /// Needs an officer soon.
        High = "high",
        /// What a channel does not grade.
        Medium = "medium",
        /// Can wait for the day.
        Low = "low",
        /// For the record.
        Info = "info",
    }
);

words!(
    /// What an item is.
    Sort {
        /// Somebody said something.
        Mention = "mention",
        /// A machine raises something.
        Alert = "alert",
        /// A conversation is handed to a human.
        Escalation = "escalation",
    }
);
