//! `check terminal`: what terminal this is, how the console would use it, and
//! what to set where that is wrong.
//!
//! Owns the words; what is asked is the console's `interview`, and what only the
//! officer sees is `reading`'s. Exit code 0; 1 when there is no terminal to ask.

use super::console::fitting;
use super::error::{CliError, Done};
use super::lettering;
use super::lines;
use super::print;
use super::reading;
use super::settings::Globals;
use crate::console::fitting::Fitting;
use crate::console::interview::{Interview, Width, interview};
use crate::console::probe::{Multiplexer, TerminalFacts};
use crate::text::SafeText;
use crate::theme::{Depth, Glyphs};

/// Asks the terminal and tells what came of it.
pub fn run(globals: &Globals) -> Result<Done, CliError> {
    let config = globals.load()?;
    crate::console::ready().map_err(CliError::failed)?;
    let fitting = fitting(&config);
    let mut found = interview(fitting.glyphs == Glyphs::Unicode).map_err(CliError::failed)?;
    if let Some(name) = &fitting.terminal {
        found.facts.name = Some(name.clone());
    }
    print::text(&shown(&found, &fitting))?;
    let wishes = lettering::wishes(&config);
    if fitting.glyphs == Glyphs::Ascii || wishes.bidi.is_some() {
        return Ok(Done::Whole);
    }
    reading::ask(&mut found.facts)
}

fn shown(found: &Interview, fitting: &Fitting) -> String {
    let facts = &found.facts;
    let rows = [
        ("terminal", terminal(facts)),
        ("multiplexer", multiplexer(facts)),
        ("answers", answers(found)),
        ("colours", colours(fitting)),
        ("signs", signs(fitting)),
        ("output", output(fitting)),
        ("synchronised", synchronised(facts, fitting)),
        ("notices", notices(facts)),
        ("right to left", bidi(facts).to_owned()),
    ];
    let own = |text: &str| SafeText::own(text.to_owned());
    let rows: Vec<Vec<SafeText>> = rows
        .iter()
        .map(|(name, says)| vec![own(name), own(says)])
        .collect();
    let mut text = lines::columns(&rows);
    text.push('\n');
    text.push_str(&widths(&found.widths));
    for advice in advice(found, fitting) {
        text.push_str(&advice);
        text.push('\n');
    }
    text
}

fn terminal(facts: &TerminalFacts) -> String {
    let place = if facts.remote { ", over SSH" } else { "" };
    match (&facts.name, &facts.version) {
        (Some(name), Some(version)) => format!("{name} {version}{place}"),
        (Some(name), None) => format!("{name}{place}"),
        (None, _) => format!("unknown{place}"),
    }
}

fn multiplexer(facts: &TerminalFacts) -> String {
    let version = facts.multiplexer_version.as_deref().unwrap_or_default();
    let nested = if facts.nested { " in another one" } else { "" };
    format!("{} {version}{nested}", facts.multiplexer)
}

fn answers(found: &Interview) -> String {
    match found.took {
        Some(took) => format!("after {} ms", took.as_millis()),
        None => "no answer; the environment is believed".to_owned(),
    }
}

fn colours(fitting: &Fitting) -> String {
    match fitting.depth {
        Depth::Mono => "none: bold, reverse and underline only",
        Depth::Ansi16 => "16",
        Depth::Indexed256 => "256",
        Depth::True => "24 bits",
    }
    .to_owned()
}

fn signs(fitting: &Fitting) -> String {
    match fitting.glyphs {
        Glyphs::Unicode => "all".to_owned(),
        Glyphs::Ascii => "ASCII only: letters lose their accents, the rest is \"?\"".to_owned(),
    }
}

fn output(fitting: &Fitting) -> String {
    let limits = fitting.limits;
    let frames = 1000 / limits.between.as_millis().max(1);
    match limits.bytes_per_s {
        Some(rate) => format!("{rate} bytes and {frames} frames a second at the most"),
        None => format!("{frames} frames a second at the most"),
    }
}

