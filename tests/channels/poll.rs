//! Polls and long polls against real HTTP servers: pages, cursors, elements one
//! by one, logins, and what servers do when they are not well.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use watchfloor::channels::transport::cursors::InMemory;

use crate::server::{ids, own, placed, raw, request, say, serve};
use crate::support::{Recorder, Task, now};

type Asked = Query<std::collections::BTreeMap<String, String>>;

/// Things that were all said when the tests began.
fn things(ids: impl IntoIterator<Item = u64>) -> Vec<Value> {
    static BEGAN: LazyLock<String> = LazyLock::new(|| now().to_string());
    let thing = |id: u64| json!({"id": id, "text": format!("words {id}"), "at": *BEGAN});
    ids.into_iter().map(thing).collect()
}

fn start(source: &str) -> Task {
    Task::start(&own(source), Recorder::default(), InMemory::default())
}

#[tokio::test]
async fn pages_are_followed_by_link_token_and_number_until_nothing_is_new() {
    // Nine things, newest first, three a page.
    let page = |n: u64| things((7 - 3 * n..10 - 3 * n).rev());
    let by_link = move |Query(q): Asked| async move {
        let n: u64 = q.get("n").map_or(0, |n| n.parse().unwrap());
        let next = (n < 2).then(|| format!("?n={}", n + 1));
        axum::Json(json!({"things": page(n), "next": next}))
    };
    let by_token = move |Query(q): Asked| async move {
        let n: u64 = q
            .get("t")
            .map_or(0, |t| t.trim_start_matches("a+b/=").parse().unwrap());
        let next = (n < 2).then(|| format!("a+b/={}", n + 1));
        axum::Json(json!({"things": page(n), "token": next}))
    };
    let by_number = move |Query(q): Asked| async move {
        let n: u64 = q["p"].parse().unwrap();
        axum::Json(json!({"things": if n > 3 { Vec::new() } else { page(n - 1) }}))
    };
    let by_header = move |Query(q): Asked| async move {
        let n: u64 = q.get("n").map_or(0, |n| n.parse().unwrap());
        let link = format!("<?n={}>; rel=\"next\"", n + 1);
        let body = axum::Json(json!({"things": if n > 2 { Vec::new() } else { page(n) }}));
        ([("link", link)], body)
    };
    let router = Router::new()
        .route("/link", get(by_link))
        .route("/token", get(by_token))
        .route("/number", get(by_number))
        .route("/header", get(by_header));
    let url = serve(router).await;
    for (path, pages) in [
        ("link", "{ next = \"/next\" }"),
        (
            "token{% if page %}?t={{ page }}{% endif %}",
            "{ token = \"/token\" }",
        ),
        ("number?p={{ page }}", "{ number_from = 1 }"),
        ("header", "{ link = true }"),
    ] {
        let source = format!(
            "transport = \"poll\"\nurl = \"{url}/{path}\"\ninterval = \"20ms\"\npages = {pages}"
        );
        let task = start(&source);
        let kept = task.intake.first(9).await;
        let mut all: Vec<u64> = ids(&kept).iter().map(|i| i.parse().unwrap()).collect();
        assert_eq!(&all[..3], [7, 8, 9], "{path}: oldest of a page first");
        all.sort_unstable();
        assert_eq!(all, (1..10).collect::<Vec<_>>(), "{path}");
        task.stop().await;
    }
}

#[tokio::test]
async fn a_long_poll_goes_on_behind_its_cursor_after_a_restart_and_loses_nothing() {
    let asked = Arc::new(Mutex::new(Vec::<Option<u64>>::new()));
    let remembers = Arc::clone(&asked);
    // As Telegram has it: an offset confirms everything before it.
    let updates = move |Query(q): Asked| {
        let remembers = Arc::clone(&remembers);
        async move {
            let offset: Option<u64> = q.get("offset").map(|o| o.parse().unwrap());
            remembers.lock().unwrap().push(offset);
            let from = offset.unwrap_or(1);
            if from > 6 {
                tokio::time::sleep(Duration::from_secs(20)).await;
            }
            axum::Json(json!({"things": things(from..(from + 2).min(7))}))
        }
    };
    let url = serve(Router::new().route("/", get(updates))).await;
    let source = format!(
        "transport = \"longpoll\"\nurl = \"{url}/{{% if cursor %}}?offset={{{{ cursor }}}}{{% endif %}}\"\ncursor = {{ at = \"/things/*/id\", add = 1 }}"
    );
    let task = start(&source);
    assert_eq!(
        ids(&task.intake.first(6).await),
        ["1", "2", "3", "4", "5", "6"]
    );
    placed(&task.cursors, "\"cursor\":\"7\"").await;
    let cursors = task.cursors.clone();
    task.stop().await;
    assert_eq!(
        asked.lock().unwrap()[..4],
        [None, Some(3), Some(5), Some(7)]
    );

    let again = Task::start(&own(&source), Recorder::default(), cursors);
    while asked.lock().unwrap().len() < 5 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(asked.lock().unwrap()[4], Some(7));
    assert!(again.intake.kept.lock().unwrap().is_empty());
    again.stop().await;
}

