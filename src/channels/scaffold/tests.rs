//! What new files from samples have to be.

use proptest::prelude::*;

use super::scaffold;
use crate::channels::catalogue::Catalogue;
use crate::channels::trial;

fn made(id: &str, sample: &str) -> String {
    scaffold(id, sample).expect("it is made").file
}

fn passes(id: &str, sample: &str) -> Result<(), String> {
    let file = scaffold(id, sample)?.file;
    let mut catalogue = Catalogue::default();
    catalogue
        .add("new.toml", &file)
        .map_err(|e| format!("{e}\n{file}"))?;
    let failures = trial::test(&catalogue, None)
        .into_iter()
        .flat_map(|t| t.failures);
    let failures: Vec<String> = failures.map(|f| f.as_evidence().to_owned()).collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(format!("{failures:?}\n{file}"))
    }
}

#[test]
fn a_scaffold_loads_and_passes_its_own_test() {
    let sample = r#"{"reports": [{"ref": "x", "report_id": 71, "citizen": {"name": "Dana \"D\" Reyes"}, "details": "No water\n'''", "sent_at": 1795459800, "priority": "high"}]}"#;
    let file = made("ripple", sample);
    for line in [
        "foreach = [\"/reports/*\"]",
        "id = \"/report_id\"",
        "author.name = \"/citizen/name\"",
        "text = \"/details\"",
        "as = \"unix_s\"",
    ] {
        assert!(file.contains(line), "{line} is missing:\n{file}");
    }
    passes("ripple", sample).unwrap_or_else(|e| panic!("{e}"));
    passes("bare", r#"[{"id": "a", "message": "x"}]"#).unwrap_or_else(|e| panic!("{e}"));
    assert!(scaffold("none", "[1, 2").is_err());
    assert!(scaffold("none", "{}").is_err());
}

#[test]
fn the_id_is_that_of_the_words_and_not_of_a_workspace_that_all_share() {
    let sample = r#"{"workspace": {"id": "w9"}, "thread": {"uid": "t1"}, "message": {"uid": "m7", "body_html": "<p>No water</p>"}, "by": {"handle": "dana"}}"#;
    let file = made("murmur", sample);
    for line in [
        "id = \"/message/uid\"",
        "text = \"/message/body_html\"",
        "author.name = \"/by/handle\"",
    ] {
        assert!(file.contains(line), "{line} is missing:\n{file}");
    }
    assert!(!file.contains("author.id = \"/message/uid\""), "{file}");
    passes("murmur", sample).unwrap_or_else(|e| panic!("{e}"));
    let shared = r#"{"workspace": {"id": "w9"}, "said": {"text": "No water"}}"#;
    assert!(made("shared", shared).contains("# a guess"));
}

#[test]
fn a_list_of_posts_is_found_wherever_it_lies_and_named() {
    let sample = r#"{"id": "batch-1", "meta": {"pages": [{"n": 1}, {"n": 2}, {"n": 3}]},
        "data": {"feed": {"posts": [{"id": "p1", "text": "No water"}, {"id": "p2", "text": "Still none"}]}}}"#;
    let new = scaffold("ripple", sample).expect("it is made");
    let foreach = "foreach = [\"/data/feed/posts/*\"]";
    assert!(new.file.contains(foreach), "{}", new.file);
    assert!(new.says[0].contains("/data/feed/posts/*"), "{:?}", new.says);
    assert!(new.says[1].contains("/meta/pages/*"), "{:?}", new.says);
    passes("ripple", sample).unwrap_or_else(|e| panic!("{e}"));

    let sample = r#"{"object": "page", "entry": [{"id": "7", "changes": [{"value": {"messages": [{"id": "m1", "text": "hi"}]}}]}]}"#;
    let file = made("deep", sample);
    let foreach = "foreach = [\"/entry/*/changes/*/value/messages/*\"]";
    assert!(file.contains(foreach), "{file}");
    passes("deep", sample).unwrap_or_else(|e| panic!("{e}"));

    // What has an id and words of its own is the post, whatever hangs on it.
    let sample = r#"{"id": "i1", "body": "No water", "comments": [{"id": "c1", "body": "same"}]}"#;
    assert!(!made("issue", sample).contains("foreach"));
}

#[test]
fn xml_forms_and_lines_are_samples_too() {
    let xml = "<reports><report><ref>R-7</ref><details>No water</details></report></reports>";
    let file = made("town", xml);
    assert!(file.contains("accept = [\"xml\"]"), "{file}");
    assert!(
        file.contains("\"/reports/0/report/*\"") || file.contains("/report/*"),
        "{file}"
    );
    passes("town", xml).unwrap_or_else(|e| panic!("{e}"));
    let form = "message_id=7&text=No+water&from=Dana";
    assert!(made("town", form).contains("accept = [\"form\"]"));
    passes("town", form).unwrap_or_else(|e| panic!("{e}"));
    let lines = "{\"id\": 1, \"text\": \"No water\"}\n{\"id\": 2, \"text\": \"Still none\"}\n";
    let new = scaffold("town", lines).expect("it is made");
    assert!(new.says[0].contains("line by line"), "{:?}", new.says);
    passes("town", lines).unwrap_or_else(|e| panic!("{e}"));
    let feed = "<rss version=\"2.0\"><channel><title>x</title></channel></rss>";
    assert!(scaffold("town", feed).unwrap_err().contains("\"feed\""));
}

proptest! {
    #[test]
    fn whatever_the_words_are_the_file_loads(id in "[^\u{0}]{1,12}", text in "\\PC{1,40}|['\"\\\\\n\u{7f}]{1,9}x") {
        let sample = serde_json::json!({"id": id, "text": text}).to_string();
        prop_assert_eq!(passes("any", &sample), Ok(()));
    }
}
