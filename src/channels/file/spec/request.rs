//! A request that we make: where, how, and with what, as templates.

use axum::http::Method;
use serde_json::Value;

/// A request, before its templates are filled in.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Request {
    /// GET, POST or PUT.
    pub(in crate::channels) method: Method,
    /// Where, as a template of `vars`, `secret` and what the caller gives.
    pub(in crate::channels) url: String,
    /// Headers, as templates.
    pub(in crate::channels) headers: Vec<(String, String)>,
    /// What is sent.
    pub(in crate::channels) body: Body,
}

/// What a request sends.
#[derive(Clone, Debug, Default)]
pub(in crate::channels) enum Body {
    /// Nothing.
    #[default]
    None,
    /// Text, as a template.
    Text(String),
    /// A form; its values are templates.
    Form(Vec<(String, String)>),
    /// JSON; its texts are templates, so that a quotation mark in a value can't
    /// end it.
    Json(Value),
}