#[tokio::test]
async fn what_the_hub_did_not_keep_is_asked_for_again() {
    let url = serve(Router::new().route(
        "/",
        get(|Query(q): Asked| async move {
            let from: u64 = q.get("c").map_or(0, |c| c.parse().unwrap());
            axum::Json(json!({"things": things(from..3)}))
        }),
    ))
    .await;
    let source = format!(
        "transport = \"longpoll\"\nurl = \"{url}/{{% if cursor %}}?c={{{{ cursor }}}}{{% endif %}}\"\ncursor = {{ at = \"/things/*/id\", add = 1 }}"
    );
    let intake = Recorder::default();
    intake
        .refusals
        .lock()
        .unwrap()
        .push_back(watchfloor::channels::IntakeError::Closing);
    let cursors = InMemory::default();
    let task = Task::start(&own(&source), intake.clone(), cursors.clone());
    // The hub closes while the first answer is in hand: the task ends by itself.
    while !intake.refusals.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    task.stop().await;
    let again = Task::start(&own(&source), intake, cursors);
    assert_eq!(ids(&again.intake.first(3).await), ["0", "1", "2"]);
    again.stop().await;
}

#[tokio::test]
async fn elements_are_fetched_once_and_a_failed_one_again() {
    let failures = Arc::new(AtomicUsize::new(0));
    let fetched = Arc::new(Mutex::new(Vec::new()));
    let (fails, notes) = (Arc::clone(&failures), Arc::clone(&fetched));
    let item = move |Path(id): Path<u64>| {
        notes.lock().unwrap().push(id);
        let answer = match id {
            2 if fails.fetch_add(1, Ordering::SeqCst) == 0 => {
                StatusCode::BAD_GATEWAY.into_response()
            }
            3 => StatusCode::NOT_FOUND.into_response(),
            4 => "null".into_response(),
            _ => axum::Json(json!({"id": id, "text": "x"})).into_response(),
        };
        async move { answer }
    };
    let router = Router::new()
        .route(
            "/list",
            get(|| async { axum::Json(json!({"list": [1, 2, 3, 4, 5]})) }),
        )
        .route("/item/{id}", get(item));
    let url = serve(router).await;
    let source = format!(
        "transport = \"poll\"\nurl = \"{url}/list\"\ninterval = \"20ms\"\n[source.items]\neach = \"/list/*\"\nurl = \"{url}/item/{{{{ item }}}}\"\nat_once = 2"
    );
    let task = start(&source);
    let kept = task.intake.first(3).await;
    let mut came = ids(&kept);
    came.sort();
    assert_eq!(came, ["1", "2", "5"]);
    // Some polls later nothing was asked for again but the one that failed.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut asked = fetched.lock().unwrap().clone();
    asked.sort_unstable();
    assert_eq!(asked, [1, 2, 2, 3, 4, 5]);
    assert_eq!(task.intake.kept.lock().unwrap().len(), 3);
    task.stop().await;
}

#[tokio::test]
async fn a_token_is_asked_for_renewed_once_on_401_and_never_told() {
    let logins = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&logins);
    let login = move |headers: HeaderMap, body: String| {
        // "id:s3cret-key" as RFC 6749 2.3.1 has it.
        assert_eq!(headers["authorization"], "Basic aWQ6czNjcmV0LWtleQ==");
        assert_eq!(body, "grant_type=client_credentials&scope=read+all");
        let nth = count.fetch_add(1, Ordering::SeqCst) + 1;
        async move { axum::Json(json!({"access_token": format!("tok-{nth}"), "expires_in": 3600})) }
    };
    let polls = Arc::new(AtomicUsize::new(0));
    let poll = move |headers: HeaderMap| {
        let nth = polls.fetch_add(1, Ordering::SeqCst);
        let token = headers["authorization"].to_str().unwrap().to_owned();
        // The first token is good for one poll only.
        let answer: Response = match (nth, token.as_str()) {
            (0, "Bearer tok-1") => axum::Json(json!({"things": things([1])})).into_response(),
            (_, "Bearer tok-2") => axum::Json(json!({"things": things([1, 2])})).into_response(),
            _ => StatusCode::UNAUTHORIZED.into_response(),
        };
        async move { answer }
    };
    let router = Router::new()
        .route("/token", post(login))
        .route("/", get(poll));
    let url = serve(router).await;
    let auth = format!(
        "[auth]\nkind = \"oauth2_client\"\nurl = \"{url}/token\"\nclient_id = \"id\"\nclient_secret = \"{{{{ secret.key }}}}\"\nscope = \"read all\""
    );
    let source = format!("transport = \"poll\"\nurl = \"{url}/\"\ninterval = \"20ms\"\n{auth}");
    let task = start(&source);
    assert_eq!(ids(&task.intake.first(2).await), ["1", "2"]);
    assert_eq!(logins.load(Ordering::SeqCst), 2);
    task.stop().await;
}

