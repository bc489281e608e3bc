//! Signatures as vendors' documents have them, through the built-in files; and
//! keys that vendors publish, fetched from servers of our own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use ring::rand::SystemRandom;
use ring::signature::{
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use watchfloor::channels::health::HealthBoard;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::settings::ChannelConfig;
use watchfloor::channels::transport::webhook::{Answer, Request, Webhook};
use watchfloor::model::time::Timestamp;

use crate::support::{Recorder, channel, config, content, now, with_secret};

/// A vendor's key, for these tests and nothing else.
pub(crate) const KEY: &str = include_str!("keys/vendor.key.pem");
const CERTIFICATE: &str = include_str!("keys/vendor.cert.pem");

/// What is sent to a channel's door.
pub(crate) struct Sent {
    method: Method,
    query: String,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    now: Timestamp,
}

pub(crate) fn sent(body: impl Into<Bytes>) -> Sent {
    Sent {
        method: Method::POST,
        query: String::new(),
        path: String::new(),
        headers: HeaderMap::new(),
        body: body.into(),
        now: now(),
    }
}

impl Sent {
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).unwrap();
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    pub(crate) fn at(mut self, seconds: i64) -> Self {
        self.now = Timestamp::from_millis(seconds * 1000);
        self
    }

    pub(crate) async fn to(&self, channel: &Arc<Channel>, intake: &Recorder) -> Answer {
        let health = channel.health(&HealthBoard::default(), self.now);
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: self.body.clone(),
            peer: "203.0.113.9".parse().unwrap(),
            names: &[],
            now: self.now,
        };
        let hook = Webhook::of(channel).expect("it is a webhook");
        hook.serve(&request, intake, &health).await
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|b| [b >> 4, b & 15]);
    digits
        .filter_map(|d| char::from_digit(d.into(), 16))
        .collect()
}

fn var(mut config: ChannelConfig, name: &str, value: &str) -> ChannelConfig {
    config.vars.insert(name.to_owned(), value.to_owned());
    config
}

#[track_caller]
fn refused(answer: &Answer, words: &str) {
    let told: Value = serde_json::from_slice(&answer.body).expect("errors are JSON");
    let says = told["error"].as_str().unwrap_or("");
    assert_eq!(answer.status, 401, "{says}");
    assert!(says.contains(words), "{says}");
}

/// The example of GitHub's "validating webhook deliveries".
#[tokio::test]
async fn github() {
    let secret = "It's a Secret to Everybody";
    let github = channel(with_secret(config("github"), "secret", secret), &[]);
    let intake = Recorder::default();
    let tag = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let right = sent("Hello, World!").with("x-hub-signature-256", tag);
    assert_eq!(
        right.to(&github, &intake).await.status,
        400,
        "it gets as far as the parser"
    );
    let other = sent("Hello, World?").with("x-hub-signature-256", tag);
    refused(&other.to(&github, &intake).await, "signature");
}

