//! Recordings: what is wrong with a file is told with its line, what comes
//! before stays; pace by keys; nothing can be done to it; words can be masked.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod recording;
mod watch;

use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use recording::hello;
use tokio::sync::mpsc::Receiver;
use watch::{Hands, evening, now};
use watchfloor::console::effect::{Effect, Playing};
use watchfloor::console::msg::{LinkNews, Playback};
use watchfloor::console::view::view;
use watchfloor::link::News;
use watchfloor::model::event::Arrival;
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::Seq;
use watchfloor::model::item::{Clocks, Item};
use watchfloor::model::time::Timestamp;
use watchfloor::replay::{Control, Recorder, ReplayError, Speed, Tape, VERSION, built, start};
use watchfloor::text::is_safe_symbol;
use watchfloor::theme::{Depth, Theme};

fn arrived(item: &Item, seq: u64, at: Timestamp) -> Event {
    Event {
        seq: Seq(seq),
        at,
        actor: Actor::Source(item.content.channel.clone()),
        cause: Cause::Delivery,
        key: Some(item.key),
        id: Some(item.id),
        desk: Some(item.desk.clone()),
        body: Body::ItemArrived(Box::new(Arrival {
            content: std::sync::Arc::clone(&item.content),
            severity: item.severity,
            tags: Vec::new(),
            clocks: Clocks::default(),
            reasons: Vec::new(),
            suppressed_by: None,
            reading: None,
        })),
    }
}

/// The evening's items, ten seconds apart.
fn events() -> Vec<Event> {
    let at = |n| now().plus(Duration::from_secs(n * 10));
    (1..)
        .zip(evening())
        .map(|(n, item)| arrived(&item, n, at(n)))
        .collect()
}

fn bytes() -> Vec<u8> {
    built(hello(now()), events()).unwrap()
}

fn tape(bytes: Vec<u8>) -> Result<(watchfloor::replay::Header, Tape), ReplayError> {
    Tape::read(Path::new("evening.jsonl"), Cursor::new(bytes))
}

/// How many lines can be read, and what ended it.
fn read(bytes: Vec<u8>) -> (usize, Option<String>) {
    let (_, mut tape) = tape(bytes).map_err(|error| error.to_string()).unwrap();
    let mut lines = 0;
    loop {
        match tape.next_line() {
            Ok(Some(_)) => lines += 1,
            Ok(None) => return (lines, None),
            Err(error) => {
                assert!(tape.next_line().unwrap().is_none(), "it ends after a fault");
                return (lines, Some(error.to_string()));
            }
        }
    }
}

fn refused(bytes: &[u8]) -> String {
    tape(bytes.to_vec()).err().unwrap().to_string()
}

