//! `[auth]`: how we prove who we are where we call.

use std::time::Duration;

use super::request::Request;
use crate::channels::map::pointer::Pointer;
use crate::channels::map::when::When;

/// A credential for what we call.
#[derive(Clone, Debug)]
pub(in crate::channels) enum Credentials {
    /// A value that does not change, put somewhere.
    Fixed(Place, String),
    /// User and password, as templates.
    Basic(String, String),
    /// A token that has to be asked for.
    Login(Box<Login>),
    /// A token that we sign ourselves, anew for each request.
    Signed(Box<OwnToken>),
}

/// Where a token goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Place {
    /// A header, with what stands before the token in it.
    Header(String, String),
    /// A parameter of the URL.
    Query(String),
}

/// A token that has to be asked for, and for how long it is good.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Login {
    /// How it is asked for.
    pub(in crate::channels) request: Request,
    /// User and password of that request, as templates.
    pub(in crate::channels) basic: Option<(String, String)>,
    /// Where the answer has the token.
    pub(in crate::channels) token: Pointer,
    /// Where the answer says how many seconds it is good.
    pub(in crate::channels) expires_in: Option<Pointer>,
    /// How long it is good when the answer does not say.
    pub(in crate::channels) lasts: Duration,
    /// Where it goes.
    pub(in crate::channels) place: Place,
    /// What else of the answer templates see as `auth.NAME`.
    pub(in crate::channels) take: Vec<(String, Pointer)>,
    /// What else than 401 says that the token is no good any more.
    pub(in crate::channels) expired_when: Option<When>,
    /// What the request's form has as its `assertion`.
    pub(in crate::channels) assertion: Option<OwnToken>,
}

/// A JWT that we sign (RFC 7519). All texts are templates.
#[derive(Clone, Debug)]
pub(in crate::channels) struct OwnToken {
    /// How.
    pub(in crate::channels) algorithm: Algorithm,
    /// The private key, PKCS #8 in PEM.
    pub(in crate::channels) key: String,
    /// What the vendor calls the key.
    pub(in crate::channels) key_id: Option<String>,
    /// What it says beside when it was signed and when it ends.
    pub(in crate::channels) claims: Vec<(String, String)>,
    /// How long it is good.
    pub(in crate::channels) lasts: Duration,
}

/// How a token is signed (RFC 7518 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Algorithm {
    /// RSA, PKCS #1 v1.5, SHA-256.
    Rs256,
    /// ECDSA, P-256, SHA-256.
    Es256,
}

impl Algorithm {
    /// Its name in a token's head.
    pub(in crate::channels) fn word(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}
