//! The question of `check terminal` that no terminal answers: which of two lines
//! reads right, the one that it orders itself or the one that we do.
//!
//! Owns the words and the two lines. The answer is remembered for this terminal;
//! the console goes by it where `console.bidi` is "auto".

use std::io::{self, BufRead};

use super::error::{CliError, Done};
use super::print;
use crate::config::paths::cache_dir;
use crate::console::probe::TerminalFacts;
use crate::console::{terminal, terminals};
use crate::text::{Bidi, Policy, SafeText};

/// Hebrew, since its letters do not join: shin, lamed, vav, mem; and numbers and
/// Latin, which keep their own order.
const SAMPLE: &str = "\u{5e9}\u{5dc}\u{5d5}\u{5dd} 112 Mill Road";

/// Shows both lines, asks, and remembers what was seen.
pub(super) fn ask(facts: &mut TerminalFacts) -> Result<Done, CliError> {
    print::text(&question())?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(CliError::failed)?;
    facts.orders_text = match line.trim() {
        "1" => Some(true),
        "2" => Some(false),
        _ => return print::line("Nothing is remembered; the console goes by what it knows."),
    };
    let Some(folder) = cache_dir() else {
        return print::line("There is no folder to remember it in; console.bidi sets it.");
    };
    let name = TerminalFacts::remembered_as(|name| std::env::var(name).ok());
    terminals::remember(&folder.join("terminals.json"), &name, facts);
    print::line(if facts.orders_text == Some(true) {
        "Remembered: this terminal orders right-to-left text itself."
    } else {
        "Remembered: the console orders right-to-left text on this terminal."
    })
}

fn question() -> String {
    let sample = SafeText::own(SAMPLE);
    let policy = Policy {
        bidi: Bidi::Visual,
        ..Policy::default()
    };
    let ours: String = sample
        .drawn(&policy)
        .iter()
        .map(|drawn| drawn.symbol.as_ref())
        .collect();
    let [explicit, implicit] = terminal::ORDERS;
    format!(
        "\n  1  {SAMPLE}\n{explicit}  2  {ours}\n{implicit}\nIn the line that reads right the sign \u{5e9}, which looks like a w, stands to the right of its word. \
         Which one? [1/2, Enter when neither or both] "
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_line_is_in_visual_order_between_the_modes() {
        let question = question();
        let ours = "\u{5dd}\u{5d5}\u{5dc}\u{5e9}";
        let line = question.lines().find(|line| line.contains(ours));
        assert!(line.is_some_and(|line| line.starts_with("\u{1b}[8l")));
        assert!(question.contains(SAMPLE) && question.contains("\u{1b}[8h"));
    }
}
