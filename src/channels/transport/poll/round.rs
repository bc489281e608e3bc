//! One poll: its pages one after the other, what of them is new, and what the
//! server says about the next.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use reqwest::Url;
use serde_json::Value;

use super::{Done, Work};
use crate::channels::Intake;
use crate::channels::address::{self, Known};
use crate::channels::egress::Fetched;
use crate::channels::file::Next;
use crate::channels::map::cursor;
use crate::channels::map::delivery::{Delivery, NotADocument};
use crate::channels::map::reader::Form;
use crate::channels::map::scope::{Message, Scope, scalar};
use crate::channels::map::when::When;
use crate::channels::map::{feed, words};
use crate::channels::transport::calls::{Call, Failed};
use crate::channels::transport::cursors::Cursors;
use crate::channels::transport::deliver::deliver;
use crate::channels::transport::pacing::{link, max_age, refusal, retry_after};
use crate::channels::transport::place::Place;
use crate::model::time::Timestamp;

/// Where the next page of a round is.
#[derive(Clone, Debug, PartialEq)]
enum Page {
    /// The first.
    First,
    /// At this address.
    At(Url),
    /// What templates see as `page`.
    Named(String),
}

/// What a page leaves for the next round.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Whether elements of its list were left.
    pub(super) left: bool,
    /// How long their server wants to be left alone.
    pub(super) asked: Option<Duration>,
}

/// One page, read.
struct Read {
    document: Value,
    headers: HeaderMap,
    url: Url,
    delivery: Delivery,
    /// What is left of it for the next round.
    rest: Rest,
}

