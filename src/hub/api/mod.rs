//! Every route of the hub, described by an OpenAPI document that it serves.
//!
//! - [`caller`]: who asks; every route but `/healthz` and the channels' doors
//!   needs a credential.
//! - [`stream`]: the WebSocket. [`items`], [`events`], [`search`],
//!   [`commands`]: the same for scripts.
//! - [`channels`]: `/in/{channel}`, guarded by the channel's own verification,
//!   and `/v1/channels`.
//! - [`upkeep`]: erasures and legal holds, for administrators.
//! - [`status`]: `/healthz` and `/metrics`.
//! - [`refusal`]: what every refusal has: one sentence, and a place in the counters.
//! - [`openapi`]: the description, generated from the types.

pub mod caller;
pub mod channels;
pub mod commands;
pub mod events;
pub mod items;
pub mod openapi;
pub mod problem;
pub mod refusal;
pub mod search;
pub mod status;
pub mod stream;
pub mod upkeep;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

use super::Hub;
use crate::store::EventLog;
use crate::wire::limits::MESSAGE_BYTES;

/// The router over a running hub.
pub fn router<L: EventLog>(hub: Arc<Hub<L>>) -> Router {
    Router::new()
        .route("/v1/stream", get(stream::open::<L>))
        .route("/v1/items", get(items::list::<L>))
        .route("/v1/items/{item}", get(items::one::<L>))
        .route("/v1/items/{item}/history", get(items::history::<L>))
        .route("/v1/items/{item}/raw", get(items::raw::<L>))
        .route("/v1/search", get(search::search::<L>))
        .route("/v1/events", get(events::list::<L>))
        .route("/v1/commands", post(commands::give::<L>))
        .route("/v1/channels", get(channels::list::<L>))
        .route("/v1/openapi.json", get(openapi::document::<L>))
        .route("/v1/schemas.json", get(openapi::frames::<L>))
        .route("/metrics", get(status::metrics::<L>))
        .route("/healthz", get(status::healthz::<L>))
        .fallback(status::nowhere)
        .layer(DefaultBodyLimit::max(MESSAGE_BYTES))
        .layer(from_fn_with_state(Arc::clone(&hub), refusal::explain::<L>))
        // Counts and explains by itself, in the words of the channel.
        .route("/in/{channel}", any(channels::deliver::<L>))
        // For vendors whose only credential is the address.
        .route("/in/{channel}/{token}", any(channels::deliver::<L>))
        // And that put what they do behind the address that they are given.
        .route("/in/{channel}/{token}/{does}", any(channels::deliver::<L>))
        .with_state(hub)
}
