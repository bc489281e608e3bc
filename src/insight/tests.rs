//! The models that are shipped, on sentences of our own, and what must hold for
//! any text at all.

use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::fresh::{Counts, fresh};
use super::token::{MOST_BYTES, Tokens};
use super::{Insight, Topics};
use crate::model::reading::{Feeling, Reading};

const GAZETTEER: &str = r##"
[[topic]]
name = "water"
aliases = ["water main", "burst pipe*", "المياه", "água", "fuite d'eau"]
not = ["water colour"]

[[topic]]
name = "Harbour Bridge"
aliases = ["#harbourbridge", "جسر الميناء"]
"##;

fn insight() -> &'static Insight {
    static INSIGHT: OnceLock<Insight> = OnceLock::new();
    INSIGHT.get_or_init(|| {
        let mut topics = Topics::default();
        topics.add(Path::new("topics.toml"), GAZETTEER).unwrap();
        Insight::new(topics).unwrap()
    })
}

fn read(text: &str) -> Reading {
    insight().read(text, None)
}

fn language(text: &str) -> Option<String> {
    read(text).language.map(|language| language.code.clone())
}

fn rules(text: &str) -> Vec<String> {
    read(text)
        .urgency
        .reasons
        .into_iter()
        .map(|reason| reason.rule.clone())
        .collect()
}

fn topics(text: &str) -> Vec<String> {
    read(text)
        .topics
        .into_iter()
        .map(|topic| topic.name.clone())
        .collect()
}

#[test]
fn eight_languages_are_told_apart() {
    for (code, text) in [
        (
            "en",
            "The council says that the road will be open again on Thursday",
        ),
        (
            "pt",
            "A prefeitura informou que não haverá aulas amanhã de manhã",
        ),
        (
            "es",
            "El ayuntamiento dice que mañana no habrá clases en las escuelas",
        ),
        (
            "fr",
            "La mairie annonce que les écoles resteront fermées demain matin",
        ),
        ("ar", "أعلنت البلدية أن المدارس ستكون مغلقة غدا بسبب الأمطار"),
        (
            "de",
            "Die Stadt teilt mit, dass die Schulen morgen geschlossen bleiben",
        ),
        (
            "it",
            "Il comune comunica che domani le scuole resteranno chiuse",
        ),
        (
            "fa",
            "شهرداری اعلام کرد که مدارس فردا به دلیل بارندگی تعطیل است",
        ),
        ("ko", "내일 학교는 문을 닫습니다"),
        ("el", "Αύριο τα σχολεία θα είναι κλειστά"),
    ] {
        assert_eq!(language(text).as_deref(), Some(code), "{text}");
    }
}

#[test]
fn what_has_no_language_gets_none() {
    for text in [
        "",
        "😂",
        "1234 5678",
        "!!!",
        "@someone https://example.org/abc",
        "Сегодня школы закрыты",
    ] {
        assert_eq!(language(text), None, "{text}");
    }
    let hinted = insight().read("😂", Some("pt")).language.unwrap();
    assert_eq!((hinted.code.as_str(), hinted.percent), ("pt", 50));
}

