//! Others' words inside sentences of ours: parsers' messages quote what they
//! could not read, and that may be a stranger's.

use crate::text::{SafeText, Untrusted};

/// Longest quotation in cells.
const LONGEST: usize = 200;

/// `words` cleaned for showing, on one line, cut, without a full stop.
pub(in crate::channels) fn plain(words: &str) -> String {
    let safe = SafeText::line_within(&Untrusted::from(words), LONGEST);
    safe.as_str().trim_end_matches('.').to_owned()
}
