//! The built-in channel files of the transports that call out; those that wait
//! to be posted to are in `catalogue`.

/// Name and text of each.
pub(super) const CALLING: &[(&str, &str)] = &[
    ("discourse.toml", include_str!("catalogue/discourse.toml")),
    ("gdelt.toml", include_str!("catalogue/gdelt.toml")),
    ("app-store.toml", include_str!("catalogue/app-store.toml")),
    (
        "google-play.toml",
        include_str!("catalogue/google-play.toml"),
    ),
    (
        "google-business.toml",
        include_str!("catalogue/google-business.toml"),
    ),
    ("hackernews.toml", include_str!("catalogue/hackernews.toml")),
    ("icinga2.toml", include_str!("catalogue/icinga2.toml")),
    ("lemmy.toml", include_str!("catalogue/lemmy.toml")),
    (
        "mastodon-sse.toml",
        include_str!("catalogue/mastodon-sse.toml"),
    ),
    ("matrix.toml", include_str!("catalogue/matrix.toml")),
    (
        "mattermost-websocket.toml",
        include_str!("catalogue/mattermost-websocket.toml"),
    ),
    ("nws.toml", include_str!("catalogue/nws.toml")),
    ("reddit.toml", include_str!("catalogue/reddit.toml")),
    (
        "stackexchange.toml",
        include_str!("catalogue/stackexchange.toml"),
    ),
    ("telegram.toml", include_str!("catalogue/telegram.toml")),
    ("wikimedia.toml", include_str!("catalogue/wikimedia.toml")),
    ("x-stream.toml", include_str!("catalogue/x-stream.toml")),
    ("youtube.toml", include_str!("catalogue/youtube.toml")),
    ("zulip.toml", include_str!("catalogue/zulip.toml")),
    ("bluesky.toml", include_str!("catalogue/bluesky.toml")),
    ("bluesky-v2.toml", include_str!("catalogue/bluesky-v2.toml")),
    ("discord.toml", include_str!("catalogue/discord.toml")),
    ("misskey.toml", include_str!("catalogue/misskey.toml")),
    ("nostr.toml", include_str!("catalogue/nostr.toml")),
    ("cap.toml", include_str!("catalogue/cap.toml")),
    ("cap-feed.toml", include_str!("catalogue/cap-feed.toml")),
    (
        "cap-webhook.toml",
        include_str!("catalogue/cap-webhook.toml"),
    ),
    ("gdacs.toml", include_str!("catalogue/gdacs.toml")),
    ("meteoalarm.toml", include_str!("catalogue/meteoalarm.toml")),
    ("email.toml", include_str!("catalogue/email.toml")),
    ("mqtt.toml", include_str!("catalogue/mqtt.toml")),
    ("nats.toml", include_str!("catalogue/nats.toml")),
];
