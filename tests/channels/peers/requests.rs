//! What we send, held against the vendors' own types of their requests, most of
//! them generated from their OpenAPI documents (`requests.ts` says which). The
//! bodies are those that the channel files' tests build; that they are built so
//! is proven by `channels test`.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use super::{tool, wanted};

const TYPES: &str = include_str!("requests.ts");

/// A body with the name of its type: "FILE ACT".
type Body = (String, serde_json::Value);

/// The bodies that the files' tests build for each name in [`TYPES`].
fn bodies() -> Vec<Body> {
    let names = TYPES.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("  \"")?.split_once('"')?;
        Some(name.to_owned())
    });
    let of = |name: String| {
        let bodies = acting(&name).into_iter();
        let bodies: Vec<Body> = bodies.map(|(_, body)| (name.clone(), body)).collect();
        assert!(!bodies.is_empty(), "no test builds a body for {name}");
        bodies
    };
    names.flat_map(of).collect()
}

/// The requests with a body that a file's tests build for "FILE ACT", each with its
/// body.
pub(super) fn acting(name: &str) -> Vec<(toml::Value, serde_json::Value)> {
    let (file, act) = name.split_once(' ').unwrap();
    let path = format!("src/channels/catalogue/{file}.toml");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(path).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let tests = file["test"].as_array().unwrap().iter();
    let acting = tests.filter(|t| t.get("act").is_some_and(|a| a.as_str() == Some(act)));
    let requests = acting.filter_map(|t| t.get("request"));
    let with_body = |request: &toml::Value| {
        let body = read(request.get("body")?.as_str()?);
        Some((request.clone(), body))
    };
    requests.filter_map(with_body).collect()
}

/// A body as it is written, JSON or a form.
fn read(body: &str) -> serde_json::Value {
    if body.starts_with('{') {
        return serde_json::from_str(body).unwrap();
    }
    let form = url::form_urlencoded::parse(body.as_bytes());
    let pairs = form.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
    serde_json::Value::Object(pairs.collect())
}

/// What the compiler says of these bodies, a line each.
fn checked(bodies: &[Body]) -> Vec<String> {
    let mut source = TYPES.to_owned();
    for (nth, (name, body)) in bodies.iter().enumerate() {
        writeln!(source, "export const b{nth}: Checked[\"{name}\"] = {body};").unwrap();
    }
    let file = tool("../npm/requests-checked.ts");
    std::fs::write(&file, source).unwrap();
    let options = "--noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler";
    let done = Command::new(tool("node"))
        .arg(tool("../npm/node_modules/typescript/bin/tsc"))
        .args(options.split(' '))
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let wrong: Vec<String> = said
        .lines()
        .filter(|l| l.contains("error TS"))
        .map(str::to_owned)
        .collect();
    assert_eq!(done.status.success(), wrong.is_empty(), "{said}");
    wrong
}

#[test]
fn what_we_send_is_what_vendors_say_that_they_take() {
    if !wanted("vendors' types") {
        return;
    }
    let bodies = bodies();
    let wrong = checked(&bodies);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // That it can fail: a name more is refused in every one of them.
    let more = bodies.iter().map(|(name, body)| {
        let mut body = body.clone();
        body["nobody_knows_this"] = true.into();
        (name.clone(), body)
    });
    let more: Vec<Body> = more.collect();
    let wrong = checked(&more);
    assert_eq!(wrong.len(), more.len(), "{}", wrong.join("\n"));
    println!(
        "{} requests are as their vendors' types want them",
        bodies.len()
    );
}
