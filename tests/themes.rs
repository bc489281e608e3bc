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

mod sight;
mod watch;

use ratatui::style::{Color, Modifier, Style};
use sight::{Eyes, apart, contrast};
use watch::{Hands, scenes};
use watchfloor::console::effect::Effect;
use watchfloor::theme::{BUILT_IN, Depth, Own, Role, Shelf, Theme};

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

/// Text and ground of a style, as the eye gets them.
fn seen(style: Style, ground: (Color, Color)) -> (Color, Color) {
    let (fg, bg) = (style.fg.unwrap_or(ground.0), style.bg.unwrap_or(ground.1));
    if style.add_modifier.contains(Modifier::REVERSED) {
        (bg, fg)
    } else {
        (fg, bg)
    }
}

#[test]
fn words_can_be_read_on_every_ground_they_stand_on() {
    for (name, least) in [
        ("dark", 4.5),
        ("light", 4.5),
        ("colour-blind", 4.5),
        ("high-contrast", 7.0),
    ] {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let text = theme.style(Role::Text);
        for under in [
            Role::Text,
            Role::Header,
            Role::Panel,
            Role::Overlay,
            Role::Selection,
            Role::SelectionIdle,
        ] {
            let ground = theme.style(under);
            let plain = (
                ground.fg.or(text.fg).unwrap(),
                ground.bg.or(text.bg).unwrap(),
            );
            for (role, known) in Role::ALL {
                // A line is no text.
                if matches!(role, Role::Border) {
                    continue;
                }
                let style = theme.style(role);
                let of_its_own = style.bg.filter(|bg| Some(*bg) != text.bg);
                let style = Style {
                    bg: of_its_own,
                    ..style
                };
                let (fg, bg) = seen(style, plain);
                let ratio = contrast(fg, bg).unwrap();
                assert!(
                    ratio >= least,
                    "{name}: {known} on {under:?} has {ratio:.2}"
                );
            }
        }
    }
}

#[test]
fn high_contrast_is_black_and_white() {
    let theme = Theme::built_in("high-contrast", Depth::True).unwrap();
    for (role, known) in Role::ALL {
        let style = theme.style(role);
        for color in [style.fg, style.bg].into_iter().flatten() {
            let pure = [Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)];
            assert!(pure.contains(&color), "{known}: {color:?}");
        }
        assert!(!style.add_modifier.contains(Modifier::DIM), "{known}");
    }
}

/// The colour that a severity is known by: its ground where it has one.
fn signal(theme: &Theme, role: Role) -> Color {
    let style = theme.style(role);
    style.bg.or(style.fg).unwrap()
}

