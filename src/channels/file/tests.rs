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

const GRANTED: &str = r#"schema = 1
[channel]
id = "town"
name = "Town"
kind = "social"
vars = { api = "https://town.example" }
secrets = ["id", "secret", "refresh"]
[source]
transport = "poll"
url = "{{ vars.api }}/posts"
headers = { User-Agent = "floor/1" }
[auth]
kind = "oauth2_refresh"
url = "{{ vars.api }}/token"
client_id = "{{ secret.id }}"
client_secret = "{{ secret.secret }}"
refresh_token = "{{ secret.refresh }}"
[[map]]
kind = "mention"
id = "/id"
text = "/text"
[reply]
url = "{{ vars.api }}/answers"
headers = { Authorization = "Bearer {{ auth.token }}" }
json = { text = "{{ action.text }}" }
[[test]]
name = "one"
input = '{"id":7,"text":"x"}'
expect = { id = "7" }
"#;

#[test]
fn one_table_says_how_a_token_is_asked_for() {
    let file = parse("town.toml", GRANTED).expect("it is right");
    let login = file.doing.login.as_ref().expect("by [auth]");
    let header = |name: &str| login.headers.iter().find(|(n, ..)| n == name);
    assert_eq!(
        header("Authorization").map(|(_, phrase, _)| phrase.written()),
        Some("Basic {{ (secret.id ~ ':' ~ secret.secret) | base64 }}")
    );
    assert!(header("User-Agent").is_some());
    let needs = &file.doing.ways[&crate::channels::reply::Act::Reply][0].needs;
    let refresh = crate::channels::reply::Need::Secret("refresh".to_owned());
    assert!(
        needs.contains(&refresh),
        "what the login needs, the answer needs: {needs:?}"
    );
    // Where no answer names a token there is no login.
    let without = GRANTED.replace("{{ auth.token }}", "{{ secret.id }}");
    let file = parse("town.toml", &without).expect("it is right");
    assert!(file.doing.login.is_none());
    // A client that is no single name can't be put into a header.
    let wrong = GRANTED.replace("\"{{ secret.id }}\"", "\"x{{ secret.id }}\"");
    let error = parse("town.toml", &wrong).expect_err("it is wrong");
    assert_eq!(error.key, "auth.client_id");
}

#[test]
fn a_prefix_is_words_and_fields() {
    let with = |prefix: &str| {
        let prefix = format!("prefix = \"{prefix}\"\n[[test]]");
        parse("town.toml", &GRANTED.replacen("[[test]]", &prefix, 1))
    };
    assert!(with("@{{ item.author.handle }} {{item.extra.case}}: ").is_ok());
    for (wrong, says) in [
        ("{{ item.text }}", "can't hold \"item.text\""),
        ("{{ item.author.name | upper }}", "can't hold"),
        ("{{ item.author.name", "not closed"),
    ] {
        let error = with(wrong).expect_err(wrong);
        assert_eq!(error.key, "reply.prefix");
        assert!(error.says.contains(says), "{error}");
    }
}

#[test]
fn what_may_stay_away_is_a_variable_or_a_secret() {
    let anonymous = RIGHT.replace(
        "kind = \"alerting\"",
        "kind = \"alerting\"\noptional = [\"word\"]",
    );
    let error = parse("pump.toml", &anonymous).expect_err("there is none");
    assert_eq!(error.key, "channel.optional");
    let known = anonymous.replace("[\"bearer\"]", "[\"bearer\", \"word\"]");
    let file = parse("pump.toml", &known).expect("it is right");
    assert_eq!(file.only_to_answer.secrets, ["word"]);
}

#[test]
fn a_bot_that_can_be_silenced_has_no_second_way_to_speak() {
    let speaks = RIGHT.replace(
        "transport = \"webhook\"\n",
        "transport = \"webhook\"\nrespond = { text = \"I am only a bot.\" }\n",
    );
    assert!(parse("pump.toml", &speaks).is_ok());
    let silenced = speaks + "[act.take_over]\nurl = \"https://bot.example/pause\"\njson = {}\n";
    let error = parse("pump.toml", &silenced).expect_err("it would go on");
    assert_eq!((error.line, error.key.as_str()), (9, "source.respond"));
    assert!(error.says.contains("go on speaking"), "{error}");
}

#[test]
fn a_condition_compares_with_a_variable_that_there_is() {
    let skips = RIGHT.replacen(
        "[[test]]",
        "skip_when = { any = [{ at = \"/by\", eq_var = \"ownn\" }] }\n[[test]]",
        1,
    );
    let error = parse("pump.toml", &skips).expect_err("there is none");
    assert_eq!(error.key, "map[0].skip_when.any[0].eq_var");
    assert!(error.says.contains("\"ownn\""), "{error}");
    let named = skips.replace(
        "kind = \"alerting\"",
        "kind = \"alerting\"\nvars = { ownn = \"us\" }",
    );
    parse("pump.toml", &named).expect("it is right");
}
