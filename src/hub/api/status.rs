//! `/healthz` for whoever watches the hub, `/metrics` for Prometheus.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::Caller;
use super::problem::Problem;
use crate::hub::Hub;
use crate::store::EventLog;

/// How the hub is, without a word on what is in it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HealthAnswer {
    /// "ok" or "degraded".
    pub status: &'static str,
    /// What is wrong, a sentence each. Only for those with a credential.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<String>,
    /// The program's version. Only for those with a credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'static str>,
}

/// `GET /healthz`: 200 while the hub takes things, 503 while it can't.
pub async fn healthz<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Result<Caller, Problem>,
) -> Response {
    let troubles = hub.trouble.list();
    let sound = troubles.is_empty() && !hub.desk.is_closed();
    let status = if sound {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let known = caller.is_ok();
    let answer = HealthAnswer {
        status: if sound { "ok" } else { "degraded" },
        troubles: if known { troubles } else { Vec::new() },
        version: known.then_some(env!("CARGO_PKG_VERSION")),
    };
    (status, Json(answer)).into_response()
}

/// `GET /metrics`.
pub async fn metrics<L: EventLog>(State(hub): State<Arc<Hub<L>>>, _caller: Caller) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], hub.metrics.text()).into_response()
}

/// Everything that is no route.
pub async fn nowhere() -> Problem {
    Problem::not_found("There is nothing here; /v1/openapi.json says what there is.".to_owned())
}
