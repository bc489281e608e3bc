//! HTTP calls of one channel: address and headers filled in, credentials put on
//! and renewed once, the budget kept, the answer under guard.

use std::time::Duration;

use axum::http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use reqwest::Url;
use serde_json::Value;
use tokio::sync::Mutex;

use super::Running;
use super::cursors::Cursors;
use super::deliver::pause;
use super::pacing::{Budget, allowance};
use crate::channels::Intake;
use crate::channels::address::{self, Known};
use crate::channels::egress::{Fetched, Fetcher, Guard, NotFetched, Opened, Wanted};
use crate::channels::file::Request;
use crate::channels::registry::Channel;
use crate::channels::session::Session;
use crate::model::time::Timestamp;

/// Why a transport's work came to nothing.
#[derive(Clone, Debug)]
pub(super) enum Failed {
    /// The task has to end.
    Stopped,
    /// A sentence, and how long the server wants to be left alone.
    Trouble(String, Option<Duration>),
}

impl From<super::deliver::Stopped> for Failed {
    fn from(_: super::deliver::Stopped) -> Self {
        Self::Stopped
    }
}

impl From<String> for Failed {
    fn from(says: String) -> Self {
        Self::Trouble(says, None)
    }
}

impl From<NotFetched> for Failed {
    fn from(error: NotFetched) -> Self {
        Self::Trouble(error.to_string(), None)
    }
}

/// What a channel calls with.
#[derive(Debug)]
pub(super) struct Calls {
    fetcher: Fetcher,
    session: Session,
    budget: Option<Mutex<Budget>>,
}

/// A call: where, with what, and within which bounds.
pub(super) struct Call<'c> {
    pub(super) request: &'c Request,
    /// Instead of the request's own URL: a page's, an element's.
    pub(super) url: Option<Url>,
    pub(super) known: &'c Known,
    /// Headers of the transport's own.
    pub(super) headers: HeaderMap,
    pub(super) within: Duration,
}

/// A call with everything filled in.
struct Made {
    url: Url,
    headers: HeaderMap,
    body: bytes::Bytes,
}

impl Made {
    fn wanted(&self, call: &Call<'_>, most_bytes: usize) -> Wanted<'_> {
        Wanted {
            method: call.request.method.clone(),
            url: &self.url,
            headers: &self.headers,
            body: self.body.clone(),
            most_bytes,
            within: call.within,
        }
    }
}

fn refused() -> Failed {
    "The server refuses the login's token.".to_owned().into()
}

impl Calls {
    /// What `channel` calls `request` with: its host, and `hosts`.
    ///
    /// # Errors
    /// A sentence: the address is none.
    pub(super) fn new<I: Intake, C: Cursors>(
        channel: &Channel,
        (request, hosts, rate): (&Request, &[String], Option<(u32, Duration)>),
        with: &Running<I, C>,
    ) -> Result<Self, String> {
        let session = Session::of(channel)?;
        let (url, hosts) = reach(channel, &request.url, hosts)?;
        let guard = Guard::new(&["http", "https"], (&url, &hosts), &channel.config);
        let budget = rate.map(|rate| Mutex::new(Budget::new(rate, with.clock.now())));
        Ok(Self {
            fetcher: Fetcher::new(guard)?,
            session,
            budget,
        })
    }

    /// Calls and takes the answer whole.
    pub(super) async fn fetch<I: Intake, C: Cursors>(
        &self,
        channel: &Channel,
        call: &Call<'_>,
        with: &Running<I, C>,
    ) -> Result<Fetched, Failed> {
        for last in [false, true] {
            let made = self.made(channel, call, with.clock.now()).await?;
            let wanted = made.wanted(call, channel.max_body_bytes());
            self.afford(with).await?;
            let came = self.fetcher.fetch(&wanted).await?;
            if last || !self.session.spent(came.status, &came.body).await {
                observe(&came.headers, with);
                return Ok(came);
            }
        }
        Err(refused())
    }

    /// Calls and leaves the body to be read as it comes.
    pub(super) async fn open<I: Intake, C: Cursors>(
        &self,
        channel: &Channel,
        call: &Call<'_>,
        with: &Running<I, C>,
    ) -> Result<Opened, Failed> {
        for last in [false, true] {
            let made = self.made(channel, call, with.clock.now()).await?;
            let wanted = made.wanted(call, channel.max_body_bytes());
            self.afford(with).await?;
            let opened = self.fetcher.open(&wanted).await?;
            let refused = opened.status == StatusCode::UNAUTHORIZED;
            if last || !refused || !self.session.spent(opened.status, &[]).await {
                return Ok(opened);
            }
        }
        Err(refused())
    }

