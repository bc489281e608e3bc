//! Named converters: from a vendor's way of writing a thing to ours.
//!
//! A closed list. A value that a converter can't read counts as missing, so
//! that the next fallback has its turn. Pure and linear in the value's length.

use std::borrow::Cow;

use super::{html, slack};
use crate::model::time::Timestamp;

/// What is done to a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::channels) enum Convert {
    /// Nothing.
    #[default]
    Text,
    /// HTML to plain text, links kept.
    HtmlText,
    /// Kept when it is a number, its digits untouched.
    Number,
    /// RFC 3339 time.
    Rfc3339,
    /// Seconds since 1970.
    UnixS,
    /// Milliseconds since 1970.
    UnixMs,
    /// Microseconds since 1970.
    UnixUs,
    /// Nanoseconds since 1970.
    UnixNs,
    /// Seconds since 1970 with a fraction ("1355517523.000005").
    UnixDecimal,
    /// The time of mails and of HTTP ("Mon, 23 Nov 2026 19:50:00 +0100").
    Rfc2822,
    /// ISO 8601 without marks ("20261123T185000Z").
    Basic,
    /// Slack's mark-up to plain text.
    SlackText,
}

impl Convert {
    /// The names that a file may use.
    pub(in crate::channels) const NAMES: [(&'static str, Self); 12] = [
        ("text", Self::Text),
        ("html_text", Self::HtmlText),
        ("number", Self::Number),
        ("rfc3339", Self::Rfc3339),
        ("unix_s", Self::UnixS),
        ("unix_ms", Self::UnixMs),
        ("unix_us", Self::UnixUs),
        ("unix_ns", Self::UnixNs),
        ("unix_decimal", Self::UnixDecimal),
        ("rfc2822", Self::Rfc2822),
        ("basic", Self::Basic),
        ("slack_text", Self::SlackText),
    ];

    /// The converted text; none when the value is not of the kind. Times come
    /// out as RFC 3339 in UTC, so that two spellings of a moment are one.
    pub(in crate::channels) fn text(self, value: Cow<'_, str>) -> Option<Cow<'_, str>> {
        match self {
            Self::Text => Some(value),
            Self::HtmlText => {
                let text = html::to_text(&value);
                (!text.is_empty()).then_some(Cow::Owned(text))
            }
            Self::SlackText => {
                let text = slack::to_text(&value);
                (!text.is_empty()).then_some(Cow::Owned(text))
            }
            Self::Number => value.parse::<f64>().ok().map(|_| value),
            Self::Rfc3339
            | Self::UnixS
            | Self::UnixMs
            | Self::UnixUs
            | Self::UnixNs
            | Self::UnixDecimal
            | Self::Rfc2822
            | Self::Basic => self.time(&value).map(|t| Cow::Owned(t.to_string())),
        }
    }

    /// The moment that `value` means; RFC 3339 for converters that are not of
    /// time.
    pub(in crate::channels) fn time(self, value: &str) -> Option<Timestamp> {
        let ms = match self {
            Self::UnixS => value.parse::<i64>().ok()?.checked_mul(1000)?,
            Self::UnixMs => value.parse::<i64>().ok()?,
            Self::UnixUs => value.parse::<i64>().ok()?.div_euclid(1000),
            Self::UnixNs => value.parse::<i64>().ok()?.div_euclid(1_000_000),
            Self::UnixDecimal => decimal_ms(value)?,
            Self::Rfc2822 => {
                let at = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
                at.timestamp().as_millisecond()
            }
            Self::Basic => {
                let at =
                    jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S", value.trim_end_matches('Z'));
                let at = at.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
                at.timestamp().as_millisecond()
            }
            Self::Rfc3339 | Self::Text | Self::HtmlText | Self::Number | Self::SlackText => {
                return Timestamp::parse(value).or_else(|| nearly_rfc3339(value));
            }
        };
        Some(Timestamp::from_millis(ms))
    }
}

/// Milliseconds of decimal seconds, without a float's rounding.
fn decimal_ms(value: &str) -> Option<i64> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: i64 = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(3)
        .fold(0, |ms, digit| ms * 10 + i64::from(digit - b'0'));
    let ms = whole.parse::<i64>().ok()?.checked_mul(1000)?;
    let before_1970 = whole.starts_with('-');
    ms.checked_add(if before_1970 { -fraction } else { fraction })
}

/// What vendors write for RFC 3339: a blank for the "T", an offset without its
/// colon, or no offset where they mean UTC.
fn nearly_rfc3339(value: &str) -> Option<Timestamp> {
    let (date, time) = value.trim().split_once(['T', ' '])?;
    let time = time.trim().trim_end_matches(" UTC");
    let at = time.rfind(['+', '-', 'Z']);
    let (clock, offset) = at
        .and_then(|at| time.split_at_checked(at))
        .unwrap_or((time, "Z"));
    let offset = match offset.len() {
        5 => offset
            .split_at_checked(3)
            .map(|(hours, minutes)| format!("{hours}:{minutes}"))?,
        3 => format!("{offset}:00"),
        _ => offset.to_owned(),
    };
    Timestamp::parse(&format!("{date}T{}{offset}", clock.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_vendors_write_them() {
        for (how, text, wanted) in [
            (
                Convert::Rfc3339,
                "2015-06-03T17:43:27.123+0000",
                "2015-06-03T17:43:27.123Z",
            ),
            (
                Convert::Rfc3339,
                "2017-06-30T22:25:43",
                "2017-06-30T22:25:43.000Z",
            ),
            (
                Convert::Rfc3339,
                "2017-06-30 22:25:43 UTC",
                "2017-06-30T22:25:43.000Z",
            ),
            (
                Convert::Rfc3339,
                "2017-06-30 22:25:43 -0230",
                "2017-07-01T00:55:43.000Z",
            ),
            (
                Convert::UnixNs,
                "1426010200000000000",
                "2015-03-10T17:56:40.000Z",
            ),
            (
                Convert::UnixDecimal,
                "1426010200.5",
                "2015-03-10T17:56:40.500Z",
            ),
            (
                Convert::Rfc2822,
                "Mon, 23 Nov 2026 19:50:00 +0100",
                "2026-11-23T18:50:00.000Z",
            ),
            (
                Convert::Basic,
                "20261123T185000Z",
                "2026-11-23T18:50:00.000Z",
            ),
        ] {
            let read = how.time(text).map(|t| t.to_string());
            assert_eq!(read.as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2017-06-30",
            "T",
            "2017-06-30 xx",
            "é é",
            "1 +é00",
        ] {
            assert_eq!(Convert::Rfc3339.time(text), None, "{text}");
        }
    }
}
