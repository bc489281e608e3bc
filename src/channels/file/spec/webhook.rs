//! A webhook: the credentials, signatures and handshakes that exist.

use std::time::Duration;

use crate::channels::map::pointer::Pointer;
use crate::channels::map::when::When;

/// A webhook's verification and answers.
#[derive(Debug, Default)]
pub(in crate::channels) struct WebhookSource {
    /// A credential that comes with each request.
    pub(in crate::channels) auth: Option<Auth>,
    /// A signature over each body.
    pub(in crate::channels) signature: Option<Signature>,
    /// What the vendor asks before it delivers.
    pub(in crate::channels) handshake: Option<Handshake>,
    /// Whether attributes may come in `ce-*` headers.
    pub(in crate::channels) cloudevents_binary: bool,
    /// Status when nothing of a delivery could be mapped; it is kept either way.
    pub(in crate::channels) unmapped_status: u16,
}

/// A credential, by the names of secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Auth {
    /// `Authorization: Bearer`.
    Bearer(String),
    /// `Authorization: Basic`, user and password.
    Basic(String, String),
    /// A header of the vendor's with the secret as its value.
    Header(String, String),
    /// A query parameter with the secret as its value.
    Query(String, String),
}

/// A signature's digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Scheme {
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-1: some vendors have nothing better.
    HmacSha1,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Encoding {
    /// Hexadecimal digits.
    Hex,
    /// Base64.
    Base64,
}

/// A signature over the raw body.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Signature {
    /// The header it comes in.
    pub(in crate::channels) header: String,
    /// Its digest.
    pub(in crate::channels) scheme: Scheme,
    /// The name of the secret.
    pub(in crate::channels) key: String,
    /// How it is written.
    pub(in crate::channels) encoding: Encoding,
    /// What stands before it.
    pub(in crate::channels) prefix: String,
    /// What is signed, in pieces.
    pub(in crate::channels) signed: Vec<Signed>,
    /// The header with the sender's time in seconds, and how old it may be.
    pub(in crate::channels) max_age: Option<(String, Duration)>,
}

/// A piece of what is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Signed {
    /// Fixed words.
    Words(String),
    /// The raw body.
    Body,
    /// A header's value.
    Header(String),
}

/// What a vendor asks before it delivers.
#[derive(Debug)]
pub(in crate::channels) enum Handshake {
    /// GET with `hub.challenge`, guarded by the secret of this name.
    HubChallenge(String),
    /// A JSON document whose value is to be echoed.
    JsonEcho(When, Pointer),
    /// OPTIONS with `WebHook-Request-Origin`, from one of these origins; any,
    /// when there are none.
    OptionsOrigin(Vec<String>),
}
