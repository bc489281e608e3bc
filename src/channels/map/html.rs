//! HTML to plain text, as much of it as posts and feeds need.
//!
//! One pass, linear, no tree: a million nested tags cost what a million letters
//! cost. Blocks become lines, lists get dashes, links keep their address,
//! scripts and styles go. Never renders, fetches or trusts anything.

use std::borrow::Cow;

/// Longest name of an element, entity or attribute that is looked at.
const LONGEST_NAME: usize = 32;

/// The plain text of `html`, trimmed, with at most one empty line in a row.
pub(in crate::channels) fn to_text(html: &str) -> String {
    let mut out = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, tail) = rest.split_at(at);
        out.words(before);
        rest = if tail.starts_with('&') {
            let (meant, after) = entity(tail);
            out.words(&meant);
            after
        } else {
            out.markup(tail)
        };
    }
    out.words(rest);
    out.finish()
}

/// The text so far, and the link that is open.
#[derive(Default)]
struct Text {
    out: String,
    link: Option<(String, usize)>,
    space: bool,
}

impl Text {
    /// Adds words; runs of white space are one space.
    fn words(&mut self, words: &str) {
        for c in words.chars() {
            if c.is_whitespace() && c != '\u{a0}' {
                self.space = !self.out.is_empty() && !self.out.ends_with('\n');
                continue;
            }
            if std::mem::take(&mut self.space) {
                self.out.push(' ');
            }
            self.out.push(if c == '\u{a0}' { ' ' } else { c });
        }
    }

    /// Starts a new line, unless one is fresh; `lines` of 2 leave one empty.
    fn line(&mut self, lines: usize) {
        self.space = false;
        let have = self.out.bytes().rev().take_while(|b| *b == b'\n').count();
        if !self.out.is_empty() {
            for _ in have..lines {
                self.out.push('\n');
            }
        }
    }

    /// Takes the markup that `tail` starts with and gives what follows it.
    fn markup<'h>(&mut self, tail: &'h str) -> &'h str {
        if let Some(comment) = tail.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, after)| after);
        }
        let Some((tag, after)) = tail.strip_prefix('<').and_then(split_tag) else {
            self.words("<");
            return tail.strip_prefix('<').unwrap_or("");
        };
        let (name, closing) = name_of(tag);
        match name.as_str() {
            "script" | "style" if !closing => return skip_to_end(after, &name),
            "br" => self.out.push('\n'),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" => self.line(2),
            "div" | "ul" | "ol" | "tr" | "table" | "section" | "article" => self.line(1),
            "li" if !closing => {
                self.line(1);
                self.out.push_str("- ");
            }
            "a" if closing => self.close_link(),
            "a" => self.open_link(tag),
            _ => {}
        }
        after
    }

    fn open_link(&mut self, tag: &str) {
        let named = |word: &str| attribute(tag, "class").is_some_and(|c| c.contains(word));
        self.link = match attribute(tag, "href") {
            Some(href) if !named("mention") && !named("hashtag") => {
                Some((href.into_owned(), self.out.len()))
            }
            _ => None,
        };
    }

    /// Says where the link goes, unless its own words do.
    fn close_link(&mut self) {
        let Some((href, from)) = self.link.take() else {
            return;
        };
        let shown = self.out.get(from..).unwrap_or("").trim();
        let web = href.starts_with("https://") || href.starts_with("http://");
        if web && !shown.contains(href.trim_end_matches('/')) {
            if !shown.is_empty() {
                self.out.push(' ');
            }
            self.out.push('(');
            self.out.push_str(&href);
            self.out.push(')');
        }
    }

    fn finish(self) -> String {
        let mut text = String::with_capacity(self.out.len());
        let mut empty = 0;
        for line in self.out.trim().lines() {
            empty = if line.trim().is_empty() { empty + 1 } else { 0 };
            if empty < 2 {
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// The inside of a tag and what follows it. Quoted values may hold `>`.
fn split_tag(inside: &str) -> Option<(&str, &str)> {
    let opens = inside.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
    if !opens {
        return None;
    }
    let mut quote = None;
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (None, '>') => {
                let (tag, rest) = inside.split_at(at);
                return Some((tag, rest.strip_prefix('>').unwrap_or(rest)));
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    // A tag that never ends swallows what is left, as a browser does.
    Some((inside, ""))
}

/// The element's name in lower case, and whether the tag closes it.
fn name_of(tag: &str) -> (String, bool) {
    let closing = tag.starts_with('/');
    let name = tag
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .take(LONGEST_NAME)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (name, closing)
}

/// What follows the closing tag of `name`; nothing when there is none.
fn skip_to_end<'h>(after: &'h str, name: &str) -> &'h str {
    let mut rest = after;
    while let Some((_, tail)) = rest.split_once("</") {
        let (found, _) = name_of(tail);
        if found == name {
            return tail.split_once('>').map_or("", |(_, after)| after);
        }
        rest = tail;
    }
    ""
}

/// The value of an attribute, entities decoded.
fn attribute<'h>(tag: &'h str, name: &str) -> Option<Cow<'h, str>> {
    let mut rest = tag;
    loop {
        let (before, after) = rest.split_once('=')?;
        let key = before.trim_end().rsplit(char::is_whitespace).next()?;
        let after = after.trim_start();
        let (value, next) = match after.chars().next()? {
            quote @ ('"' | '\'') => after.strip_prefix(quote)?.split_once(quote)?,
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(if value.contains('&') {
                Cow::Owned(decode(value))
            } else {
                Cow::Borrowed(value)
            });
        }
        rest = next;
    }
}

