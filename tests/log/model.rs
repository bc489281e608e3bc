//! Random appends, crashes and torn write-ahead files against a plain list:
//! what was answered is there, nothing is there twice, and a torn end costs
//! whole appends from the end only.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use watchfloor::model::event::{Body, Event};
use watchfloor::model::ids::Seq;
use watchfloor::store::{Appended, EventLog, MemoryLog, SqliteLog, Unit, verify};

use crate::support::{arrives, key, place, takes};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// Units in one append: which item, and whether with the right precondition.
    Append(Vec<(u64, bool)>),
    /// The last command comes again.
    Repeat,
    /// The process dies and the log is opened as it lies there.
    Crash,
    /// It dies, and of the write-ahead file only this share of 255 is left.
    Tear(u8),
    /// It is closed in good order and opened again.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let unit = (1_u64..8, prop::bool::weighted(0.9));
    prop_oneof![
        6 => prop::collection::vec(unit, 1..5).prop_map(Step::Append),
        1 => Just(Step::Repeat),
        1 => Just(Step::Crash),
        1 => any::<u8>().prop_map(Step::Tear),
        1 => Just(Step::Reopen),
    ]
}

/// A log on the disk and the plain one that it must equal.
struct Pair {
    dirs: Vec<tempfile::TempDir>,
    log: SqliteLog,
    plain: MemoryLog,
    /// Every append that was answered, with the head after it.
    done: Vec<(Vec<Unit>, Seq)>,
    commands: u128,
}

impl Pair {
    fn new() -> Self {
        let (dir, path) = place();
        Self {
            dirs: vec![dir],
            log: SqliteLog::open(&path).unwrap(),
            plain: MemoryLog::new(),
            done: Vec::new(),
            commands: 0,
        }
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Append(wanted) => {
                let mut units = Vec::new();
                for (item, right) in wanted {
                    units.push(self.unit(*item, *right).await);
                }
                self.append(units).await;
            }
            Step::Repeat => {
                let mut units = self.done.iter().flat_map(|(units, _)| units);
                let last = units.rfind(|unit| unit.outcome.is_some()).cloned();
                self.append(last.into_iter().collect()).await;
            }
            Step::Crash => self.crash(255).await,
            Step::Tear(share) => self.crash(*share).await,
            Step::Reopen => {
                self.log.close();
                self.log = SqliteLog::open(self.log.path()).unwrap();
            }
        }
    }

    async fn unit(&mut self, item: u64, right: bool) -> Unit {
        let known = self.plain.known(vec![key(item)]).await.unwrap()[0];
        let Some(known) = known else {
            return arrives(item, "it rains");
        };
        self.commands += 1;
        takes(self.commands, item, known.last.0 + u64::from(!right))
    }

    async fn append(&mut self, units: Vec<Unit>) {
        let answers = self.log.append(units.clone()).await.unwrap();
        let expected = self.plain.append(units.clone()).await.unwrap();
        assert_eq!(answers, expected);
        self.done
            .push((units, self.plain.head().await.unwrap().seq));
    }

    /// Copies the files as they lie there, the write-ahead file cut, and goes on
    /// with the copy; the plain log is told again up to where the copy ends.
    async fn crash(&mut self, share: u8) {
        let (dir, copy) = place();
        copy_torn(self.log.path(), &copy, share);
        let log = SqliteLog::open(&copy).unwrap();
        let head = log.head().await.unwrap().seq;
        if share == 255 {
            assert_eq!(
                head,
                self.plain.head().await.unwrap().seq,
                "an answer was lost"
            );
        }
        // A torn file loses appends whole: its head is one that was answered.
        let whole = self.done.iter().any(|(_, after)| *after == head);
        assert!(whole || head == Seq(0), "a part of an append is left");
        self.done.retain(|(_, after)| *after <= head);
        self.plain = MemoryLog::new();
        for (units, _) in &self.done {
            self.plain.append(units.clone()).await.unwrap();
        }
        self.dirs.push(dir);
        self.log = log;
    }

    async fn compare(&self) {
        let events = self.log.read(Seq(0), usize::MAX).await.unwrap();
        assert_eq!(events, self.plain.read(Seq(0), usize::MAX).await.unwrap());
        for item in 1..8 {
            let history: Vec<Event> = self.log.history(key(item)).await.unwrap();
            assert_eq!(history, self.plain.history(key(item)).await.unwrap());
            let arrived = |event: &&Event| matches!(event.body, Body::ItemArrived(_));
            assert!(
                history.iter().filter(arrived).count() <= 1,
                "it is there twice"
            );
        }
        let head = self.log.head().await.unwrap();
        assert_eq!(verify(self.log.path(), Some(head.hash)).unwrap().head, head);
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", path.display()))
}

fn copy_torn(from: &Path, to: &Path, share: u8) {
    std::fs::copy(from, to).unwrap();
    let Ok(mut wal) = std::fs::read(beside(from, "-wal")) else {
        return;
    };
    wal.truncate(wal.len() * usize::from(share) / 255);
    std::fs::write(beside(to, "-wal"), wal).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn it_equals_a_plain_list_through_crashes(steps in prop::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut pair = Pair::new();
            for step in &steps {
                pair.step(step).await;
            }
            pair.compare().await;
        });
    }
}

/// A repeat is one also after a crash.
#[tokio::test]
async fn a_command_is_known_after_a_crash() {
    let mut pair = Pair::new();
    pair.append(vec![arrives(1, "it rains")]).await;
    pair.append(vec![takes(1, 1, 1)]).await;
    pair.crash(255).await;
    let again = pair.log.append(vec![takes(1, 1, 1)]).await.unwrap();
    assert!(matches!(&again[0], Appended::Repeated(outcome) if outcome.seq == Some(Seq(2))));
}