/// The example of Slack's "verifying requests from Slack", and its replay window.
#[tokio::test]
async fn slack() {
    let secret = "8f742231b10e8888abcd99yyyzzz85a5";
    let slack = channel(with_secret(config("slack"), "signing_secret", secret), &[]);
    let intake = Recorder::default();
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let post = |at: i64| {
        sent(body)
            .with("x-slack-request-timestamp", "1531420618")
            .with(
                "x-slack-signature",
                "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            )
            .at(at)
    };
    let right = post(1_531_420_618).to(&slack, &intake).await;
    assert_eq!(right.status, 400, "it gets as far as the parser");
    refused(
        &post(1_531_420_618 + 301).to(&slack, &intake).await,
        "too long ago",
    );
}

/// The example of Twilio's "security": the address and the sorted form.
#[tokio::test]
async fn twilio() {
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let config = with_secret(config("twilio"), "auth_token", "12345");
    let twilio = channel(var(config, "webhook_url", url), &[]);
    let intake = Recorder::default();
    let form = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
    let with = |body: &str, tag: &str| {
        sent(body.to_owned())
            .with("content-type", "application/x-www-form-urlencoded")
            .with("x-twilio-signature", tag)
    };
    let tag = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    let answer = with(form, tag).to(&twilio, &intake).await;
    assert_eq!(
        (answer.status, &answer.body[..]),
        (200, &b"<Response/>"[..])
    );
    assert_eq!(answer.content_type, "text/xml; charset=utf-8");
    let changed = form.replace("Digits=1234", "Digits=1235");
    refused(&with(&changed, tag).to(&twilio, &intake).await, "signature");
}

#[tokio::test]
async fn x_asks_for_its_token_with_the_secret() {
    let x = channel(
        with_secret(config("x-activity"), "consumer_secret", "secret"),
        &[],
    );
    let mut ask = sent("");
    ask.method = Method::GET;
    ask.query = "crc_token=challenge-token&nonce=1".to_owned();
    let answer = ask.to(&x, &Recorder::default()).await;
    let told: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        told["response_token"],
        "sha256=Y02GnFYIErnXJo48zUZl5naQqS3iuh/A9MI4vqVLH4g="
    );
}

#[tokio::test]
async fn discord_signs_with_ed25519_and_pings_first() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let public = hex(pair.public_key().as_ref());
    let discord = channel(
        with_secret(config("discord-interactions"), "public_key", &public),
        &[],
    );
    let intake = Recorder::default();
    let post = |body: &'static str, signed: &str| {
        let at = (now().as_millis() / 1000).to_string();
        let tag = pair.sign(format!("{at}{signed}").as_bytes());
        let tag = hex(tag.as_ref());
        sent(body)
            .with("x-signature-timestamp", &at)
            .with("x-signature-ed25519", &tag)
    };
    let ping = r#"{"type":1,"id":"1"}"#;
    let answer = post(ping, ping).to(&discord, &intake).await;
    assert_eq!(
        (answer.status, &answer.body[..]),
        (200, &br#"{"type":1}"#[..])
    );
    refused(&post(ping, "{}").to(&discord, &intake).await, "signature");

    let command = r#"{"type":2,"id":"7","channel_id":"c","user":{"id":"u"},"data":{"name":"report","options":[{"name":"text","value":"No water"}]}}"#;
    let answer = post(command, command).to(&discord, &intake).await;
    let told: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        told["type"], 4,
        "the person is answered after the durable write"
    );
    assert_eq!(
        content(&intake.kept.lock().unwrap()[0]).text.as_evidence(),
        "No water"
    );
}

#[tokio::test]
async fn a_token_in_the_document_or_the_address_is_checked() {
    let config_of = |file| with_secret(config(file), "token", "opensesame");
    let mattermost = channel(
        var(config_of("mattermost"), "url", "https://mm.example"),
        &[],
    );
    let intake = Recorder::default();
    let form = |token: &str| {
        sent(format!(
            "token={token}&post_id=P1&user_id=U1&text=no+water&channel_id=C"
        ))
        .with("content-type", "application/x-www-form-urlencoded")
    };
    refused(&form("other").to(&mattermost, &intake).await, "token");
    assert_eq!(
        form("opensesame").to(&mattermost, &intake).await.status,
        200
    );
    let json = sent(r#"{"token":"opensesame","post_id":"P2","text":"x","channel_id":"C"}"#);
    assert_eq!(json.to(&mattermost, &intake).await.status, 200);
    assert_eq!(intake.kept.lock().unwrap().len(), 2);

    let by_path = include_str!("../../src/channels/catalogue/pingdom.toml")
        .replace("kind = \"query\", parameter = \"token\"", "kind = \"path\"")
        .replace("id = \"pingdom\"", "id = \"pathed\"");
    let pathed = channel(config_of("pathed"), &[&by_path]);
    let mut post = sent(r#"{"check_id":1,"check_name":"Portal","current_state":"DOWN"}"#);
    refused(&post.to(&pathed, &intake).await, "credential");
    post.path = "opensesame".to_owned();
    assert_eq!(post.to(&pathed, &intake).await.status, 200);
}

fn rsa() -> RsaKeyPair {
    let base64: String = KEY.lines().filter(|l| !l.starts_with('-')).collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).unwrap()).expect("it is a key")
}

