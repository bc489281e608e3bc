//! The map: from a vendor's document to draft items, by data.
//!
//! - [`mod@pointer`], [`scope`], [`when`], [`convert`], [`html`], `slack`, [`template`]: the
//!   closed list of operators, each compiled when a file is loaded.
//! - [`expr`], [`fields`], [`rule`], [`plan`]: fields, rules, and which rule
//!   makes what of which part.
//! - [`mod@cursor`]: where a vendor's cursor is. [`nested`]: JSON inside JSON.
//! - [`reader`]: bytes in, [`delivery`] with [`crate::model::inbound::Inbound`] out; [`native`] is
//!   our own shape without a tree, [`feed`] the three kinds of feed, [`form`] forms, [`cap`]
//!   official warnings, [`mail`] mails, [`xml`] any other XML.
//! - [`words`]: others' words inside sentences of ours. [`seen`]: what was looked
//!   at, [`trace`]: what came from where.
//!
//! Pure: no clock, no network, no files. Linear in the message's size, and no
//! input makes it panic.

mod cap;
pub(super) mod convert;
pub(super) mod cursor;
pub(super) mod delivery;
pub(super) mod expr;
pub(super) mod feed;
pub(super) mod fields;
pub(super) mod form;
pub(super) mod html;
mod mail;
pub(super) mod native;
pub(super) mod nested;
pub(super) mod plan;
pub(super) mod pointer;
pub(super) mod reader;
pub(super) mod rule;
pub(super) mod scope;
pub(super) mod seen;
mod slack;
pub(super) mod template;
#[cfg(test)]
mod tests;
pub(super) mod trace;
pub(super) mod when;
pub(super) mod words;
pub(in crate::channels) mod xml;
