//! Documents as the vendors write them: our JSON, a Mastodon frame, an
//! Alertmanager webhook of version 4, Chatwoot's webhooks, an entry of a feed.
//!
//! Pure: values in, JSON text out. Knows nothing of the story.

use serde_json::{Value, json};

use super::script::Person;
use crate::model::time::Timestamp;

/// A post as it stands now, for whichever channel it is on.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What the channel calls it.
    pub id: String,
    /// The channel.
    pub on: &'static str,
    /// Who.
    pub by: Person,
    /// Language.
    pub lang: String,
    /// Words.
    pub text: String,
    /// The id that it answers.
    pub reply_to: Option<String>,
    /// Severity where the channel carries one.
    pub severity: String,
    /// Where.
    pub region: String,
    /// A picture's file name.
    pub media: String,
    /// Likes, reposts, answers.
    pub likes: u64,
    /// Reposts.
    pub boosts: u64,
    /// When it was said.
    pub said: Timestamp,
}

/// The post in our own JSON.
#[must_use]
pub fn generic(post: &Standing) -> String {
    let mut body = json!({
        "id": post.id,
        "text": post.text,
        "lang": post.lang,
        "author": { "name": post.by.name, "handle": post.by.handle },
        "engagement": { "replies": 0, "reposts": post.boosts, "likes": post.likes },
        "url": format!("https://{}.almeida.example/r/{}", post.on, post.id),
        "at": post.said.to_string(),
    });
    let mut set = |key: &str, value: &str| {
        if !value.is_empty() {
            body[key] = Value::from(value);
        }
    };
    set("severity", &post.severity);
    set("region", &post.region);
    set("in_reply_to", post.reply_to.as_deref().unwrap_or_default());
    if !post.media.is_empty() {
        body["media"] = json!([format!("https://media.almeida.example/{}", post.media)]);
    }
    body.to_string()
}

/// The withdrawal in our own JSON.
#[must_use]
pub fn generic_withdrawal(id: &str) -> String {
    json!({ "id": id, "retract": true }).to_string()
}

/// A frame of the stream: `update` for a new post, `status.update` for one
/// that changed.
#[must_use]
pub fn status(event: &str, post: &Standing, edited: Option<Timestamp>) -> String {
    let host = "https://praia.example";
    let handle = &post.by.handle;
    let media = (!post.media.is_empty()).then(|| {
        json!({ "id": format!("m{}", post.id), "type": "image", "description": Value::Null,
            "url": format!("https://media.praia.example/{}", post.media) })
    });
    let payload = json!({
        "id": post.id,
        "created_at": post.said.to_string(),
        "edited_at": edited.map(|at| at.to_string()),
        "in_reply_to_id": post.reply_to,
        "sensitive": false,
        "spoiler_text": "",
        "visibility": "public",
        "language": post.lang,
        "uri": format!("{host}/users/{handle}/statuses/{}", post.id),
        "url": format!("{host}/@{handle}/{}", post.id),
        "replies_count": 0,
        "reblogs_count": post.boosts,
        "favourites_count": post.likes,
        "content": html(&post.text),
        "reblog": Value::Null,
        "account": {
            "id": format!("{:x}", super::chance::fingerprint(handle)),
            "username": handle, "acct": handle, "display_name": post.by.name,
            "bot": false, "locked": false, "url": format!("{host}/@{handle}"),
            "followers_count": post.by.followers, "following_count": 80, "statuses_count": 400,
        },
        "media_attachments": media.into_iter().collect::<Vec<_>>(),
        "mentions": [], "tags": [], "emojis": [], "card": Value::Null, "poll": Value::Null,
    });
    json!({ "stream": ["public"], "event": event, "payload": payload.to_string() }).to_string()
}

/// The frame of a post that is taken back.
#[must_use]
pub fn deletion(id: &str) -> String {
    json!({ "stream": ["public"], "event": "delete", "payload": id }).to_string()
}

/// An alert at one moment of its life.
#[derive(Clone, Debug)]
pub struct AlertNow<'a> {
    /// `alertname`.
    pub name: &'a str,
    /// Monitoring's word.
    pub severity: &'a str,
    /// Headline.
    pub summary: &'a str,
    /// Words.
    pub description: &'a str,
    /// Where.
    pub site: &'a str,
    /// The labels' hash.
    pub fingerprint: &'a str,
    /// When it started.
    pub starts: Timestamp,
    /// When it ended; none while it fires.
    pub ends: Option<Timestamp>,
}

