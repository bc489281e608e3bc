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
}
