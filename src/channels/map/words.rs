//! Others' words inside sentences of ours: parsers' messages quote what they
//! could not read, and that may be a stranger's.
//!
//! Only printable ASCII gets through and only so much of it; what is shown of
//! strangers' text elsewhere goes through `SafeText`.

/// Longest quotation in letters.
const LONGEST: usize = 200;

/// `words` with everything but printable ASCII as `?`, cut at 200 letters.
pub(in crate::channels) fn plain(words: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_graphic() || c == ' ' {
            c
        } else {
            '?'
        }
    };
    let mut text: String = words.chars().take(LONGEST).map(safe).collect();
    if words.chars().nth(LONGEST).is_some() {
        text.push_str("...");
    }
    text.truncate(text.trim_end_matches('.').len());
    text
}