#[test]
fn feelings_come_with_the_words_that_drove_them() {
    for (feeling, text, word) in [
        (
            Feeling::Positive,
            "I love this park, what a wonderful day, thank you!",
            "love",
        ),
        (
            Feeling::Negative,
            "This is the worst bus service ever, I hate it",
            "worst",
        ),
        (
            Feeling::Negative,
            "Que vergonha, esse serviço é horrível, odeio isso",
            "horrível",
        ),
        (
            Feeling::Positive,
            "Me encanta este parque, qué maravilla, muchas gracias",
            "encanta",
        ),
    ] {
        let felt = read(text).sentiment.unwrap();
        assert_eq!(felt.feeling, feeling, "{text}");
        let words: Vec<&str> = felt.words.iter().map(|word| word.as_evidence()).collect();
        assert!(words.contains(&word), "{words:?} of {text}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of sentences")]
fn rules_hold_in_every_language() {
    for (rule, texts) in [
        (
            "threat",
            [
                "I will kill every one of you",
                "سأقتلكم جميعا غدا",
                "vou te matar amanhã",
                "te voy a matar mañana",
                "je vais te tuer demain",
            ],
        ),
        (
            "self-harm",
            [
                "I want to die tonight",
                "أريد أن أموت الليلة",
                "eu quero morrer hoje",
                "hoy quiero morir",
                "je veux mourir ce soir",
            ],
        ),
        (
            "injury",
            [
                "two people injured at the station",
                "ثلاثة جرحى أمام المحطة",
                "duas pessoas feridas na estação",
                "hay dos heridos en la estación",
                "deux blessés devant la gare",
            ],
        ),
        (
            "infrastructure",
            [
                "a burst pipe in our street",
                "انقطاع المياه في حينا",
                "estamos sem luz desde ontem",
                "hay una fuga de gas aquí",
                "une fuite de gaz dans la rue",
            ],
        ),
        (
            "minors",
            [
                "a child was injured here",
                "إصابة طفل في الحادث",
                "uma criança ferida no local",
                "un niño herido en el lugar",
                "un enfant blessé sur place",
            ],
        ),
    ] {
        for text in texts {
            assert!(
                rules(text).iter().any(|found| found == rule),
                "{rule}: {text}: {:?}",
                rules(text)
            );
            assert!(read(text).urgency.score >= 50, "{text}");
        }
    }
}

#[test]
fn idioms_are_no_emergency() {
    for text in [
        "I'm dying of laughter at this",
        "morri de rir com esse vídeo",
        "je suis mort de rire",
    ] {
        assert!(!rules(text).iter().any(|rule| rule == "death"), "{text}");
        assert!(
            read(text).urgency.score < 50,
            "{text}: {:?}",
            read(text).urgency
        );
    }
}

#[test]
fn a_reason_shows_the_words_of_the_post() {
    let reasons = read("HELP, people are Trapped under the rubble")
        .urgency
        .reasons;
    let trapped = reasons
        .iter()
        .find(|reason| reason.rule == "trapped")
        .unwrap();
    assert_eq!(trapped.words.as_evidence(), "Trapped");
}

#[test]
fn what_hides_behind_other_letters_is_found() {
    // Cyrillic е, о and а; full width; a zero-width space.
    for text in [
        "bоmb thrеаt at the school",
        "ｂｏｍｂ ｔｈｒｅａｔ",
        "bo\u{200b}mb thr\u{ad}eat",
    ] {
        assert!(rules(text).iter().any(|rule| rule == "threat"), "{text}");
    }
}

#[test]
fn topics_are_named_by_alias_hashtag_and_clitic() {
    assert_eq!(topics("The Water Main on 5th burst"), ["water"]);
    assert_eq!(topics("burst pipes everywhere"), ["water"]);
    assert_eq!(topics("انقطعت والمياه ملوثة"), ["water"]);
    assert_eq!(topics("agua suja de novo"), ["water"]);
    assert_eq!(topics("stuck on #HarbourBridge"), ["Harbour Bridge"]);
    assert_eq!(topics("my water colour is dry"), Vec::<String>::new());
    assert_eq!(topics("a waterfall"), Vec::<String>::new());
    let read = read("near the harbour bridge, a water main");
    let words: Vec<&str> = read
        .topics
        .iter()
        .map(|topic| topic.words.as_evidence())
        .collect();
    assert_eq!(words, ["harbour bridge", "water main"]);
}

#[test]
fn a_wrong_gazetteer_is_refused_with_its_line() {
    let says = |text| {
        Topics::default()
            .add(Path::new("t.toml"), text)
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!(
        [
            says("[[topic]]\nname = \"a1\"\naliases = [\"x\",\n \"...\"]"),
            says("[[topic]]\nname = \"\""),
            says("[[topic]]\nname = \"a\"\n[[topic]]\nname = \"a\""),
            says("[[topic]]\nname = \"a\"\ncolour = 1"),
            says("[[topic"),
        ]
        .join("\n"),
        @r#"
    t.toml:4: "..." has no word that could be found.
    t.toml:2: A topic has to have a name.
    t.toml:4: The topic "a" is there twice; put their aliases together.
    t.toml:3: This is no gazetteer: unknown field `colour`, expected one of `name`, `aliases`, `not`.
    t.toml:1: This is no gazetteer: unclosed array table, expected `]]`.
    "#
    );
}

#[test]
fn an_elided_word_is_found_by_what_is_left() {
    let mut topics = Topics::default();
    let gazetteer = "[[topic]]\nname = \"water\"\naliases = [\"eau\"]\n";
    topics
        .add(std::path::Path::new("t.toml"), gazetteer)
        .unwrap();
    let insight = Insight::new(topics).unwrap();
    let names = |text: &str| insight.read(text, None).topics.len();
    assert_eq!(names("Quand revient l'eau à Moinho ?"), 1);
    assert_eq!(names("plus d\u{2019}eau au robinet"), 1);
    assert_eq!(names("un bateau, un gâteau"), 0);
}

#[test]
fn topics_change_the_version() {
    let plain = Insight::new(Topics::default()).unwrap();
    assert_ne!(plain.version(), insight().version());
    assert_eq!(*read("hello").model, insight().version());
}

#[test]
fn a_long_text_is_read_in_part_and_says_so() {
    let long = "There is a bomb threat. ".repeat(3_000);
    let reading = read(&long);
    assert!(reading.partly);
    assert_eq!(reading.language.unwrap().code, "en");
    assert!(!read(&"a ".repeat(100)).partly);
    // Padding does not push a threat out of sight before the bound.
    let padded = format!("{} I will kill you all", "\u{200b}".repeat(1_000));
    assert!(rules(&padded).iter().any(|rule| rule == "threat"));
}

#[test]
fn new_terms_are_those_that_rose() {
    let count = |texts: &[&str]| {
        let (mut counts, mut tokens) = (Counts::default(), Tokens::default());
        for text in texts.iter().cycle().take(40) {
            tokens.fill(text);
            counts.add(&tokens);
        }
        counts
    };
    let before = count(&["the market was open", "the market closes early"]);
    let now = count(&["the market was open", "smoke over the market #millfire"]);
    let found: Vec<String> = fresh(&now, &before, 2)
        .into_iter()
        .map(|fresh| fresh.term)
        .collect();
    assert_eq!(found, ["millfire", "smoke"]);
}

proptest! {
    #[test]
    fn any_text_is_read_the_same_twice(text in "\\PC{0,300}") {
        let reading = read(&text);
        prop_assert_eq!(&reading, &read(&text));
        if let Some(felt) = &reading.sentiment {
            let sum: u32 = felt.percents.iter().map(|percent| u32::from(*percent)).sum();
            prop_assert!((98..=102).contains(&sum), "{:?}", felt.percents);
            for word in &felt.words {
                prop_assert!(text.contains(word.as_evidence()));
            }
        }
        prop_assert!(reading.urgency.score <= 100);
    }

    #[test]
    fn tokens_lie_in_the_text_in_order(text in "[\\PC#@:)(!?.\u{1f600}\u{644}\u{622}]{0,120}") {
        let mut tokens = Tokens::default();
        tokens.fill(&text);
        let mut last = 0;
        for token in &tokens.list {
            prop_assert!(token.from >= last && token.to > token.from);
            prop_assert!(text.get(token.from as usize..token.to as usize).is_some());
            last = token.to;
        }
    }
}

proptest! {
    // Each case reads two texts of the full length.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_text_beyond_the_bound_changes_nothing(tail in "\\PC{1,200}") {
        let head = "Water is rising in the lower town. ".repeat(MOST_BYTES / 35 + 1);
        let (one, other) = (read(&head), read(&format!("{head}{tail}")));
        prop_assert_eq!(one.urgency, other.urgency);
        prop_assert_eq!(one.sentiment, other.sentiment);
    }
}
