//! Named converters: from a vendor's way of writing a thing to ours.
//!
//! A closed list. A value that a converter can't read counts as missing, so
//! that the next fallback has its turn. Pure and linear in the value's length.

use std::borrow::Cow;

use super::html;
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
    /// RFC 3339 time, or ISO 8601 without its hyphens and colons.
    Rfc3339,
    /// RFC 2822 time, as mail and RSS have it.
    Rfc2822,
    /// Seconds since 1970.
    UnixS,
    /// Milliseconds since 1970.
    UnixMs,
    /// Microseconds since 1970.
    UnixUs,
    /// Seconds since 1970 with a fraction ("1355517523.000005").
    UnixDecimal,
}

impl Convert {
    /// The names that a file may use.
    pub(in crate::channels) const NAMES: [(&'static str, Self); 9] = [
        ("text", Self::Text),
        ("html_text", Self::HtmlText),
        ("number", Self::Number),
        ("rfc3339", Self::Rfc3339),
        ("rfc2822", Self::Rfc2822),
        ("unix_s", Self::UnixS),
        ("unix_ms", Self::UnixMs),
        ("unix_us", Self::UnixUs),
        ("unix_decimal", Self::UnixDecimal),
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
            Self::Number => value.parse::<f64>().ok().map(|_| value),
            Self::Rfc3339
            | Self::Rfc2822
            | Self::UnixS
            | Self::UnixMs
            | Self::UnixUs
            | Self::UnixDecimal => self.time(&value).map(|t| Cow::Owned(t.to_string())),
        }
    }

    /// The moment that `value` means; RFC 3339 for converters that are not of
    /// time.
    pub(in crate::channels) fn time(self, value: &str) -> Option<Timestamp> {
        let ms = match self {
            Self::UnixS => value.parse::<i64>().ok()?.checked_mul(1000)?,
            Self::UnixMs => value.parse::<i64>().ok()?,
            Self::UnixUs => value.parse::<i64>().ok()?.div_euclid(1000),
            Self::UnixDecimal => decimal_ms(value)?,
            Self::Rfc2822 => {
                let moment = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
                let moment = moment.parse_timestamp(value.trim()).ok()?;
                moment.as_millisecond()
            }
            Self::Rfc3339 => return Timestamp::parse(value).or_else(|| basic(value)),
            Self::Text | Self::HtmlText | Self::Number => {
                return Timestamp::parse(value);
            }
        };
        Some(Timestamp::from_millis(ms))
    }
}

/// `20261123T185000Z`: a moment without hyphens and colons.
fn basic(value: &str) -> Option<Timestamp> {
    let (date, time) = value.strip_suffix('Z')?.split_once('T')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (date.len(), time.len()) != (8, 6) || !digits(date) || !digits(time) {
        return None;
    }
    let (year, rest) = date.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let (hour, rest) = time.split_at_checked(2)?;
    let (minute, second) = rest.split_at_checked(2)?;
    Timestamp::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
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
