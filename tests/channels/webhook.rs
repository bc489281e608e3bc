//! The webhook's door: who may post, what is refused and how, what is kept.

use std::io::Write;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use serde_json::Value;
use watchfloor::channels::IntakeError;
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::health::HealthBoard;
use watchfloor::channels::registry::{Channel, Channels};
use watchfloor::channels::transport::webhook::{Answer, Request, Webhook};
use watchfloor::model::inbound::Inbound;
use watchfloor::model::time::Timestamp;

use crate::support::{Recorder, channel, config, content, now, with_secret};

/// A request in the making.
struct Post {
    method: Method,
    path: &'static str,
    query: &'static str,
    headers: HeaderMap,
    body: Bytes,
    peer: &'static str,
    now: Timestamp,
}

fn post(body: impl Into<Bytes>) -> Post {
    Post {
        method: Method::POST,
        path: "",
        query: "",
        headers: HeaderMap::new(),
        body: body.into(),
        peer: "203.0.113.9",
        now: now(),
    }
    .with("authorization", "Bearer opensesame")
}

impl Post {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).unwrap();
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    async fn to(&self, channel: &Arc<Channel>, intake: &Recorder) -> Answer {
        let health = channel.health(&HealthBoard::default(), self.now);
        let request = Request {
            method: &self.method,
            path: self.path,
            query: self.query,
            headers: &self.headers,
            body: self.body.clone(),
            peer: self.peer.parse().unwrap(),
            names: &[],
            now: self.now,
        };
        let hook = Webhook::of(channel).expect("it is a webhook");
        hook.serve(&request, intake, &health).await
    }
}

fn generic() -> Arc<Channel> {
    channel(with_secret(config("generic"), "bearer", "opensesame"), &[])
}

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).expect("answers are JSON")
}

#[track_caller]
fn refused(answer: &Answer, status: u16, words: &str) {
    let says = json(answer)["error"].as_str().unwrap_or("").to_owned();
    assert_eq!(answer.status, status, "{says}");
    assert!(says.contains(words), "{says}");
}

#[tokio::test]
async fn a_batch_is_answered_entry_by_entry_and_one_bad_entry_costs_only_itself() {
    let body = r#"{"items": [{"id": "1", "text": "one"}, {"id": "2", "text": "\ud800"}, 7,
        {"id": 3, "text": 4.5, "nonsense": 1}, {"id": 9007199254740993, "title": "big"}]}"#;
    let intake = Recorder::default();
    let answer = post(body).to(&generic(), &intake).await;
    assert_eq!(answer.status, 200);
    let told = json(&answer);
    assert_eq!(told["accepted"], 2);
    let receipts: Vec<_> = (0..5)
        .map(|n| told["items"][n]["receipt"].clone())
        .collect();
    assert_eq!(
        receipts,
        ["arrived", "unmapped", "unmapped", "unmapped", "arrived"]
    );
    let error = told["items"][3]["error"].as_str().unwrap();
    assert!(error.contains("nonsense"), "{error}");

    let kept = intake.kept.lock().unwrap();
    let Inbound::Unmapped { raw, .. } = &kept[1] else {
        panic!("the bad entry is kept raw")
    };
    assert_eq!(&raw[..], br#"{"id": "2", "text": "\ud800"}"#);
    assert_eq!(
        content(&kept[4]).external_id.as_evidence(),
        "9007199254740993"
    );
}

