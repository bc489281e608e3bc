//! Who passes for whom, and who does not.

use super::*;

fn known() -> KnownNames {
    let mut known = KnownNames::default();
    known.know_account("@cityhall@social.example");
    known.know_account("City Hall");
    known.know_account("@waterworks");
    known.know_roster("officer2");
    known.know_roster("pipes");
    known.know_host("city.example");
    known
}

fn of(name: &str, handle: &str) -> Option<String> {
    let found = known().of_author(&name.into(), &handle.into());
    found.map(|likeness| likeness.to_string())
}

#[test]
fn the_operators_own_accounts_are_themselves() {
    for (name, handle) in [
        ("City Hall", "cityhall@social.example"),
        ("City Hall", "@CityHall@social.example"),
        ("City Hall", "cityhall"),
        ("Water", "waterworks"),
        ("Water", "waterworks@any.example"),
    ] {
        assert_eq!(of(name, handle), None, "{name} {handle}");
    }
}

#[test]
fn what_is_written_almost_alike_is_told() {
    let hall = Some("looks like @cityhall@social.example".to_owned());
    for handle in [
        "cityhall@evil.example",
        "cityha1l",
        "cityhaIl",
        "c\u{456}tyhall",
        "city_hall",
        "ⅽityhall",
        "city\u{200b}hall@x.example",
        "cítyhall",
        "ＣｉｔｙＨａｌｌ@x.example",
    ] {
        let found = of("Jo", handle);
        assert!(
            found == hall || found.as_deref() == Some("looks like City Hall"),
            "{handle}: {found:?}"
        );
    }
    assert_eq!(
        of("Jo", "waterw0rks").as_deref(),
        Some("looks like @waterworks")
    );
    assert_eq!(of("Jo", "offlcer2"), None, "l and i differ in lower case");
    assert_eq!(of("Jo", "оfficer2").as_deref(), Some("looks like officer2"));
}

#[test]
fn the_operators_name_under_another_handle_is_told() {
    assert_eq!(
        of("City Hall", "jo77").as_deref(),
        Some("uses the name City Hall")
    );
    let found = of("C\u{456}ty Hall", "jo77").unwrap();
    assert!(found.starts_with("looks like"), "{found}");
}

#[test]
fn honest_names_are_left_alone() {
    for (name, handle) in [
        ("Anna K.", "anna.k"),
        ("officer2", "officer2"),
        ("Pipes", "pipes"),
        ("田中Taro", "taro_田中"),
        ("김민수 Kim", "kim"),
        ("Анна (Anna)", "anna_анна"),
        ("سمير Samir", "samir_h"),
        ("José Ñandú", "jose"),
        ("Ελένη", "eleni"),
        ("", ""),
        ("🚒", "🚒"),
    ] {
        assert_eq!(of(name, handle), None, "{name} {handle}");
    }
}

#[test]
fn hidden_characters_and_length_hide_nothing_and_cost_little() {
    let strewn: String = "cityhall"
        .chars()
        .flat_map(|c| [c, '\u{200b}', '\u{202e}'])
        .collect();
    assert!(of("", &strewn).is_some());
    assert_eq!(of(&"City Hall ".repeat(10_000), "jo"), None);
    assert_eq!(of(&"\u{200b}".repeat(60_000), "jo"), None);
}

#[test]
fn a_word_that_mixes_alphabets_is_told() {
    assert_eq!(
        of("Jo", "p\u{430}ypal").as_deref(),
        Some("mixes Latin and Cyrillic letters")
    );
    assert_eq!(
        of("αdmin", "jo").as_deref(),
        Some("mixes Greek and Latin letters")
    );
}

#[test]
fn hosts_are_compared_as_they_are_read() {
    let known = known();
    let of = |host: &str| known.of_host(host).map(|one| one.to_string());
    for own in [
        "city.example",
        "www.city.example",
        "CITY.example.",
        "a.b.city.example",
    ] {
        assert_eq!(of(own), None, "{own}");
    }
    for alike in [
        "c\u{456}ty.example",
        "xn--cty-jhd.example",
        "c1ty.example",
        "city.example.evil.example",
        "city.example-login.example",
    ] {
        let found = of(alike);
        let told = found.is_some_and(|says| says == "looks like city.example");
        // "1" passes for "l", which is no "i".
        assert_eq!(told, !alike.contains('1'), "{alike}");
    }
    assert_eq!(of("news.example"), None);
    assert_eq!(of("münchen.example"), None);
    assert_eq!(
        of("p\u{430}ypal.example").as_deref(),
        Some("mixes Latin and Cyrillic letters")
    );
}
