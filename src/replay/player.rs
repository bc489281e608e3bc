//! Plays a tape: the news that a link told, at the pace that they came or
//! another.
//!
//! Owns recorded time: when the next line is due, pausing, stepping, speed. The
//! news go over the same kind of channel as a link's, so a console can't tell
//! the difference but by [`News::Playing`]. Reading is a thread's, so that a
//! slow disk stalls nothing.

use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::format::{Header, Taped};
use super::read::{ReplayError, Tape};
use crate::link::{News, Playback};
use crate::model::time::Timestamp;
use crate::wire::frames::{Hello, Items, Part, ServerFrame};

/// Lines read ahead; when it is full the reading thread waits.
const AHEAD: usize = 16;
/// News between player and console, as a link has it; the player waits.
const NEWS: usize = 32;
/// Requests between console and player; one that finds no room is left out,
/// for the officer sees that nothing happened.
const REQUESTS: usize = 16;

/// How fast recorded time goes: hundredths of ours, 10 to 100,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(u32);

impl Speed {
    /// The slowest and the fastest.
    const RANGE: std::ops::RangeInclusive<u32> = 10..=100_000;

    /// A speed; 1.0 is as it was. None outside of 0.1 to 1000.
    #[must_use]
    pub fn new(speed: f64) -> Option<Self> {
        let percent = (speed * 100.0).round();
        // Compared as a number, so that NaN is refused too.
        if !(f64::from(*Self::RANGE.start())..=f64::from(*Self::RANGE.end())).contains(&percent) {
            return None;
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was checked above"
        )]
        Some(Self(percent as u32))
    }

    fn doubled(self) -> Self {
        Self((self.0 * 2).min(*Self::RANGE.end()))
    }

    fn halved(self) -> Self {
        Self((self.0 / 2).max(*Self::RANGE.start()))
    }

    /// How long recorded time of `span` takes.
    fn takes(self, span: Duration) -> Duration {
        Duration::from_secs_f64(span.as_secs_f64() * 100.0 / f64::from(self.0))
    }

    /// How much recorded time goes by in `span`.
    fn covers(self, span: Duration) -> Duration {
        Duration::from_secs_f64(span.as_secs_f64() * f64::from(self.0) / 100.0)
    }
}

/// What can be asked of a player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Stand still, or go on.
    Pause,
    /// On to the next that happened, and stand still.
    Step,
    /// Twice as fast.
    Faster,
    /// Half as fast.
    Slower,
}

/// The way to a player. It ends with this value, or when nobody receives.
#[derive(Clone, Debug)]
pub struct Player(mpsc::Sender<Control>);

impl Player {
    /// Asks for something. False when there is no room or it has ended.
    #[must_use]
    pub fn ask(&self, control: Control) -> bool {
        self.0.try_send(control).is_ok()
    }
}

/// Starts to play. What happened up to `from` comes at once, the rest in time.
#[must_use]
pub fn start(
    header: Header,
    tape: Tape,
    speed: Speed,
    from: Option<Timestamp>,
) -> (Player, mpsc::Receiver<News>) {
    let (tell, news) = mpsc::channel(NEWS);
    let (ask, controls) = mpsc::channel(REQUESTS);
    let begins = header.hello.now;
    let play = Play {
        tell,
        controls,
        lines: read_ahead(tape),
        next: None,
        over: None,
        speed,
        paused: false,
        anchor: (Instant::now(), from.map_or(begins, |from| from.max(begins))),
    };
    tokio::spawn(play.run(header.hello));
    (Player(ask), news)
}

type Line = Result<Option<Taped>, ReplayError>;

fn read_ahead(mut tape: Tape) -> mpsc::Receiver<Line> {
    let (tell, lines) = mpsc::channel(AHEAD);
    let read = move || {
        loop {
            let line = tape.next_line();
            let ends = !matches!(line, Ok(Some(_)));
            if tell.blocking_send(line).is_err() || ends {
                return;
            }
        }
    };
    if let Err(error) = thread::Builder::new().name("tape".to_owned()).spawn(read) {
        tracing::error!(%error, "The recording can't be read: there is no thread for it.");
    }
    lines
}

struct Play {
    tell: mpsc::Sender<News>,
    controls: mpsc::Receiver<Control>,
    lines: mpsc::Receiver<Line>,
    next: Option<Taped>,
    /// How it ended.
    over: Option<String>,
    speed: Speed,
    paused: bool,
    /// A moment of ours, and the recorded one that it was.
    anchor: (Instant, Timestamp),
}

/// Nobody receives the news any more.
struct Left;

impl Play {
    async fn run(mut self, hello: Hello) {
        // Whoever listened has left, which is how a replay ends.
        drop(self.played(hello).await);
    }

