//! The README says what is so: its key table is the keymap's, and every verb
//! and file that it names is there.

use std::path::Path;

use clap::CommandFactory;
use watchfloor::channels::catalogue::Catalogue;
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

/// The rows of a table between marks, without its head: cells as they stand.
fn rows(table: &str) -> Vec<Vec<&str>> {
    let lines = table.lines().skip(2);
    lines
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// What stands in backticks.
fn ticked(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The list, the files and the table agree on what was run against the real thing, and
/// `.ci/peers` installs what they name.
#[test]
fn the_peers_that_it_names_are_those_of_the_files_and_of_the_runs() {
    let readme = readme();
    let table = rows(between(&readme, "peers"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let peers = std::fs::read_to_string(root.join(".ci/peers")).expect("the peers");
    let catalogue = Catalogue::built_in().expect("the built-in files are right");
    let files = catalogue.list();
    for row in &table {
        let [channels, with, versions] = row.as_slice() else {
            panic!("{row:?} has not three cells");
        };
        let channels = ticked(channels);
        let versions: Vec<&str> = versions.split(", ").collect();
        for channel in &channels {
            let file = files.iter().find(|file| file.id == *channel);
            let proof = file.and_then(|f| f.proof()).unwrap_or_default();
            let named = versions.iter().filter(|v| proof.contains(**v)).count();
            // A row of several channels names what each was run with.
            let wanted = if channels.len() == versions.len() {
                1
            } else {
                versions.len()
            };
            assert_eq!(
                named, wanted,
                "{channel} says \"{proof}\", the README {versions:?}"
            );
        }
        let of_the_system = with.contains("Debian") || with.contains("nginx");
        for version in versions.iter().filter(|_| !of_the_system) {
            let bare = version.rsplit(' ').next().expect("a word");
            let installed = [format!("=={bare}"), format!("@{bare}")];
            assert!(
                installed.iter().any(|i| peers.contains(i)),
                "{version} is not in .ci/peers"
            );
        }
    }
    let named: Vec<&str> = table.iter().flat_map(|row| ticked(row[0])).collect();
    for file in &files {
        let proof = file
            .proof()
            .unwrap_or_else(|| panic!("{} tells no proof", file.id));
        let with = proof.starts_with("tested with") || proof.contains("signatures with");
        assert_eq!(
            with,
            named.contains(&file.id.as_str()),
            "{} says \"{proof}\"",
            file.id
        );
    }
}

/// The blocks of a section in `language`, without what they are indented by.
fn blocks(section: &str, language: &str) -> Vec<String> {
    let parts = section.split("```").skip(1).step_by(2);
    let of = parts.filter_map(|part| part.strip_prefix(language)?.strip_prefix('\n'));
    of.map(|block| {
        let lines = block
            .lines()
            .map(|line| line.strip_prefix("   ").unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    })
    .collect()
}

/// `file` with the lines of `more` in its tables; a key that is there is replaced, a
/// table that is not is added at the end of what stands before the tests.
fn merged(file: &str, more: &str) -> String {
    let mut lines: Vec<String> = file.lines().map(str::to_owned).collect();
    let mut table = String::new();
    for line in more.lines().filter(|line| !line.is_empty()) {
        if line.starts_with('[') {
            line.clone_into(&mut table);
            if !lines.contains(&table) {
                let tests = lines.iter().position(|l| l == "[[test]]").expect("a test");
                lines.insert(tests, table.clone());
            }
            continue;
        }
        let head = lines.iter().position(|l| *l == table).expect("its table");
        let end = lines.iter().skip(head + 1).position(|l| l.starts_with('['));
        let end = end.map_or(lines.len(), |end| head + 1 + end);
        let key = line.split('=').next().expect("a key");
        let same = (head + 1..end).find(|at| lines[*at].starts_with(key));
        match same {
            Some(at) => line.clone_into(&mut lines[at]),
            None => lines.insert(head + 1, line.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

/// The ten minutes, as they stand there: its sample, its commands, its lines.
#[test]
fn a_channel_is_written_as_it_says() {
    let readme = readme();
    let (_, section) = readme
        .split_once("## Write your own channel")
        .expect("the section");
    let (section, _) = section.split_once("\n## ").expect("its end");
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("ripple.json"), &blocks(section, "json")[0]).expect("kept");
    let binary = Path::new(env!("CARGO_BIN_EXE_watchfloor"))
        .parent()
        .expect("a folder");
    let run = |commands: &str, answers: &str| {
        let mut command = std::process::Command::new("sh");
        command
            .arg("-ec")
            .arg(commands)
            .current_dir(home.path())
            .env_clear();
        command.env("HOME", home.path());
        command.env("PATH", format!("{}:/usr/bin:/bin", binary.display()));
        command.stdin(std::process::Stdio::piped());
        command.stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        let mut child = command.spawn().expect("a shell");
        let mut stdin = child.stdin.take().expect("its input");
        std::io::Write::write_all(&mut stdin, answers.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let both = [&output.stdout[..], &output.stderr[..]].concat();
        let says = String::from_utf8_lossy(&both).into_owned();
        assert!(output.status.success(), "{commands}: {says}");
        says
    };
    let steps = blocks(section, "sh");
    assert!(run(&steps[0], "").contains("1 passed, of 1 file."));
    let tried = run(&steps[1], "");
    assert!(
        tried.contains("No water on Mill Road") && tried.contains("/case"),
        "{tried}"
    );

    let path = home.path().join(".config/watchfloor/channels/ripple.toml");
    let mut file = std::fs::read_to_string(&path).expect("the new file");
    for lines in blocks(section, "toml") {
        file = merged(&file, &lines);
    }
    std::fs::write(&path, &file).expect("kept");
    assert!(run("watchfloor channels test ripple", "").contains("1 passed, of 1 file."));
    let shown = run("watchfloor channels show ripple", "");
    assert!(shown.contains("reply: at most 500"), "{shown}");
    let added = run("watchfloor channels add ripple", "\n\nkey-of-ours\n");
    assert!(added.contains("/in/ripple"), "{added}");
    run("watchfloor check", "");
}