#[tokio::test]
async fn what_is_wrong_is_answered_with_its_status_and_a_sentence() {
    let channel = generic();
    let intake = Recorder::default();
    let right = r#"{"id": "1", "text": "one"}"#;
    for (post, status, words) in [
        (
            post(right).with("authorization", "Bearer wrong"),
            401,
            "credential",
        ),
        (
            post(right).with("authorization", "Basic opensesame"),
            401,
            "credential",
        ),
        (post("{\"id\": 1, \"te"), 400, "not JSON"),
        (post(" \n"), 400, "empty"),
        (post(Bytes::from_static(b"\xff\xfe")), 400, "not JSON"),
        (post("[".repeat(2_000_000)), 413, "1048576 bytes"),
        (
            post("{\"items\":[".to_owned() + &"7,".repeat(10_000) + "7]}"),
            422,
            "10001",
        ),
        (post(right).with("content-type", "text/html"), 415, "JSON"),
        (post(right).with("content-encoding", "br"), 415, "gzip"),
        (
            post(right).with("content-encoding", "gzip"),
            400,
            "not gzip",
        ),
        (post(r#"{"text": "no id"}"#), 422, "id"),
        (post("[".repeat(5000) + &"]".repeat(5000)), 422, "object"),
    ] {
        let answer = post.to(&channel, &intake).await;
        refused(&answer, status, words);
    }
    let mut get = post(right);
    get.method = Method::GET;
    refused(&get.to(&channel, &intake).await, 405, "POST");
    let mapped = intake
        .kept
        .lock()
        .unwrap()
        .iter()
        .any(|i| matches!(i, Inbound::Item { .. }));
    assert!(!mapped, "nothing of it became an item");
}

#[tokio::test]
async fn gzip_is_unpacked_and_a_bomb_is_refused() {
    let pack = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let intake = Recorder::default();
    let small = post(pack(br#"{"id": "z", "text": "packed"}"#)).with("content-encoding", "gzip");
    assert_eq!(small.to(&generic(), &intake).await.status, 200);
    assert_eq!(
        content(&intake.kept.lock().unwrap()[0]).text.as_evidence(),
        "packed"
    );
    let bomb = post(pack(&vec![b' '; 100_000_000])).with("content-encoding", "gzip");
    refused(&bomb.to(&generic(), &intake).await, 413, "unpacked");
}

#[tokio::test]
async fn a_busy_hub_keeps_nothing_and_says_when_to_come_back() {
    let intake = Recorder::default();
    intake.refusals.lock().unwrap().push_back(IntakeError::Busy);
    let answer = post(r#"{"id": "1", "text": "one"}"#)
        .to(&generic(), &intake)
        .await;
    refused(&answer, 503, "busy");
    assert_eq!(answer.headers, [("retry-after", "1".to_owned())]);
}

#[tokio::test]
async fn addresses_that_may_not_post_are_refused() {
    let mut config = config("alertmanager");
    config.allow_ips = vec!["192.0.2.0/24".parse().unwrap()];
    let channel = channel(config, &[]);
    let intake = Recorder::default();
    let mut request = post(r#"{"alerts": []}"#);
    refused(&request.to(&channel, &intake).await, 403, "address");
    request.peer = "192.0.2.7";
    assert_eq!(request.to(&channel, &intake).await.status, 200);
}

#[test]
fn a_channel_that_would_stand_open_does_not_load() {
    let catalogue = Catalogue::built_in().unwrap();
    let refused = |config| {
        let errors = Channels::load(vec![config], &catalogue).expect_err("it is refused");
        errors
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert!(refused(config("generic")).contains("anybody could post"));
    assert!(refused(config("alertmanger")).contains("\"alertmanager\""));
    let mut misspelt = with_secret(config("generic"), "bearer", "x");
    misspelt.vars.insert("instanz".to_owned(), "x".to_owned());
    assert!(refused(misspelt).contains("vars.instanz"));
    let feed = refused(config("feed"));
    assert!(
        feed.contains("vars.url") && feed.contains("filled in"),
        "{feed}"
    );
}

/// Signed as RFC 4231 case 2 and RFC 2202 case 2 have it.
fn signed(scheme: &str, extra: &str) -> Arc<Channel> {
    let file = format!(
        r#"schema = 1
        [channel]
        id = "signed"
        name = "Signed"
        kind = "any"
        secrets = ["key", "verify"]
        [source]
        transport = "webhook"
        [source.signature]
        header = "X-Sig"
        scheme = "{scheme}"
        key = "key"
        encoding = "hex"
        prefix = "v1="
        {extra}
        [source.handshake]
        kind = "hub_challenge"
        token = "verify"
        [[map]]
        kind = "mention"
        id = "/id"
        text = "/text"
        [[test]]
        name = "t"
        input = '{{"id":1,"text":"x"}}'
        expect = {{ id = "1" }}"#
    );
    let config = with_secret(config("signed"), "key", "Jefe");
    channel(with_secret(config, "verify", "sesame"), &[&file])
}

#[tokio::test]
async fn signatures_cover_the_raw_body_and_come_before_parsing() {
    let body = "what do ya want for nothing?";
    let sha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    let intake = Recorder::default();
    for (scheme, digest) in [("hmac-sha256", sha256), ("hmac-sha1", sha1)] {
        let channel = signed(scheme, "");
        let with = |tag: String| post(body).with("x-sig", &tag);
        // The right signature gets as far as the parser.
        let right = with(format!("v1={digest}")).to(&channel, &intake).await;
        refused(&right, 400, "not JSON");
        let either = with(format!("v1=00,v1={digest}"))
            .to(&channel, &intake)
            .await;
        refused(&either, 400, "not JSON");
        for wrong in [
            digest.to_owned(),
            "v1=".to_owned(),
            format!("v1=0{digest}"),
            "v1=zz".to_owned(),
        ] {
            refused(&with(wrong).to(&channel, &intake).await, 401, "signature");
        }
        refused(&post(body).to(&channel, &intake).await, 401, "signed");
    }
}

#[tokio::test]
async fn an_old_signature_is_a_replay() {
    let extra = "max_age = { header = \"X-Time\", within = \"5m\" }";
    let channel = signed("hmac-sha256", extra);
    let tag = "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let sent = |seconds: i64| {
        let at = now().as_millis() / 1000 + seconds;
        post("what do ya want for nothing?")
            .with("x-sig", tag)
            .with("x-time", &at.to_string())
    };
    let intake = Recorder::default();
    refused(&sent(-200).to(&channel, &intake).await, 400, "not JSON");
    refused(&sent(-400).to(&channel, &intake).await, 401, "too long ago");
    refused(&sent(400).to(&channel, &intake).await, 401, "too long ago");
}

#[tokio::test]
async fn handshakes_echo_only_to_who_knows_the_token() {
    let channel = signed("hmac-sha256", "");
    let intake = Recorder::default();
    let ask = |query| {
        let mut get = post("");
        get.method = Method::GET;
        get.query = query;
        get
    };
    let right = ask("hub.mode=subscribe&hub.verify_token=sesame&hub.challenge=a%2Bb+c");
    let answer = right.to(&channel, &intake).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"a+b c"[..]));
    let wrong = ask("hub.mode=subscribe&hub.verify_token=other&hub.challenge=x");
    refused(&wrong.to(&channel, &intake).await, 403, "verify_token");

    let events = crate::support::channel(
        with_secret(config("cloudevents"), "bearer", "opensesame"),
        &[],
    );
    let mut options = post("").with("webhook-request-origin", "events.example");
    options.method = Method::OPTIONS;
    let answer = options.to(&events, &intake).await;
    let allowed = ("webhook-allowed-origin", "events.example".to_owned());
    assert!(answer.status == 200 && answer.headers.contains(&allowed));
}

#[tokio::test]
async fn cloudevents_come_in_headers_too() {
    let channel = channel(
        with_secret(config("cloudevents"), "bearer", "opensesame"),
        &[],
    );
    let intake = Recorder::default();
    let event = post(r#"{"text": "Brown water", "severity": "high"}"#)
        .with("ce-specversion", "1.0")
        .with("ce-id", "R%2017")
        .with("ce-source", "/forms")
        .with("ce-type", "city.report")
        .with("content-type", "application/json");
    assert_eq!(event.to(&channel, &intake).await.status, 200);
    let kept = intake.kept.lock().unwrap();
    let item = content(&kept[0]);
    assert_eq!(item.external_id.as_evidence(), "/forms#R 17");
    assert_eq!(
        (item.text.as_evidence(), item.severity.word()),
        ("Brown water", "high")
    );
}

#[tokio::test]
async fn alertmanager_says_when_it_left_alerts_out() {
    let channel = channel(
        with_secret(config("alertmanager"), "bearer", "opensesame"),
        &[],
    );
    let body = r#"{"version":"4","truncatedAlerts":3,"alerts":[{"status":"firing","labels":{"alertname":"A"},
        "startsAt":"2026-11-23T18:00:00Z","endsAt":"0001-01-01T00:00:00Z"}]}"#;
    let request = post(body);
    let hook = Webhook::of(&channel).unwrap();
    let health = channel.health(&HealthBoard::default(), request.now);
    let intake = Recorder::default();
    let answer = hook
        .serve(
            &Request {
                method: &request.method,
                path: "",
                query: "",
                headers: &request.headers,
                body: request.body.clone(),
                peer: request.peer.parse().unwrap(),
                names: &[],
                now: request.now,
            },
            &intake,
            &health,
        )
        .await;
    assert_eq!(answer.status, 200);
    let health = health.at(request.now);
    assert_eq!((health.items, health.warnings.len()), (1, 1));
    let kept = intake.kept.lock().unwrap();
    let item = content(&kept[0]);
    assert!(
        item.external_id
            .as_evidence()
            .ends_with("@2026-11-23T18:00:00.000Z")
    );
    assert_eq!((item.ended_at, item.thread.len()), (None, 16));
}

const ENVELOPE: &str = r#"schema = 1
[channel]
id = "envelope"
name = "A vendor that posts XML"
kind = "messaging"
secrets = ["bearer", "key"]
[source]
transport = "webhook"
accept = ["json", "xml"]
[source.auth]
kind = "field"
at = "/xml/Token/0"
secret = "bearer"
[[map]]
when = { at = "/xml/MsgType/0", eq = "text" }
kind = "mention"
id = "/xml/MsgId/0"
author.id = "/xml/FromUserName/0"
text = "/xml/Content/0"
source_time = { at = "/xml/CreateTime/0", as = "unix_s" }
[[test]]
name = "a text"
input = '<xml><Token>t</Token><MsgType>text</MsgType><MsgId>1</MsgId><Content>x</Content></xml>'
expect = { id = "1" }
"#;

#[tokio::test]
async fn xml_is_read_where_a_file_takes_it() {
    let own = with_secret(config("envelope"), "bearer", "opensesame");
    let channel = channel(own, &[ENVELOPE]);
    let intake = Recorder::default();
    let xml = |token: &str, words: &str| {
        format!(
            "<xml><Token>{token}</Token><FromUserName><![CDATA[u7]]></FromUserName>\
             <CreateTime>1795459800</CreateTime><MsgType>text</MsgType>\
             <Content><![CDATA[{words}]]></Content><MsgId>90071992547409931</MsgId></xml>"
        )
    };
    for kind in [
        "text/xml",
        "application/xml; charset=utf-8",
        "application/soap+xml",
    ] {
        let body = xml("opensesame", "No <water> & none");
        let answer = post(body)
            .with("content-type", kind)
            .to(&channel, &intake)
            .await;
        assert_eq!(answer.status, 200, "{kind}: {}", answer.says);
    }
    let kept = intake.first(3).await;
    let said = content(&kept[0]);
    assert_eq!(said.external_id.as_evidence(), "90071992547409931");
    assert_eq!(said.text.as_evidence(), "No <water> & none");
    assert_eq!(said.author.id.as_evidence(), "u7");
    assert!(said.source_time.is_some());
    let post = |body: String| post(body).with("content-type", "text/xml");
    let forged = post(xml("guessed", "x")).to(&channel, &intake).await;
    assert_eq!(forged.status, 401);
    let broken = post("<xml><Token>".to_owned()).to(&channel, &intake).await;
    refused(&broken, 400, "not XML");
    let bomb = "<a>".repeat(100_000);
    assert_eq!(post(bomb).to(&channel, &intake).await.status, 400);
    // Who did not ask for XML gets none.
    let plain = post(xml("x", "y")).to(&generic(), &intake).await;
    refused(&plain, 415, "application/json");
    assert_eq!(intake.kept.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_warning_is_pushed_as_the_xml_that_it_is() {
    let own = with_secret(config("cap-webhook"), "bearer", "opensesame");
    let channel = channel(own, &[]);
    let intake = Recorder::default();
    let warning = "<?xml version='1.0'?><alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>\
        <identifier>C.1</identifier><sender>met@city.example</sender><sent>2026-11-23T19:50:00+01:00</sent>\
        <status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><event>Flood</event>\
        <urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty>\
        <headline>Flood in the west</headline></info></alert>";
    let sent = post(warning).with("content-type", "application/cap+xml");
    let answer = sent.to(&channel, &intake).await;
    assert_eq!(answer.status, 200, "{}", answer.says);
    let kept = intake.first(1).await;
    assert_eq!(content(&kept[0]).title.as_evidence(), "Flood in the west");
    let json = post("{}").with("content-type", "application/pdf");
    refused(&json.to(&channel, &intake).await, 415, "application/xml");
}
