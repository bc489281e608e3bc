//! Why a session ended, and what its console is told of it.

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The console went, or its link did.
    Gone,
    /// Nothing came from it for too long.
    Silent,
    /// Its credential was revoked or has expired.
    Revoked,
    /// The hub shuts down.
    Closing,
    /// It did not speak the protocol.
    Protocol,
    /// It sent a frame or message that is larger than allowed.
    TooLarge,
}

impl Ended {
    /// What the console is told, and after how many seconds it may come back by
    /// itself; none when there is nobody to tell.
    pub(super) fn farewell(self) -> Option<(&'static str, Option<u32>)> {
        Some(match self {
            Self::Gone => return None,
            Self::Silent => ("Nothing came from this console for 40 s.", Some(1)),
            Self::Revoked => (
                "This credential was revoked or has expired. Sign in again.",
                None,
            ),
            Self::Closing => ("The hub is shutting down.", Some(2)),
            Self::Protocol => ("This console does not speak watchfloor.v1.", None),
            Self::TooLarge => (
                "A frame was longer than 256 KiB, or a message longer than 1 MiB.",
                Some(1),
            ),
        })
    }
}
