//! The README says what is so: its key table is the keymap's, and every verb
//! and file that it names is there.

use std::path::Path;

use clap::CommandFactory;
use watchfloor::cli::Cli;
use watchfloor::console::keymap::table_markdown;

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).expect("the README")
}

fn between<'t>(text: &'t str, mark: &str) -> &'t str {
    let (_, rest) = text
        .split_once(&format!("<!-- {mark} -->"))
        .expect("the mark");
    rest.split_once(&format!("<!-- /{mark} -->"))
        .expect("its end")
        .0
        .trim()
}

/// `watchfloor keys` prints what belongs between the marks.
#[test]
fn the_key_table_is_the_keymaps() {
    assert_eq!(between(&readme(), "keys"), table_markdown().trim());
}

#[test]
fn there_is_a_real_screen_and_there_are_figures() {
    let readme = readme();
    let screen = between(&readme, "screen");
    let quoted = screen.split('"');
    let pictures = quoted.filter(|part| part.strip_suffix(".svg").is_some());
    let mut shown = 0;
    for picture in pictures {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(picture);
        assert!(path.exists(), "{picture}");
        shown += 1;
    }
    assert!(shown >= 4, "dark and light of each");
    assert!(between(&readme, "figures").contains("cargo bench"));
}

#[test]
fn every_verb_that_it_names_is_there() {
    let readme = readme();
    let command = Cli::command();
    let known: Vec<&str> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    for part in readme.split("`watchfloor ").skip(1) {
        let verb: String = part
            .chars()
            .take_while(|c| c.is_ascii_lowercase() || *c == '-')
            .collect();
        assert!(
            verb.is_empty() || verb.starts_with('-') || known.contains(&verb.as_str()),
            "watchfloor {verb}"
        );
    }
}

#[test]
fn every_file_that_it_names_is_there() {
    for file in [
        "config.example.toml",
        "src/channels/catalogue/generic.toml",
        ".ci/run",
        "tests/architecture.rs",
    ] {
        assert!(readme().contains(file), "{file} is not named");
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(file).exists(),
            "{file}"
        );
    }
}
