//! A list whose elements are fetched one by one, some at a time.
//!
//! An element that could not be fetched stays unasked and comes again with the
//! next poll; one that is gone (404, 410) is told and left.

use axum::http::{HeaderMap, Method, StatusCode};
use futures_util::{StreamExt, stream};
use reqwest::Url;
use serde_json::Value;

use super::Work;
use super::round::{Rest, holds};
use crate::channels::Intake;
use crate::channels::address::{self, Known};
use crate::channels::file::{Body, ItemAt, Items, Request};
use crate::channels::map::delivery::{Delivery, NotADocument};
use crate::channels::map::scope::{Message, Scope};
use crate::channels::transport::calls::{Call, Failed};
use crate::channels::transport::cursors::Cursors;
use crate::channels::transport::pacing::{refusal, retry_after};
use crate::channels::transport::place::{Place, hash_of};

/// Where an element is; itself, when it does not say.
type Element = Result<Url, Value>;

/// What became of one element.
enum Came {
    /// It was read, or can't be.
    Read(Delivery),
    /// It is not there any more.
    Gone,
    /// It is to be asked for again.
    Not(Failed),
}

impl<I: Intake, C: Cursors> Work<'_, I, C> {
    /// Fetches the elements of `list` that were not asked for before, until their
    /// server wants to be left alone; and what is left for the next round.
    pub(super) async fn elements(
        &self,
        items: &Items,
        list: &Value,
        (at, next): (&Url, &mut Place),
    ) -> Result<(Delivery, Rest), Failed> {
        let mut elements = self.unasked(items, (list, at), next)?;
        let left = elements.len() > items.most;
        elements.truncate(items.most);
        if elements.is_empty() {
            self.with.health.heard(self.with.clock.now());
        }
        let fetches = elements
            .into_iter()
            .map(|(hash, element)| async move { (hash, self.element(element).await) });
        let mut all = stream::iter(fetches).buffered(items.at_once);
        let mut together = Delivery::default();
        let mut trouble = None;
        let mut gone = 0_u32;
        while let Some((hash, came)) = all.next().await {
            match came {
                Came::Read(delivery) => together.append(delivery),
                Came::Gone => gone += 1,
                Came::Not(Failed::Stopped) => return Err(Failed::Stopped),
                Came::Not(failed @ Failed::Trouble(_, Some(_))) => {
                    trouble = Some(failed);
                    break;
                }
                Came::Not(failed) => {
                    trouble.get_or_insert(failed);
                    continue;
                }
            }
            if items.once {
                next.asked.push_back(hash);
            }
        }
        if gone > 0 {
            let says = format!("{gone} elements of the list were not there any more.");
            self.with.health.warn(&says);
        }
        match trouble {
            Some(failed) if together.kept.is_empty() => Err(failed),
            Some(Failed::Trouble(says, asked)) => {
                self.with.health.warn(&says);
                Ok((together, Rest { left: true, asked }))
            }
            _ => Ok((together, Rest { left, asked: None })),
        }
    }

    /// The elements that were not asked for, each once, with what it is
    /// remembered by: its address and when it changed.
    fn unasked(
        &self,
        items: &Items,
        (list, at): (&Value, &Url),
        next: &Place,
    ) -> Result<Vec<(u64, Element)>, String> {
        let vars = &self.channel.vars;
        let message = Message::new(list, vars);
        let mut elements: Vec<(u64, Element)> = Vec::new();
        let mut wrong = None;
        items.each.walk(&Scope::top(&message), &mut |element, _| {
            if items.skip_when.as_ref().is_some_and(|w| holds(w, element)) {
                return true;
            }
            let (memory, element) = match self.address(items, element, at) {
                Ok(Some(url)) => {
                    let changed = element.get("updated").and_then(Value::as_str);
                    (format!("{url} {}", changed.unwrap_or("")), Ok(url))
                }
                Ok(None) => (element.to_string(), Err(element.clone())),
                Err(says) => {
                    wrong = Some(says);
                    return false;
                }
            };
            let hash = hash_of(memory.as_bytes());
            let known = items.once && !next.is_unasked(hash);
            if !known && !elements.iter().any(|(h, _)| *h == hash) {
                elements.push((hash, element));
            }
            true
        });
        wrong.map_or(Ok(elements), Err)
    }

    async fn element(&self, element: Element) -> Came {
        let url = match element {
            Ok(url) => url,
            Err(element) => {
                let why = "This element of the list has no link.".to_owned();
                let raw = element.to_string().into();
                return Came::Read(Delivery::unmapped(self.channel.name(), why, raw));
            }
        };
        // Elements are fetched as the list is, but always by GET.
        let request = Request {
            method: Method::GET,
            body: Body::None,
            ..self.source.request.clone()
        };
        let call = Call {
            request: &request,
            url: Some(url),
            known: &Known::new(),
            headers: HeaderMap::new(),
            within: self.source.timeout,
        };
        let came = match self.calls.fetch(self.channel, &call, self.with).await {
            Ok(came) => came,
            Err(failed) => return Came::Not(failed),
        };
        match came.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Came::Gone,
            status => {
                let asked = retry_after(&came.headers, self.with.clock.now());
                return Came::Not(Failed::Trouble(refusal(status, asked), asked));
            }
        }
        // Some vendors answer "null" for what does not exist.
        if came.body.trim_ascii() == b"null" {
            return Came::Gone;
        }
        match self.read(&came.body) {
            Ok(delivery) => Came::Read(delivery),
            Err(error @ NotADocument::Peer(_)) => {
                Came::Not(Failed::Trouble(error.to_string(), None))
            }
            Err(error) => {
                let why = error.to_string();
                Came::Read(Delivery::unmapped(self.channel.name(), why, came.body))
            }
        }
    }

    fn address(&self, items: &Items, element: &Value, list: &Url) -> Result<Option<Url>, String> {
        match &items.at {
            ItemAt::Links(links) => {
                let link = links.iter().find_map(|at| at.walk(element)?.as_str());
                Ok(link.and_then(|link| list.join(link).ok()))
            }
            ItemAt::Template(written) => {
                let mut known = Known::new();
                // A number is put into an address as its digits.
                let item = match element {
                    Value::Number(number) => Value::String(number.to_string()),
                    other => other.clone(),
                };
                known.insert("item".to_owned(), item);
                address::url(self.channel, written, &known).map(Some)
            }
        }
    }
}
