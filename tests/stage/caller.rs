//! HTTP as a script would speak it.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, header};
use serde_json::Value;

/// An answer, whole.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} {error}: {}", self.status, self.text()))
    }

    /// The one sentence of a refusal.
    pub(crate) fn sentence(&self) -> String {
        let body = self.json();
        let says = body["error"].as_str().unwrap_or_default().to_owned();
        assert!(
            says.ends_with('.') && !says.contains('\n'),
            "no sentence: {says:?}"
        );
        says
    }
}

/// A client of one hub.
#[derive(Clone)]
pub(crate) struct Caller {
    base: String,
    client: Client,
}

impl Caller {
    pub(crate) fn to(base: &str) -> Self {
        // Whoever comes second finds one there: that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .no_proxy()
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        Self {
            base: base.to_owned(),
            client,
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.unwrap()
    }

    pub(crate) async fn try_send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let kind = response.headers().get(header::CONTENT_TYPE);
        Ok(Answer {
            status: response.status().as_u16(),
            kind: kind.map_or_else(String::new, |kind| kind.to_str().unwrap().to_owned()),
            body: response.bytes().await?.to_vec(),
        })
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let mut request = self.request("GET", path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        self.send(request).await
    }

    pub(crate) async fn deliver(&self, channel: &str, bearer: &str, body: Vec<u8>) -> Answer {
        let request = self.request("POST", &format!("/in/{channel}"));
        let request = request
            .bearer_auth(bearer)
            .header("content-type", "application/json");
        self.send(request.body(body)).await
    }

    pub(crate) async fn command(&self, token: &str, command: &Value) -> Answer {
        let request = self.request("POST", "/v1/commands").bearer_auth(token);
        self.send(request.body(command.to_string())).await
    }
}
