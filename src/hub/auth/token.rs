//! Tokens: 256 random bits that are shown once, and the hash that is kept.
//!
//! Owns their form ("wf_" and base64url). Knows nothing of officers.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// What every token begins with, so that a leaked one is recognised.
const PREFIX: &str = "wf_";

/// A token. Shown nowhere but by [`Token::reveal`], and wiped from memory when it
/// goes.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> std::io::Result<Self> {
        let mut bits = [0_u8; 32];
        OsRng
            .try_fill_bytes(&mut bits)
            .map_err(|error| std::io::Error::other(error.to_string()))?;
        let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(bits));
        bits.zeroize();
        Ok(Self(Zeroizing::new(format!("{PREFIX}{}", *text))))
    }

    /// What somebody presents as a token; none when it can't be one.
    #[must_use]
    pub fn presented(text: &str) -> Option<Self> {
        let bits = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let bits = Zeroizing::new(bits);
        (bits.len() == 32).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text, for the one time that it is shown and for the `Authorization`
    /// header.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of a token.
///
/// A fast hash is right here: what it hides has 256 random bits, so nobody
/// tries them out, however fast; slow hashes are for passwords.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

impl Serialize for TokenHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| de::Error::custom("a token's hash is 43 characters of base64url"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_and_no_two_are_alike() {
        let (one, two) = (Token::generate().unwrap(), Token::generate().unwrap());
        assert_ne!(one.reveal(), two.reveal());
        let again = Token::presented(one.reveal()).unwrap();
        assert_eq!(again.hash(), one.hash());
        assert_ne!(two.hash(), one.hash());
    }

    #[test]
    fn what_is_no_token_is_not_hashed() {
        for text in ["", "wf_", "wf_short", "Bearer x", "wf_ß"] {
            assert!(Token::presented(text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_shows_neither_token_nor_hash() {
        let token = Token::generate().unwrap();
        let shown = format!("{token:?} {:?}", token.hash());
        assert_eq!(shown, "Token(…) TokenHash(…)");
    }
}
