//! What the fuzz targets do with their bytes. Each of `targets` is one of these.
//!
//! Owns no rule of its own but one: whatever the bytes are, nothing panics, hangs
//! or grows without bound. What comes out right is what the program's tests prove.
//!
//! `.ci/fuzz` runs them, from seeds that `seeds` makes, with the counters of branches
//! that `counted` has the compiler put in.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::registry::{Channel, Channels};
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::channels::transport::webhook::{Request, Webhook};
use watchfloor::channels::trial;
use watchfloor::model::ids::ChannelName;
use watchfloor::model::time::Timestamp;

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::built_in().expect("the built-in files are right"))
}

/// The file that the first byte chooses among `ids`, and the rest.
fn chosen<'d, 'i>(ids: &[&'i str], data: &'d [u8]) -> Option<(&'i str, &'d [u8])> {
    let (first, rest) = data.split_first()?;
    let id = ids.get(usize::from(*first) % ids.len())?;
    Some((id, rest))
}

/// One of `ids` reads the rest of `data`, every field traced.
fn read(ids: &[&str], data: &[u8]) {
    if let Some((id, sample)) = chosen(ids, data) {
        drop(trial::try_sample(catalogue(), id, sample));
    }
}

/// Every file's map.
pub fn map(data: &[u8]) {
    static IDS: OnceLock<Vec<&'static str>> = OnceLock::new();
    read(IDS.get_or_init(|| catalogue().ids().collect()), data);
}

/// RSS, Atom, JSON Feed, CAP and what agencies make of them.
pub fn feed(data: &[u8]) {
    read(&["feed", "cap", "cap-feed", "gdacs", "meteoalarm"], data);
}

/// Mails.
pub fn mail(data: &[u8]) {
    read(&["email"], data);
}

/// Webhooks that are signed, each with its own way of signing.
const SIGNED: [&str; 12] = [
    "slack",
    "line",
    "viber",
    "twilio",
    "messenger",
    "x-activity",
    "discord-interactions",
    "teams",
    "aws-sns",
    "intercom",
    "zendesk",
    "github",
];

fn doors() -> &'static Vec<Webhook> {
    static DOORS: OnceLock<Vec<Webhook>> = OnceLock::new();
    DOORS.get_or_init(|| SIGNED.iter().filter_map(|id| door(id)).collect())
}

fn door(id: &str) -> Option<Webhook> {
    let name = ChannelName::new(id).ok()?;
    let listed = catalogue().list();
    let file = listed.iter().find(|file| file.id == id)?;
    let mut config = ChannelConfig::new(name.clone(), id);
    for var in &file.vars {
        config.vars.insert(var.clone(), format!("https://{var}.test"));
    }
    for secret in &file.secrets {
        config.secrets.insert(secret.clone(), Secret::new("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
    }
    let channels = Channels::load(vec![config], catalogue()).expect("all is filled in");
    let channel: Arc<Channel> = Arc::clone(channels.get(&name)?);
    Webhook::of(&channel)
}

/// A request to one of the doors: the first byte chooses it, then lines `Name: value`
/// up to an empty one, of which `?` is the query, then the body.
pub fn signature(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let doors = doors();
    let Some(door) = doors.get(usize::from(*first) % doors.len()) else {
        return;
    };
    let (mut headers, mut query, mut body) = (HeaderMap::new(), String::new(), rest);
    while let Some(end) = body.iter().position(|b| *b == b'\n') {
        let (line, after) = body.split_at(end);
        body = after.get(1..).unwrap_or_default();
        let Some(colon) = line.iter().position(|b| *b == b':') else {
            break;
        };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name == b"?" {
            query = String::from_utf8_lossy(value).into_owned();
        } else if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    for method in [Method::POST, Method::GET] {
        drop(door.receive(&Request {
            method: &method,
            path: "",
            query: &query,
            headers: &headers,
            body: Bytes::copy_from_slice(body),
            peer: IpAddr::from([203, 0, 113, 9]),
            names: &[],
            now: Timestamp::from_millis(1_795_459_800_000),
        }));
    }
}
