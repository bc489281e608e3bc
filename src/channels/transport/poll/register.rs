//! What has to be asked before the first poll, as for an event queue, and what
//! happens when the server has forgotten it.

use axum::http::HeaderMap;
use serde_json::Value;

use super::Work;
use super::round::holds;
use crate::channels::Intake;
use crate::channels::map::scope::scalar;
use crate::channels::transport::calls::{Call, Failed};
use crate::channels::transport::cursors::Cursors;
use crate::channels::transport::pacing::{refusal, retry_after};
use crate::channels::transport::place::Place;

impl<I: Intake, C: Cursors> Work<'_, I, C> {
    /// Registers, and keeps what that gave.
    pub(super) async fn register(&self, place: &mut Option<Place>) -> Result<(), Failed> {
        let Some(register) = &self.source.register else {
            return Ok(());
        };
        let known = self.known(place.as_ref());
        let call = Call {
            request: &register.request,
            url: None,
            known: &known,
            headers: HeaderMap::new(),
            within: self.source.timeout,
        };
        let came = self.calls.fetch(self.channel, &call, self.with).await?;
        if !came.status.is_success() {
            let asked = retry_after(&came.headers, self.with.clock.now());
            return Err(Failed::Trouble(refusal(came.status, asked), asked));
        }
        let answer: Value = serde_json::from_slice(&came.body).unwrap_or_default();
        let mut next = place.clone().unwrap_or_default();
        for (name, at) in &register.take {
            let found = at.walk(&answer).and_then(scalar);
            let found = found.ok_or_else(|| {
                let says = format!("The registration was answered without \"{name}\".");
                Failed::Trouble(says, None)
            })?;
            next.registered.insert(name.clone(), found.into_owned());
        }
        // Where there is nothing to take, that it was done is remembered.
        next.registered.insert("done".to_owned(), "yes".to_owned());
        if let Some(at) = &register.cursor {
            next.cursor = at.walk(&answer).and_then(scalar).map(Into::into);
        }
        self.with.health.up(self.with.clock.now());
        self.keep(place, next).await;
        Ok(())
    }

    /// Forgets the registration when `document` says that the server has.
    pub(super) async fn forgotten(
        &self,
        document: Option<&Value>,
        place: &mut Option<Place>,
    ) -> Result<(), Failed> {
        let lost = self
            .source
            .register
            .as_ref()
            .and_then(|r| r.lost_when.as_ref());
        let (Some(when), Some(document)) = (lost, document) else {
            return Ok(());
        };
        if !holds(when, document) {
            return Ok(());
        }
        let mut next = place.clone().unwrap_or_default();
        next.registered.clear();
        next.cursor = None;
        self.keep(place, next).await;
        let says = "The server has forgotten the registration: it is made anew, and what came meanwhile may be missing.";
        self.with.health.warn(says);
        Err(Failed::Trouble(says.to_owned(), None))
    }
}
