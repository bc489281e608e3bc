//! Calls under guard: redirects checked one by one, size and time capped, gzip
//! unpacked with a bound.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use bytes::{Bytes, BytesMut};
use reqwest::{Client, Url};

use super::guard::{Guard, NotAllowed};
use crate::channels::map::words::plain;
use crate::channels::unpack::{NotUnpacked, gunzip};

/// Most redirects that are followed.
const REDIRECTS: usize = 5;
/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// Calls for one channel.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Fetcher {
    client: Client,
    guard: Guard,
}

/// What is to be called, how much may come and how long it may take.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Wanted<'w> {
    pub(in crate::channels) method: Method,
    pub(in crate::channels) url: &'w Url,
    pub(in crate::channels) headers: &'w HeaderMap,
    /// What is sent; empty for nothing.
    pub(in crate::channels) body: Bytes,
    pub(in crate::channels) most_bytes: usize,
    pub(in crate::channels) within: Duration,
}

/// What came.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Fetched {
    pub(in crate::channels) status: StatusCode,
    pub(in crate::channels) headers: HeaderMap,
    pub(in crate::channels) body: Bytes,
}

/// An answer whose body goes on and on.
#[derive(Debug)]
pub(in crate::channels) struct Opened {
    pub(in crate::channels) status: StatusCode,
    pub(in crate::channels) headers: HeaderMap,
    answer: reqwest::Response,
}

/// Why nothing came: a sentence.
#[derive(Clone, Debug, thiserror::Error)]
pub(in crate::channels) enum NotFetched {
    /// The guard refuses.
    #[error("{0}")]
    NotAllowed(#[from] NotAllowed),
    /// Too many redirects, or one to nowhere.
    #[error("The server redirects too often or to nowhere.")]
    Redirects,
    /// Something with a body was to go elsewhere.
    #[error(
        "The server redirects what is sent to it; put the address that it means into the channel."
    )]
    Moved,
    /// Larger than allowed.
    #[error("The answer is larger than {0} bytes.")]
    TooLarge(usize),
    /// Slower than allowed.
    #[error("The answer took longer than {} s.", .0.as_secs_f32())]
    TooSlow(Duration),
    /// Not what it says it is.
    #[error("The answer says that it is gzip and is not.")]
    Broken,
    /// Its certificate is not good: a sentence.
    #[error("{0}")]
    Certificate(&'static str),
    /// The connection failed.
    #[error("The server can't be reached: {0}.")]
    Failed(String),
}

impl Fetcher {
    /// A fetcher that calls only what `guard` allows.
    ///
    /// # Errors
    /// A sentence, when the HTTP client can't be set up.
    pub(in crate::channels) fn new(guard: Guard) -> Result<Self, String> {
        let client = built(client(&guard)?)?;
        Ok(Self { client, guard })
    }

    /// Calls and takes the answer whole.
    pub(in crate::channels) async fn fetch(
        &self,
        wanted: &Wanted<'_>,
    ) -> Result<Fetched, NotFetched> {
        let within = wanted.within;
        let whole = async {
            let answer = self.follow(wanted, "gzip").await?;
            body(answer, wanted.most_bytes).await
        };
        tokio::time::timeout(within, whole)
            .await
            .map_err(|_| NotFetched::TooSlow(within))?
    }

    /// Calls and leaves the body to be read as it comes: only the answer's
    /// head has to be there in time.
    pub(in crate::channels) async fn open(
        &self,
        wanted: &Wanted<'_>,
    ) -> Result<Opened, NotFetched> {
        let within = wanted.within;
        // Packed streams come in blocks, when somebody thinks that it pays.
        let answer = tokio::time::timeout(within, self.follow(wanted, "identity"))
            .await
            .map_err(|_| NotFetched::TooSlow(within))??;
        Ok(Opened {
            status: answer.status(),
            headers: answer.headers().clone(),
            answer,
        })
    }

