//! Tokens in the kernel's keyring of this user (keyrings(7), keyctl(2)).
//!
//! Owns the key's name and kind: "user" keys, "watchfloor:" and the hub's URL,
//! linked to the user keyring. Elsewhere than on Linux there is no keyring.
//! Called by [`super`].

#[cfg(target_os = "linux")]
pub use linux::{find, forget, put};
#[cfg(not(target_os = "linux"))]
pub use nowhere::{find, forget, put};

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
    use zeroize::Zeroizing;

    use super::super::TokenError;
    use crate::config::Secret;

    /// The token for a hub; none when there is none.
    pub fn find(hub: &str) -> Result<Option<Secret>, TokenError> {
        let Some(key) = search(hub)? else {
            return Ok(None);
        };
        let bytes = Zeroizing::new(key.read_to_vec().map_err(trouble)?);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| TokenError::Keyring("what is kept there is no token".into()))?;
        Ok(Some(Secret::new(text.to_owned())))
    }

    /// Puts a token there; for `span` only, if that is said.
    pub fn put(hub: &str, token: &Secret, span: Option<Duration>) -> Result<(), TokenError> {
        let ring = ring()?;
        let key = ring
            .add_key(&name(hub), token.expose().as_bytes())
            .map_err(trouble)?;
        // A key that is replaced keeps the end of the one before; 0 is none.
        let seconds = span.map_or(0, |span| span.as_secs());
        let seconds = usize::try_from(seconds).unwrap_or(usize::MAX);
        key.set_timeout(seconds).map_err(trouble)
    }

    /// Removes it; whether there was one.
    pub fn forget(hub: &str) -> Result<bool, TokenError> {
        let found = match search(hub) {
            Ok(found) => found,
            // The kernel removes it by itself.
            Err(TokenError::Over) => return Ok(true),
            Err(error) => return Err(error),
        };
        match found {
            None => Ok(false),
            Some(key) => key.invalidate().map(|()| true).map_err(trouble),
        }
    }

    fn search(hub: &str) -> Result<Option<Key>, TokenError> {
        match ring()?.search(&name(hub)) {
            Ok(key) => Ok(Some(key)),
            Err(KeyError::KeyDoesNotExist | KeyError::KeyRevoked) => Ok(None),
            Err(error) => Err(trouble(error)),
        }
    }

    /// The user's keyring, which every login of this user has. A process may do
    /// everything with a key only when its own keyrings lead to it, and not
    /// every login's do.
    fn ring() -> Result<KeyRing, TokenError> {
        let own = KeyRing::from_special_id(KeyRingIdentifier::Process, true).map_err(trouble)?;
        own.link_keyring_id(KeyRingIdentifier::User)
            .map_err(trouble)?;
        KeyRing::from_special_id(KeyRingIdentifier::User, false).map_err(trouble)
    }

    fn name(hub: &str) -> String {
        format!("watchfloor:{hub}")
    }

    fn trouble(error: KeyError) -> TokenError {
        match error {
            KeyError::KeyExpired => TokenError::Over,
            error => TokenError::Keyring(error.to_string()),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod nowhere {
    use std::time::Duration;

    use super::super::TokenError;
    use crate::config::Secret;

    fn none() -> TokenError {
        TokenError::Keyring("this system has none".into())
    }

    /// Always refused.
    pub fn find(_: &str) -> Result<Option<Secret>, TokenError> {
        Err(none())
    }

    /// Always refused.
    pub fn put(_: &str, _: &Secret, _: Option<Duration>) -> Result<(), TokenError> {
        Err(none())
    }

    /// Always refused.
    pub fn forget(_: &str) -> Result<bool, TokenError> {
        Err(none())
    }
}
