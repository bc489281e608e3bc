//! The floor that the demo needs: channels, desks, teams, rules, SLA rows,
//! officers, with names as plain text.
//!
//! The command line makes hub settings of it. Owns no tokens but those that it
//! was given to hand out; all of them die with the demo.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// Everything that a hub must be told to play the demo.
#[derive(Clone, Debug)]
pub struct DemoFloor {
    /// The floor's name.
    pub name: String,
    /// IANA zone.
    pub zone: String,
    /// Desks.
    pub desks: Vec<String>,
    /// Teams that items can be assigned to.
    pub teams: Vec<String>,
    /// Channels, in the order that they are shown.
    pub channels: Vec<DemoChannel>,
    /// Routing rules, in their order.
    pub rules: Vec<DemoRule>,
    /// SLA rows.
    pub sla: Vec<DemoSla>,
    /// Officers; the first is whoever watches.
    pub officers: Vec<DemoOfficer>,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct DemoChannel {
    /// Name; the last part of `/in/…`.
    pub name: &'static str,
    /// Channel file in the catalogue.
    pub file: &'static str,
    /// Where its items go when no rule says otherwise.
    pub desk: &'static str,
    /// The file's variables.
    pub vars: BTreeMap<String, String>,
    /// The file's secrets: name and value.
    pub secrets: BTreeMap<String, String>,
    /// It reads a server on this machine, which the egress guard must allow.
    pub allow_private: bool,
    /// How often it is polled.
    pub poll_every: Option<Duration>,
    /// Silence longer than this is told.
    pub silent_after: Option<Duration>,
}

/// A routing rule: what matches goes to the desk, gets severity and tags.
#[derive(Clone, Debug)]
pub struct DemoRule {
    /// Name.
    pub name: &'static str,
    /// In the filter language.
    pub when: &'static str,
    /// Which desk.
    pub desk: Option<&'static str>,
    /// How bad.
    pub severity: Option<&'static str>,
    /// Tags.
    pub tags: &'static [&'static str],
    /// Why, for the officer.
    pub says: &'static str,
    /// Whether officers are called for it.
    pub notify: bool,
}

/// A row of the SLA table; what it does not name it is for all of.
#[derive(Clone, Copy, Debug)]
pub struct DemoSla {
    /// Kind.
    pub kind: Option<&'static str>,
    /// Severity.
    pub severity: Option<&'static str>,
    /// Time until somebody answers for it.
    pub first_response: Duration,
    /// Time until it is done with.
    pub resolution: Option<Duration>,
}

/// An officer.
#[derive(Clone, Debug)]
pub struct DemoOfficer {
    /// Account.
    pub id: &'static str,
    /// Role's word.
    pub role: &'static str,
    /// Desks; empty for all.
    pub desks: &'static [&'static str],
    /// Teams.
    pub teams: &'static [&'static str],
    /// Bearer token.
    pub token: String,
    /// Played by the demo; the other is whoever watches.
    pub simulated: bool,
}

/// Where the demo's own servers listen.
#[derive(Clone, Copy, Debug)]
pub struct Servers {
    /// The Mastodon-like stream.
    pub mastodon: SocketAddr,
    /// The feed.
    pub feed: SocketAddr,
    /// The chatbot's platform.
    pub platform: SocketAddr,
}

/// What its lookout listens for, as a gazetteer.
pub const TOPICS: &str = include_str!("script/topics.toml");

/// What is known to be false in Port Almeida, as a claims feed.
pub const CLAIMS: &str = include_str!("script/claims.toml");

/// Views on the keys from 1 on, for whoever has none saved: name and filter.
pub const VIEWS: &[(&str, &str)] = &[
    ("Urgent", "sev>=high (is:unassigned or is:mine)"),
    ("Water", "tag:water"),
    ("Arabic", "lang:ar"),
];

/// Replies that are kept ready: name, language and words.
pub const CANNED: &[(&str, &str, &str)] = &[
    (
        "boil-water",
        "en",
        "{author}, please boil tap water for one minute before you drink it or cook with it. Crews are working at Rua da Azenha. Your case is {id}.",
    ),
    (
        "boil-water",
        "pt",
        "{author}, ferva a água da torneira durante um minuto antes de beber ou cozinhar. As equipas estão na Rua da Azenha. O seu caso é {id}.",
    ),
    (
        "boil-water",
        "es",
        "{author}, hierva el agua del grifo un minuto antes de beberla o cocinar. Los equipos están en Rua da Azenha. Su caso es {id}.",
    ),
    (
        "boil-water",
        "fr",
        "{author}, faites bouillir l'eau du robinet une minute avant de la boire ou de cuisiner. Les équipes sont Rua da Azenha. Votre dossier est {id}.",
    ),
    (
        "boil-water",
        "ar",
        "يرجى غلي ماء الصنبور لمدة دقيقة قبل الشرب أو الطبخ. الفرق تعمل الآن. رقم الحالة {id}.",
    ),
    (
        "we-listen",
        "en",
        "I am a person on the watch floor, and I have time for you. Tell me what is going on.",
    ),
];

/// The path of the feed.
pub const FEED_PATH: &str = "/news.rss";

