//! Plain mode: lines in, lines out, through the whole of it.

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

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use watch::{evening, item, now, with};
use watchfloor::console::Exit;
use watchfloor::console::lock::{Unlock, passphrase};
use watchfloor::console::perform::Hub;
use watchfloor::console::plain::{Lines, On, Room};
use watchfloor::console::state::Settings;
use watchfloor::console::watch::Outside;
use watchfloor::link::{News, NotTaken};
use watchfloor::model::command::{Command, ItemOutcome, Outcome, Refusal, RefusalCode, Verb};
use watchfloor::model::feedback::Feedback;
use watchfloor::model::ids::{CommandId, ItemKey, Seq};
use watchfloor::model::item::Item;
use watchfloor::model::outgoing::Typing;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::ManualClock;
use watchfloor::notify::{self, Calls, Method, Surroundings as Around, Wishes};
use watchfloor::text::is_forbidden;
use watchfloor::wire::frames::{Items, Part};

/// What was said so far.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct TestHub(mpsc::UnboundedSender<Command>);

impl Hub for TestHub {
    fn send(&self, command: Command) -> Result<(), NotTaken> {
        self.0.send(command).map_err(|_| NotTaken)
    }

    fn viewing(&self, _key: Option<ItemKey>) {}

    fn presence(&self, _idle: Duration, _typing: Option<Typing>) {}

    fn search(&self, _asked: u64, _words: String) {}

    fn fetch(&self, _id: watchfloor::model::ids::ItemId) {}

    fn resync(&self) -> Result<(), NotTaken> {
        Ok(())
    }
}

struct Desk {
    lines: Option<mpsc::Sender<String>>,
    news: mpsc::Sender<News>,
    sent: mpsc::UnboundedReceiver<Command>,
    said: Said,
    read: usize,
    clock: Arc<ManualClock>,
    running: JoinHandle<Exit>,
    _outside: mpsc::Sender<Outside>,
}

impl Desk {
    fn start(settings: Settings, unlock: Unlock, paced: bool) -> Self {
        let (lines, typed) = mpsc::channel(64);
        let (news, told) = mpsc::channel(64);
        let (outside, signals) = mpsc::channel(1);
        let (hub, sent) = mpsc::unbounded_channel();
        let said = Said::default();
        let clock = Arc::new(ManualClock::at(now()));
        let mut next = 0;
        let room = Room::new(
            settings,
            On {
                hub: TestHub(hub),
                news: told,
                lines: Lines::of(typed),
                out: Box::new(said.clone()),
                outside: signals,
                clock: clock.clone(),
                new_id: Box::new(move || {
                    next += 1;
                    CommandId(uuid::Uuid::from_u128(next))
                }),
                unlock,
                paced,
                bell: true,
                calls: bell(),
            },
        );
        let running = tokio::spawn(async move { room.run().await.0 });
        Self {
            lines: Some(lines),
            news,
            sent,
            said,
            read: 0,
            clock,
            running,
            _outside: outside,
        }
    }

    /// With an evening's floor, caught up.
    async fn evening() -> Self {
        let mut desk = Self::start(Settings::default(), Unlock::by(None, None), false);
        desk.begin(evening()).await;
        desk
    }

    async fn begin(&mut self, items: Vec<Item>) {
        let mut hello = recording::hello(now());
        hello.roster.officers = vec![watch::officer("anna"), watch::officer("maria")];
        self.tell(News::Hello(Box::new(hello))).await;
        self.tell(snapshot(items, Part::Only)).await;
        self.tell(News::CaughtUp).await;
        self.hears("Live.").await;
        self.hears(" wait; ").await;
    }

    async fn tell(&self, news: News) {
        self.news.send(news).await.unwrap();
    }

    async fn types(&self, line: &str) {
        let lines = self.lines.as_ref().unwrap();
        lines.send(format!("{line}\n")).await.unwrap();
    }

    fn all(&self) -> String {
        String::from_utf8(self.said.0.lock().unwrap().clone()).unwrap()
    }