#[tokio::test]
async fn a_refused_login_says_so_without_the_secret() {
    let login = || async {
        let says = json!({"error": "invalid_client", "error_description": "bad secret s3cret-key"});
        (StatusCode::UNAUTHORIZED, axum::Json(says))
    };
    let url = serve(Router::new().route("/token", post(login))).await;
    let source = format!(
        "transport = \"poll\"\nurl = \"{url}/\"\ninterval = \"20ms\"\n[auth]\nkind = \"login\"\nurl = \"{url}/token\"\ntoken = \"/t\"\njson = {{ password = \"{{{{ secret.key }}}}\" }}"
    );
    let task = start(&source);
    task.error("The login was refused with 401 (invalid_client)")
        .await;
    let error = task.health.at(now()).error.unwrap_or_default();
    assert!(!error.contains("s3cret"), "{error}");
    task.stop().await;
}

#[tokio::test]
async fn servers_that_are_not_well_are_told_in_one_line_and_left_alone_as_they_ask() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let busy = move || {
        count.fetch_add(1, Ordering::SeqCst);
        async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "3600")]) }
    };
    let echo = || async {
        (
            StatusCode::BAD_REQUEST,
            axum::Json(json!({"error": {"message": "token s3cret-key\u{1b}[31m is old"}})),
        )
    };
    let flood = || async {
        let chunks = futures_util::stream::iter(
            (0..16_384)
                .map(|_| Ok::<_, std::io::Error>(axum::body::Bytes::from(vec![b' '; 65_536]))),
        );
        axum::body::Body::from_stream(chunks)
    };
    let router = Router::new()
        .route("/busy", get(busy))
        .route(
            "/busy-unsaid",
            get(|| async { StatusCode::TOO_MANY_REQUESTS }),
        )
        .route("/down", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/echo", get(echo))
        .route("/flood", get(flood))
        .route(
            "/words",
            get(|| async { "Please limit requests to one every 5 seconds" }),
        )
        .route(
            "/inside",
            get(|| async { Redirect::temporary("http://169.254.169.254/latest") }),
        )
        .route(
            "/elsewhere",
            get(|| async { Redirect::temporary("http://elsewhere.example/") }),
        );
    let url = serve(router).await;
    for (path, words) in [
        ("busy", "(429). It asks to be left alone for 3600 s."),
        ("busy-unsaid", "(429)."),
        ("down", "503"),
        ("echo", "It says: token …"),
        ("flood", "larger than 1048576"),
        ("words", "not JSON"),
        ("inside", "169.254.169.254 is not among those"),
        ("elsewhere", "elsewhere.example is not among those"),
    ] {
        let task = start(&format!(
            "transport = \"poll\"\nurl = \"{url}/{path}\"\ninterval = \"20ms\""
        ));
        task.error(words).await;
        assert!(task.intake.kept.lock().unwrap().is_empty());
        task.stop().await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "an hour is an hour");
}

