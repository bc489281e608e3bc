//! Who speaks, and the filling of `{slots}`: passers-by are made of names of
//! their language, streets and numbers of the city's tables.
//!
//! All names are combined by chance from common ones and mean nobody.

use super::chance::Chance;
use super::script::{Person, Script};

/// Somebody who speaks `lang`.
pub(super) fn passer_by(script: &Script, lang: &str, chance: &mut Chance) -> Person {
    let names = script
        .city
        .names
        .get(lang)
        .or_else(|| script.city.names.values().next());
    let Some(names) = names else {
        return Person {
            name: "Somebody".to_owned(),
            handle: "somebody".to_owned(),
            followers: 0,
        };
    };
    let first = chance.pick(&names.first).map_or("", String::as_str);
    let last = chance.pick(&names.last).map_or("", String::as_str);
    let handle = chance.pick(&names.handle).map_or("", String::as_str);
    let name = match chance.below(5) {
        0 => first.to_owned(),
        1 => format!("{first} {}.", last.chars().next().unwrap_or('X')),
        _ => format!("{first} {last}"),
    };
    Person {
        name,
        handle: format!("{handle}{}", chance.between(2, 998)),
        followers: chance.below(40) * chance.below(60),
    }
}

/// `text` with every `{slot}` filled. `{n}` is a small number, `{minutes}` a
/// span, `{time}` a time of the evening; `street` names the street that an
/// incident is about, where there is one.
pub(super) fn fill(
    script: &Script,
    text: &str,
    street: Option<&str>,
    chance: &mut Chance,
) -> String {
    let mut out = String::with_capacity(text.len() + 24);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((slot, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        rest = tail;
        match (slot, street) {
            ("street", Some(street)) => out.push_str(street),
            ("n", _) => out.push_str(&chance.between(2, 60).to_string()),
            ("minutes", _) => out.push_str(&(chance.between(1, 11) * 5).to_string()),
            ("time", _) => {
                let quarter = chance.below(4) * 15;
                let hour = chance.between(17, 23);
                let time = format!("{hour}:{quarter:02}");
                out.push_str(&time);
            }
            _ => match script
                .city
                .slots
                .get(slot)
                .and_then(|with| chance.pick(with))
            {
                Some(with) => out.push_str(with),
                None => out.push_str(slot),
            },
        }
    }
    out.push_str(rest);
    out
}
