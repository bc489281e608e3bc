//! What a wrong channel file is told, and that a right one is read.

use super::parse;

const RIGHT: &str = r#"schema = 1
[channel]
id = "pump"
name = "Pumping stations"
kind = "alerting"
secrets = ["bearer"]
[source]
transport = "webhook"
[source.auth]
kind = "bearer"
secret = "bearer"
[[map]]
kind = "alert"
id = "/id"
text = ["/text", { at = "/code", enum = { E1 = "Pump stopped" }, default = "Pump fault" }]
[[test]]
name = "one"
input = '{"id":7,"code":"E1"}'
expect = { id = "7", text = "Pump stopped" }
"#;

#[track_caller]
fn refused(from: &str, to: &str, line: usize, key: &str, words: &str) {
    assert!(RIGHT.contains(from), "the sample has {from}");
    let wrong = RIGHT.replacen(from, to, 1);
    let error = parse("pump.toml", &wrong).expect_err("it is wrong");
    assert_eq!((error.line, error.key.as_str()), (line, key), "{error}");
    assert!(error.says.contains(words), "{error}");
    assert!(error.to_string().starts_with("pump.toml:"), "{error}");
}

#[test]
fn a_right_file_is_read() {
    let file = parse("pump.toml", RIGHT).expect("it is right");
    assert_eq!((file.id.as_str(), file.tests.len()), ("pump", 1));
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest() {
    refused(
        "transport",
        "transprot",
        8,
        "source.transprot",
        "\"transport\"",
    );
    refused("text =", "txt =", 15, "map[0].txt", "\"text\"");
    refused("[channel]", "[chanel]", 2, "chanel", "\"channel\"");
}

#[test]
fn wrong_values_are_refused_at_their_place() {
    refused("schema = 1", "schema = 2", 1, "schema", "schema 1");
    refused(
        "\"webhook\"",
        "\"webhok\"",
        8,
        "source.transport",
        "\"webhook\"",
    );
    refused("\"/id\"", "\"id\"", 14, "map[0].id", "starts with");
    refused("\"/id\"", "7", 14, "map[0].id", "pointer");
    refused("id = \"/id\"\n", "", 12, "map[0]", "\"id\" is missing");
    refused(
        "\"alert\"",
        "\"alarm\"",
        13,
        "map[0].kind",
        "one of mention",
    );
    refused(
        "default",
        "defualt",
        15,
        "map[0].text[1].defualt",
        "\"default\"",
    );
    refused(
        "\"bearer\"\n[[map]]",
        "\"token\"\n[[map]]",
        2,
        "channel",
        "\"token\"",
    );
    refused("name = \"one\"", "name = one", 17, "file", "not TOML");
}
