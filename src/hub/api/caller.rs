//! Who asks: a bearer token or a client certificate, opened by `auth`.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::extract::connect_info::ConnectInfo;
use axum::http::header;
use axum::http::request::Parts;

use super::problem::Problem;
use crate::hub::Hub;
use crate::hub::auth::{AccessError, Credential, Grant};
use crate::hub::listen::PeerInfo;
use crate::model::officer::Officer;
use crate::store::EventLog;

/// An officer who was let in.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub officer: Arc<Officer>,
    /// By what; a session asks whether it still holds.
    pub grant: Grant,
}

impl<L: EventLog> FromRequestParts<Arc<Hub<L>>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub<L>>) -> Result<Self, Problem> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<PeerInfo>>()
            .map(|ConnectInfo(peer)| peer);
        let peer = peer.ok_or_else(|| {
            Problem::unavailable("The hub does not know where this request came from.".to_owned())
        })?;
        // Nothing at all is no guess: whoever watches `/healthz` sends nothing,
        // and must not be counted among those who try tokens.
        if peer.client_cert.is_none() && !parts.headers.contains_key(header::AUTHORIZATION) {
            return Err(Problem::unauthorised(AccessError::Nothing.to_string()));
        }
        let bearer = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(Credential::bearer);
        let certificate = peer.client_cert.clone().map(Credential::Certificate);
        let credential = bearer.or(certificate);
        let opened = hub
            .access
            .authenticate(credential.as_ref(), peer.addr.ip(), hub.clock.now());
        opened
            .map(|grant| Self {
                officer: Arc::new(hub.with_teams(grant.officer.clone())),
                grant,
            })
            .map_err(|error| match error {
                AccessError::Throttled { .. } => Problem::throttled(error.to_string()),
                _ => Problem::unauthorised(error.to_string()),
            })
    }
}