fn decode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let (meant, after) = entity(tail);
        out.push_str(&meant);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What the entity at the start of `tail` means, and what follows it. What is
/// no entity stays as it is written.
fn entity(tail: &str) -> (Cow<'_, str>, &str) {
    let plain = || (Cow::Borrowed("&"), tail.strip_prefix('&').unwrap_or(""));
    let Some(body) = tail.strip_prefix('&') else {
        return plain();
    };
    let Some(end) = body.bytes().take(LONGEST_NAME).position(|b| b == b';') else {
        return plain();
    };
    let (name, after) = body.split_at(end);
    let after = after.strip_prefix(';').unwrap_or(after);
    let number = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => {
            u32::from_str_radix(hex.trim_start_matches(['x', 'X']), 16).ok()
        }
        Some(decimal) => decimal.parse().ok(),
        None => None,
    };
    if let Some(c) = number.and_then(char::from_u32) {
        return (Cow::Owned(c.to_string()), after);
    }
    match NAMED.binary_search_by(|(known, _)| (*known).cmp(name)) {
        Ok(nth) => (Cow::Borrowed(NAMED[nth].1), after),
        Err(_) => plain(),
    }
}

/// The entities that feeds use, sorted by name. Others stay as written.
#[rustfmt::skip]
const NAMED: [(&str, &str); 66] = [
    ("Aacute", "Á"), ("Agrave", "À"), ("Atilde", "Ã"), ("Auml", "Ä"), ("Ccedil", "Ç"),
    ("Eacute", "É"), ("Egrave", "È"), ("Iacute", "Í"), ("Ntilde", "Ñ"), ("Oacute", "Ó"),
    ("Ouml", "Ö"), ("Uacute", "Ú"), ("Uuml", "Ü"), ("aacute", "á"), ("acirc", "â"),
    ("agrave", "à"), ("amp", "&"), ("apos", "'"), ("aring", "å"), ("atilde", "ã"),
    ("auml", "ä"), ("bull", "•"), ("ccedil", "ç"), ("cent", "¢"), ("copy", "©"),
    ("deg", "°"), ("eacute", "é"), ("ecirc", "ê"), ("egrave", "è"), ("euml", "ë"),
    ("euro", "€"), ("frac12", "½"), ("gt", ">"), ("hellip", "…"), ("iacute", "í"),
    ("icirc", "î"), ("iexcl", "¡"), ("iquest", "¿"), ("iuml", "ï"), ("laquo", "«"),
    ("ldquo", "“"), ("lsquo", "‘"), ("lt", "<"), ("mdash", "—"), ("middot", "·"),
    ("nbsp", " "), ("ndash", "–"), ("ntilde", "ñ"), ("oacute", "ó"), ("ocirc", "ô"),
    ("oelig", "œ"), ("otilde", "õ"), ("ouml", "ö"), ("pound", "£"), ("quot", "\""),
    ("raquo", "»"), ("rdquo", "”"), ("reg", "®"), ("rsquo", "’"), ("szlig", "ß"),
    ("times", "×"), ("trade", "™"), ("uacute", "ú"), ("ucirc", "û"), ("ugrave", "ù"),
    ("uuml", "ü"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_sorted_for_the_search() {
        assert!(NAMED.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn blocks_become_lines_and_links_keep_their_address() {
        let html = "<p>Burst main on <b>Mill Road</b>&nbsp;&amp; Quay.</p><p>See \
                    <a href=\"https://water.example/a?b=1&amp;c=2\">the map</a><br>Thanks</p>";
        assert_eq!(
            to_text(html),
            "Burst main on Mill Road & Quay.\n\nSee the map (https://water.example/a?b=1&c=2)\nThanks"
        );
    }

    #[test]
    fn hashtags_and_bare_addresses_are_not_said_twice() {
        let html = "<a class=\"mention hashtag\" href=\"https://s.example/tags/flood\">#flood</a> \
                    <a href=\"https://x.example/\"><span class=\"invisible\">https://</span>x.example</a>";
        assert_eq!(to_text(html), "#flood https://x.example");
    }

    #[test]
    fn scripts_comments_and_broken_markup_do_no_harm() {
        assert_eq!(
            to_text("a<script>if (1<2) b()</script>c<!-- <p> -->d"),
            "acd"
        );
        assert_eq!(
            to_text("1 < 2 & 3 &bogus; <unclosed attr=\"x"),
            "1 < 2 & 3 &bogus;"
        );
        assert_eq!(to_text(&"<div>".repeat(100_000)), "");
    }
}
