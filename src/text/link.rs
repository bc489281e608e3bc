//! Where an address leads: its host first, in letters that can't deceive.
//!
//! Owns the reading of web addresses and the finding of them in words. Opens
//! nothing. Called by pages.

use url::Url;

use super::safe::SafeText;
use super::untrusted::Untrusted;

/// Addresses that are read in one text.
const MOST: usize = 20;

/// A web address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The host as computers read it: ASCII, punycode for other letters. Empty
    /// for an address that has none.
    pub host: SafeText,
    /// The host in its own letters, where they are others.
    pub letters: Option<SafeText>,
    /// A name before the host, as in `https://city.example@evil.example/`: the
    /// oldest trick with addresses.
    pub has_user: bool,
    /// The address, whole and cleaned.
    pub whole: SafeText,
}

impl Link {
    /// Reads an address; what is none has no host and is shown as it is.
    #[must_use]
    pub fn read(source: &Untrusted) -> Self {
        Self::of(source.as_evidence())
    }

    fn of(source: &str) -> Self {
        let whole = SafeText::line(&Untrusted::from(source));
        let parsed = Url::parse(source.trim()).ok();
        let host = parsed.as_ref().and_then(Url::host_str).unwrap_or_default();
        let (letters, _) = idna::domain_to_unicode(host);
        let has_user = parsed
            .as_ref()
            .is_some_and(|url| !url.username().is_empty() || url.password().is_some());
        Self {
            letters: (letters != host).then(|| SafeText::line(&Untrusted::from(letters))),
            host: SafeText::line(&Untrusted::from(host)),
            has_user,
            whole,
        }
    }

    /// The addresses in `words`, each once, in their order, at most twenty.
    #[must_use]
    pub fn find(words: &Untrusted) -> Vec<Self> {
        let text = words.as_evidence();
        let mut found: Vec<&str> = Vec::new();
        let mut rest = text;
        while let Some(start) = begin(rest) {
            let from = rest.get(start..).unwrap_or_default();
            let end = from.find(ends).unwrap_or(from.len());
            let address = from.get(..end).unwrap_or_default();
            let address =
                address.trim_end_matches(|c: char| ".,;:!?)]}'’”»。，、！？）،؛؟".contains(c));
            if address.len() > "https://".len() && !found.contains(&address) {
                found.push(address);
            }
            rest = from.get(end.max(1)..).unwrap_or_default();
            if found.len() == MOST {
                break;
            }
        }
        found.into_iter().map(Self::of).collect()
    }
}

/// Where the next address begins.
fn begin(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find("://")?;
        let head = text.get(..at)?;
        for scheme in ["https", "http"] {
            let start = head.len().checked_sub(scheme.len());
            let start = start.filter(|start| {
                let said = head.get(*start..);
                said.is_some_and(|said| said.eq_ignore_ascii_case(scheme))
            });
            if start.is_some() {
                return start;
            }
        }
        from = at + "://".len();
    }
}

fn ends(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "<>\"`「」『』【】（）".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(words: &str) -> Vec<String> {
        let found = Link::find(&Untrusted::from(words));
        found.iter().map(|link| link.host.to_string()).collect()
    }

    #[test]
    fn the_host_comes_as_computers_read_it() {
        let link = Link::of("https://c\u{456}ty.example/a?b#c");
        assert_eq!(link.host.as_str(), "xn--cty-jhd.example");
        assert_eq!(
            link.letters.as_ref().map(SafeText::as_str),
            Some("c\u{456}ty.example")
        );
        let plain = Link::of("https://City.example:8443/x");
        assert_eq!((plain.host.as_str(), plain.letters), ("city.example", None));
    }

    #[test]
    fn a_name_before_the_host_is_no_host() {
        let link = Link::of("https://city.example@evil.example/login");
        assert_eq!(link.host.as_str(), "evil.example");
        assert!(link.has_user);
        assert!(!Link::of("https://evil.example/@city").has_user);
    }

    #[test]
    fn what_is_no_address_is_shown_as_it_is() {
        for text in ["not an address", "https://", "", "\u{202e}x"] {
            let link = Link::of(text);
            assert_eq!(link.host.as_str(), "", "{text:?}");
            assert!(!link.whole.as_str().contains('\u{202e}'));
        }
        assert_eq!(Link::of("mailto:a@b.example").host.as_str(), "");
    }

    #[test]
    fn addresses_are_found_where_people_write_them() {
        assert_eq!(
            hosts("see https://a.example/x, (HTTP://B.example) and https://a.example/x."),
            ["a.example", "b.example"]
        );
        assert_eq!(
            hosts("见https://c.example/路。 انظر https://d.example، شكرا"),
            ["c.example", "d.example"]
        );
        assert_eq!(
            hosts("ftp://e.example xhttps://f.example://"),
            ["f.example"]
        );
        assert!(hosts("no :// address http:// https://").is_empty());
        assert_eq!(hosts(&"https://g.example/?a=b ".repeat(3)), ["g.example"]);
    }

    #[test]
    fn an_address_never_brings_hidden_characters() {
        let link = Link::of("https://a.example/\u{202e}\u{200b}\u{1b}[2J");
        assert!(!link.whole.as_str().chars().any(crate::text::is_forbidden));
        assert_eq!(link.host.as_str(), "a.example");
    }
}