#[test]
fn severities_stay_apart_for_eyes_without_one_kind_of_cones() {
    const LEAST: f64 = 15.0;
    let roles = [
        Role::SeverityCritical,
        Role::SeverityHigh,
        Role::SeverityMedium,
        Role::SeverityLow,
        Role::SeverityInfo,
    ];
    let nearest = |name| {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let mut least = f64::INFINITY;
        for eyes in [Eyes::Usual, Eyes::Protanopia, Eyes::Deuteranopia] {
            for (n, a) in roles.iter().enumerate() {
                for b in &roles[n + 1..] {
                    let between = apart(signal(&theme, *a), signal(&theme, *b), eyes);
                    least = least.min(between.unwrap());
                }
            }
        }
        least
    };
    assert!(
        nearest("colour-blind") >= LEAST,
        "{}",
        nearest("colour-blind")
    );
    // The measure tells: the usual theme would not do.
    assert!(nearest("light") < LEAST, "{}", nearest("light"));
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
    let wide = |color| matches!(color, Color::Rgb(..) | Color::Indexed(_));
    for (name, depth) in [("dark", Depth::Ansi16), ("16", Depth::True)] {
        let theme = Theme::built_in(name, depth).unwrap();
        for (role, known) in Role::ALL {
            let style = theme.style(role);
            let mut colours = [style.fg, style.bg].into_iter().flatten();
            assert!(!colours.any(wide), "{name}: {known}");
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
        "night.toml:1: there is no theme \"sepia\" to inherit from; there are dark, light, high-contrast, colour-blind, mono, 16."
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

fn own(name: &str, text: &str) -> Own {
    Own {
        name: name.to_owned(),
        file: format!("themes/{name}.toml"),
        text: text.to_owned(),
    }
}

#[test]
fn own_themes_inherit_from_each_other_and_never_in_a_ring() {
    let shelf = Shelf::new(
        vec![
            own(
                "base",
                "inherits = \"light\"\n[roles]\nmark = { fg = \"red\" }\n",
            ),
            own(
                "night",
                "inherits = \"base\"\n[roles]\nkey = { fg = \"blue\" }\n",
            ),
            own("a", "inherits = \"b\"\n"),
            own("b", "# one\ninherits = \"a\"\n"),
        ],
        Depth::True,
    );
    let night = shelf.theme("night").unwrap();
    assert_eq!(night.style(Role::Mark), Style::new().fg(Color::Red));
    assert_eq!(night.style(Role::Key), Style::new().fg(Color::Blue));
    let light = shelf.theme("light").unwrap();
    assert_eq!(night.style(Role::Text), light.style(Role::Text));
    assert_eq!(
        shelf.theme("a").expect_err("a ring").to_string(),
        "themes/b.toml:2: inheriting from \"a\" leads back to this theme."
    );
    let names: Vec<&str> = shelf.names().collect();
    assert_eq!(names.len(), BUILT_IN.len() + 4);
}

fn with_themes() -> Hands {
    let mut hands = Hands::evening(80, 24);
    hands.app.settings.themes = scenes::themes();
    hands
}

#[test]
fn the_picker_shows_each_theme_at_once_and_esc_puts_the_old_one_back() {
    let mut hands = with_themes();
    assert_eq!(hands.app.theme(), "dark");
    hands.keys(":").text("theme").keys("Enter ↓");
    assert_eq!(hands.app.theme(), "light");
    hands.keys("Esc");
    assert_eq!(hands.app.theme(), "dark");
    assert!(hands.effects.is_empty(), "{:?}", hands.effects);
}

#[test]
fn enter_keeps_a_theme_and_remembers_it() {
    let mut hands = with_themes();
    hands
        .keys(":")
        .text("theme")
        .keys("Enter")
        .text("mon")
        .keys("Enter");
    assert_eq!(hands.app.theme(), "mono");
    let remembered = Effect::RememberTheme("mono".to_owned());
    assert_eq!(hands.effects, [remembered]);
    hands.keys(":").text("theme light").keys("Enter");
    assert_eq!(hands.app.theme(), "light");
    assert_eq!(hands.says(), "The theme is light.");
}

#[test]
fn a_wrong_theme_is_refused_by_line_and_never_shown() {
    let mut hands = with_themes();
    hands.keys(":").text("theme").keys("Enter ↑ ↓ ↓ ↓");
    assert_eq!(hands.app.theme(), "dark");
    hands.keys("Enter");
    assert_eq!(hands.app.theme(), "dark");
    assert!(
        hands.says().starts_with("night.toml:2:"),
        "{}",
        hands.says()
    );
    hands.keys(":").text("theme sepia").keys("Enter");
    assert!(
        hands.says().contains("there are dark, light"),
        "{}",
        hands.says()
    );
}

#[test]
fn what_the_configuration_sets_is_not_overruled_for_good() {
    let mut hands = with_themes();
    hands.app.settings.themes.set_by = Some("config.toml:3".to_owned());
    hands.keys(":").text("theme light").keys("Enter");
    assert_eq!(hands.app.theme(), "light");
    // Only the typed line is kept.
    let kept = |effect: &Effect| matches!(effect, Effect::Keep(_));
    assert!(hands.effects.iter().all(kept), "{:?}", hands.effects);
    assert!(hands.says().contains("config.toml:3"), "{}", hands.says());
}