impl<I: Intake, C: Cursors> Work<'_, I, C> {
    /// One poll.
    pub(super) async fn round(&self, place: &mut Option<Place>) -> Result<Done, Failed> {
        if self.source.register.is_some() && place.as_ref().is_none_or(|p| p.registered.is_empty())
        {
            self.register(place).await?;
        }
        let first = place
            .as_ref()
            .is_none_or(|p| p.seen.is_empty() && p.cursor.is_none());
        let oldest = first.then(|| self.oldest()).flatten();
        let mut next = place.clone().unwrap_or_default();
        let mut done = Done::default();
        let mut page = self.first_page();
        let mut pages = 0;
        loop {
            let Some(mut read) = self.page(&page, place, &mut next, &mut done).await? else {
                break;
            };
            pages += 1;
            if !self.source.oldest_first {
                // The floor wants things as they happened.
                read.delivery.inbound.reverse();
            }
            let keep = self.source.keep.max(read.delivery.inbound.len());
            let fresh = next.news(std::mem::take(&mut read.delivery), oldest);
            next.forget(keep);
            let news = !fresh.inbound.is_empty();
            done.news |= news;
            deliver(self.channel.name(), fresh, self.with).await?;
            done.more |= read.rest.left;
            done.asked = done.asked.max(read.rest.asked);
            match self.following(&page, &read, news) {
                None => break,
                Some(_) if pages >= self.source.pages.as_ref().map_or(1, |p| p.most) => {
                    self.capped(first, &mut done);
                    break;
                }
                Some(following) => page = following,
            }
        }
        self.keep(place, next).await;
        Ok(done)
    }

    /// Before which moment things are too old to be taken at the first poll.
    fn oldest(&self) -> Option<Timestamp> {
        let own = self.channel.config.first_poll_within;
        let within = own.or(self.source.first_poll_within)?;
        Some(self.with.clock.now().minus(within))
    }

    fn first_page(&self) -> Page {
        match self.source.pages.as_ref().map(|p| &p.next) {
            Some(Next::Number(from)) => Page::Named(from.to_string()),
            _ => Page::First,
        }
    }

    /// What templates see beside `vars` and `secret`.
    pub(super) fn known(&self, place: Option<&Place>) -> Known {
        let now = self.with.clock.now();
        let start = self.oldest().unwrap_or(now);
        let mut known = Known::new();
        let mut know = |name: &str, value: Value| known.insert(name.to_owned(), value);
        know("now", now.to_string().into());
        know("now_s", (now.as_millis() / 1000).into());
        know("start", start.to_string().into());
        know("start_s", (start.as_millis() / 1000).into());
        if let Some(place) = place {
            if let Some(cursor) = &place.cursor {
                know("cursor", cursor.as_str().into());
            }
            let registered = place.registered.iter();
            let registered = registered.map(|(k, v)| (k.clone(), Value::from(v.as_str())));
            know("registered", Value::Object(registered.collect()));
        }
        known
    }

    /// Fetches and reads a page; none when nothing changed since the last poll.
    async fn page(
        &self,
        page: &Page,
        place: &mut Option<Place>,
        next: &mut Place,
        done: &mut Done,
    ) -> Result<Option<Read>, Failed> {
        let mut known = self.known(place.as_ref());
        let mut url = None;
        match page {
            Page::First => {}
            Page::At(at) => url = Some(at.clone()),
            Page::Named(name) => drop(known.insert("page".to_owned(), name.as_str().into())),
        }
        let mut headers = HeaderMap::new();
        let first = *page == self.first_page();
        if let Some(place) = place.as_ref().filter(|_| self.source.conditional && first) {
            place.condition(&mut headers);
        }
        let call = Call {
            request: &self.source.request,
            url,
            known: &known,
            headers,
            within: self.source.timeout,
        };
        let came = self.calls.fetch(self.channel, &call, self.with).await?;
        let at = match call.url {
            Some(at) => at,
            None => address::url(self.channel, &self.source.request.url, &known)?,
        };
        if came.status == StatusCode::NOT_MODIFIED || came.status == StatusCode::NO_CONTENT {
            self.with.health.up(self.with.clock.now());
            self.with.health.heard(self.with.clock.now());
            done.asked = done.asked.max(max_age(&came.headers));
            return Ok(None);
        }
        let document = match self.document(&came.body) {
            // What a server that is not well has to say may be a page of HTML.
            Err(_) if came.status != StatusCode::OK => None,
            read => read?,
        };
        let asked = self.asked(&came, document.as_ref());
        self.forgotten(document.as_ref(), place).await?;
        if came.status != StatusCode::OK {
            return Err(Failed::Trouble(
                self.refused(&came, document.as_ref(), asked),
                asked,
            ));
        }
        self.with.health.up(self.with.clock.now());
        done.asked = done.asked.max(asked);
        let document = document.unwrap_or_default();
        let (delivery, rest) = self.delivery(&came.body, &document, (&at, next)).await?;
        if self.source.conditional && first && !rest.left {
            next.validators(&came.headers);
        }
        self.go_on(&document, next, first);
        Ok(Some(Read {
            document,
            headers: came.headers,
            url: at,
            delivery,
            rest,
        }))
    }

    /// The vendor's cursor after `document`. Where pages go back in time, that
    /// of the first counts.
    fn go_on(&self, document: &Value, next: &mut Place, first: bool) {
        let Some(rule) = &self.source.cursor else {
            return;
        };
        let Some(found) = cursor::find(rule, document) else {
            return;
        };
        let behind = next
            .cursor
            .as_ref()
            .is_some_and(|c| cursor::is_behind(&found, c));
        if !behind && (first || self.source.oldest_first) {
            next.cursor = Some(found);
        }
    }

    /// The document as a tree, for what is looked up in it beside the map. A
    /// feed is read by the map alone, unless it is a list.
    fn document(&self, body: &Bytes) -> Result<Option<Value>, Failed> {
        let list = self.source.items.as_ref().map(|items| items.list);
        match list {
            Some(Form::Feed) => Ok(Some(feed::decode(body)?)),
            _ => Ok(serde_json::from_slice(body).ok()),
        }
    }

    /// What the map makes of a page.
    async fn delivery(
        &self,
        body: &Bytes,
        document: &Value,
        (at, next): (&Url, &mut Place),
    ) -> Result<(Delivery, Rest), Failed> {
        if let Some(items) = &self.source.items {
            return self.elements(items, document, (at, next)).await;
        }
        let read = self.read(body);
        read.map(|delivery| (delivery, Rest::default()))
            .map_err(|error| {
                self.with.health.refused(&error.to_string());
                Failed::Trouble(error.to_string(), None)
            })
    }

    /// What the map makes of a document.
    pub(super) fn read(&self, body: &Bytes) -> Result<Delivery, NotADocument> {
        let channel = self.channel;
        channel
            .file
            .reader
            .read(body, &channel.vars, &channel.whose)
    }

    /// How long the server wants to be left alone: as its headers or the
    /// document say.
    fn asked(&self, came: &Fetched, document: Option<&Value>) -> Option<Duration> {
        let now = self.with.clock.now();
        let said = self.source.backoff.as_ref().and_then(|(at, unit)| {
            let number = scalar(at.walk(document?)?)?.parse::<f64>().ok()?;
            Duration::try_from_secs_f64(number * f64::from(*unit) / 1000.0).ok()
        });
        said.max(retry_after(&came.headers, now))
    }

    /// A status other than 200 in a sentence, with the server's own words.
    fn refused(&self, came: &Fetched, document: Option<&Value>, asked: Option<Duration>) -> String {
        let says = refusal(came.status, asked);
        let places = [
            "/error/message",
            "/error",
            "/message",
            "/description",
            "/error_message",
            "/detail",
            "/msg",
        ];
        let words = document.and_then(|d| places.iter().find_map(|at| d.pointer(at)?.as_str()));
        match words {
            Some(words) => {
                let words = words::plain(&self.channel.without_secrets(words));
                format!("{says} It says: {words}.")
            }
            None => says,
        }
    }

    /// Where the page after `read` is; none when it was the last.
    fn following(&self, page: &Page, read: &Read, news: bool) -> Option<Page> {
        let pages = self.source.pages.as_ref()?;
        if let Some(when) = &pages.more_when
            && !holds(when, &read.document)
        {
            return None;
        }
        // Behind a page of known things there are only older ones.
        if !news && !self.source.oldest_first {
            return None;
        }
        let following = match &pages.next {
            Next::Url(at) => {
                let link = at.walk(&read.document).and_then(Value::as_str)?;
                Page::At(read.url.join(link).ok()?)
            }
            Next::Link => Page::At(read.url.join(&link(&read.headers, "next")?).ok()?),
            Next::Token(at) => Page::Named(scalar(at.walk(&read.document)?)?.into_owned()),
            Next::Number(_) => match page {
                Page::Named(number) if news => {
                    Page::Named(number.parse::<u64>().ok()?.checked_add(1)?.to_string())
                }
                _ => return None,
            },
        };
        (following != *page).then_some(following)
    }

    /// There is more than the pages that are fetched of one poll.
    fn capped(&self, first: bool, done: &mut Done) {
        if self.source.oldest_first {
            done.more = true;
        } else if !first {
            self.with.health.warn(
                "More came since the last poll than its pages hold, and the oldest of it was not fetched: poll more often, or raise pages.most.",
            );
        }
    }
}

/// Whether `when` holds for a whole document.
pub(super) fn holds(when: &When, document: &Value) -> bool {
    let vars = std::collections::BTreeMap::new();
    let message = Message::new(document, &vars);
    when.holds(&Scope::top(&message))
}
