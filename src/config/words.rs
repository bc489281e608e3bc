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
    /// Whose signature under the hub's certificate counts.
    Roots {
        /// Whom the system trusts.
        System = "system",
        /// Those in `ca_file`, and nobody else.
        File = "file",
        /// Both.
        Both = "system+file",
    }
);

words!(
    /// The oldest version of TLS that is spoken.
    OldestTls {
        /// 1.3.
        V13 = "1.3",
        /// 1.2, for a proxy before the hub that knows nothing newer.
        V12 = "1.2",
    }
);

words!(
    /// Where `token set` keeps a token, and where one is looked for.
    TokenStore {
        /// In the kernel's keyring; in a file where there is none.
        Auto = "auto",
        /// In the kernel's keyring.
        Keyring = "keyring",
        /// In a file, on a network's drive too.
        File = "file",
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
    /// Who puts right-to-left text in order.
    BidiMode {
        /// The console where the terminal lets it, else the terminal.
        Auto = "auto",
        /// The console.
        Visual = "visual",
        /// The terminal.
        Terminal = "terminal",
        /// Nobody.
        Off = "off",
    }
);

words!(
    /// How much of an emoji is drawn.
    EmojiMode {
        /// Its base over SSH and in multiplexers, all of it elsewhere.
        Auto = "auto",
        /// All of it.
        Full = "full",
        /// Its base, without tails and skin tones.
        Base = "base",
        /// Its name.
        Text = "text",
    }
);

words!(
    /// How an officer is notified.
    Notices {
        /// As it suits terminal and place, by what `check notify` was told first.
        Auto = "auto",
        /// By OSC 99 of the terminal.
        Osc99 = "osc99",
        /// By OSC 777 of the terminal.
        Osc777 = "osc777",
        /// By OSC 9 of the terminal.
        Osc9 = "osc9",
        /// By the terminal's bell.
        Bell = "bell",
        /// By the terminal's title only.
        Title = "title",
        /// By this machine's desktop over D-Bus.
        Dbus = "dbus",
        /// By this machine's desktop.
        Native = "native",
        /// By a program of the officer's own.
        Command = "command",
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

words!(
    /// How many colours are written.
    Colours {
        /// By what the environment says of the terminal.
        Auto = "auto",
        /// 24 bits.
        True = "true",
        /// The 256 indexed ones.
        Indexed = "256",
        /// The 16 named ones.
        Named = "16",
        /// None.
        None = "none",
    }
);

words!(
    /// Which signs are written.
    Signs {
        /// By the locale and the terminal.
        Auto = "auto",
        /// All of them.
        Unicode = "unicode",
        /// ASCII only.
        Ascii = "ascii",
    }
);

words!(
    /// What the console finds out by itself unless it is told.
    Switch {
        /// It finds out.
        Auto = "auto",
        /// Yes.
        On = "on",
        /// No.
        Off = "off",
    }
);