    async fn played(&mut self, mut hello: Hello) -> Result<(), Left> {
        let starts = self.anchor.1;
        hello.now = starts;
        self.tell(News::Hello(Box::new(hello))).await?;
        self.show().await?;
        // The floor as it was, and all that happened before the start.
        let mut snapshot = false;
        loop {
            self.fetch().await;
            let Some(line) = self.next.take_if(|line| line.at <= starts || !snapshot) else {
                break;
            };
            snapshot |= ends_snapshot(&line.frame);
            self.emit(line).await?;
        }
        self.tell(News::CaughtUp).await?;
        self.anchor = (Instant::now(), starts);
        self.show().await?;
        loop {
            self.fetch().await;
            self.end_if_over().await?;
            let due = self.due();
            tokio::select! {
                biased;
                control = self.controls.recv() => match control {
                    Some(control) => self.obey(control).await?,
                    None => return Ok(()),
                },
                () = self.tell.closed() => return Err(Left),
                () = until(due) => self.play_next().await?,
            }
        }
    }

    /// Reads the next line, unless there is one already or none any more.
    async fn fetch(&mut self) {
        if self.next.is_some() || self.over.is_some() {
            return;
        }
        match self.lines.recv().await {
            Some(Ok(Some(line))) => self.next = Some(line),
            Some(Err(error)) => self.over = Some(error.to_string()),
            Some(Ok(None)) | None => self.over = Some("The recording ends here.".to_owned()),
        }
    }

    /// Stands still at the end, once, and says so.
    async fn end_if_over(&mut self) -> Result<(), Left> {
        if self.over.is_some() && !self.paused {
            self.stand_still();
            self.show().await?;
        }
        Ok(())
    }

    /// The recorded moment, now.
    fn at(&self) -> Timestamp {
        let (ours, recorded) = self.anchor;
        if self.paused {
            recorded
        } else {
            recorded.plus(self.speed.covers(ours.elapsed()))
        }
    }

    /// When the next line is due; none while standing still.
    fn due(&self) -> Option<Instant> {
        let line = self.next.as_ref().filter(|_| !self.paused)?;
        let (ours, recorded) = self.anchor;
        Some(ours + self.speed.takes(line.at.since(recorded)))
    }

    fn stand_still(&mut self) {
        self.anchor = (Instant::now(), self.at());
        self.paused = true;
    }

    async fn obey(&mut self, control: Control) -> Result<(), Left> {
        match control {
            // At the end there is nothing to go on to.
            _ if self.over.is_some() => return Ok(()),
            Control::Pause if self.paused => {
                self.anchor.0 = Instant::now();
                self.paused = false;
            }
            Control::Pause => self.stand_still(),
            Control::Step => {
                self.stand_still();
                return self.step().await;
            }
            Control::Faster | Control::Slower => {
                self.anchor = (Instant::now(), self.at());
                self.speed = if control == Control::Faster {
                    self.speed.doubled()
                } else {
                    self.speed.halved()
                };
            }
        }
        self.show().await
    }

    /// On to the next that happened on the floor, whatever lies between.
    async fn step(&mut self) -> Result<(), Left> {
        while let Some(line) = self.next.take() {
            self.anchor.1 = self.anchor.1.max(line.at);
            let happened = matches!(line.frame, ServerFrame::Events(_) | ServerFrame::Items(_));
            self.emit(line).await?;
            self.fetch().await;
            if happened {
                break;
            }
        }
        self.show().await
    }

    async fn play_next(&mut self) -> Result<(), Left> {
        match self.next.take() {
            Some(line) => self.emit(line).await,
            None => Ok(()),
        }
    }

    async fn emit(&mut self, line: Taped) -> Result<(), Left> {
        match news(line.frame) {
            Some(news) => self.tell(news).await,
            None => Ok(()),
        }
    }

    async fn show(&self) -> Result<(), Left> {
        let playback = Playback {
            at: self.at(),
            percent: self.speed.0,
            paused: self.paused,
            over: self.over.clone(),
        };
        self.tell(News::Playing(playback)).await
    }

    async fn tell(&self, news: News) -> Result<(), Left> {
        self.tell.send(news).await.map_err(|_| Left)
    }
}

/// Whether the floor as it was is complete with this frame.
fn ends_snapshot(frame: &ServerFrame) -> bool {
    matches!(
        frame,
        ServerFrame::Items(Items {
            part: Part::Last | Part::Only,
            ..
        })
    )
}

/// What a link would have told of a frame.
fn news(frame: ServerFrame) -> Option<News> {
    Some(match frame {
        ServerFrame::Items(items) => News::Items(items),
        ServerFrame::Events(events) => News::Events(events),
        ServerFrame::Presence { officers } => News::Presence(officers),
        ServerFrame::Counts {
            closed_outside,
            suppressed,
        } => News::Counts {
            closed_outside,
            suppressed,
        },
        ServerFrame::Health { channels, lag_ms } => News::Health { channels, lag_ms },
        ServerFrame::Outward { reach, canned } => News::Outward { reach, canned },
        _ => return None,
    })
}

/// Waits until then, or for ever.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