/// The demo's floor. `token` gives a new random token each time it is called.
pub fn settings(servers: Servers, mut token: impl FnMut() -> String) -> DemoFloor {
    DemoFloor {
        name: "Port Almeida city watch".to_owned(),
        zone: "Europe/Lisbon".to_owned(),
        desks: names(&["floor", "water", "mobility", "press", "care"]),
        teams: names(&["water", "mobility", "press", "care", "night"]),
        channels: channels(servers, &mut token),
        rules: rules(),
        sla: sla(),
        officers: officers(&mut token),
    }
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

fn channels(servers: Servers, token: &mut impl FnMut() -> String) -> Vec<DemoChannel> {
    let mut channel = |name, file, desk, secret: &str| {
        let secrets = if secret.is_empty() {
            None
        } else {
            Some((secret.to_owned(), token()))
        };
        DemoChannel {
            name,
            file,
            desk,
            vars: BTreeMap::new(),
            secrets: secrets.into_iter().collect(),
            allow_private: false,
            poll_every: None,
            silent_after: None,
        }
    };
    let mut mastodon = channel("mastodon", "mastodon", "floor", "access_token");
    mastodon.allow_private = true;
    mastodon.silent_after = Some(Duration::from_mins(3));
    mastodon.vars.insert("scheme".to_owned(), "ws".to_owned());
    mastodon
        .vars
        .insert("instance".to_owned(), servers.mastodon.to_string());
    let mut news = channel("news", "feed", "press", "");
    news.allow_private = true;
    news.poll_every = Some(Duration::from_secs(5));
    news.vars.insert(
        "url".to_owned(),
        format!("http://{}{FEED_PATH}", servers.feed),
    );
    let mut chatbot = channel("chatbot", "chatwoot", "care", "token");
    chatbot.allow_private = true;
    let url = format!("http://{}", servers.platform);
    chatbot.vars.insert("url".to_owned(), url);
    // The platform shows us the one and wants the other: the same here.
    let shown = chatbot.secrets.values().next().cloned();
    chatbot
        .secrets
        .insert("api_access_token".to_owned(), shown.unwrap_or_default());
    vec![
        mastodon,
        channel("cityapp", "generic", "floor", "bearer"),
        channel("webcast", "generic", "press", "bearer"),
        channel("monitoring", "alertmanager", "floor", "bearer"),
        chatbot,
        news,
    ]
}

fn rules() -> Vec<DemoRule> {
    let rule = |name, when, desk, severity, tags, says| DemoRule {
        name,
        when,
        desk,
        severity,
        tags,
        says,
        notify: false,
    };
    vec![
        rule(
            "water",
            "-kind:escalation (water or hydrant or agua or água or fuite or مياه or المياه or الماء or \
             pressure or \"burst main\")",
            Some("water"),
            None,
            &["water"],
            "About the water supply.",
        ),
        rule(
            "mobility",
            "-kind:escalation (tram or tranvía or elétrico or elétricos or tramway or الترام or bus)",
            Some("mobility"),
            None,
            &["mobility"],
            "About trams and buses.",
        ),
        rule(
            "rumour",
            "kind:mention (poisoned or poison or contaminated or envenenada or contaminada or \
             empoisonnée or contaminée or مسمومة or ملوثة or sewage)",
            Some("press"),
            Some("high"),
            &["rumour"],
            "Says that the water is unsafe. Nobody measured that: check before answering.",
        ),
        rule(
            "lookout-water",
            "chan:lookout (topic:water or rumour or tap)",
            Some("water"),
            None,
            &["water"],
            "The lookout sees more said about the water than is usual.",
        ),
        rule(
            "person-at-risk",
            "kind:escalation sev>=critical",
            Some("care"),
            Some("critical"),
            &["person"],
            "The bot thinks that somebody may be in danger.",
        ),
    ]
}

fn sla() -> Vec<DemoSla> {
    let row = |kind, severity, first, whole: Option<u64>| DemoSla {
        kind,
        severity,
        first_response: Duration::from_secs(first),
        resolution: whole.map(Duration::from_secs),
    };
    vec![
        row(Some("escalation"), Some("critical"), 60, Some(1800)),
        row(Some("escalation"), None, 180, Some(3600)),
        row(Some("alert"), Some("critical"), 120, Some(7200)),
        row(Some("alert"), Some("high"), 300, None),
        row(Some("mention"), Some("high"), 900, None),
    ]
}

fn officers(token: &mut impl FnMut() -> String) -> Vec<DemoOfficer> {
    let mut officer = |id, role, desks, teams| DemoOfficer {
        id,
        role,
        desks,
        teams,
        token: token(),
        simulated: id != "you",
    };
    vec![
        officer("you", "supervisor", &[], &["night"]),
        officer("ines", "officer", &["floor", "water"], &["water", "night"]),
        officer(
            "tomas",
            "officer",
            &["floor", "mobility"],
            &["mobility", "night"],
        ),
        officer(
            "leila",
            "officer",
            &["floor", "press", "care"],
            &["press", "care"],
        ),
        officer("duarte", "supervisor", &[], &["night"]),
    ]
}
