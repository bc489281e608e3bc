//! Events of Nostr (NIP-01): whose one is, and making one of our own.
//!
//! An event's id is the hash of what it says, and its signature (BIP340) that of its
//! author. Called by the relay's talk, which believes no event before, and by
//! replies.

use k256::schnorr::{Signature, SigningKey, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Whether an event is its author's.
///
/// # Errors
/// A sentence: what is wrong with it.
pub(super) fn verify(event: &Value) -> Result<(), &'static str> {
    let no = "An event of the relay's is none: a field is missing or is not what it should be.";
    let text = |key: &str| event.get(key).and_then(Value::as_str).ok_or(no);
    let (id, author, content) = (text("id")?, text("pubkey")?, text("content")?);
    let at = event.get("created_at").and_then(Value::as_u64).ok_or(no)?;
    let kind = event.get("kind").and_then(Value::as_u64).ok_or(no)?;
    let tags = event.get("tags").filter(|t| t.is_array()).ok_or(no)?;
    let hash = hash((author, at, kind), tags, content);
    if hex::<32>(id).is_none_or(|id| id != hash) {
        return Err("An event's id is not the hash of what it says; it was left out.");
    }
    let wrong = "An event's signature is not its author's; it was left out.";
    let key = hex::<32>(author).ok_or(no)?;
    let signature = hex::<64>(text("sig")?).ok_or(no)?;
    let key = VerifyingKey::from_bytes(&key.into()).map_err(|_| wrong)?;
    let signature = Signature::try_from(&signature[..]).map_err(|_| wrong)?;
    key.verify_raw(&hash, &signature).map_err(|_| wrong)
}

/// A secret key: 64 hexadecimal digits, or "nsec1…" (NIP-19).
fn secret(key: &str) -> Option<SigningKey> {
    let key = key.trim();
    let bytes = match bech32::decode(key) {
        Ok((kind, bytes)) if kind.as_str() == "nsec" => Zeroizing::new(bytes),
        _ => Zeroizing::new(hex::<32>(key)?.to_vec()),
    };
    SigningKey::from_slice(&bytes).ok()
}

/// The author whose secret key this is; none when it is no key.
pub(super) fn author(key: &str) -> Option<String> {
    let key = secret(key)?;
    Some(to_hex(&key.verifying_key().to_bytes()))
}

/// A note of the author with this secret key, said at `at` (seconds since 1970). The
/// same again is the same event, to its last digit.
///
/// # Errors
/// A sentence: it is no key.
pub(super) fn note(key: &str, at: u64, (tags, content): (&Value, &str)) -> Result<Value, String> {
    let says = "The channel's secret key is \"nsec1…\" or 64 hexadecimal digits.";
    let key = secret(key).ok_or_else(|| says.to_owned())?;
    let author = to_hex(&key.verifying_key().to_bytes());
    let hash = hash((&author, at, 1), tags, content);
    // Randomness that only its hash knows: BIP340 wants none that is secret.
    let signature = key.sign_raw(&hash, &hash);
    let signature = signature.map_err(|_| "The note can't be signed.".to_owned())?;
    Ok(json!({
        "id": to_hex(&hash), "pubkey": author, "created_at": at, "kind": 1,
        "tags": tags, "content": content, "sig": to_hex(&signature.to_bytes()),
    }))
}

/// NIP-01: no spaces, UTF-8, only what has to be escaped is.
fn hash((author, at, kind): (&str, u64, u64), tags: &Value, content: &str) -> [u8; 32] {
    let whole = json!([0, author, at, kind, tags, content]).to_string();
    Sha256::digest(whole.as_bytes()).into()
}

fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
        _ => None,
    });
    let bytes: Option<Vec<u8>> = pairs.collect();
    bytes?.try_into().ok()
}

fn to_hex(bytes: &[u8]) -> String {
    let digits = |b: &u8| [b >> 4, b & 15].map(|d| char::from_digit(d.into(), 16).unwrap_or('0'));
    bytes.iter().flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_as_people_have_it() {
        // NIP-19's own example.
        let nsec = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
        let digits = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa";
        assert!(author(nsec).is_some());
        assert_eq!(author(nsec), author(digits));
        let public = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
        let mistyped = nsec.replace("vl0", "vl9");
        for wrong in [public, &mistyped] {
            assert_eq!(author(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_we_sign_is_ours_and_the_same_again_is_the_same() {
        let key = "07".repeat(32);
        let tags = json!([["e", "aa", "", "root"]]);
        let event = note(&key, 9, (&tags, "até já \"\n")).expect("a key");
        assert_eq!(verify(&event), Ok(()));
        assert_eq!(event["pubkey"].as_str().map(str::to_owned), author(&key));
        assert_eq!(note(&key, 9, (&tags, "até já \"\n")).as_ref(), Ok(&event));
        for wrong in ["", "nsec1abc", "zz", &"00".repeat(32), &"07".repeat(31)] {
            assert!(note(wrong, 9, (&tags, "x")).is_err() && author(wrong).is_none());
        }
    }
}
