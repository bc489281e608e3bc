//! The map: from a vendor's document to draft items, by data.
//!
//! - [`mod@pointer`], [`scope`], [`when`], [`convert`], [`html`], `slack`, [`template`]: the
//!   closed list of operators, each compiled when a file is loaded.
//! - [`expr`], [`fields`], [`rule`], [`plan`]: fields, rules, and which rule
//!   makes what of which part.
//! - [`nested`]: JSON inside JSON. [`reader`]: bytes in, [`crate::model::inbound::Inbound`] out; [`native`] is
//!   our own shape without a tree, [`feed`] the three kinds of feed, [`form`] forms.
//! - [`words`]: others' words inside sentences of ours.
//!
//! Pure: no clock, no network, no files. Linear in the message's size, and no
//! input makes it panic.

pub(super) mod convert;
pub(super) mod expr;
pub(super) mod feed;
pub(super) mod fields;
pub(super) mod form;
pub(super) mod html;
pub(super) mod native;
pub(super) mod nested;
pub(super) mod plan;
pub(super) mod pointer;
pub(super) mod reader;
pub(super) mod rule;
pub(super) mod scope;
mod slack;
pub(super) mod template;
#[cfg(test)]
mod tests;
pub(super) mod when;
pub(super) mod words;
