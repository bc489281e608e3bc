//! Where a document ends in a stream of bytes that comes in pieces of any size:
//! lines, and server-sent events (WHATWG HTML, 9.2.6).
//!
//! Pure and bounded: a line or an event that is larger than allowed is refused
//! the moment it is. Own code, since the parsers that exist keep an event that
//! never ends in memory for ever.

use std::time::Duration;

/// A document or event is larger than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// Lines of a stream: ends are LF, CRLF, and CR where that counts as one.
#[derive(Debug)]
pub(super) struct Lines {
    line: Vec<u8>,
    most: usize,
    /// Whether a lone CR ends a line.
    bare_cr: bool,
    after_cr: bool,
}

impl Lines {
    /// Lines of at most `most` bytes.
    pub(super) fn new(most: usize, bare_cr: bool) -> Self {
        Self {
            line: Vec::new(),
            most,
            bare_cr,
            after_cr: false,
        }
    }

    /// Takes `bytes` and calls `each` with every line that is whole, without
    /// its end.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        each: &mut dyn FnMut(&[u8]) -> Result<(), TooLarge>,
    ) -> Result<(), TooLarge> {
        let bare_cr = self.bare_cr;
        let ends = |b: &u8| *b == b'\n' || (bare_cr && *b == b'\r');
        let mut rest = bytes;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_cr)
                && let Some(after) = rest.strip_prefix(b"\n")
            {
                // The second half of a CRLF.
                rest = after;
                continue;
            }
            let Some(end) = rest.iter().position(ends) else {
                return self.grow(rest);
            };
            let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            self.grow(line)?;
            self.after_cr = after.first() == Some(&b'\r');
            let line = std::mem::take(&mut self.line);
            let bare = line.strip_suffix(b"\r").filter(|_| !self.bare_cr);
            each(bare.unwrap_or(&line))?;
            rest = after.get(1..).unwrap_or(&[]);
        }
        Ok(())
    }

    fn grow(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        if self.line.len() + bytes.len() > self.most {
            return Err(TooLarge);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }
}

/// A server-sent event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Its name; "message" when it has none.
    pub(super) name: String,
    /// Its data, lines joined.
    pub(super) data: String,
}

/// Server-sent events of a stream.
#[derive(Debug)]
pub(super) struct Events {
    lines: Lines,
    most: usize,
    begun: bool,
    name: String,
    data: String,
    has_data: bool,
    /// The id of the event that is being read: it counts when that is whole.
    next_id: Option<String>,
    /// The last id, to be sent when the stream is asked for again.
    pub(super) last_id: Option<String>,
    /// How long the server wants us to wait before that.
    pub(super) retry: Option<Duration>,
}

impl Events {
    /// Events of at most `most` bytes.
    pub(super) fn new(most: usize, last_id: Option<String>) -> Self {
        Self {
            lines: Lines::new(most, true),
            most,
            begun: false,
            name: String::new(),
            data: String::new(),
            has_data: false,
            next_id: last_id.clone(),
            last_id,
            retry: None,
        }
    }

    /// Takes `bytes` and calls `each` with every event that is whole and the
    /// last id as it then was.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        each: &mut dyn FnMut(Event, Option<&str>),
    ) -> Result<(), TooLarge> {
        let mut lines = std::mem::replace(&mut self.lines, Lines::new(0, true));
        let outcome = lines.push(bytes, &mut |line| self.line(line, each));
        self.lines = lines;
        outcome
    }

    fn line(
        &mut self,
        line: &[u8],
        each: &mut dyn FnMut(Event, Option<&str>),
    ) -> Result<(), TooLarge> {
        let first = !std::mem::replace(&mut self.begun, true);
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if first => rest,
            _ => line,
        };
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let data = std::mem::take(&mut self.data);
            self.last_id.clone_from(&self.next_id);
            if std::mem::take(&mut self.has_data) {
                let name = if name.is_empty() {
                    "message".to_owned()
                } else {
                    name
                };
                each(Event { name, data }, self.last_id.as_deref());
            }
            return Ok(());
        }
        let text = String::from_utf8_lossy(line);
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                if self.data.len() + value.len() + 1 > self.most {
                    return Err(TooLarge);
                }
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                self.data.push_str(value);
            }
            "id" if !value.contains('\0') => {
                self.next_id = (!value.is_empty()).then(|| value.to_owned());
            }
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // A comment, or a field that nobody knows.
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(pieces: &[&[u8]], most: usize) -> Result<Vec<String>, TooLarge> {
        let mut lines = Lines::new(most, false);
        let mut all = Vec::new();
        for piece in pieces {
            lines.push(piece, &mut |line| {
                all.push(String::from_utf8_lossy(line).into_owned());
                Ok(())
            })?;
        }
        Ok(all)
    }

    type Seen = (String, String, Option<String>);

    fn events(pieces: &[&[u8]]) -> (Vec<Seen>, Option<Duration>) {
        let mut events = Events::new(1024, None);
        let mut all = Vec::new();
        for piece in pieces {
            let mut each =
                |e: Event, id: Option<&str>| all.push((e.name, e.data, id.map(str::to_owned)));
            events.push(piece, &mut each).expect("it is small");
        }
        (all, events.retry)
    }

    fn seen(name: &str, data: &str, id: Option<&str>) -> Seen {
        (name.to_owned(), data.to_owned(), id.map(str::to_owned))
    }

    #[test]
    fn lines_end_in_lf_or_crlf_and_an_endless_one_is_refused() {
        let whole = lines(&[b"{\"a\":", b"1}\r\n\r\n", b"{}\nrest"], 100);
        assert_eq!(
            whole,
            Ok(vec!["{\"a\":1}".into(), String::new(), "{}".into()])
        );
        assert_eq!(lines(&[b"xxxx", b"xxxxxxx"], 10), Err(TooLarge));
    }

    #[test]
    fn events_have_names_ids_and_several_lines() {
        let stream = b"\xef\xbb\xbf:thump\n\nevent: update\nid: 7\ndata: {\"a\":\ndata:1}\n\n\
            data\n\nretry: 2500\nretry: x\nid: \x00\ndata: b\r\n\r\nid\ndata:  c\r\rdata: never";
        let (all, retry) = events(&[stream]);
        assert_eq!(
            all,
            [
                seen("update", "{\"a\":\n1}", Some("7")),
                seen("message", "", Some("7")),
                seen("message", "b", Some("7")),
                seen("message", " c", None),
            ]
        );
        assert_eq!(retry, Some(Duration::from_millis(2500)));
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut events = Events::new(64, None);
        let outcome = (0..10).try_for_each(|_| events.push(b"data: 0123456789\n", &mut |_, _| {}));
        assert_eq!(outcome, Err(TooLarge));
    }

    proptest! {
        #[test]
        fn where_a_stream_is_cut_changes_nothing(
            stream in "(data|id|event|retry|)(: ?[a-z\u{e9}0-9]{0,6})?(\r\n|\n|\r|\n\n){1}|[ -~]{0,9}\n\n",
            more in "(data: [a-z]{0,4}(\r\n|\r|\n)){0,4}(\r\n|\n|\r)",
            cut in 0..40_usize,
        ) {
            let bytes = format!("{stream}{more}").into_bytes();
            let (head, tail) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(events(&[&bytes]), events(&[head, tail]));
            prop_assert_eq!(lines(&[&bytes], 100), lines(&[head, tail], 100));
        }
    }
}