#[test]
fn a_whole_recording_is_read_to_its_end() {
    // A header, the empty floor, and eight events.
    assert_eq!(read(bytes()), (9, None));
    let first = String::from_utf8(bytes()).unwrap();
    let first = first.lines().next().unwrap();
    assert!(
        first.starts_with(r#"{"type":"recording","version":1,"#),
        "{first}"
    );
    for field in ["\"zone\":\"Europe/Lisbon\"", "\"epoch\":"] {
        assert!(first.contains(field), "{first}");
    }
}

#[test]
fn what_is_no_recording_is_told() {
    for wrong in [
        &b""[..],
        b"\n",
        b"hello\n",
        b"{\"type\":\"event\"}\n",
        b"[1]\n",
        b"\xff\xfe\n",
    ] {
        let says = refused(wrong);
        assert!(says.contains("is not a recording: line 1"), "{says}");
    }
    let newer = format!(
        "{{\"type\":\"recording\",\"version\":{},\"x\":1}}\n",
        VERSION + 1
    );
    let says = refused(newer.as_bytes());
    assert!(
        says.contains("format 2") && says.contains("newer watchfloor"),
        "{says}"
    );
    let missing = Tape::open(Path::new("/nowhere/at-all"))
        .err()
        .unwrap()
        .to_string();
    assert!(missing.contains("can't be read"), "{missing}");
}

#[test]
fn a_cut_or_damaged_line_is_named_and_what_is_before_stays() {
    let mut cut = bytes();
    cut.truncate(cut.len() - 20);
    let (lines, says) = read(cut);
    assert_eq!(lines, 8);
    assert!(says.unwrap().contains("is cut off in line 10"));
    let text = String::from_utf8(bytes()).unwrap();
    let mut all: Vec<&str> = text.lines().collect();
    all[4] = "{\"at\": nonsense}";
    let (lines, says) = read((all.join("\n") + "\n").into_bytes());
    assert_eq!(lines, 3);
    let says = says.unwrap();
    assert!(
        says.contains("Line 5 of evening.jsonl is damaged"),
        "{says}"
    );
    let long = "x".repeat(5 * 1024 * 1024);
    all[4] = &long;
    let (lines, says) = read((all.join("\n") + "\n").into_bytes());
    assert_eq!(lines, 3);
    assert!(says.unwrap().contains("longer than"));
    // Frames of later versions are passed over.
    all[4] = "{\"at\":\"2026-11-23T02:41:00.000Z\",\"frame\":{\"type\":\"weather\",\"wind\":3}}";
    assert_eq!(read((all.join("\n") + "\n").into_bytes()), (9, None));
}

async fn next(news: &mut Receiver<News>) -> News {
    let patience = Duration::from_secs(20);
    tokio::time::timeout(patience, news.recv())
        .await
        .unwrap()
        .unwrap()
}

/// Reads until `wanted`; returns how many events came before it.
async fn until(news: &mut Receiver<News>, wanted: impl Fn(&News) -> bool) -> usize {
    let mut events = 0;
    loop {
        let told = next(news).await;
        if wanted(&told) {
            return events;
        }
        events += usize::from(matches!(told, News::Events(_)));
    }
}

fn is_over(news: &News) -> bool {
    matches!(news, News::Playing(playback) if playback.over.is_some())
}

#[tokio::test]
async fn it_plays_to_the_end_and_stays_there() {
    let (header, tape) = tape(bytes()).unwrap();
    let (player, mut news) = start(header, tape, Speed::new(1000.0).unwrap(), None);
    assert!(matches!(next(&mut news).await, News::Hello(hello) if hello.now == events()[0].at));
    until(&mut news, |told| *told == News::CaughtUp).await;
    assert_eq!(until(&mut news, is_over).await + 1, events().len());
    // There is nothing to go on to, and nobody is thrown out.
    assert!(player.ask(Control::Pause) && player.ask(Control::Step));
    let silence = tokio::time::timeout(Duration::from_millis(50), news.recv()).await;
    assert!(silence.is_err(), "{silence:?}");
}

#[tokio::test]
async fn it_steps_event_by_event_and_changes_its_pace() {
    let (header, tape) = tape(bytes()).unwrap();
    // So slowly that nothing comes by itself while the test runs.
    let (player, mut news) = start(header, tape, Speed::new(0.1).unwrap(), None);
    until(&mut news, |told| *told == News::CaughtUp).await;
    for n in 2..events().len() as u64 {
        assert!(player.ask(Control::Step));
        until(
            &mut news,
            |told| matches!(told, News::Events(events) if events.to == Seq(n)),
        )
        .await;
        let at = events()[usize::try_from(n - 1).unwrap()].at;
        until(
            &mut news,
            |told| matches!(told, News::Playing(playback) if playback.paused && playback.at == at),
        )
        .await;
    }
    // After the last one it says that it is over.
    assert!(player.ask(Control::Step));
    until(&mut news, is_over).await;
}

#[tokio::test]
async fn faster_and_slower_double_and_halve() {
    let (header, tape) = tape(bytes()).unwrap();
    let (player, mut news) = start(header, tape, Speed::new(1.0).unwrap(), None);
    until(&mut news, |told| *told == News::CaughtUp).await;
    for (control, percent, paused) in [
        (Control::Pause, 100, true),
        (Control::Faster, 200, true),
        (Control::Faster, 400, true),
        (Control::Slower, 200, true),
        (Control::Pause, 200, false),
    ] {
        assert!(player.ask(control));
        until(
            &mut news,
            |told| matches!(told, News::Playing(p) if (p.percent, p.paused) == (percent, paused)),
        )
        .await;
    }
    assert_eq!(Speed::new(0.01), None);
    assert_eq!(Speed::new(f64::NAN), None);
}

#[tokio::test]
async fn from_a_moment_on_what_was_before_comes_at_once() {
    let (header, tape) = tape(bytes()).unwrap();
    let from = events()[4].at;
    let (_player, mut news) = start(header, tape, Speed::new(0.1).unwrap(), Some(from));
    let before = until(&mut news, |told| *told == News::CaughtUp).await;
    assert_eq!(before, 5);
}

#[test]
fn a_masked_recording_has_nobodys_words() {
    let mut bytes = Vec::new();
    let mut recorder = Recorder::new(&mut bytes, hello(now()), true);
    // Half as the floor it begins with, half as what happens.
    for event in events() {
        assert!(recorder.event(event, events_since()).unwrap());
    }
    recorder.finish().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    for word in [
        "inundada",
        "torneira",
        "stage",
        "samir",
        "lucia",
        "crypto",
        "Maria",
        "dizzy",
        "Pump",
        "WaterPressure",
        "الماء",
        "post-10",
    ] {
        assert!(!text.contains(word), "{word} is in it");
    }
    assert_eq!(recording::played(bytes).len(), events().len());
}

fn events_since() -> Timestamp {
    events()[4].at
}

fn playing(percent: u32, paused: bool, over: Option<&str>) -> LinkNews {
    LinkNews::Playing(Playback {
        percent,
        paused,
        over: over.map(str::to_owned),
    })
}

fn draw(hands: &Hands) -> String {
    let area = Rect::new(0, 0, hands.app.session.cols, hands.app.session.rows);
    let mut buffer = Buffer::empty(area);
    let theme = Theme::built_in("dark", Depth::True).unwrap();
    view(&hands.app, &theme, area, &mut buffer);
    let width = usize::from(area.width);
    let cells: Vec<&str> = buffer
        .content()
        .iter()
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert!(cells.iter().all(|symbol| is_safe_symbol(symbol)));
    let rows = cells
        .chunks(width)
        .map(|row| row.concat().trim_end().to_owned());
    rows.collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn snapshots() {
    for (cols, rows) in [(60, 20), (80, 24), (120, 40)] {
        for (name, news) in [
            ("playing", playing(400, false, None)),
            ("paused", playing(50, true, None)),
            (
                "ended",
                playing(100, true, Some("The recording ends here.")),
            ),
        ] {
            let mut hands = Hands::evening(cols, rows);
            hands.news(news);
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("replay-{name}-{cols}x{rows}"), draw(&hands));
            });
        }
    }
}

