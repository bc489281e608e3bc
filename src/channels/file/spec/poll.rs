//! JSON that we fetch, again and again or by long poll.

use std::time::Duration;

use super::request::Request;
use crate::channels::map::cursor::CursorRule;
use crate::channels::map::pointer::{Fan, Pointer};
use crate::channels::map::reader::Form;
use crate::channels::map::when::When;

/// Documents that we fetch.
#[derive(Debug)]
pub(in crate::channels) struct PollSource {
    /// What is asked.
    pub(in crate::channels) request: Request,
    /// When it is asked again.
    pub(in crate::channels) pace: Pace,
    /// Longest that one answer may take, redirects and body included.
    pub(in crate::channels) timeout: Duration,
    /// Whether validators are sent (RFC 9110 13).
    pub(in crate::channels) conditional: bool,
    /// Whether answers have what is oldest first.
    pub(in crate::channels) oldest_first: bool,
    /// Where the vendor's cursor is.
    pub(in crate::channels) cursor: Option<CursorRule>,
    /// How a long answer goes on.
    pub(in crate::channels) pages: Option<Pages>,
    /// The list whose elements are fetched one by one.
    pub(in crate::channels) items: Option<Items>,
    /// What has to be asked first.
    pub(in crate::channels) register: Option<Register>,
    /// Where the answer says how long it wants to be left alone, and how many
    /// milliseconds one of that is.
    pub(in crate::channels) backoff: Option<(Pointer, u32)>,
    /// How many items are remembered as seen.
    pub(in crate::channels) keep: usize,
    /// How old an item may be to be taken at the very first poll; none: as old
    /// as it likes.
    pub(in crate::channels) first_poll_within: Option<Duration>,
    /// Requests, and the time in which so many may be made.
    pub(in crate::channels) rate: Option<(u32, Duration)>,
    /// Hosts that it may call beside the URL's; any public one for `*`.
    pub(in crate::channels) hosts: Vec<String>,
}

/// When it is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Pace {
    /// After so long, so many percent earlier or later.
    Every(Duration, u32),
    /// At once: the server answers when there is something.
    Long,
}

/// How a long answer goes on.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Pages {
    /// Where the next page is.
    pub(in crate::channels) next: Next,
    /// Most pages of one poll.
    pub(in crate::channels) most: u32,
    /// When there is another page; none: when there is a link or token, or, for
    /// numbers, when the page had something new.
    pub(in crate::channels) more_when: Option<When>,
}

/// Where the next page is.
#[derive(Clone, Debug)]
pub(in crate::channels) enum Next {
    /// A link in the document.
    Url(Pointer),
    /// `Link: <…>; rel="next"` (RFC 8288).
    Link,
    /// A token that templates see as `page`.
    Token(Pointer),
    /// Numbers that templates see as `page`, from this one on.
    Number(u64),
}

/// A list whose elements are fetched one by one.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Items {
    /// The elements.
    pub(in crate::channels) each: Fan,
    /// Where an element is: a link in it, or a template of `item`.
    pub(in crate::channels) at: ItemAt,
    /// Which elements are left out.
    pub(in crate::channels) skip_when: Option<When>,
    /// Whether an element that was fetched is left alone for ever after.
    pub(in crate::channels) once: bool,
    /// Most elements of one poll.
    pub(in crate::channels) most: usize,
    /// How many are fetched at once.
    pub(in crate::channels) at_once: usize,
    /// What the list is written in: JSON or a feed.
    pub(in crate::channels) list: Form,
}

/// Where an element is.
#[derive(Clone, Debug)]
pub(in crate::channels) enum ItemAt {
    /// Links in it: the first that is there.
    Links(Vec<Pointer>),
    /// A template that sees it as `item`.
    Template(String),
}

/// What has to be asked first, as for an event queue.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Register {
    /// The request.
    pub(in crate::channels) request: Request,
    /// What of its answer templates see as `registered.NAME`.
    pub(in crate::channels) take: Vec<(String, Pointer)>,
    /// Where its answer has the first cursor.
    pub(in crate::channels) cursor: Option<Pointer>,
    /// Which answers to a poll say that the registration is forgotten.
    pub(in crate::channels) lost_when: Option<When>,
}
