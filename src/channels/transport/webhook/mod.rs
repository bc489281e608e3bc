//! Webhooks: what `/in/{channel}` does with a request.
//!
//! Address, credential and signature first, over the raw bytes; then handshake,
//! decompression and map. [`Webhook::receive`] is a pure function; [`Webhook::serve`]
//! hands over and answers only when the intake says that it is durable. Called
//! by the hub's route.
//!
//! - [`verify`]: who may post; [`handshake`]: what vendors ask first.
//! - `issued` and `keys`: signatures with keys that vendors publish.
//! - `naming`: what vendors want a name of ours for.
//! - [`body`]: encodings, sizes, CloudEvents in headers; [`answer`]: answers;
//!   [`delivered`]: what waits for the intake.

mod answer;
mod body;
mod delivered;
mod handshake;
mod issued;
mod keys;
mod naming;
mod verify;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use bytes::Bytes;

pub use answer::Answer;
use answer::Told;
pub use delivered::Delivered;
use handshake::Asked;
pub(in crate::channels) use keys::KeyRing;

use super::deliver;
use crate::channels::Intake;
use crate::channels::file::{Respond, Transport, WebhookSource};
use crate::channels::health::HealthHandle;
use crate::channels::map::delivery::NotADocument;
use crate::channels::registry::Channel;
use crate::channels::reply::answered;
use crate::model::inbound::Inbound;
use crate::model::time::Timestamp;

/// A request as the hub has it, body whole.
#[derive(Clone, Debug)]
pub struct Request<'r> {
    /// GET, POST or OPTIONS.
    pub method: &'r Method,
    /// What follows the channel's name in the path; empty when nothing does.
    pub path: &'r str,
    /// What follows "?" in the URL; empty when nothing does.
    pub query: &'r str,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// Who sent it: behind a trusted proxy, whom that names.
    pub peer: IpAddr,
    /// The names in the certificate that it showed and TLS verified; none
    /// without one.
    pub names: &'r [String],
    /// The hub's clock.
    pub now: Timestamp,
}

/// What a request came to.
#[derive(Debug)]
pub enum Received {
    /// It is answered; there is nothing to keep.
    Answer(Answer),
    /// There is something to keep; the answer depends on that.
    Deliver(Delivered),
    /// The vendor wants this URL called before it delivers.
    Confirm(String),
}

/// A webhook channel.
#[derive(Clone, Debug)]
pub struct Webhook {
    channel: Arc<Channel>,
}

impl Webhook {
    /// The webhook of `channel`; none when it is not one.
    #[must_use]
    pub fn of(channel: &Arc<Channel>) -> Option<Self> {
        channel.is_webhook().then(|| Self {
            channel: Arc::clone(channel),
        })
    }

    /// The largest body to read before refusing with 413.
    #[must_use]
    pub fn max_body_bytes(&self) -> usize {
        self.channel.max_body_bytes()
    }

    /// How long the body may take; nothing for what is no webhook.
    #[must_use]
    pub fn within(&self) -> Duration {
        match &self.channel.file.transport {
            Transport::Webhook(source) => source.timeout,
            _ => Duration::ZERO,
        }
    }

    /// The answer to a body that took longer.
    #[must_use]
    pub fn too_slow(&self) -> Answer {
        answer::too_slow(self.within())
    }

    /// The answer to a body that the hub did not read to its end.
    #[must_use]
    pub fn too_large(&self) -> Answer {
        answer::too_large(self.max_body_bytes())
    }

    /// Fetches the vendor's key that a request is signed with, where it is not
    /// known yet; to be called before [`Webhook::receive`].
    pub async fn prepare(&self, request: &Request<'_>) {
        if let Transport::Webhook(source) = &self.channel.file.transport {
            keys::prepare(&self.channel, source, request).await;
        }
    }

    /// Verifies, decodes and maps a request.
    #[must_use]
    pub fn receive(&self, request: &Request<'_>) -> Received {
        match self.look(request) {
            Ok(received) => received,
            Err(answer) => Received::Answer(answer),
        }
    }

    /// Takes a request in: verifies, hands over, waits until it is durable, and
    /// answers. Counts on `health`.
    pub async fn serve<I: Intake>(
        &self,
        request: &Request<'_>,
        intake: &I,
        health: &HealthHandle,
    ) -> Answer {
        self.prepare(request).await;
        let received = self.receive(request);
        self.conclude((received, request.now), intake, health).await
    }