    /// What was said since the last call, up to the line with `words`.
    async fn hears(&mut self, words: &str) -> String {
        let heard = async {
            loop {
                let all = self.all();
                let new = all.get(self.read..).unwrap_or_default();
                let found = new
                    .find(words)
                    .and_then(|at| Some(at + new.get(at..)?.find('\n')? + 1));
                if let Some(end) = found {
                    let text = new.get(..end).unwrap_or_default().to_owned();
                    self.read += end;
                    return text;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let patience = Duration::from_secs(20);
        match tokio::time::timeout(patience, heard).await {
            Ok(text) => text,
            Err(late) => panic!("{words:?} was not said ({late}) in:\n{}", self.all()),
        }
    }

    async fn asks(&mut self, line: &str, words: &str) -> String {
        self.types(line).await;
        self.hears(words).await
    }

    async fn command(&mut self) -> Command {
        let patience = Duration::from_secs(20);
        let sent = tokio::time::timeout(patience, self.sent.recv()).await;
        sent.unwrap_or_else(|_| panic!("nothing was sent:\n{}", self.all()))
            .unwrap()
    }

    async fn accept(&mut self, command: &Command) {
        self.answer(command, None).await;
    }

    async fn answer(&mut self, command: &Command, refused: Option<Refusal>) {
        let items = command.targets.iter().map(|target| ItemOutcome {
            key: target.key,
            id: None,
            refused: refused.clone(),
        });
        let outcome = Outcome {
            command: command.id,
            verb: command.verb.name(),
            seq: refused.is_none().then_some(Seq(1)),
            items: items.collect(),
            refused: None,
        };
        self.tell(News::Reply {
            outcome,
            late: false,
        })
        .await;
    }

    async fn ends(self) -> Exit {
        let patience = Duration::from_secs(20);
        tokio::time::timeout(patience, self.running)
            .await
            .unwrap()
            .unwrap()
    }
}

fn snapshot(items: Vec<Item>, part: Part) -> News {
    News::Items(Items {
        at: Seq(2000),
        items,
        suppressions: Vec::new(),
        part,
    })
}

#[tokio::test]
async fn an_item_is_found_opened_and_taken() {
    let mut desk = Desk::evening().await;
    let list = desk.asks("list", "all told").await;
    assert!(
        list.contains("1. #1042 critical alert, 5m old, overdue by 2m, alerts: WaterPressureLow."),
        "{list}"
    );
    let open = desk.asks("open 1", "You can: take").await;
    assert!(open.contains("station: Pump house North"), "{open}");
    desk.types("take 1").await;
    let command = desk.command().await;
    assert_eq!(command.verb, Verb::Take);
    desk.hears("Take: asked the hub.").await;
    desk.accept(&command).await;
    desk.hears("taken.").await;
    desk.types("ack #1040").await;
    let command = desk.command().await;
    let held = Refusal::new(RefusalCode::Held, "officer2 took it 0.4 s before you.");
    desk.answer(&command, Some(held)).await;
    desk.hears("officer2 took it 0.4 s before you.").await;
    desk.types("quit").await;
    assert_eq!(desk.ends().await, Exit::Closed);
}

#[tokio::test]
async fn copies_are_told_claims_judged_and_feedback_given() {
    let mut desk = Desk::start(Settings::default(), Unlock::by(None, None), false);
    desk.begin(watch::insight::storm()).await;
    let list = desk.asks("list", "all told").await;
    assert!(
        list.contains("#1050 medium mention, 15m old, 7 copies"),
        "{list}"
    );
    assert!(!list.contains("#1051"), "{list}");
    let claims = desk.asks("claims", "or cancel").await;
    assert!(
        claims.contains("false Tap water in the city burns the skin"),
        "{claims}"
    );
    assert!(claims.contains("4. ? suggested #1053 spreads"), "{claims}");
    desk.types("confirm 2").await;
    let command = desk.command().await;
    assert!(matches!(command.verb, Verb::ConfirmClaim { .. }));
    let key = watch::insight::rumour()[1].key;
    assert_eq!(command.targets[0].key, key);
    desk.accept(&command).await;
    desk.hears("claim confirmed").await;
    desk.types("cancel").await;
    desk.types("feedback #1060 false-alarm").await;
    let command = desk.command().await;
    assert_eq!(
        command.verb,
        Verb::Feedback {
            feedback: Feedback::FalseAlarm
        }
    );
    desk.accept(&command).await;
    desk.hears("logged").await;
    desk.types("quit").await;
    assert_eq!(desk.ends().await, Exit::Closed);
}

#[tokio::test]
async fn every_verb_goes_by_name_and_number() {
    let mut desk = Desk::evening().await;
    desk.asks("list", "all told").await;
    for (typed, word) in [
        ("take 1", "take"),
        ("acknowledge 2", "acknowledge"),
        ("release 1", "release"),
        ("assign 1 maria", "assign"),
        ("escalate 1 the main road floods", "escalate"),
        ("snooze 7 2h", "snooze"),
        ("resolve 3 done", "resolve"),
        ("reopen 1", "reopen"),
        ("note 1 crew is there", "note"),
        ("tags 1 +water -rumour", "tag"),
        ("priority 1 2", "prioritise"),
        ("priority 1 none", "prioritise"),
    ] {
        desk.types(typed).await;
        let command = desk.command().await;
        assert_eq!(command.verb.name().word(), word, "{typed}");
        assert_eq!(command.targets.len(), 1, "{typed}");
        desk.accept(&command).await;
    }
    for (typed, word) in [("undo", "undo"), ("redo", "redo")] {
        desk.types(typed).await;
        let command = desk.command().await;
        assert_eq!(
            (command.verb.name().word(), command.targets.len()),
            (word, 0)
        );
        desk.accept(&command).await;
    }
}

#[tokio::test]
async fn what_is_left_out_is_asked() {
    let mut desk = Desk::evening().await;
    desk.asks("list", "all told").await;
    let choices = desk.asks("assign 1", "Type a number or cancel.").await;
    assert!(
        choices.contains("1. anna, you") && choices.contains("2. maria"),
        "{choices}"
    );
    desk.asks("9", "Type a number from 1 to").await;
    desk.types("2").await;
    let command = desk.command().await;
    assert!(matches!(command.verb, Verb::Assign { .. }));
    desk.accept(&command).await;
    // A note of two lines.
    desk.asks("note 2", "Type the note").await;
    for line in ["First line", "second line", "."] {
        desk.types(line).await;
    }
    let command = desk.command().await;
    assert_eq!(command.note.as_evidence(), "First line\nsecond line");
    desk.accept(&command).await;
    // A suppression, field by field, then yes.
    desk.asks("suppress 1", "Suppress what?").await;
    desk.asks("", "Until when?").await;
    desk.asks("2h", "Why?").await;
    desk.asks("", "Say why").await;
    desk.asks("Known, crew is on it", "Type yes to do it").await;
    desk.types("yes").await;
    let command = desk.command().await;
    assert!(
        matches!(&command.verb, Verb::Suppress { reason, .. } if reason.as_evidence() == "Known, crew is on it")
    );
    desk.accept(&command).await;
    desk.asks("escalate 1", "Why is it escalated").await;
    desk.types("cancel").await;
    desk.asks("status", "8 items wait").await;
}

#[tokio::test]
async fn many_at_once_want_yes_and_very_many_their_count() {
    let mut desk = Desk::start(Settings::default(), Unlock::by(None, None), false);
    let items = (1..=40).map(|id| item(id, "Brown water", 1)).collect();
    desk.begin(items).await;
    let first = desk.asks("list", "say more").await;
    assert!(
        first.contains("20. #") && first.contains("20 more"),
        "{first}"
    );
    desk.asks("more", "all told").await;
    desk.asks("take 1-3", "Type yes to do it").await;
    desk.asks("maybe", "Type yes or no.").await;
    desk.types("yes").await;
    let command = desk.command().await;
    assert_eq!(command.targets.len(), 3);
    desk.accept(&command).await;
    desk.asks("mark 5-6", "2 items marked.").await;
    desk.asks("resolve done", "Type yes to do it").await;
    desk.types("no").await;
    let all = desk.asks("resolve-all done", "Type the count, 40").await;
    assert!(
        all.contains("Resolve, done:") || all.contains("Resolve"),
        "{all}"
    );
    desk.asks("yes", "Type the count, 40, to do it, or no.")
        .await;
    desk.asks("14", "Type the count, 40, to do it, or no.")
        .await;
    desk.types("40").await;
    assert_eq!(desk.command().await.targets.len(), 40);
}

#[tokio::test]
async fn merged_and_split_by_number() {
    let mut desk = Desk::evening().await;
    desk.asks("list", "all told").await;
    let question = desk.asks("merge 3 4,5", "Type yes").await;
    assert!(question.contains("3 items"), "{question}");
    desk.types("yes").await;
    let command = desk.command().await;
    assert_eq!((&command.verb, command.targets.len()), (&Verb::Merge, 3));
    desk.accept(&command).await;
    desk.asks("split 3", "Nothing was merged into it.").await;
}

#[tokio::test]
async fn the_list_is_narrowed_and_queues_are_gone_to() {
    let mut desk = Desk::evening().await;
    let narrowed = desk.asks("filter kind:alert", "1 item, all told.").await;
    assert!(narrowed.contains("1. #1042"), "{narrowed}");
    desk.asks("filter sev>=(", "Filter, ").await;
    desk.asks("all", "8 items, all told.").await;
    let queues = desk.asks("queues", "suppressed.").await;
    assert!(queues.contains("All: 8, shown."), "{queues}");
    desk.asks("queue mine", "Nothing waits here.").await;
    desk.asks("queue all", "8 items, all told.").await;
    desk.asks("views", "No view is saved").await;
    desk.asks("view 1", "There is no saved view 1").await;
    desk.asks("why 1", "water-main 92/100").await;
    desk.asks("channels", "No channel is set up").await;
    desk.asks("watch", "Nobody else is on watch.").await;
    desk.asks("tkae 1", "the nearest is :take").await;
    desk.asks("take 99", "There is no line 99").await;
    desk.asks("open #7", "#7 is not on this floor.").await;
    let help = desk.asks("help", "quit: close the console").await;
    assert!(
        help.contains("resolve-all: resolve all that match the filter."),
        "{help}"
    );
}

#[tokio::test]
async fn criticals_are_told_at_once_and_others_on_request() {
    let mut desk = Desk::evening().await;
    desk.asks("list", "all told").await;
    let entering: Vec<Item> = (1900..1903).map(|id| item(id, "Brown water", 0)).collect();
    desk.tell(snapshot(entering, Part::Entering)).await;
    let burst = with(item(1950, "Main burst in Mill Road", 0), |item, _| {
        item.severity = Severity::Critical;
    });
    desk.tell(snapshot(vec![burst], Part::Entering)).await;
    let told = desk
        .hears("Critical: #1950 critical mention, just now")
        .await;
    assert!(!told.contains("#1900"), "{told}");
    assert!(desk.all().contains('\u{7}'), "the bell rings");
    desk.asks("new", "4 new since the last list.").await;
    desk.asks("list", "all told").await;
    desk.asks("new", "0 new since the last list.").await;
}

#[tokio::test]
async fn the_link_is_told_when_it_changes_and_once() {
    let mut desk = Desk::evening().await;
    let stale = || News::Stale { since: now() };
    desk.tell(stale()).await;
    desk.hears("STALE since 02:41: nothing is heard of the hub.")
        .await;
    desk.tell(stale()).await;
    for _ in 0..3 {
        desk.tell(News::Down {
            since: Some(now()),
            why: "The connection broke.".to_owned(),
            retry_in: Some(Duration::from_secs(2)),
        })
        .await;
    }
    desk.hears("OFFLINE since 02:41. The connection broke.")
        .await;
    desk.asks("take #1042", "Queued: it goes out when the link is back.")
        .await;
    let command = desk.command().await;
    desk.tell(News::Hello(Box::new(recording::hello(now()))))
        .await;
    desk.tell(News::CaughtUp).await;
    desk.hears("Live again.").await;
    desk.accept(&command).await;
    desk.hears("taken.").await;
    let all = desk.all();
    assert_eq!(all.matches("STALE").count(), 1, "{all}");
    assert_eq!(all.matches("OFFLINE").count(), 1, "{all}");
    assert_eq!(all.matches("Live again.").count(), 1, "{all}");
}

#[tokio::test]
async fn lines_of_a_pipe_wait_for_the_floor_and_for_each_answer() {
    let mut desk = Desk::start(Settings::default(), Unlock::by(None, None), true);
    for line in ["list", "take 1", "status", "open 1"] {
        desk.types(line).await;
    }
    desk.lines = None;
    desk.begin(evening()).await;
    desk.hears("all told").await;
    let command = desk.command().await;
    // Nothing more is read before the answer is there.
    assert!(!desk.all().contains("You can:"));
    desk.accept(&command).await;
    desk.hears("You can:").await;
    assert_eq!(desk.ends().await, Exit::Closed);
}

#[tokio::test]
async fn how_the_officer_is_called_is_told() {
    let mut desk = Desk::evening().await;
    let said = desk.asks("notices", "called not once").await;
    for words in ["How you are called", "bell", "Since the console started"] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
}

/// Set, from another window, while the console runs and is locked.
#[tokio::test]
async fn a_passphrase_that_is_set_meanwhile_counts_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lock");
    let unlock = Unlock::by(None, None).reading(Some(file.clone()));
    let mut desk = Desk::start(Settings::default(), unlock, false);
    desk.begin(evening()).await;
    desk.asks("lock", "An empty line unlocks").await;
    let hashed = passphrase::hash(&"correct horse".into()).unwrap();
    std::fs::write(&file, hashed).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&file, private).unwrap();
    desk.asks("wrong words", "did not open it").await;
    desk.clock.advance(Duration::from_secs(1));
    desk.asks("correct horse", "Unlocked.").await;
}

#[tokio::test]
async fn a_locked_console_says_counts_only() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let hashed = passphrase::hash(&"correct horse".into()).unwrap();
    std::fs::write(file.path(), hashed).unwrap();
    let stored = passphrase::read(file.path()).unwrap();
    let unlock = Unlock::by(stored, None);
    let mut settings = Settings::default();
    settings.lock.ways = unlock.ways();
    let mut desk = Desk::start(settings, unlock, false);
    desk.begin(evening()).await;
    desk.asks("lock", "Type your passphrase.").await;
    let entering = vec![with(item(1900, "Main burst", 0), |item, _| {
        item.severity = Severity::Critical;
    })];
    desk.tell(snapshot(entering, Part::Entering)).await;
    let refused = desk.asks("list", "did not open it").await;
    assert!(
        !refused.contains('#') && !refused.contains("burst"),
        "{refused}"
    );
    desk.clock.advance(Duration::from_secs(1));
    let opened = desk.asks("correct horse", "Critical: #1900").await;
    assert!(opened.contains("Unlocked."), "{opened}");
    assert!(!desk.all().contains("correct horse"));
}

