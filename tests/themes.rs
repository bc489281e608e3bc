//! The built-in themes set every role, go down to every depth, and can be
//! read; bad theme files are refused by file and line.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking, and its made-up evening is a table"
)]

use ratatui::style::{Color, Modifier, Style};
use watchfloor::theme::{BUILT_IN, Depth, Role, Theme};

fn luminance(color: Color) -> Option<f64> {
    let Color::Rgb(r, g, b) = color else {
        return None;
    };
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    Some(0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b))
}

fn contrast(a: Color, b: Color) -> Option<f64> {
    let (a, b) = (luminance(a)?, luminance(b)?);
    Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
}

#[test]
fn every_role_is_named_in_every_built_in_theme() {
    for (name, text) in BUILT_IN {
        for (role, known) in Role::ALL {
            let plain = format!("\n{known} = ");
            let quoted = format!("\n\"{known}\" = ");
            assert!(
                text.contains(&plain) || text.contains(&quoted),
                "{name}: {known}"
            );
            assert_eq!(Role::named(known), Some(role));
        }
    }
}

#[test]
fn words_can_be_read_on_every_ground_they_stand_on() {
    for name in ["dark", "light"] {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let ground = theme.style(Role::Text).bg.unwrap();
        let mut checked = 0;
        for (role, known) in Role::ALL {
            if matches!(role, Role::Border) {
                continue;
            }
            let style = theme.style(role);
            let Some(fg) = style.fg else { continue };
            let ratio = contrast(fg, style.bg.unwrap_or(ground)).unwrap();
            let least = if matches!(role, Role::Placeholder) {
                3.0
            } else {
                4.5
            };
            assert!(ratio >= least, "{name}: {known} has {ratio:.2}");
            checked += 1;
        }
        assert!(checked > 25);
        let selection = theme.style(Role::Selection).bg.unwrap();
        for role in [
            Role::SeverityCritical,
            Role::SeverityHigh,
            Role::SeverityMedium,
            Role::SeverityLow,
        ] {
            let ratio = contrast(theme.style(role).fg.unwrap(), selection).unwrap();
            assert!(
                ratio >= 4.5,
                "{name}: {role:?} on a selected row has {ratio:.2}"
            );
        }
    }
}

#[test]
fn severities_differ_and_mono_has_no_colour() {
    for name in ["dark", "light"] {
        for depth in [Depth::True, Depth::Indexed256] {
            let theme = Theme::built_in(name, depth).unwrap();
            let high = theme.style(Role::SeverityHigh).fg;
            assert_ne!(
                theme.style(Role::SeverityCritical).fg,
                high,
                "{name} {depth:?}"
            );
        }
    }
    for (name, _) in BUILT_IN {
        let theme = Theme::built_in(name, Depth::Mono).unwrap();
        for (role, known) in Role::ALL {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{name}: {known}");
        }
        let selection = theme.style(Role::Selection);
        assert!(
            selection.add_modifier.contains(Modifier::REVERSED),
            "{name}"
        );
    }
}

#[test]
fn sixteen_colours_are_the_sixteen() {
    let theme = Theme::built_in("dark", Depth::Ansi16).unwrap();
    for (role, known) in Role::ALL {
        for color in [theme.style(role).fg, theme.style(role).bg]
            .into_iter()
            .flatten()
        {
            assert!(
                !matches!(color, Color::Rgb(..) | Color::Indexed(_)),
                "{known}"
            );
        }
    }
}

fn refused(text: &str) -> String {
    Theme::read(text, "night.toml", Depth::True)
        .expect_err("a bad theme")
        .to_string()
}

#[test]
fn bad_themes_are_refused_by_line() {
    assert_eq!(
        refused("inherits = \"dark\"\n\n[roles]\n\"severity.critcal\" = { fg = \"red\" }\n"),
        "night.toml:4: there is no role \"severity.critcal\"; the nearest is \"severity.critical\"."
    );
    assert_eq!(
        refused("[roles]\ntext = { fg = \"reddish\" }\n"),
        "night.toml:2: \"reddish\" is not a colour; write #rrggbb, a name like light-red, or default."
    );
    assert_eq!(
        refused("inherits = \"sepia\"\n"),
        "night.toml:1: a theme inherits from dark, light or mono, not from \"sepia\"."
    );
    assert!(refused("[roles]\ntext = { colour = \"red\" }\n").starts_with("night.toml:2: "));
    assert!(Theme::built_in("sepia", Depth::True).is_err());
}

#[test]
fn a_theme_inherits_what_it_does_not_say() {
    let text = "inherits = \"light\"\n[roles]\nmark = { fg = \"red\" }\n";
    let theme = Theme::read(text, "mine.toml", Depth::True).unwrap();
    assert_eq!(theme.style(Role::Mark), Style::new().fg(Color::Red));
    let light = Theme::built_in("light", Depth::True).unwrap();
    assert_eq!(theme.style(Role::Text), light.style(Role::Text));
}