    /// The second half of [`Webhook::serve`]: what was received at that moment is
    /// handed over.
    pub async fn conclude<I: Intake>(
        &self,
        (received, now): (Received, Timestamp),
        intake: &I,
        health: &HealthHandle,
    ) -> Answer {
        let mut delivered = match received {
            Received::Deliver(delivered) => delivered,
            Received::Answer(answer) => {
                if answer.status >= 400 {
                    health.refused(&answer.says);
                }
                return answer;
            }
            Received::Confirm(url) => return self.confirm(&url, health).await,
        };
        for warning in &delivered.warnings {
            health.warn(warning);
        }
        let inbound = std::mem::take(&mut delivered.inbound);
        let failed = deliver::failed(&inbound);
        let outcome = if inbound.is_empty() {
            Ok(Vec::new())
        } else {
            intake.submit(self.channel.name(), inbound).await
        };
        match &outcome {
            Ok(receipts) => {
                deliver::tell_strays(&failed, receipts, health);
                let (items, unmapped) = delivered.counts();
                health.delivered(now, items, unmapped);
            }
            Err(error) => health.refused(&error.to_string()),
        }
        delivered.answer(&outcome)
    }

    /// Calls the URL that the vendor wants called, and says how that went.
    async fn confirm(&self, url: &str, health: &HealthHandle) -> Answer {
        let Transport::Webhook(source) = &self.channel.file.transport else {
            return answer::no_webhook();
        };
        match keys::confirm(&self.channel, source, url).await {
            Ok(()) => Answer::text(String::new()),
            Err(says) => {
                let says = format!("The subscription could not be confirmed: {says}");
                health.refused(&says);
                Answer::error(502, says)
            }
        }
    }

    fn look(&self, request: &Request<'_>) -> Result<Received, Answer> {
        let channel = &*self.channel;
        let Transport::Webhook(source) = &channel.file.transport else {
            return Err(answer::no_webhook());
        };
        if !channel.enabled() {
            return Err(answer::off());
        }
        verify::address(&channel.config.allow_ips, request.peer)?;
        verify::certificate(&channel.config.allow_certificates, request.names)?;
        if let Some(answer) = handshake::before(channel, source, request)? {
            return Ok(Received::Answer(answer));
        }
        if request.method != Method::POST {
            return Err(answer::not_posted());
        }
        if request.body.len() > channel.max_body_bytes() {
            return Err(self.too_large());
        }
        verify::credential(channel, source, request)?;
        verify::signature(channel, source, request)?;
        let document = body::document(request, source, channel.max_body_bytes())?;
        verify::field(channel, source, &document)?;
        issued::check(channel, source, (request, &document))?;
        match handshake::asked(source, &document) {
            Some(Asked::Answer(answer)) => return Ok(Received::Answer(answer)),
            Some(Asked::Confirm(url)) => return Ok(Received::Confirm(url)),
            None => {}
        }
        self.map(&document, source, request.now)
            .map(Received::Deliver)
    }

    fn map(
        &self,
        document: &Bytes,
        source: &WebhookSource,
        now: Timestamp,
    ) -> Result<Delivered, Answer> {
        let channel = &*self.channel;
        let reader = &channel.file.reader;
        let named = naming::vars(source, &channel.vars, (document, now));
        let vars = named.as_ref().unwrap_or(&channel.vars);
        let delivery =
            reader
                .read(document, vars, &channel.whose)
                .map_err(|error| match error {
                    NotADocument::Malformed(says) => Answer::error(400, says),
                    NotADocument::TooMany(_) | NotADocument::Peer(_) => {
                        Answer::error(422, error.to_string())
                    }
                })?;
        let mut inbound = delivery.inbound.iter();
        let told = delivery
            .kept
            .iter()
            .map(|kept| match (kept, kept.then(|| inbound.next())) {
                (true, Some(Some(Inbound::Unmapped { why, .. }))) => Told::Kept(Some(why.clone())),
                (true, _) => Told::Kept(None),
                (false, _) => Told::LeftOut,
            });
        Ok(Delivered {
            told: told.collect(),
            warnings: delivery.warnings,
            unmapped_status: source.unmapped_status,
            respond: match &named {
                Some(vars) => naming::answer(source, vars, document),
                None => self.respond(document, source),
            },
            inbound: delivery.inbound,
        })
    }

    /// The vendor's own answer, with what it needs of the delivery filled in.
    fn respond(&self, document: &Bytes, source: &WebhookSource) -> Option<Answer> {
        match source.respond.as_ref()? {
            Respond::Text(text, kind) => Some(Answer::of_type(text, kind)),
            Respond::Json(shape) => {
                let root: serde_json::Value = serde_json::from_slice(document).ok()?;
                let filled = answered(shape, &self.channel.vars, &root);
                Some(Answer::json(200, filled.ok()?.to_string()))
            }
        }
    }
}
