//! The writing thread on outputs that are slow, stuck or gone.

use std::sync::mpsc::{Receiver, Sender, channel};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style as CellStyle;

use super::*;
use crate::theme::Depth;

const PLAN: Plan = Plan {
    style: Style {
        depth: Depth::Mono,
        synchronised: false,
    },
    limits: Limits::LOCAL,
    glyphs: Glyphs::Unicode,
};
const LONG: Duration = Duration::from_secs(10);

fn grid(text: &str) -> Grid {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 2));
    buffer.set_string(0, 0, text, CellStyle::default());
    Grid {
        buffer,
        cursor: None,
    }
}

/// An output that tells of each write and waits until the test lets it go.
struct Gate {
    tell: Sender<Vec<u8>>,
    go: Receiver<io::Result<()>>,
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tell.send(bytes.to_vec()).expect("the test listens");
        self.go.recv().expect("the test decides")?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Test = (
    Writer,
    Receiver<Vec<u8>>,
    Sender<io::Result<()>>,
    Receiver<Told>,
);

fn gated() -> Test {
    gated_with(PLAN)
}

fn gated_with(plan: Plan) -> Test {
    let (tell, told) = channel();
    let (go, wait) = channel();
    let (lost, gone) = channel();
    let gate = Gate { tell, go: wait };
    let writer = Writer::start(gate, plan, move |told| {
        // The test may have seen enough.
        lost.send(told).unwrap_or_default();
    })
    .expect("a thread");
    (writer, told, go, gone)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn while_one_frame_is_stuck_only_the_newest_waits() {
    let (writer, told, go, _gone) = gated();
    writer.show(grid("one"), true);
    assert!(text(&told.recv().expect("is written")).contains("one"));
    for word in ["two", "three", "four"] {
        writer.show(grid(word), true);
    }
    assert!(writer.say(b"\x07"), "typing never waits");
    go.send(Ok(())).expect("the writer waits");
    assert_eq!(
        told.recv().expect("is written"),
        b"\x07",
        "between two frames"
    );
    go.send(Ok(())).expect("the writer waits");
    let last = text(&told.recv().expect("is written"));
    assert!(last.contains("four") && !last.contains("three"), "{last:?}");
    go.send(Ok(())).expect("the writer waits");
    assert!(writer.settle(LONG));
    assert_eq!(writer.written().frames, 2);
}

#[test]
fn the_same_grid_again_writes_nothing() {
    let (writer, told, go, _gone) = gated();
    writer.show(grid("one"), true);
    told.recv().expect("is written");
    go.send(Ok(())).expect("the writer waits");
    assert!(writer.settle(LONG));
    let before = writer.written();
    writer.show(grid("one"), true);
    assert!(writer.settle(LONG));
    assert_eq!(writer.written(), before);
    writer.anew();
    writer.show(grid("one"), true);
    assert!(text(&told.recv().expect("is written")).contains("\x1b[2J"));
    go.send(Ok(())).expect("the writer waits");
    assert!(writer.settle(LONG));
}

#[test]
fn a_terminal_that_is_gone_is_reported() {
    let (writer, told, go, gone) = gated();
    writer.show(grid("one"), true);
    told.recv().expect("is written");
    go.send(Err(io::Error::other("gone")))
        .expect("the writer waits");
    assert_eq!(gone.recv().expect("is told"), Told::Gone);
    assert!(!writer.settle(LONG));
}

#[test]
fn a_stalled_terminal_is_not_waited_for() {
    let (writer, told, _go, _gone) = gated();
    writer.show(grid("one"), true);
    told.recv().expect("is written");
    assert!(!writer.settle(Duration::from_millis(1)));
    let said = (0..=ORDERED).filter(|_| writer.say(b"\x07")).count();
    assert_eq!(said, ORDERED);
}

#[test]
fn news_wait_for_their_turn_and_keys_do_not() {
    let limits = Limits {
        between: Duration::from_hours(1),
        ..Limits::LOCAL
    };
    let (writer, told, go, _gone) = gated_with(Plan { limits, ..PLAN });
    writer.show(grid("one"), false);
    told.recv().expect("the first is written");
    go.send(Ok(())).expect("the writer waits");
    writer.show(grid("two"), false);
    writer.show(grid("three"), false);
    assert!(told.recv_timeout(Duration::from_millis(50)).is_err());
    writer.show(grid("four"), true);
    let next = text(&told.recv().expect("is written"));
    assert!(next.contains("four"), "{next:?}");
    go.send(Ok(())).expect("the writer waits");
    // What waits when the console closes is written.
    writer.show(grid("five"), false);
    go.send(Ok(())).expect("the writer waits");
    assert!(writer.settle(LONG));
    assert_eq!(writer.written().frames, 3);
}

#[test]
fn a_terminal_of_ascii_gets_nothing_else() {
    let plan = Plan {
        glyphs: Glyphs::Ascii,
        ..PLAN
    };
    let (writer, told, go, _gone) = gated_with(plan);
    writer.show(grid("◆C São … 漢"), true);
    let bytes = told.recv().expect("is written");
    assert!(bytes.is_ascii());
    assert!(text(&bytes).contains("!C Sao ~ ?"), "{}", text(&bytes));
    go.send(Ok(())).expect("the writer waits");
    assert!(writer.settle(LONG));
}

/// Writes return at once; that the terminal is behind shows by its answers.
#[test]
fn a_far_terminal_that_answers_late_makes_the_line_slow_by_itself() {
    let limits = Limits {
        between: Duration::ZERO,
        ..Limits::REMOTE
    };
    let (writer, told, go, gone) = gated_with(Plan { limits, ..PLAN });
    for _ in 0..100 {
        go.send(Ok(())).expect("the writer waits");
    }
    let asks = |bytes: &[u8]| bytes.ends_with(lag::QUESTION);
    writer.show(grid("before it answered"), true);
    assert!(!asks(&told.recv().expect("is written")));
    writer.answered();
    let mut shown = 0;
    loop {
        shown += 1;
        writer.anew();
        writer.show(grid(&format!("frame {shown}")), true);
        if asks(&told.recv().expect("is written")) {
            break;
        }
        assert!(shown < 60, "it is never asked");
    }
    thread::sleep(lag::LATE + Duration::from_millis(100));
    writer.show(grid("late"), true);
    assert_eq!(gone.recv().expect("is told"), Told::Slow(true));
    assert!(!asks(&told.recv().expect("is written")), "one is out");
    for n in 0..2 {
        writer.answered();
        writer.show(grid(&format!("again {n}")), true);
        assert!(asks(&told.recv().expect("is written")));
    }
    writer.answered();
    assert_eq!(gone.recv().expect("is told"), Told::Slow(false));
}

#[test]
fn a_terminal_on_this_machine_is_not_asked() {
    let (writer, told, go, _gone) = gated();
    writer.answered();
    for n in 0..60 {
        go.send(Ok(())).expect("the writer waits");
        writer.anew();
        writer.show(grid(&format!("frame {n}")), true);
        let bytes = told.recv().expect("is written");
        assert!(!bytes.ends_with(lag::QUESTION));
        assert!(writer.settle(LONG));
    }
}
