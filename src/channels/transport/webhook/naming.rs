//! Names of ours for what a vendor brings and wants named: it opens a conversation
//! here, and speaks of it by our name from then on.
//!
//! Owns the name of one delivery; what asks for one, and what is answered, is the
//! file's.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::answer::Answer;
use crate::channels::file::WebhookSource;
use crate::channels::map::scope::{Message, Scope};
use crate::channels::reply::answered;
use crate::model::time::Timestamp;

/// What the map and the answer know the name as.
const NAMED: &str = "named";

/// The channel's variables with the delivery's own name among them; none when the
/// document asks for no name. Two that say the same are two: nobody is put into
/// another's conversation.
pub(super) fn vars(
    source: &WebhookSource,
    vars: &BTreeMap<String, String>,
    (document, now): (&Bytes, Timestamp),
) -> Option<BTreeMap<String, String>> {
    let names = source.names.as_ref()?;
    let tree: Value = serde_json::from_slice(document).ok()?;
    let message = Message::new(&tree, vars);
    if !names.when.holds(&Scope::top(&message)) {
        return None;
    }
    let digest = Sha256::new()
        .chain_update(now.as_millis().to_be_bytes())
        .chain_update(document)
        .finalize();
    let name = digest
        .first_chunk()
        .map(|half| u128::from_be_bytes(*half))?;
    let mut vars = vars.clone();
    vars.insert(NAMED.to_owned(), format!("{name:032x}"));
    Some(vars)
}

/// The answer with the name.
pub(super) fn answer(
    source: &WebhookSource,
    vars: &BTreeMap<String, String>,
    document: &Bytes,
) -> Option<Answer> {
    let root: Value = serde_json::from_slice(document).ok()?;
    let filled = answered(&source.names.as_ref()?.answer, vars, &root);
    Some(Answer::json(200, filled.ok()?.to_string()))
}