    async fn made(
        &self,
        channel: &Channel,
        call: &Call<'_>,
        now: Timestamp,
    ) -> Result<Made, Failed> {
        let mut known = call.known.clone();
        let auth = self.session.known(channel, now).await?;
        if !auth.is_empty() {
            known.insert("auth".to_owned(), Value::Object(auth));
        }
        let mut url = match &call.url {
            Some(url) => url.clone(),
            None => address::url(channel, &call.request.url, &known)?,
        };
        let mut headers = address::headers(channel, &call.request.headers, &known)?;
        headers.extend(call.headers.clone());
        let body = address::body(channel, call.request, (&mut headers, &known))?;
        // A page or an element may lie elsewhere: our credentials go nowhere but
        // to the host of the channel's own address.
        if let Some(elsewhere) = &call.url {
            let home = address::url(channel, origin(&call.request.url), &Known::new());
            if home.is_ok_and(|home| home.origin() != elsewhere.origin()) {
                headers = harmless(&headers);
                headers.extend(call.headers.clone());
                return Ok(Made { url, headers, body });
            }
        }
        self.session
            .prove(channel, (&mut url, &mut headers), now)
            .await?;
        Ok(Made { url, headers, body })
    }

    /// Waits until the budget has a request left.
    async fn afford<I: Intake, C: Cursors>(&self, with: &Running<I, C>) -> Result<(), Failed> {
        let Some(budget) = &self.budget else {
            return Ok(());
        };
        let now = with.clock.now();
        let (wait, left) = {
            let mut budget = budget.lock().await;
            (budget.take(now), budget.left(now))
        };
        with.health.calls(left);
        if !wait.is_zero() && !pause(wait, with).await {
            return Err(Failed::Stopped);
        }
        Ok(())
    }
}

/// Looks at what the server says about its own budget.
fn observe<I: Intake, C: Cursors>(headers: &HeaderMap, with: &Running<I, C>) {
    let now = with.clock.now();
    let Some(told) = allowance(headers, now) else {
        return;
    };
    with.health.calls(told);
    if told.left == 0 {
        let seconds = told.until.since(now).as_secs().max(1);
        with.health.warn(&format!(
            "The server's budget of requests is used up for {seconds} s."
        ));
    }
}

/// What of the file's headers tells nobody who we are.
fn harmless(headers: &HeaderMap) -> HeaderMap {
    let names = [ACCEPT, CONTENT_TYPE, USER_AGENT];
    let kept = names
        .iter()
        .filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    kept.collect()
}

/// The host of `written`, which may have `cursor` and the like in its later
/// parts, and the hosts that the file names; a name in them may be a template.
fn reach(channel: &Channel, written: &str, hosts: &[String]) -> Result<(Url, Vec<String>), String> {
    let nothing = Known::new();
    let url = address::url(channel, origin(written), &nothing)?;
    let hosts = hosts.iter().map(|h| address::filled(channel, h, &nothing));
    Ok((url, hosts.collect::<Result<_, _>>()?))
}

/// Scheme and authority of a URL's template: what is before its path.
pub(super) fn origin(written: &str) -> &str {
    let scheme = written.find("://").map(|at| at + 3);
    let from = scheme
        .or_else(|| written.find("}}").map(|at| at + 2))
        .unwrap_or(0);
    let rest = written.get(from..).unwrap_or("");
    let path = ["/", "?", "{%"]
        .iter()
        .filter_map(|end| rest.find(end))
        .min();
    let end = path.map_or(written.len(), |at| from + at);
    written.get(..end).unwrap_or(written)
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn the_origin_of_a_template_is_what_is_before_its_path() {
        for (written, is) in [
            (
                "https://{{ vars.host }}/a?b={{ cursor }}",
                "https://{{ vars.host }}",
            ),
            (
                "{{ vars.scheme }}://x.example{% if cursor %}?c={{ cursor }}{% endif %}",
                "{{ vars.scheme }}://x.example",
            ),
            ("{{ vars.url }}/v0/{{ item }}", "{{ vars.url }}"),
            ("{{ vars.url }}", "{{ vars.url }}"),
        ] {
            assert_eq!(origin(written), is);
        }
    }
}