fn synchronised(facts: &TerminalFacts, fitting: &Fitting) -> String {
    match (fitting.synchronised, facts.sync) {
        (Some(true), _) => "on, as configured",
        (Some(false), _) => "off",
        (None, true) => "on: the terminal knows it",
        (None, false) => "off: the terminal does not know it",
    }
    .to_owned()
}

fn notices(facts: &TerminalFacts) -> String {
    let name = facts.name.as_deref().unwrap_or_default();
    let way = match name {
        _ if facts.osc99 => "OSC 99, and the bell",
        "kitty" => "OSC 99, and the bell",
        "foot" | "ghostty" | "wezterm" | "rxvt" => "OSC 777, and the bell",
        "iterm2" => "OSC 9, and the bell",
        _ => "the bell and the title",
    };
    way.to_owned()
}

fn bidi(facts: &TerminalFacts) -> &'static str {
    match facts.name.as_deref() {
        Some("konsole" | "apple-terminal" | "putty" | "mlterm" | "vte" | "mintty") => {
            "the terminal orders it itself"
        }
        Some("kitty") => "the terminal orders letters within words",
        Some("alacritty" | "ghostty" | "xterm" | "foot" | "wezterm" | "rxvt" | "linux") => {
            "the terminal shows it from left to right"
        }
        _ => "not known of this terminal",
    }
}

fn widths(widths: &[Width]) -> String {
    let differs = |width: &&Width| {
        let theirs = width.theirs.map(usize::from);
        theirs.is_some_and(|theirs| theirs != width.ours)
    };
    let other: Vec<String> = widths
        .iter()
        .filter(differs)
        .map(|width| {
            let theirs = width.theirs.unwrap_or(0);
            format!("  {}: {theirs} columns, not {}\n", width.name, width.ours)
        })
        .collect();
    match (widths.len(), other.len()) {
        (0, _) => String::new(),
        (measured, 0) => format!("All {measured} test characters are as wide as we think.\n\n"),
        (measured, _) => format!(
            "Of {measured} test characters the terminal draws these otherwise; columns stay aligned, since the cursor is moved behind them:\n{}\n",
            other.concat()
        ),
    }
}

/// What to set, a sentence each.
fn advice(found: &Interview, fitting: &Fitting) -> Vec<String> {
    let facts = &found.facts;
    let mut advice = Vec::new();
    let mut say = |when: bool, says: &str| {
        if when {
            advice.push(says.to_owned());
        }
    };
    let tmux = facts.multiplexer == Multiplexer::Tmux;
    say(
        tmux,
        "In tmux: \"set -g focus-events on\" tells the console when you look at it, and \"set -g allow-passthrough on\" lets notices through.",
    );
    say(
        found.took.is_none() && facts.name.is_none(),
        "The terminal does not say what it is: console.terminal names it (\"kitty\", \"vte\", \"xterm\").",
    );
    let slow = found.took.is_some_and(|took| took.as_millis() > 400);
    say(
        slow,
        "The line is slow: console.low_bandwidth = true draws less often.",
    );
    say(
        fitting.glyphs == Glyphs::Ascii,
        "If this terminal shows UTF-8, set LANG to a UTF-8 locale or console.glyphs = \"unicode\".",
    );
    let ambiguous = |width: &Width| width.name == "ellipsis" && width.theirs == Some(2);
    say(
        found.widths.iter().any(ambiguous),
        "The terminal draws signs of ambiguous width over two columns; set it to narrow.",
    );
    advice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_told_with_what_to_set() {
        let found = Interview {
            facts: TerminalFacts {
                name: Some("foot".to_owned()),
                multiplexer: Multiplexer::Tmux,
                multiplexer_version: Some("3.4".to_owned()),
                ..TerminalFacts::default()
            },
            took: None,
            widths: vec![Width {
                name: "ellipsis",
                cluster: "…",
                ours: 1,
                theirs: Some(2),
            }],
        };
        let text = shown(&found, &Fitting::default());
        for part in [
            "foot",
            "tmux 3.4",
            "OSC 777",
            "allow-passthrough",
            "2 columns, not 1",
            "narrow",
        ] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
    }
}