/// The public half, as ring wants it.
pub(crate) fn rsa_public() -> Vec<u8> {
    rsa().public().as_ref().to_vec()
}

fn signature(pair: &RsaKeyPair, text: &str) -> Vec<u8> {
    let mut tag = vec![0; pair.public().modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut tag,
    )
    .expect("it signs");
    tag
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

const ACTIVITY: &str = r#"{"type":"message","id":"m1","text":"No water","serviceUrl":"https://smba.trafficmanager.net/amer/","conversation":{"id":"c1"},"from":{"id":"29:1","name":"Dana"}}"#;

/// Teams' file with keys on a server of ours, and how often they were asked for.
async fn teams(pair: &RsaKeyPair) -> (Arc<Channel>, Arc<AtomicUsize>) {
    let (channel, asked, _) = rotating(pair).await;
    (channel, asked)
}

/// The same, and the id under which the key is published.
async fn rotating(pair: &RsaKeyPair) -> (Arc<Channel>, Arc<AtomicUsize>, Arc<Mutex<&'static str>>) {
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let RsaPublicKeyComponents::<Vec<u8>> {
        n: modulus,
        e: exponent,
    } = pair.public().into();
    let (n, e) = (number(&modulus), number(&exponent));
    let kid = Arc::new(Mutex::new("k1"));
    let published = Arc::clone(&kid);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let config =
        json!({"issuer": "https://api.botframework.com", "jwks_uri": format!("{base}/keys")});
    let router = Router::new()
        .route("/config", get(move || async move { config.to_string() }))
        .route(
            "/keys",
            get(move || {
                count.fetch_add(1, Ordering::SeqCst);
                let kid = *published.lock().unwrap();
                let keys = json!({"keys": [{"kty": "RSA", "kid": kid, "n": n, "e": e}]});
                async move { keys.to_string() }
            }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await });
    let file = include_str!("../../src/channels/catalogue/teams.toml")
        .replace(
            "https://login.botframework.com/v1/.well-known/openidconfiguration",
            &format!("{base}/config"),
        )
        .replace(
            "hosts = [\"login.botframework.com\"]",
            "hosts = [\"127.0.0.1\"]",
        );
    let mut settings = var(crate::support::config("teams"), "app_id", "bot-1");
    settings.allow_private = true;
    (channel(settings, &[&file]), asked, kid)
}

fn jwt(pair: &RsaKeyPair, head: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(head), part(claims));
    let tag = URL_SAFE_NO_PAD.encode(signature(pair, &signed));
    format!("Bearer {signed}.{tag}")
}

