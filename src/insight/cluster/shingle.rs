//! A post's words as a set of shingles that edits change little.
//!
//! Owns [`shingles`]: what a repost adds (its prefix, links, names, hashtags,
//! emoji) is left out, look-alike letters are read as what they look like, and
//! what remains is cut into overlapping pieces of five letters. Called by
//! `clusters`.

use unicode_security::skeleton;

use crate::text::fold::search_key;

/// Letters of a shingle.
const LETTERS: usize = 5;
/// Letters of a text that are read: what copies is said within them.
const READ: usize = 1200;

/// The shingles of `text` as sorted hashes, without doubles. Empty where there
/// are too few words to tell a copy from a coincidence.
#[must_use]
pub fn shingles(text: &str) -> Vec<u32> {
    let letters: Vec<char> = plain(text).chars().take(READ).collect();
    let mut hashes: Vec<u32> = letters.windows(LETTERS).map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// The words that are compared, each with a space after it.
fn plain(text: &str) -> String {
    let folded = search_key(text);
    let mut plain = String::with_capacity(folded.len());
    let mut words = folded.split_whitespace().peekable();
    if words.peek() == Some(&"rt") {
        words.next();
    }
    for word in words {
        if word.starts_with(['@', '#']) || word.starts_with("http") || word.starts_with("www.") {
            continue;
        }
        let before = plain.len();
        plain.extend(word.chars().filter(|c| c.is_alphanumeric()).map(look));
        if plain.len() > before {
            plain.push(' ');
        }
    }
    plain
}

/// The Latin letter that a Greek, Cyrillic, Armenian or Cherokee one looks like
/// (UTS #39), where there is one.
fn look(c: char) -> char {
    if !matches!(u32::from(c), 0x370..=0x58f | 0x13a0..=0x13ff | 0xab70..=0xabbf) {
        return c;
    }
    let mut one = [0; 4];
    let mut seen = skeleton(c.encode_utf8(&mut one));
    match (seen.next(), seen.next()) {
        (Some(latin), None) if latin.is_ascii_alphanumeric() => latin.to_ascii_lowercase(),
        _ => c,
    }
}

/// FNV-1a over the letters, mixed at the end: the high bits decide buckets.
fn hash(letters: &[char]) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for letter in letters {
        hash = (hash ^ u64::from(u32::from(*letter))).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 32;
    u32::try_from(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).unwrap_or(0)
}

/// How alike two sets of shingles are: the share of all that both have, and of
/// the smaller one's that both have.
#[must_use]
pub fn likeness(one: &[u32], other: &[u32]) -> (f64, f64) {
    let (mut i, mut j, mut both) = (0, 0, 0_u32);
    while let (Some(a), Some(b)) = (one.get(i), other.get(j)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                both += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX)).max(1.0);
    let both = f64::from(both);
    let all = count(one.len()) + count(other.len()) - both;
    (both / all, both / count(one.len().min(other.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_repost_adds_changes_nothing() {
        let own = shingles("Brown water comes out of the tap in Mill Street since noon");
        for copy in [
            "RT @neighbour: Brown water comes out of the tap in Mill Street since noon",
            "Brown water comes out of the tap in Mill Street since noon #water https://x.example/1",
            "BROWN WATER comes out of the tap, in Mill Street; since noon 😡😡",
            "Вrоwn wаtеr comes out of the tap in Mill Street since noon",
        ] {
            let (alike, _) = likeness(&own, &shingles(copy));
            assert!(alike > 0.95, "{copy}: {alike}");
        }
    }

    #[test]
    fn another_text_shares_little() {
        let own = shingles("Brown water comes out of the tap in Mill Street since noon");
        let other = shingles("The tram to the stadium is late again this evening, thanks");
        assert!(likeness(&own, &other).1 < 0.1);
    }
}
