//! `/in/{channel}`: a channel's door, guarded by the channel's own verification
//! and good for nothing else; and `GET /v1/channels`: how they are.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Collected, Limited};

use super::caller::Caller;
use super::problem::Problem;
use crate::channels::health::HealthHandle;
use crate::channels::transport::webhook::{self, Answer, Webhook};
use crate::channels::transport::websub::Subscriber;
use crate::hub::Hub;
use crate::hub::listen::PeerInfo;
use crate::model::ids::ChannelName;
use crate::model::time::Timestamp;
use crate::store::EventLog;
use crate::wire::frames::ChannelHealth;

/// `GET /v1/channels`.
pub async fn list<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    _caller: Caller,
) -> Json<Vec<ChannelHealth>> {
    Json(hub.channels())
}

/// Whatever is sent to a channel's door. Answered after the durable write.
pub async fn deliver<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    Path(address): Path<Vec<String>>,
    request: Request,
) -> Response {
    let mut address = address.into_iter();
    let name = address.next().unwrap_or_default();
    let rest = address.next().unwrap_or_default();
    if let Some((subscriber, health)) = ChannelName::new(&name)
        .ok()
        .and_then(|name| hub.hearing.subscriber(&name))
    {
        return told_of(&subscriber, &health, request, hub.clock.now()).await;
    }
    let door = ChannelName::new(&name)
        .ok()
        .and_then(|name| hub.hearing.door(&name));
    let Some((webhook, health)) = door else {
        hub.metrics.refused("in", "unknown channel");
        let says = "There is no such channel here. Its name is the last part of the address; `watchfloor channels` lists those that there are.";
        return Problem::not_found(says.to_owned()).into_response();
    };
    let (parts, body) = request.into_parts();
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<PeerInfo>>() else {
        return Problem::unavailable("The hub does not know where this came from.".to_owned())
            .into_response();
    };
    let body = match read(body, &webhook).await {
        Ok(body) => body,
        Err(answer) => {
            hub.metrics.refused(&name, "body");
            health.refused(&answer.says);
            return told(answer);
        }
    };
    // A connection may be older than the certificate's revocation.
    let shown = peer.client_cert.as_ref();
    let shown = shown.filter(|cert| hub.access.is_still_good(cert));
    let names = shown.into_iter().flat_map(|cert| &cert.names);
    let names: Vec<String> = names.map(ToString::to_string).collect();
    let request = webhook::Request {
        method: &parts.method,
        path: &rest,
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body,
        peer: peer.addr.ip().to_canonical(),
        names: &names,
        now: hub.clock.now(),
    };
    webhook.prepare(&request).await;
    let received = {
        let _turn = hub.hearing.turn(request.body.len()).await;
        webhook.receive(&request)
    };
    let answer = webhook
        .conclude((received, request.now), &hub.desk, &health)
        .await;
    if answer.status >= 400 {
        hub.metrics.refused(&name, "delivery");
    }
    told(answer)
}

/// Largest feed that a hub may push, and longest that it waits for an answer.
const PUSHED: usize = 8 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest that it may take to arrive.
const ARRIVES: Duration = Duration::from_mins(1);

/// What a feed's hub asks or tells at the feed's door.
async fn told_of(
    subscriber: &Subscriber,
    health: &HealthHandle,
    request: Request,
    now: Timestamp,
) -> Response {
    let (parts, body) = request.into_parts();
    let answered = match parts.method {
        Method::GET => subscriber.verify(parts.uri.query().unwrap_or_default(), now),
        Method::POST => {
            let whole = Limited::new(body, PUSHED).collect();
            let body = match tokio::time::timeout(ARRIVES, whole).await {
                Ok(Ok(body)) => body,
                Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
                Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
            };
            let refused = |why: &str| health.refused(why);
            let pushed = subscriber.pushed(&parts.headers, body.to_bytes(), refused);
            match tokio::time::timeout(PATIENCE, pushed).await {
                Ok(answered) => answered,
                Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }
        }
        _ => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    let status = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // A challenge is the hub's own text: nothing may take it for a page.
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, kind, answered.body).into_response()
}

/// The body whole, as long as the channel allows it to be and to take.
async fn read(body: Body, webhook: &Webhook) -> Result<Bytes, Answer> {
    // The other error is a sender that went away: nobody reads that answer.
    let whole = Limited::new(body, webhook.max_body_bytes()).collect();
    let whole = tokio::time::timeout(webhook.within(), whole).await;
    whole
        .map_err(|_| webhook.too_slow())?
        .map(Collected::to_bytes)
        .map_err(|_| webhook.too_large())
}

fn told(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(answer.content_type),
    );
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
