//! Tokens that we sign ourselves, against servers that check them: one with each
//! request (App Store), and one that buys a token (Google Play).

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::{Value, json};
use watchfloor::channels::registry::Channel;
use watchfloor::channels::reply::{Act, Outcome, Outgoing, send};
use watchfloor::channels::transport::cursors::InMemory;
use watchfloor::model::item::Content;

use crate::server::serve;
use crate::support::{Recorder, Task, channel, config, content, now, with_secret};

/// Head and claims of a token, once its signature is good.
fn checked(
    token: &str,
    how: &'static dyn VerificationAlgorithm,
    public: &[u8],
) -> Option<(Value, Value)> {
    let (words, tag) = token.rsplit_once('.')?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    let key = UnparsedPublicKey::new(how, public);
    key.verify(words.as_bytes(), &tag).ok()?;
    let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    let (head, claims) = words.split_once('.')?;
    let (head, claims): (Value, Value) = (part(head)?, part(claims)?);
    let seconds = now().as_millis() / 1000;
    let lives = claims["iat"].as_i64()? <= seconds && claims["exp"].as_i64()? > seconds;
    lives.then_some((head, claims))
}

fn bearer(headers: &HeaderMap) -> &str {
    let value = headers.get("authorization").and_then(|v| v.to_str().ok());
    value.and_then(|v| v.strip_prefix("Bearer ")).unwrap_or("")
}

async fn answers(channel: &Arc<Channel>, item: &Content) -> Outcome {
    let outgoing = Outgoing {
        id: "01890000-0000-7000-8000-000000000001",
        text: "On it",
        item,
        officer: "Seven",
        until: None,
        ends: "",
        now: now(),
    };
    send(channel, Act::Reply, &outgoing).await
}

/// The channel of a built-in file with these variables and its one key.
fn signing(file: &str, vars: &[(&str, &str)], key: &str) -> Arc<Channel> {
    let mut config = with_secret(config(file), "key", key);
    for (name, value) in vars {
        config.vars.insert((*name).to_owned(), (*value).to_owned());
    }
    config.allow_private = true;
    channel(config, &[])
}

#[tokio::test]
async fn each_request_carries_a_token_of_ours_and_the_answer_too() {
    let pair = rcgen::KeyPair::generate().unwrap();
    let public = pair.public_key_raw().to_vec();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let check = move |headers: &HeaderMap| {
        let token = checked(bearer(headers), &ECDSA_P256_SHA256_FIXED, &public);
        let (head, claims) = token.ok_or(StatusCode::UNAUTHORIZED)?;
        assert_eq!(
            (&head["alg"], &head["kid"]),
            (&json!("ES256"), &json!("K7"))
        );
        let wanted = (&json!("I1"), &json!("appstoreconnect-v1"));
        assert_eq!((&claims["iss"], &claims["aud"]), wanted);
        let span = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!(span <= 20 * 60, "Apple takes none that lasts {span} s");
        Ok::<_, StatusCode>(())
    };
    let checks = check.clone();
    let reviews = move |headers: HeaderMap| {
        let right = check(&headers);
        async move {
            right?;
            let said = json!({"rating": 1, "title": "No", "body": "Nobody answers", "createdDate": now().to_string()});
            let one = json!({"type": "customerReviews", "id": "r1", "attributes": said});
            Ok::<_, StatusCode>(axum::Json(json!({"data": [one], "links": {}})))
        }
    };
    let responses = move |headers: HeaderMap, body: String| {
        let right = checks(&headers);
        notes.lock().unwrap().push(body);
        async move {
            right?;
            let one = axum::Json(json!({"data": {"id": "a9"}}));
            Ok::<_, StatusCode>((StatusCode::CREATED, one))
        }
    };
    let router = Router::new()
        .route("/v1/apps/42/customerReviews", get(reviews))
        .route("/v1/customerReviewResponses", post(responses));
    let url = serve(router).await;
    let vars = [
        ("api", &*url),
        ("app", "42"),
        ("issuer", "I1"),
        ("key_id", "K7"),
    ];
    let channel = signing("app-store", &vars, &pair.serialize_pem());
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    let kept = task.intake.first(1).await;
    let review = content(&kept[0]).clone();
    assert_eq!(review.external_id.as_evidence(), "r1");
    let sent = answers(&channel, &review).await;
    assert!(matches!(sent, Outcome::Sent { .. }), "{sent:?}");
    assert!(seen.lock().unwrap()[0].contains("\"responseBody\":\"On it\""));
    task.stop().await;

    // Somebody else's key, and what is none.
    let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
    for (key, words) in [(other.as_str(), "refuses with 401"), ("no key", "PKCS #8")] {
        let channel = signing("app-store", &vars, key);
        let task = Task::start(&channel, Recorder::default(), InMemory::default());
        task.error(words).await;
        let refused = answers(&channel, &review).await;
        assert_eq!(refused.word(), "refused", "{refused:?}");
        task.stop().await;
    }
}

#[tokio::test]
async fn a_token_of_ours_buys_one_of_theirs_for_hearing_and_for_answering() {
    let public = crate::signatures::rsa_public();
    let bought = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&bought);
    let token = move |form: String| {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect();
        let value = |name: &str| {
            let found = pairs.iter().find(|(n, _)| n == name);
            found.map(|(_, v)| v.clone()).unwrap_or_default()
        };
        assert_eq!(
            value("grant_type"),
            "urn:ietf:params:oauth:grant-type:jwt-bearer"
        );
        let right = checked(&value("assertion"), &RSA_PKCS1_2048_8192_SHA256, &public);
        let answer = match right {
            Some((head, claims)) => {
                assert_eq!(head["alg"], "RS256");
                notes.lock().unwrap().push(claims);
                Ok(axum::Json(
                    json!({"access_token": "ya29", "expires_in": 3600}),
                ))
            }
            None => Err(StatusCode::BAD_REQUEST),
        };
        async move { answer }
    };
    let reviews = |headers: HeaderMap| async move {
        assert_eq!(bearer(&headers), "ya29");
        let said = json!({"text": "Nobody answers", "starRating": 1,
            "lastModified": {"seconds": (now().as_millis() / 1000).to_string()}});
        axum::Json(json!({"reviews": [{"reviewId": "gp:1", "comments": [{"userComment": said}]}]}))
    };
    let reply = |headers: HeaderMap, body: String| async move {
        assert_eq!(bearer(&headers), "ya29");
        assert_eq!(body, "{\"replyText\":\"On it\"}");
        axum::Json(json!({"result": {"replyText": "On it"}}))
    };
    let path = "/androidpublisher/v3/applications/city.app/reviews";
    let router = Router::new()
        .route("/token", post(token))
        .route(path, get(reviews))
        .route(&format!("{path}/{{id}}"), post(reply));
    let url = serve(router).await;
    let vars = [
        ("api", &*url),
        ("login", &*url),
        ("package", "city.app"),
        ("account", "floor@city.example"),
    ];
    let channel = signing("google-play", &vars, crate::signatures::KEY);
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    let kept = task.intake.first(1).await;
    let review = content(&kept[0]).clone();
    let sent = answers(&channel, &review).await;
    assert!(matches!(sent, Outcome::Sent { .. }), "{sent:?}");
    let bought = bought.lock().unwrap().clone();
    assert_eq!(bought.len(), 2, "one to hear, one to answer");
    for claims in &bought {
        assert_eq!(claims["iss"], "floor@city.example");
        assert_eq!(claims["aud"], format!("{url}/token"));
    }
    task.stop().await;
}