#[tokio::test]
async fn teams_tokens_are_checked_against_published_keys() {
    let pair = rsa();
    let (teams, asked) = teams(&pair).await;
    let intake = Recorder::default();
    let body = ACTIVITY;
    let head = json!({"alg": "RS256", "kid": "k1", "typ": "JWT"});
    let in_an_hour = now().as_millis() / 1000 + 3600;
    let claims = |name: &str, value: Value| {
        let mut claims = json!({"iss": "https://api.botframework.com", "aud": "bot-1", "exp": in_an_hour,
            "serviceurl": "https://smba.trafficmanager.net/amer/"});
        claims[name] = value;
        claims
    };
    let right = jwt(&pair, &head, &claims("nbf", json!(0)));
    let post = |token: &str| sent(body).with("authorization", token);
    assert_eq!(post(&right).to(&teams, &intake).await.status, 200);
    assert_eq!(
        content(&intake.kept.lock().unwrap()[0]).text.as_evidence(),
        "No water"
    );
    for (token, words) in [
        (
            jwt(&pair, &head, &claims("aud", json!("bot-2"))),
            "somebody else",
        ),
        (
            jwt(&pair, &head, &claims("iss", json!("https://evil.example"))),
            "somebody else",
        ),
        (jwt(&pair, &head, &claims("exp", json!(1))), "too old"),
        (
            jwt(&pair, &head, &claims("nbf", json!(in_an_hour))),
            "too old",
        ),
        (
            jwt(
                &pair,
                &head,
                &claims("serviceurl", json!("https://evil.example/")),
            ),
            "another delivery",
        ),
        (
            jwt(
                &pair,
                &json!({"alg": "none", "kid": "k1"}),
                &claims("nbf", json!(0)),
            ),
            "signed token",
        ),
        (
            jwt(
                &pair,
                &json!({"alg": "RS256", "kid": "k2"}),
                &claims("nbf", json!(0)),
            ),
            "publishes",
        ),
        (right.replace("Bearer ", ""), "signed token"),
        (format!("{right}AAAA"), "not signed"),
    ] {
        refused(&post(&token).to(&teams, &intake).await, words);
    }
    refused(&sent(body).to(&teams, &intake).await, "signed token");
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "nonsense does not make us ask again at once"
    );
    assert_eq!(intake.kept.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn clocks_may_be_five_minutes_apart_and_no_more() {
    let pair = rsa();
    let (teams, _) = teams(&pair).await;
    let intake = Recorder::default();
    let now = 1_795_459_800_i64;
    let head = json!({"alg": "RS256", "kid": "k1"});
    for (nbf, exp, right) in [
        (now - 60, now + 3600, true),
        (now + 300, now + 3600, true),
        (now + 301, now + 3600, false),
        (now - 3600, now - 300, true),
        (now - 3600, now - 301, false),
    ] {
        let claims = json!({"iss": "https://api.botframework.com", "aud": "bot-1", "nbf": nbf, "exp": exp,
            "serviceurl": "https://smba.trafficmanager.net/amer/"});
        let token = jwt(&pair, &head, &claims);
        let post = sent(ACTIVITY).with("authorization", &token).at(now);
        let answer = post.to(&teams, &intake).await;
        if right {
            assert_eq!(answer.status, 200, "{nbf} {exp}");
        } else {
            refused(&answer, "the clocks differ");
        }
    }
}

#[tokio::test]
async fn a_key_that_is_rotated_is_found_and_the_old_one_believed_no_more() {
    let pair = rsa();
    let (teams, asked, kid) = rotating(&pair).await;
    let intake = Recorder::default();
    let now = 1_795_459_800_i64;
    let post = async |id: &str, at: i64| {
        let claims = json!({"iss": "https://api.botframework.com", "aud": "bot-1", "exp": at + 60,
            "serviceurl": "https://smba.trafficmanager.net/amer/"});
        let token = jwt(&pair, &json!({"alg": "RS256", "kid": id}), &claims);
        let post = sent(ACTIVITY).with("authorization", &token).at(at);
        post.to(&teams, &intake).await
    };
    assert_eq!(post("k1", now).await.status, 200);
    *kid.lock().unwrap() = "k2";
    // It was looked a moment ago: nonsense must not make us look all the time.
    refused(&post("k2", now + 59).await, "publishes");
    assert_eq!(post("k1", now + 59).await.status, 200);
    assert_eq!(post("k2", now + 61).await.status, 200);
    refused(&post("k1", now + 62).await, "publishes");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn sns_is_checked_against_its_certificate_and_confirmed_by_a_call() {
    let pair = rsa();
    let confirmed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&confirmed);
    let router = Router::new()
        .route("/cert.pem", get(|| async { CERTIFICATE }))
        .route(
            "/confirm",
            get(move || {
                count.fetch_add(1, Ordering::SeqCst);
                async { "ok" }
            }),
        );
    let base = serve(router).await;
    let hosts = "hosts = [\"sns.*.amazonaws.com\", \"sns.*.amazonaws.com.cn\"]";
    let file = include_str!("../../src/channels/catalogue/aws-sns.toml");
    let local = file.replace(hosts, "hosts = [\"127.0.0.1\"]");
    let mut settings = var(config("aws-sns"), "topic", "arn:aws:sns:eu-west-1:1:town");
    settings.allow_private = true;
    let ours = channel(settings.clone(), &[&local]);
    let intake = Recorder::default();

    let message = |kind: &str, topic: &str, cert: &str| {
        let at = now().to_string();
        let url = format!("{base}/confirm");
        let mut fields = vec![("Message", "Hello"), ("MessageId", "m1")];
        if kind == "Notification" {
            fields.push(("Subject", "News"));
        } else {
            fields.push(("SubscribeURL", &url));
        }
        fields.push(("Timestamp", &at));
        if kind != "Notification" {
            fields.push(("Token", "t"));
        }
        fields.extend([("TopicArn", topic), ("Type", kind)]);
        let signed: String = fields
            .iter()
            .map(|(n, v)| [n, "\n", v, "\n"].concat())
            .collect();
        let mut document: Value = fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), json!(v)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        document["SignatureVersion"] = json!("2");
        document["Signature"] = json!(STANDARD.encode(signature(&pair, &signed)));
        document["SigningCertURL"] = json!(cert);
        document
    };
    let cert = format!("{base}/cert.pem");
    let topic = "arn:aws:sns:eu-west-1:1:town";
    let post = |document: &Value| {
        sent(document.to_string()).with("content-type", "text/plain; charset=UTF-8")
    };

    let asks = message("SubscriptionConfirmation", topic, &cert);
    assert_eq!(post(&asks).to(&ours, &intake).await.status, 200);
    assert_eq!(confirmed.load(Ordering::SeqCst), 1);
    let says = message("Notification", topic, &cert);
    assert_eq!(post(&says).to(&ours, &intake).await.status, 200);
    assert_eq!(
        content(&intake.kept.lock().unwrap()[0]).text.as_evidence(),
        "Hello"
    );

    let mut changed = says.clone();
    changed["Message"] = json!("Bye");
    refused(&post(&changed).to(&ours, &intake).await, "not signed");
    let other = message("Notification", "arn:aws:sns:eu-west-1:2:other", &cert);
    refused(&post(&other).to(&ours, &intake).await, "another topic");
    let mut old = post(&says);
    old.now = Timestamp::from_millis(now().as_millis() + 2 * 3_600_000);
    refused(&old.to(&ours, &intake).await, "too long ago");

    // Only Amazon's hosts are asked for a certificate or called.
    let real = channel(settings, &[file]);
    refused(&post(&says).to(&real, &intake).await, "certificate");
    assert_eq!(confirmed.load(Ordering::SeqCst), 1);
    assert_eq!(intake.kept.lock().unwrap().len(), 1);
}

/// Zendesk signs the time, which it writes as RFC 3339, and the body.
#[tokio::test]
async fn a_time_may_be_written_in_words() {
    let config = with_secret(
        config("zendesk"),
        "signing_secret",
        "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
    );
    let zendesk = channel(var(config, "url", "https://z.example"), &[]);
    let intake = Recorder::default();
    let tag = "TNUKr+qoly3/j6qq6UOA53zoQA+AVTE8lB4kiGCHb4Q=";
    let body = r#"{"type":"zen:event-type:ticket.status_changed"}"#;
    let post = |at: i64| {
        sent(body)
            .with("x-zendesk-webhook-signature", tag)
            .with(
                "x-zendesk-webhook-signature-timestamp",
                "2021-03-25T05:09:27Z",
            )
            .at(at)
    };
    assert_eq!(
        post(1_616_648_967 + 60).to(&zendesk, &intake).await.status,
        200
    );
    refused(
        &post(1_616_648_967 + 600).to(&zendesk, &intake).await,
        "too long ago",
    );
}
