//! Recorded documents of real vendors, from the folder `WATCHFLOOR_SAMPLES`.

use std::path::PathBuf;

use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::trial::{Tried, try_sample};
use watchfloor::model::inbound::Inbound;
use watchfloor::model::item::{Content, Kind};
use watchfloor::model::severity::Severity;
use watchfloor::model::time::Timestamp;

use crate::support::content;

/// The folder of recorded samples; says that it is skipped when there is none.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("WATCHFLOOR_SAMPLES").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: WATCHFLOOR_SAMPLES names no folder of recorded samples");
    }
    folder
}

fn tried(folder: &std::path::Path, file: &str, sample: &str) -> Tried {
    let bytes = std::fs::read(folder.join(sample)).expect("the sample is there");
    let catalogue = Catalogue::built_in().expect("the built-in files are right");
    try_sample(&catalogue, file, &bytes).expect("it is read")
}

fn items(tried: &Tried) -> Vec<&Content> {
    let inbound = tried
        .parts
        .iter()
        .map(|p| p.inbound.as_ref().expect("it is kept"));
    inbound.map(content).collect()
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

#[test]
fn alertmanager() {
    let Some(folder) = folder() else { return };
    let sample = tried(&folder, "alertmanager", "alertmanager.v4.json");
    let item = items(&sample)[0];
    assert_eq!(
        item.external_id.as_evidence(),
        "1a30ba71cca2921f@2023-02-06T13:08:45.828Z"
    );
    assert_eq!(
        (item.kind, item.severity, item.ended_at),
        (Kind::Alert, Severity::Critical, None)
    );
    assert_eq!(item.thread.as_evidence(), "1a30ba71cca2921f");
    assert_eq!(item.labels["job"].as_evidence(), "http_checks");
    assert!(
        item.title
            .as_evidence()
            .starts_with("BlackBox Probe Failure")
    );
    assert!(
        item.url
            .as_evidence()
            .starts_with("http://prometheus.example.org:9090/graph")
    );

    // Without a fingerprint the labels are one, and the start is in UTC.
    let sample = tried(&folder, "alertmanager", "alertmanager.v4.alerta-test.json");
    let id = items(&sample)[0].external_id.as_evidence();
    assert!(id.ends_with("@2017-08-03T19:17:37.804Z"), "{id}");
}

#[test]
fn mastodon() {
    let Some(folder) = folder() else { return };
    let sample = tried(&folder, "mastodon", "mastodon.ws.json");
    let item = items(&sample)[0];
    assert_eq!(item.external_id.as_evidence(), "108913983692647032");
    assert_eq!(item.author.handle.as_evidence(), "tobtobxx@fosstodon.org");
    assert_eq!(
        (item.author.followers, item.lang.as_evidence()),
        (Some(150), "en")
    );
    assert!(item.text.as_evidence().starts_with("And now I can't exit"));
    assert_eq!(item.source_time, Some(time("2022-08-30T21:38:22Z")));

    let sample = tried(&folder, "mastodon", "mastodon.ws.delete.json");
    let part = sample.parts[0].inbound.as_ref();
    assert!(
        matches!(part, Some(Inbound::Retraction { external_id, .. }) if external_id.as_evidence() == "106692867363994015")
    );

    let bytes = std::fs::read(folder.join("mastodon.ws.error.json")).expect("the sample is there");
    let catalogue = Catalogue::built_in().expect("the built-in files are right");
    let error = try_sample(&catalogue, "mastodon", &bytes).expect_err("the peer reports an error");
    assert!(error.contains("Unknown stream type"), "{error}");
}

#[test]
fn cloudevents() {
    let Some(folder) = folder() else { return };
    let sample = tried(&folder, "cloudevents", "cloudevents.structured.json");
    assert_eq!(
        items(&sample)[0].external_id.as_evidence(),
        "/mycontext#A234-1234-1234"
    );
    let sample = tried(&folder, "cloudevents", "cloudevents.batch.json");
    let ids: Vec<_> = items(&sample)
        .iter()
        .map(|i| i.external_id.as_evidence().to_owned())
        .collect();
    assert_eq!(
        ids,
        ["/mycontext/4#B234-1234-1234", "/mycontext/9#C234-1234-1234"]
    );
    assert_eq!(
        items(&sample)[1].source_time,
        Some(time("2018-04-05T17:31:05Z"))
    );
}

#[test]
fn feeds() {
    let Some(folder) = folder() else { return };
    for (sample, least) in [
        ("rss1.debian.xml", 1),
        ("rss2.spec.xml", 2),
        ("atom.spec.xml", 1),
        ("atom.reddit.xml", 1),
        ("jsonfeed.spec.json", 1),
        ("jsonfeed.feedparser-example.json", 2),
    ] {
        let tried = tried(&folder, "feed", sample);
        let items = items(&tried);
        assert!(items.len() >= least, "{sample} has {}", items.len());
        for item in items {
            assert!(
                !item.external_id.is_empty() && !item.text.is_empty(),
                "{sample}"
            );
            let text = item.text.as_evidence();
            assert!(
                !text.contains("<p>") && !text.contains("</a>"),
                "{sample}: {text}"
            );
        }
    }
    let tried = tried(&folder, "feed", "atom.spec.xml");
    let item = items(&tried)[0];
    assert_eq!(
        item.external_id.as_evidence(),
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a"
    );
    assert_eq!(
        item.url.as_evidence(),
        "http://example.org/2003/12/13/atom03"
    );
    assert_eq!(item.source_time, Some(time("2003-12-13T18:30:02Z")));
}

#[test]
fn chatwoot() {
    let Some(folder) = folder() else { return };
    let sample = tried(
        &folder,
        "chatwoot",
        "composed/chatwoot.message_created.json",
    );
    let Some(Inbound::Continuation {
        external_id, turns, ..
    }) = &sample.parts[0].inbound
    else {
        panic!("it goes on with a conversation")
    };
    assert_eq!(external_id.as_evidence(), "200");
    assert_eq!(
        (turns[0].text.as_evidence(), turns[0].name.as_evidence()),
        ("I want a human", "Jane")
    );
}

/// One recorded document of each, what it has to be known by, and some words of
/// it; "retract" and the like where it is no item.
#[test]
fn what_we_call() {
    let Some(folder) = folder() else { return };
    for (file, sample, id, words) in [
        (
            "wikimedia",
            "wikimedia.recentchange.sse.txt",
            "8b6fa827-24eb-4dcb-99b6-72074421aeb3",
            "사용자:廢后",
        ),
        (
            "x-stream",
            "x-filtered-stream.json",
            "1234567890",
            "Look at this cute cat",
        ),
        (
            "matrix",
            "matrix.sync.json",
            "",
            "This is an example text message",
        ),
        (
            "lemmy",
            "composed/lemmy.post_view.json",
            "https://lemmy.example/post/41",
            "text",
        ),
        (
            "hackernews",
            "hackernews.story.json",
            "8863",
            "My YC app: Dropbox",
        ),
        (
            "discourse",
            "discourse.get_post_response.json",
            "33",
            "b15bd65a",
        ),
        (
            "discourse",
            "discourse.query_response.json",
            "16",
            "ecf65fcd",
        ),
        (
            "stackexchange",
            "composed/stackexchange.questions.json",
            "77000000",
            "Why & how?",
        ),
        (
            "telegram",
            "composed/telegram.message.json",
            "1111111:1365",
            "/start",
        ),
        (
            "gdelt",
            "gdelt.doc-artlist.json",
            "https://example.com/quake1",
            "Earthquake in Japan",
        ),
        (
            "google-business",
            "google-business.reviews.json",
            "review123",
            "Great haircut!",
        ),
        (
            "misskey",
            "composed/misskey.channel-note.json",
            "9abcde",
            "hello",
        ),
        (
            "discord",
            "discord.message.json",
            "334385199974967042",
            "Supa Hot",
        ),
        (
            "nostr",
            "nostr.nip13.event.json",
            "",
            "just me mining my own",
        ),
        (
            "meteoalarm",
            "meteoalarm.feed.xml",
            "",
            "Yellow Low Temperature/Ice",
        ),
        ("email", "email.000.eml.txt", "", ""),
        ("email", "email.001.eml.txt", "", ""),
    ] {
        let bytes = std::fs::read(folder.join(sample)).expect("the sample is there");
        // A stream's recorded frame: the document is its data.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let data = text.lines().find_map(|line| line.strip_prefix("data: "));
        // A long recording is cut off: what is whole of it, with its end.
        let whole = text
            .rsplit_once("</entry>")
            .map(|(w, _)| format!("{w}</entry></feed>"));
        let document = whole.as_deref().or(data).unwrap_or(&text).as_bytes();
        let catalogue = Catalogue::built_in().expect("the built-in files are right");
        let tried = try_sample(&catalogue, file, document).expect("it is read");
        let inbound = tried.parts.iter().filter_map(|p| p.inbound.as_ref());
        let items: Vec<_> = inbound.map(content).collect();
        let found = items.iter().find(|i| i.text.as_evidence().contains(words));
        let found = found.unwrap_or_else(|| panic!("{sample} has no {words}: {items:?}"));
        assert!(
            !found.external_id.is_empty() && !found.author.name.as_evidence().is_empty()
                || ["matrix", "nostr", "meteoalarm"].contains(&file),
            "{sample}"
        );
        if !id.is_empty() {
            assert_eq!(found.external_id.as_evidence(), id, "{sample}");
        }
    }
}

#[test]
fn bluesky() {
    let Some(folder) = folder() else { return };
    let lines = std::fs::read_to_string(folder.join("bluesky-jetstream.jsonl"));
    let catalogue = Catalogue::built_in().expect("the built-in files are right");
    let mut posts = 0;
    for line in lines.expect("the sample is there").lines() {
        let tried = try_sample(&catalogue, "bluesky", line.as_bytes()).expect("it is read");
        for inbound in tried.parts.iter().filter_map(|p| p.inbound.as_ref()) {
            match inbound {
                Inbound::Item { content, .. } => {
                    assert!(content.external_id.as_evidence().starts_with("at://did:"));
                    posts += 1;
                }
                Inbound::Retraction { .. } => {}
                other => panic!("{other:?} from {line}"),
            }
        }
    }
    assert!(posts > 0);
}

/// Every other recorded document, with its first part's kind, id, author and the
/// beginning of its words; "" is not looked at.
#[test]
fn vendors_by_webhook() {
    let Some(folder) = folder() else { return };
    for (file, sample, id, author, words) in [
        (
            "messenger",
            "messenger.messages.json",
            "m_1457764197618:41d102a3e1ae206a38",
            "",
            "hello, world!",
        ),
        (
            "instagram",
            "instagram.comments.entry-field.json",
            "<COMMENT_ID>",
            "<USERNAME>",
            "<COMMENT_TEXT>",
        ),
        (
            "whatsapp",
            "whatsapp.cloud.username-only.json",
            "wamid.username-only-incoming",
            "Julian",
            "Hello",
        ),
        (
            "x-activity",
            "x-activity.dm.received.json",
            "2080765901528535096",
            "OtherUser",
            "hello!",
        ),
        (
            "x-activity",
            "x-activity.post.mention.create.json",
            "2080765813578191303",
            "OtherUser",
            "hey @ExampleUser",
        ),
        (
            "pagerduty",
            "pagerduty.v3.triggered.json",
            "PFQZPSY",
            "",
            "Test Incident 3",
        ),
        (
            "telegram-webhook",
            "composed/telegram.message.json",
            "1111111:1365",
            "Test Lastname",
            "/start",
        ),
        (
            "slack",
            "composed/slack.message.json",
            "T123ABC456:C123ABC456:1355517523.000005",
            "",
            "Live long",
        ),
        (
            "teams",
            "composed/teams.activity.json",
            "",
            "Megan Bowen",
            "Hello Teams",
        ),
        (
            "mattermost",
            "composed/mattermost.outgoing-webhook.json",
            "u1b6z7f9qjdq3q4d5bpkyg1kbo",
            "alice",
            "#build",
        ),
        (
            "twilio",
            "composed/twilio.inbound.form.txt",
            "SMxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "+15557654321",
            "Hello",
        ),
        (
            "zendesk",
            "composed/zendesk.comment_added.json",
            "comment:555666",
            "Jane",
            "Fixed it",
        ),
        (
            "freshdesk",
            "freshdesk.automation-webhook.json",
            "11",
            "Requester ☃ Bob",
            "Test ticket description",
        ),
        (
            "rasa",
            "rasa.rest.request.json",
            "test_user",
            "test_user",
            "Hi there!",
        ),
        (
            "dialogflow-cx",
            "dialogflow-cx.webhook-request.json",
            "",
            "",
            "(user text)",
        ),
        (
            "amazon-lex",
            "amazon-lex.v1-event.json",
            "",
            "",
            "Text used",
        ),
        (
            "amazon-lex",
            "composed/amazon-lex.v2-event.json",
            "sess-1",
            "",
            "talk to a person",
        ),
        (
            "grafana",
            "grafana.v11.json",
            "e6349a25f5ef0e9e@2024-03-01T02:09:00.000Z",
            "",
            "High memory",
        ),
        (
            "grafana",
            "grafana.legacy.json",
            "rule:58",
            "",
            "Battery Voltage",
        ),
        (
            "graylog",
            "graylog.json",
            "55f1509dbee8e2841898eb64@2015-09-10T09:45:54.749Z",
            "",
            "Stream had",
        ),
        ("newrelic", "newrelic.json", "11111:0", "", "I am a test"),
        (
            "pingdom",
            "pingdom.json",
            "803318",
            "",
            "HTTP Server Error 503",
        ),
        (
            "riemann",
            "riemann.json",
            "hostbob/servicejane",
            "",
            "This is a description",
        ),
        (
            "google-cloud-monitoring",
            "stackdriver.json",
            "f2e08c333dc64cb09f75eaab355393bz",
            "",
            "CPU (agent)",
        ),
        (
            "aws-events",
            "aws-ses.inbound.json",
            "6n4thuhcbhpfiuf25gshf70rss364fuejrvmqko1",
            "Amazon Web Services <aws@amazon.com>",
            "Test Subject",
        ),
        (
            "aws-events",
            "cloudwatch-alarm.json",
            "arn:aws:cloudwatch:REGION:ACCOUNT_NUMBER:alarm:EXAMPLE",
            "",
            "EXAMPLE",
        ),
    ] {
        let sample_tried = tried(&folder, file, sample);
        let items = items(&sample_tried);
        assert_eq!(items.len(), 1, "{sample}");
        let item = items[0];
        let is = |found: &watchfloor::text::Untrusted, wanted: &str| {
            wanted.is_empty() || found.as_evidence() == wanted
        };
        assert!(
            is(&item.external_id, id),
            "{sample}: {}",
            item.external_id.as_evidence()
        );
        assert!(
            is(&item.author.name, author),
            "{sample}: {}",
            item.author.name.as_evidence()
        );
        assert!(
            item.text.as_evidence().starts_with(words),
            "{sample}: {}",
            item.text.as_evidence()
        );
    }
    for (file, sample) in [
        ("facebook-page", "facebook.page-feed.reaction.json"),
        ("pagerduty", "pagerduty.v3.pagey_ping.json"),
        ("slack", "slack.reaction_added.skeleton.json"),
    ] {
        let parts = tried(&folder, file, sample).parts;
        assert!(
            parts.iter().all(|p| p.inbound.is_none()),
            "{sample} is not for the floor"
        );
    }
    let deleted = tried(&folder, "x-activity", "x-activity.post.delete.json");
    assert!(matches!(
        deleted.parts[0].inbound,
        Some(Inbound::Retraction { .. })
    ));
}

/// Samples that are no whole document of a channel's: what each is. Every other has to
/// be known.
const NO_DOCUMENTS: [(&str, &str); 6] = [
    ("SOURCES.md", "words about the others"),
    ("nostr.frames.txt", "the forms of frames, with placeholders"),
    (
        "discord.gateway.identify.jsonc.txt",
        "JSON with comments: what we send",
    ),
    (
        "icinga2.CheckResult.abbreviated.txt",
        "abbreviated where the result is",
    ),
    ("bluesky-jetstream.jsonl", "lines: tried one by one"),
    (
        "wikimedia.recentchange.sse.txt",
        "a stream's frame: its data is tried",
    ),
];

/// Every document of the folder is known to a file of its vendor's: it becomes what it
/// is, or is known and not wanted. None is unmapped.
#[test]
fn every_sample_of_the_folder_is_known_to_its_vendors_file() {
    let Some(folder) = folder() else { return };
    let catalogue = Catalogue::built_in().expect("the built-in files are right");
    let mut unknown = Vec::new();
    let mut tried = 0;
    for sample in names(&folder) {
        let name = sample.rsplit('/').next().expect("a name");
        if NO_DOCUMENTS.iter().any(|(no, _)| *no == name) {
            continue;
        }
        let bytes = std::fs::read(folder.join(&sample)).expect("the sample is there");
        let ids = of_vendor(&catalogue, name);
        assert!(!ids.is_empty(), "{name} is of no vendor that is known");
        let known = ids.iter().any(|id| {
            let read = try_sample(&catalogue, id, &bytes);
            // The vendor's own word that something is wrong is known too.
            read.map_or(true, |t| t.parts.iter().all(|part| part.why().is_none()))
        });
        tried += 1;
        if !known {
            unknown.push(sample);
        }
    }
    assert!(tried > 60, "only {tried} were tried");
    assert!(unknown.is_empty(), "{unknown:?} of {tried}");
}

/// Paths of all files below `folder`, in order.
fn names(folder: &std::path::Path) -> Vec<String> {
    let list = |under: &str| {
        let entries = std::fs::read_dir(folder.join(under)).expect("the folder");
        let files = entries.map(|e| e.expect("an entry").path());
        let named = files.filter(|path| path.is_file()).map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            if under.is_empty() {
                name
            } else {
                format!("{under}/{name}")
            }
        });
        named.collect::<Vec<_>>()
    };
    let mut names = [list(""), list("composed")].concat();
    names.sort();
    names
}

/// The files of the vendor that a sample is named after.
fn of_vendor<'c>(catalogue: &'c Catalogue, sample: &str) -> Vec<&'c str> {
    let vendor = sample.split('.').next().expect("a name");
    let begins = match vendor {
        "atom" | "rss1" | "rss2" | "jsonfeed" => "feed",
        "cloudwatch-alarm" | "aws-ses" => "aws-",
        "stackdriver" => "google-cloud-monitoring",
        "x-filtered-stream" => "x-stream",
        "bluesky-jetstream" => "bluesky",
        vendor => vendor,
    };
    let begins = begins.split('.').next().expect("a name");
    let family = begins.strip_suffix('-').unwrap_or(begins);
    catalogue
        .ids()
        .filter(|id| id.starts_with(family))
        .collect()
}

/// A file that lies there and is not in the list is in nobody's hub.
#[test]
fn every_file_of_the_catalogue_is_built_in() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/channels/catalogue");
    let built_in = Catalogue::built_in().unwrap();
    let known: Vec<String> = built_in.list().into_iter().map(|file| file.id).collect();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let id = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(known.contains(&id), "{id} is not built in");
    }
}
