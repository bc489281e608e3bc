//! Feeds in each form, wrong ones and huge ones.

use super::feed::*;
use crate::model::claim::Rating;

fn only(text: &str) -> Claim {
    let (claims, left_out) = read("test", text).expect("it is a feed");
    assert_eq!((claims.len(), left_out), (1, 0));
    claims.into_iter().next().expect("one")
}

const REVIEW: &str = r#"{"@context":"https://schema.org","@type":"ClaimReview","url":"https://checks.example/1",
    "claimReviewed":"The reservoir was poisoned","author":{"@type":"Organization","name":"Checks"},
    "reviewRating":{"@type":"Rating","ratingValue":1,"bestRating":5,"alternateName":"False"},"datePublished":"2026-01-02"}"#;

#[test]
fn what_is_too_long_is_cut_and_ids_stay_apart() {
    let own = |id: &str| {
        let long = "x".repeat(5000);
        let (id, by) = (format!("{long}{id}"), &long);
        only(&format!(
            r#"{{"claim":[{{"id":"{id}","claim":"It rains","url":"https://a.example/{long}","by":"{by}"}}]}}"#
        ))
    };
    let (one, other) = (own("1"), own("2"));
    assert_ne!(one.id, other.id);
    assert_eq!((one.id.len(), one.by.len()), (NAME + 64, NAME));
    assert_eq!(one.url, "");
}

#[test]
fn each_form_is_read() {
    let claim = only(REVIEW);
    assert_eq!(
        (claim.rating, claim.by.as_str(), claim.id.as_str()),
        (Rating::False, "Checks", "https://checks.example/1")
    );
    assert_eq!(only(&format!("[{REVIEW}]")), claim);
    assert_eq!(
        only(&format!(r#"{{"@graph":[{{"@type":"WebPage"}},{REVIEW}]}}"#)),
        claim
    );
    let feed = format!(
        r#"{{"@type":"DataFeed","dataFeedElement":[{{"@type":"DataFeedItem","item":[{REVIEW}]}}]}}"#
    );
    assert_eq!(only(&feed), claim);
    let api = only(
        r#"{"claims":[{"text":"The reservoir was poisoned","claimReview":[{"publisher":{"name":"Checks"},
        "url":"https://checks.example/1","title":"No poison","textualRating":"Half true","languageCode":"en"}]}]}"#,
    );
    assert_eq!(
        (api.rating, api.title.as_str()),
        (Rating::Mixed, "No poison")
    );
    let own = only(
        "[[claim]]\nid = \"w1\"\nclaim = \"The reservoir was poisoned\"\nurl = \"https://city.example\"\nrating = \"false\"\n",
    );
    assert_eq!((own.id.as_str(), own.rating), ("w1", Rating::False));
    assert_eq!(
        only(r#"{"claim":[{"id":"w1","claim":"The reservoir was poisoned"}]}"#).id,
        "w1"
    );
}

#[test]
fn a_number_is_a_rating_where_there_are_no_words() {
    let number = REVIEW
        .replace(r#","alternateName":"False""#, "")
        .replace(r#""ratingValue":1"#, r#""ratingValue":"5""#);
    assert_eq!(only(&number).rating, Rating::True);
}

#[test]
fn what_is_wrong_or_huge_is_refused_in_one_sentence() {
    for (text, says) in [
        ("<html>", "can't be read"),
        ("{\"claims\":[]}", "holds no claim"),
        ("{\"claims\":[", "can't be read"),
        ("[[claim]]\nclaims = 1\n", "can't be read"),
        ("[]", "holds no claim"),
    ] {
        let error = read("city.json", text).expect_err(text).to_string();
        assert!(
            error.contains(says) && error.contains("city.json") && !error.contains('\n'),
            "{error}"
        );
    }
    let huge = " ".repeat(BYTES + 1);
    assert!(matches!(read("x", &huge), Err(FeedError::Huge { .. })));
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(read("x", &deep).is_err());
}

#[test]
fn a_claim_without_words_is_left_out_and_counted() {
    let (claims, left_out) =
        read("x", &format!(r#"[{REVIEW},{{"@type":"ClaimReview"}}]"#)).expect("a feed");
    assert_eq!((claims.len(), left_out), (1, 1));
}