#[tokio::test]
async fn of_hostile_text_only_printable_signs_come_out() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/hostile-text.jsonl");
    let corpus = std::fs::read_to_string(path).unwrap();
    let inputs: Vec<String> = corpus
        .lines()
        .filter_map(|line| {
            let case: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(case.get("input")?.as_str()?.to_owned())
        })
        .collect();
    assert!(inputs.len() > 100);
    let items: Vec<Item> = (1..)
        .zip(&inputs)
        .map(|(id, input)| {
            with(item(id, input, 1), |_, content| {
                content.title = input.as_str().into();
                content.author.handle = input.as_str().into();
                content.author.name = input.as_str().into();
                content
                    .labels
                    .insert("label".to_owned(), input.as_str().into());
            })
        })
        .collect();
    let mut desk = Desk::start(Settings::default(), Unlock::by(None, None), false);
    let count = items.len();
    desk.begin(items).await;
    desk.asks("list 1000", "all told").await;
    for n in 1..=count {
        desk.asks(&format!("open {n}"), "You can:").await;
        desk.asks(&format!("why {n}"), "\n").await;
    }
    desk.asks("status", " wait; ").await;
    let all = desk.all();
    let bad = all
        .chars()
        .find(|c| *c != '\n' && *c != '\u{7}' && (c.is_control() || is_forbidden(*c)));
    assert_eq!(bad, None);
    // No frames, bars or blocks are drawn.
    assert!(
        !all.chars().any(
            |c| ('\u{2500}'..='\u{259f}').contains(&c) && !inputs.iter().any(|i| i.contains(c))
        )
    );
}

/// A terminal that takes lines and rings.
fn bell() -> Calls {
    let around = Around {
        terminal: true,
        lines: true,
        ..Around::default()
    };
    Calls::new(notify::Settings {
        wishes: Wishes {
            method: Some(Method::Bell),
            around,
            ..Wishes::default()
        },
        ..notify::Settings::default()
    })
}
