//! A webhook: the credentials, signatures and handshakes that exist.

use std::time::Duration;

use crate::channels::map::pointer::Pointer;
use crate::channels::map::when::When;
use crate::channels::reply::Shape;

/// A webhook's verification and answers.
#[derive(Debug, Default)]
pub(in crate::channels) struct WebhookSource {
    /// A credential that comes with each request.
    pub(in crate::channels) auth: Option<Auth>,
    /// A signature over each body, with a key of ours.
    pub(in crate::channels) signature: Option<Signature>,
    /// A signature with a key of the vendor's, which is fetched.
    pub(in crate::channels) issuer: Option<Issuer>,
    /// What beside JSON it takes.
    pub(in crate::channels) accept: Accept,
    /// What a delivery is answered with, where the vendor wants something.
    pub(in crate::channels) respond: Option<Respond>,
    /// What has to be given a name of ours, and is answered with it.
    pub(in crate::channels) names: Option<Names>,
    /// What the vendor asks before it delivers.
    pub(in crate::channels) handshake: Option<Handshake>,
    /// Whether attributes may come in `ce-*` headers.
    pub(in crate::channels) cloudevents_binary: bool,
    /// Longest that a delivery may take to arrive.
    pub(in crate::channels) timeout: Duration,
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
    /// A part of the address: `/in/NAME/SECRET`, and behind it what the vendor
    /// puts there.
    Path(String),
    /// A value of the document.
    Field(Pointer, String),
}

impl Auth {
    /// The secrets that it needs.
    pub(in crate::channels) fn secrets(&self) -> Vec<&String> {
        match self {
            Self::Bearer(s)
            | Self::Header(_, s)
            | Self::Query(_, s)
            | Self::Path(s)
            | Self::Field(_, s) => vec![s],
            Self::Basic(user, password) => vec![user, password],
        }
    }
}

/// What a webhook takes beside JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::channels) struct Accept {
    /// `application/x-www-form-urlencoded`, as an object of texts.
    pub(in crate::channels) form: bool,
    /// JSON that calls itself `text/plain`.
    pub(in crate::channels) text: bool,
    /// XML.
    pub(in crate::channels) xml: Xml,
}

/// What becomes of XML that a webhook gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::channels) enum Xml {
    /// It is refused.
    #[default]
    No,
    /// It is read as JSON, element by element.
    Tree,
    /// It is handed on as it is, to a decoder of its shape (CAP, feeds).
    Whole,
}

/// What a delivery is answered with after it is durable.
#[derive(Debug)]
pub(in crate::channels) enum Respond {
    /// JSON, with `vars` and the delivery as `root` filled in.
    Json(Shape),
    /// Fixed words of this type.
    Text(String, &'static str),
}

/// A vendor that asks how we call what it brings. Each such delivery has a name of
/// its own, which the map and the answer know as `vars.named`.
#[derive(Debug)]
pub(in crate::channels) struct Names {
    /// Which deliveries ask.
    pub(in crate::channels) when: When,
    /// The answer.
    pub(in crate::channels) answer: Shape,
}

/// A signature with a key that the vendor publishes.
#[derive(Debug)]
pub(in crate::channels) enum Issuer {
    /// A JWT, RS256, in a header.
    Jwt(Jwt),
    /// AWS SNS: fields of the document, a certificate by URL.
    Sns {
        /// Hosts that the certificate may come from.
        hosts: Vec<String>,
        /// The variable with the topic that may send.
        topic: String,
    },
}

/// Whose JWTs are taken.
#[derive(Debug)]
pub(in crate::channels) struct Jwt {
    /// The header.
    pub(in crate::channels) header: String,
    /// What stands before the token.
    pub(in crate::channels) prefix: String,
    /// The `OpenID` configuration that names the keys.
    pub(in crate::channels) keys: String,
    /// Hosts that keys may come from.
    pub(in crate::channels) hosts: Vec<String>,
    /// Who has to have issued it.
    pub(in crate::channels) issuer: String,
    /// The variable with whom it has to be for.
    pub(in crate::channels) audience: String,
    /// Claims that have to be what the document says.
    pub(in crate::channels) same: Vec<(String, Pointer)>,
}

/// A signature's digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Scheme {
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-1: some vendors have nothing better.
    HmacSha1,
    /// Ed25519; the key is the vendor's public one, in hexadecimal.
    Ed25519,
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
    /// The variable with the address as the vendor knows it.
    pub(in crate::channels) url: String,
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
    /// The address as the vendor knows it.
    Url,
    /// The form's keys and values, sorted by key, with nothing between.
    Form,
}

/// What a vendor asks before it delivers.
#[derive(Debug)]
pub(in crate::channels) enum Handshake {
    /// GET with `hub.challenge`, guarded by the secret of this name.
    HubChallenge(String),
    /// A JSON document whose value is to be echoed.
    JsonEcho(When, Pointer),
    /// GET with `crc_token`, to be answered with its HMAC (X).
    CrcHmac(String),
    /// A document that only wants this answer (Discord).
    PingPong(When, String),
    /// A document with a URL that has to be called, on one of these hosts (SNS).
    ConfirmUrl(When, Pointer, Vec<String>),
    /// OPTIONS with `WebHook-Request-Origin`, from one of these origins; any,
    /// when there are none.
    OptionsOrigin(Vec<String>),
}