/// The webhook of version 4 for one alert.
#[must_use]
pub fn alert(now: &AlertNow<'_>) -> String {
    let status = if now.ends.is_some() {
        "resolved"
    } else {
        "firing"
    };
    let ends = now
        .ends
        .map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), |at| at.to_string());
    let labels = json!({ "alertname": now.name, "severity": now.severity, "site": now.site,
        "job": "city-telemetry" });
    let annotations = json!({ "summary": now.summary, "description": now.description });
    json!({
        "version": "4",
        "groupKey": format!("{{}}:{{alertname=\"{}\"}}", now.name),
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "watchfloor",
        "groupLabels": { "alertname": now.name },
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "http://alerts.almeida.example:9093",
        "alerts": [{
            "status": status,
            "labels": labels,
            "annotations": annotations,
            "startsAt": now.starts.to_string(),
            "endsAt": ends,
            "generatorURL": format!("http://metrics.almeida.example/graph?g={}", now.fingerprint),
            "fingerprint": now.fingerprint,
        }],
    })
    .to_string()
}

/// One message of a conversation.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// The platform's number.
    pub id: u64,
    /// "c" for the citizen, otherwise the bot.
    pub who: &'a str,
    /// What.
    pub text: &'a str,
    /// When.
    pub at: Timestamp,
}

/// A conversation as the platform knows it.
#[derive(Clone, Debug)]
pub struct Conversation<'a> {
    /// The platform's number.
    pub id: u64,
    /// Who asks.
    pub name: &'a str,
    /// Priority.
    pub priority: &'a str,
    /// Headline.
    pub subject: &'a str,
    /// Why the bot gives up.
    pub reason: &'a str,
    /// Language.
    pub lang: &'a str,
}

fn sender(talk: &Conversation<'_>, who: &str) -> Value {
    if who == "c" {
        json!({ "id": 9000 + talk.id, "name": talk.name, "type": "contact" })
    } else {
        json!({ "id": 7, "name": "Alma", "type": "agent_bot" })
    }
}

/// The webhook of a conversation that was given to a human.
#[must_use]
pub fn handed_over(talk: &Conversation<'_>, messages: &[Message<'_>], at: Timestamp) -> String {
    let messages = messages
        .iter()
        .map(|m| {
            json!({ "id": m.id, "content": m.text, "private": false,
                "message_type": u8::from(m.who != "c"), "conversation_id": talk.id,
                "created_at": m.at.as_millis() / 1000, "sender": sender(talk, m.who) })
        })
        .collect::<Vec<_>>();
    json!({
        "event": "conversation_status_changed",
        "id": talk.id,
        "inbox_id": 2,
        "status": "open",
        "account": { "id": 1, "name": "City of Port Almeida" },
        "channel": "Channel::WebWidget",
        "priority": talk.priority,
        "created_at": at.as_millis() / 1000,
        "timestamp": at.as_millis() / 1000,
        "meta": { "sender": sender(talk, "c") },
        "custom_attributes": { "subject": talk.subject, "handoff_reason": talk.reason },
        "additional_attributes": { "conversation_language": talk.lang },
        "messages": messages,
    })
    .to_string()
}

/// The webhook of a further message.
#[must_use]
pub fn message(talk: &Conversation<'_>, m: &Message<'_>) -> String {
    json!({
        "event": "message_created",
        "id": m.id,
        "content": m.text,
        "content_type": "text",
        "message_type": if m.who == "c" { "incoming" } else { "outgoing" },
        "private": false,
        "created_at": m.at.to_string(),
        "sender": sender(talk, m.who),
        "conversation": { "id": talk.id, "inbox_id": 2, "status": "open",
            "channel": "Channel::WebWidget" },
        "inbox": { "id": 2, "name": "Port Almeida website" },
        "account": { "id": 1, "name": "City of Port Almeida" },
    })
    .to_string()
}

/// An entry for the demo's feed server.
#[must_use]
pub fn entry(id: &str, lang: &str, (title, html): (&str, &str), at: Timestamp) -> String {
    json!({ "id": id, "lang": lang, "title": title, "html": html, "at": at.to_string() })
        .to_string()
}

/// Words as the stream's HTML: paragraphs, line breaks, links on hashtags.
fn html(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    let paragraph = |paragraph: &str| {
        let words = paragraph
            .replace('\n', " <br /> ")
            .split(' ')
            .map(linked)
            .collect::<Vec<_>>();
        format!("<p>{}</p>", words.join(" ").replace(" <br /> ", "<br />"))
    };
    escaped.split("\n\n").map(paragraph).collect()
}

fn linked(word: &str) -> String {
    let Some(rest) = word.strip_prefix('#') else {
        return word.to_owned();
    };
    let tag: String = rest
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    if tag.is_empty() {
        return word.to_owned();
    }
    let after = rest.strip_prefix(tag.as_str()).unwrap_or_default();
    format!(
        "<a href=\"https://praia.example/tags/{tag}\" class=\"mention hashtag\" rel=\"tag\">#{tag}</a>{after}"
    )
}
