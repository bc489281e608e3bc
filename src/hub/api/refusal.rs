//! What every refusal of the officers' routes has: one sentence as JSON, also
//! where the router refuses before a handler runs, and a place in the counters.
//!
//! The sentences are ours alone: what was asked is never repeated.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::hub::Hub;
use crate::store::EventLog;
use crate::wire::limits::MESSAGE_BYTES;

/// Counts a refusal, and gives it a sentence where it has none.
pub async fn explain<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    request: Request,
    next: Next,
) -> Response {
    let door = match request.uri().path() {
        "/v1/stream" => "stream",
        _ => "api",
    };
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    hub.metrics.refused(door, why(status));
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind == "application/json") {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut explained = Problem::of(status, sentence(status, allow.as_ref())).into_response();
    if let Some(allow) = allow {
        explained.headers_mut().insert(header::ALLOW, allow);
    }
    explained
}

/// The counter's word.
fn why(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "credential",
        StatusCode::FORBIDDEN => "role",
        StatusCode::NOT_FOUND => "not there",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::PAYLOAD_TOO_LARGE => "too large",
        StatusCode::TOO_MANY_REQUESTS => "too often",
        status if status.is_server_error() => "not now",
        _ => "invalid",
    }
}

fn sentence(status: StatusCode, allow: Option<&axum::http::HeaderValue>) -> String {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            let takes = allow.and_then(|allow| allow.to_str().ok()).unwrap_or("GET");
            format!("This address takes {takes} only.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            format!("A request may have {MESSAGE_BYTES} bytes; this one has more.")
        }
        status if status.is_server_error() => {
            "The hub could not answer this; its log says why.".to_owned()
        }
        _ => "The request has a parameter that is unknown here or can't be read; /v1/openapi.json lists them.".to_owned(),
    }
}
