//! What clusters promise, seen from outside.

use super::*;
use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

fn place(clusters: &mut Clusters, n: u8, text: &str) -> Option<Placed> {
    let author = format!("author {n}");
    let copy = Copy {
        key: ItemKey::from_bytes([n; 16]),
        text,
        author: &author,
        channel: if n.is_multiple_of(2) {
            "forum"
        } else {
            "posts"
        },
        known: None,
    };
    clusters.place(
        Timestamp::from_millis(1_000_000 + i64::from(n) * 60_000),
        &copy,
    )
}

const RUMOUR: &str =
    "They say the reservoir was poisoned last night and nobody tells us the truth about it";

#[test]
fn copies_come_together_and_show_who_was_first() {
    let mut clusters = Clusters::new(Settings::default());
    let first = place(&mut clusters, 1, RUMOUR).expect("long enough");
    assert_eq!((first.like, first.posts), (None, 1));
    for (n, copy) in [
        "RT @someone: They say the reservoir was poisoned last night and nobody tells us the truth about it",
        "They say the reservoir was poisoned last night and nobody tells us the truth #water https://a.example/2",
        "They say the reservoir was poisoned last night and nobody tells us",
        "they say the reservoir was POISONED yesterday night, and nobody tells us the truth about it!!",
    ]
    .into_iter()
    .enumerate()
    {
        let n = u8::try_from(n).expect("few") + 2;
        let placed = place(&mut clusters, n, copy).expect("long enough");
        assert_eq!(placed.cluster, first.cluster, "{copy}");
    }
    place(
        &mut clusters,
        9,
        "The tram to the stadium is late again and it rains on all of us here",
    );
    let spread = clusters.spread(first.cluster).expect("it is known");
    assert_eq!((spread.posts, spread.authors()), (5, 5));
    assert_eq!(
        spread.first.map(|f| f.key),
        Some(ItemKey::from_bytes([1; 16]))
    );
    assert_eq!(spread.channels.get("posts"), Some(&3));
    assert!(spread.pace().is_some_and(|pace| pace > 0.5));
}

#[test]
fn a_short_phrase_is_nobodys_copy() {
    let mut clusters = Clusters::new(Settings::default());
    for text in ["", "😡", "good morning", "thanks!"] {
        assert_eq!(place(&mut clusters, 1, text), None);
    }
}

#[test]
fn a_join_can_be_undone() {
    let mut clusters = Clusters::new(Settings::default());
    let one = place(&mut clusters, 1, RUMOUR)
        .expect("long enough")
        .cluster;
    let two = place(
        &mut clusters,
        2,
        "Schools stay closed tomorrow because of the storm, says the mayor of the town",
    )
    .expect("long enough")
    .cluster;
    let before = clusters.spread(one).cloned();
    assert!(clusters.merge(one, two) && !clusters.merge(one, two));
    assert_eq!(clusters.spread(two).map(|s| s.posts), Some(2));
    assert!(clusters.split(two) && !clusters.split(two));
    assert_eq!(clusters.spread(one).cloned(), before);
    assert_eq!(clusters.spread(two).map(|s| s.posts), Some(1));
}

#[test]
fn memory_is_bounded_and_what_is_old_is_forgotten() {
    let mut clusters = Clusters::new(Settings {
        most_posts: 10,
        ..Settings::default()
    });
    for n in 0..200 {
        place(
            &mut clusters,
            n,
            &format!(
                "{n} is the number of this post and {n} again makes it one of its own kind {}",
                u32::from(n) * 7919
            ),
        );
    }
    let (posts, known) = clusters.size();
    assert_eq!(posts, 10);
    assert!(known <= 10);
    let mut later = Clusters::new(Settings::default());
    let first = place(&mut later, 1, RUMOUR).expect("long enough").cluster;
    let copy = Copy {
        key: ItemKey::from_bytes([2; 16]),
        text: RUMOUR,
        author: "b",
        channel: "forum",
        known: None,
    };
    let next = later
        .place(Timestamp::from_millis(200_000_000), &copy)
        .expect("long enough");
    assert_eq!((next.like, later.spread(first)), (None, None));
}

#[test]
fn huge_and_hostile_texts_are_placed_like_others() {
    let mut clusters = Clusters::new(Settings::default());
    let huge = "water ".repeat(20_000);
    place(&mut clusters, 1, &huge);
    let padded = format!("{RUMOUR} {}", "\u{200b}\u{202e}".repeat(5000));
    let first = place(&mut clusters, 2, RUMOUR).expect("long enough");
    assert_eq!(
        place(&mut clusters, 3, &padded).map(|p| p.cluster),
        Some(first.cluster)
    );
}

#[test]
fn an_erased_item_is_nobodys_original() {
    let mut clusters = Clusters::new(Settings::default());
    let first = place(&mut clusters, 1, RUMOUR).expect("long enough");
    clusters.forget(&ItemKey::from_bytes([1; 16]));
    assert_eq!(place(&mut clusters, 2, RUMOUR).and_then(|p| p.like), None);
    assert_eq!(clusters.spread(first.cluster).and_then(|s| s.first), None);
}