#[test]
fn the_pace_is_changed_by_keys_and_names() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("|");
    assert!(hands.says().contains("not a recording"));
    hands.news(playing(100, false, None));
    for (keys, how) in [
        ("|", Playing::Pause),
        ("+", Playing::Step),
        (">", Playing::Faster),
        ("<", Playing::Slower),
    ] {
        hands.keys(keys);
        assert_eq!(hands.effects, [Effect::Play(how)], "{keys}");
    }
    hands.keys(":").text("replay-step").keys("Enter");
    assert_eq!(hands.effects.last(), Some(&Effect::Play(Playing::Step)));
    hands.news(playing(100, true, Some("The recording ends here.")));
    hands.keys("|");
    assert_eq!(
        (hands.effects.len(), hands.says()),
        (0, "The recording ends here.")
    );
}

#[test]
fn nothing_can_be_done_to_a_recording() {
    let mut hands = Hands::evening(80, 24);
    hands.news(playing(100, false, None));
    for keys in [
        "w a",
        "w d",
        "w @",
        "w c",
        "w e",
        "D",
        "w S",
        "u",
        "w s",
        "w t",
        "w p 1",
        "w x",
        "Ctrl-R",
        ": t a k e Enter",
    ] {
        // What is typed at once after a refused answer would be letters.
        hands.at = hands.at.plus(Duration::from_secs(2));
        hands.keys(keys);
        assert!(hands.app.overlays.is_empty(), "{keys}");
        assert!(
            hands.says().contains("This is a recording"),
            "{keys}: {}",
            hands.says()
        );
        assert!(
            hands.sent().is_empty() && !hands.effects.contains(&Effect::Resync),
            "{keys}"
        );
    }
    hands.at = hands.at.plus(Duration::from_secs(2));
    hands.keys("q");
    assert_eq!(hands.effects, [Effect::Quit]);
}
