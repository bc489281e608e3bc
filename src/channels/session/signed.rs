//! Tokens that we sign ourselves: JWTs (RFC 7519) by RS256 or ES256 (RFC 7518
//! 3.3, 3.4), for vendors that want one with each request, or one that buys a
//! token of theirs (RFC 7523).
//!
//! The time comes in. Neither key nor token gets into a sentence.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Map, Value, json};

use crate::channels::address::{self, Known};
use crate::channels::file::{Algorithm, Credentials, OwnToken};
use crate::channels::registry::Channel;
use crate::model::time::Timestamp;

const NO_KEY: &str =
    "The private key among the channel's secrets can't be read: it is PKCS #8, PEM.";

/// The token of `channel` at `now`.
///
/// # Errors
/// A sentence: the key or a claim is none.
pub(in crate::channels) fn sign(
    channel: &Channel,
    signed: &OwnToken,
    now: Timestamp,
) -> Result<String, String> {
    let nothing = Known::new();
    let fill = |written: &str| address::filled(channel, written, &nothing);
    let mut head = json!({"alg": signed.algorithm.word(), "typ": "JWT"});
    if let Some(id) = &signed.key_id {
        head["kid"] = fill(id)?.into();
    }
    let mut claims = Map::new();
    for (name, written) in &signed.claims {
        claims.insert(name.clone(), fill(written)?.into());
    }
    let at = now.as_millis() / 1000;
    let lasts = i64::try_from(signed.lasts.as_secs()).unwrap_or(i64::MAX);
    claims.insert("iat".to_owned(), at.into());
    claims.insert("exp".to_owned(), at.saturating_add(lasts).into());
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let words = format!("{}.{}", part(&head), part(&Value::Object(claims)));
    let pem = fill(&signed.key)?;
    let tag = tag(signed.algorithm, pem.as_bytes(), words.as_bytes()).ok_or(NO_KEY)?;
    Ok(format!("{words}.{}", URL_SAFE_NO_PAD.encode(tag)))
}

/// What buys `channel` a token at `now`, where it has to be signed for.
///
/// # Errors
/// As [`sign`].
pub(in crate::channels) fn assertion(
    channel: &Channel,
    now: Timestamp,
) -> Result<Option<String>, String> {
    match &channel.file.credentials {
        Some(Credentials::Login(login)) => {
            let signed = login.assertion.as_ref();
            signed.map(|s| sign(channel, s, now)).transpose()
        }
        _ => Ok(None),
    }
}

fn tag(algorithm: Algorithm, pem: &[u8], words: &[u8]) -> Option<Vec<u8>> {
    let Ok(PrivateKeyDer::Pkcs8(key)) = PrivateKeyDer::from_pem_slice(pem) else {
        return None;
    };
    let key = key.secret_pkcs8_der();
    let random = SystemRandom::new();
    match algorithm {
        Algorithm::Rs256 => {
            let pair = RsaKeyPair::from_pkcs8(key).ok()?;
            let mut tag = vec![0; pair.public().modulus_len()];
            let signs = pair.sign(&RSA_PKCS1_SHA256, &random, words, &mut tag);
            signs.ok().map(|()| tag)
        }
        Algorithm::Es256 => {
            let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair = EcdsaKeyPair::from_pkcs8(kind, key, &random).ok()?;
            Some(pair.sign(&random, words).ok()?.as_ref().to_vec())
        }
    }
}