    async fn follow(
        &self,
        wanted: &Wanted<'_>,
        encoding: &'static str,
    ) -> Result<reqwest::Response, NotFetched> {
        let mut url = wanted.url.clone();
        for _ in 0..=REDIRECTS {
            self.guard.url(&url)?;
            let mut request = self.client.request(wanted.method.clone(), url.clone());
            // Credentials are for the host that the operator named, no other.
            if url.origin() == wanted.url.origin() {
                request = request.headers(wanted.headers.clone());
            }
            if !wanted.body.is_empty() {
                request = request.body(wanted.body.clone());
            }
            let answer = request
                .header(
                    HeaderName::from_static("accept-encoding"),
                    HeaderValue::from_static(encoding),
                )
                .send()
                .await
                .map_err(failed)?;
            if !answer.status().is_redirection() || answer.status() == StatusCode::NOT_MODIFIED {
                return Ok(answer);
            }
            if wanted.method != Method::GET {
                return Err(NotFetched::Moved);
            }
            let to = answer
                .headers()
                .get("location")
                .and_then(|l| l.to_str().ok());
            url = to
                .and_then(|to| url.join(to).ok())
                .ok_or(NotFetched::Redirects)?;
        }
        Err(NotFetched::Redirects)
    }
}

impl Opened {
    /// The next bytes; none at the end.
    pub(in crate::channels) async fn chunk(&mut self) -> Result<Option<Bytes>, NotFetched> {
        self.answer.chunk().await.map_err(failed)
    }
}

/// A client that resolves through `guard`, follows no redirect by itself and
/// asks no proxy.
pub(super) fn client(guard: &Guard) -> Result<reqwest::ClientBuilder, String> {
    let tls = std::sync::Arc::unwrap_or_clone(super::tls(guard)?);
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(guard.clone())
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        // A proxy would resolve names behind the guard's back.
        .no_proxy()
        .user_agent(concat!("watchfloor/", env!("CARGO_PKG_VERSION"))))
}

/// The client.
pub(super) fn built(client: reqwest::ClientBuilder) -> Result<Client, String> {
    let says = |e: reqwest::Error| plain(&e.to_string());
    client
        .build()
        .map_err(|e| format!("The HTTP client can't be set up: {}.", says(e)))
}

/// The body, as far as it may be.
pub(super) async fn body(
    mut answer: reqwest::Response,
    most: usize,
) -> Result<Fetched, NotFetched> {
    let length = answer.content_length().unwrap_or(0);
    if length > u64::try_from(most).unwrap_or(u64::MAX) {
        return Err(NotFetched::TooLarge(most));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > most {
            return Err(NotFetched::TooLarge(most));
        }
        body.extend_from_slice(&chunk);
    }
    let packed = answer
        .headers()
        .get("content-encoding")
        .is_some_and(|e| e.as_bytes().ends_with(b"gzip"));
    let body = if packed {
        gunzip(&body, most).map_err(|e| match e {
            NotUnpacked::TooLarge => NotFetched::TooLarge(most),
            NotUnpacked::Broken => NotFetched::Broken,
        })?
    } else {
        body.freeze()
    };
    Ok(Fetched {
        status: answer.status(),
        headers: answer.headers().clone(),
        body,
    })
}

/// The innermost cause, which is the one that helps: the outer ones repeat the
/// URL, which may hold a token.
fn failed(error: reqwest::Error) -> NotFetched {
    let error = error.without_url();
    if let Some(says) = super::refused(&error) {
        return NotFetched::Certificate(says);
    }
    match innermost(&error) {
        Ok(refused) => NotFetched::NotAllowed(refused),
        Err(says) => NotFetched::Failed(says),
    }
}

/// What the guard refused, or why a request failed: a sentence.
pub(super) fn cause(error: reqwest::Error) -> Result<NotAllowed, String> {
    let error = error.without_url();
    if let Some(says) = super::refused(&error) {
        return Err(says.to_owned());
    }
    innermost(&error).map_err(|says| format!("The server can't be reached: {says}."))
}

fn innermost(error: &reqwest::Error) -> Result<NotAllowed, String> {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        if let Some(refused) = inner.downcast_ref::<NotAllowed>() {
            return Ok(refused.clone());
        }
        cause = inner;
    }
    Err(plain(&cause.to_string()))
}