#[tokio::test]
async fn a_storm_of_errors_passes_and_half_open_and_reset_connections_too() {
    let (listener, url) = raw().await;
    let source =
        format!("transport = \"poll\"\nurl = \"{url}/\"\ninterval = \"20ms\"\ntimeout = \"300ms\"");
    let task = start(&source);
    for _ in 0..3 {
        let (_, mut stream) = request(&listener).await;
        say(
            &mut stream,
            "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        )
        .await;
    }
    // Reset in the middle of the body.
    let (_, mut stream) = request(&listener).await;
    say(
        &mut stream,
        "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{\"things\":[",
    )
    .await;
    stream.set_zero_linger().unwrap();
    drop(stream);
    task.error("can't be reached").await;
    // Half open: there, and silent.
    let (_, silent) = request(&listener).await;
    task.error("longer than 0.3 s").await;
    drop(silent);
    let body = json!({"things": things([1])}).to_string();
    let (_, mut stream) = request(&listener).await;
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    say(&mut stream, &(head + &body)).await;
    assert_eq!(ids(&task.intake.first(1).await), ["1"]);
    assert_eq!(task.health.at(now()).error, None, "it is well again");
    task.stop().await;
}

#[tokio::test]
async fn a_queue_is_registered_for_and_anew_when_the_server_has_forgotten_it() {
    let registered = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&registered);
    let register = move |body: String| {
        assert_eq!(body, "types=%5B%22message%22%5D");
        let nth = count.fetch_add(1, Ordering::SeqCst) + 1;
        async move { axum::Json(json!({"queue": format!("q{nth}"), "last": -1})) }
    };
    let events = |Query(q): Asked| async move {
        match (q["queue"].as_str(), q["last"].as_str()) {
            ("q1", "-1") => axum::Json(json!({"things": things([1])})).into_response(),
            ("q1", _) => {
                let says = json!({"code": "BAD_EVENT_QUEUE_ID", "msg": "no such queue"});
                (StatusCode::BAD_REQUEST, axum::Json(says)).into_response()
            }
            ("q2", "-1") => axum::Json(json!({"things": things([7])})).into_response(),
            _ => {
                tokio::time::sleep(Duration::from_secs(20)).await;
                axum::Json(json!({"none": 1})).into_response()
            }
        }
    };
    let router = Router::new()
        .route("/register", post(register))
        .route("/events", get(events));
    let url = serve(router).await;
    let source = format!(
        "transport = \"longpoll\"\nurl = \"{url}/events?queue={{{{ registered.queue }}}}&last={{{{ cursor }}}}\"\ncursor = {{ at = \"/things/*/id\" }}\n[source.register]\nurl = \"{url}/register\"\nform = {{ types = '[\"message\"]' }}\ntake = {{ queue = \"/queue\" }}\ncursor = \"/last\"\nlost_when = {{ at = \"/code\", eq = \"BAD_EVENT_QUEUE_ID\" }}"
    );
    let task = start(&source);
    assert_eq!(ids(&task.intake.first(2).await), ["1", "7"]);
    assert_eq!(registered.load(Ordering::SeqCst), 2);
    let warnings = task.health.at(now()).warnings;
    assert!(
        warnings
            .iter()
            .any(|w| w.contains("forgotten the registration")),
        "{warnings:?}"
    );
    task.stop().await;
}

#[tokio::test]
async fn a_list_whose_server_has_had_enough_is_left_alone_in_its_middle() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&asked);
    let item = move |Path(id): Path<u64>| {
        let again = notes.lock().unwrap().contains(&id);
        notes.lock().unwrap().push(id);
        let answer = if id == 2 && !again {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response()
        } else {
            axum::Json(json!({"id": id, "text": "x"})).into_response()
        };
        async move { answer }
    };
    let list = get(|| async { axum::Json(json!({"list": [1, 2, 3]})) });
    let router = Router::new()
        .route("/list", list)
        .route("/item/{id}", get(item));
    let url = serve(router).await;
    let source = format!(
        "transport = \"poll\"\nurl = \"{url}/list\"\ninterval = \"20ms\"\noldest_first = true\n[source.items]\neach = \"/list/*\"\nurl = \"{url}/item/{{{{ item }}}}\"\nat_once = 1"
    );
    let task = start(&source);
    task.intake.first(1).await;
    let warned = || task.health.at(now()).warnings;
    while !warned().iter().any(|w| w.contains("left alone for 1 s")) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // Some intervals later nothing was asked: the second after its answer is not over.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(*asked.lock().unwrap(), [1, 2]);
    assert_eq!(ids(&task.intake.first(3).await), ["1", "2", "3"]);
    assert_eq!(*asked.lock().unwrap(), [1, 2, 2, 3]);
    task.stop().await;
}

#[tokio::test]
async fn a_list_that_is_a_page_of_html_is_told_by_its_status() {
    let down = || async {
        let page = axum::response::Html("<html>We are down</html>");
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [("retry-after", "3600")],
            page,
        )
    };
    let url = serve(Router::new().route("/", get(down))).await;
    let task = start(&format!(
        "transport = \"poll\"\nurl = \"{url}/\"\ninterval = \"20ms\"\n[source.items]\nlist = \"feed\"\neach = \"/entries/*\"\nlink = \"/links/0/href\""
    ));
    task.error("answers with 503. It asks to be left alone for 3600 s.")
        .await;
    task.stop().await;
}
