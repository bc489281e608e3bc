//! A try to open the lock, on a thread of its own: hashing takes long on
//! purpose, and a command asks as long as it asks.
//!
//! Owns the command's time limit. One try at a time; its answer is received by
//! the runtime.

use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::family;
use super::passphrase::{self, Stored};
use crate::console::state::lock::{Answer, Attempt, Ways};

/// How long the command may take.
pub const LIMIT: Duration = Duration::from_mins(1);
/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// Gives the terminal to a command and takes it back.
pub trait Lender: Send + Sync {
    /// The terminal's input is wanted: called on the runtime's thread.
    fn ask(&self);
    /// The terminal is the command's from here on.
    ///
    /// # Errors
    /// When it can't be had now.
    fn lend(&self) -> io::Result<()>;
    /// The terminal is ours again.
    ///
    /// # Errors
    /// When it does not obey.
    fn regain(&self) -> io::Result<()>;
}

/// What opens the lock.
pub struct Unlock {
    stored: Option<Arc<Stored>>,
    /// Where the hash is read anew at every try; comes before `stored`.
    file: Option<PathBuf>,
    command: Option<Vec<String>>,
    lender: Option<Arc<dyn Lender>>,
    limit: Duration,
    /// The terminal is the command's.
    lent: bool,
    tell: mpsc::Sender<Answer>,
    answers: mpsc::Receiver<Answer>,
}

impl Unlock {
    /// By the passphrase of a hash, by a command (program and arguments) that
    /// is lent the terminal, by either, or by neither.
    #[must_use]
    pub fn by(stored: Option<Stored>, command: Option<Vec<String>>) -> Self {
        // One try at a time, so one answer.
        let (tell, answers) = mpsc::channel(1);
        Self {
            stored: stored.map(Arc::new),
            file: None,
            command,
            lender: None,
            limit: LIMIT,
            lent: false,
            tell,
            answers,
        }
    }

    /// By the passphrase of the hash in `file` as it is at each try: one that is
    /// set, changed or removed while the console runs counts at once.
    #[must_use]
    pub fn reading(mut self, file: Option<PathBuf>) -> Self {
        self.file = file;
        self
    }

    /// The same, with somebody who lends the terminal.
    #[must_use]
    pub fn lending(mut self, lender: Arc<dyn Lender>) -> Self {
        self.lender = Some(lender);
        self
    }

    /// What there is now. A file that can't be read is a passphrase that nobody
    /// knows: it does not open.
    #[must_use]
    pub fn ways(&self) -> Ways {
        let passphrase = match &self.file {
            Some(file) => !matches!(passphrase::read(file), Ok(None)),
            None => self.stored.is_some(),
        };
        Ways {
            passphrase,
            command: self.command.is_some(),
        }
    }

    /// Whether the terminal is the command's now: nothing may be drawn.
    #[must_use]
    pub fn has_lent(&self) -> bool {
        self.lent
    }

    /// Starts a try.
    pub fn attempt(&mut self, attempt: Attempt) {
        let tell = self.tell.clone();
        let stored = (&self.stored, &self.file);
        let work: Box<dyn FnOnce() -> Answer + Send> = match (attempt, stored, &self.command) {
            (Attempt::Passphrase(typed), (_, Some(file)), _) => {
                let file = file.clone();
                Box::new(move || match passphrase::read(&file) {
                    Ok(Some(stored)) if stored.is(&typed) => Answer::Opened,
                    Ok(Some(_)) => Answer::Wrong,
                    Ok(None) => Answer::Failed("The passphrase was removed.".to_owned()),
                    Err(error) => Answer::Failed(error.to_string()),
                })
            }
            (Attempt::Passphrase(typed), (Some(stored), None), _) => {
                let stored = Arc::clone(stored);
                Box::new(move || {
                    if stored.is(&typed) {
                        Answer::Opened
                    } else {
                        Answer::Wrong
                    }
                })
            }
            (Attempt::Command, _, Some(command)) => {
                let (command, lender, limit) = (command.clone(), self.lender.clone(), self.limit);
                if let Some(lender) = &lender {
                    lender.ask();
                    self.lent = true;
                }
                Box::new(move || ask(&command, lender.as_deref(), limit))
            }
            // The core asks for what there is only.
            _ => Box::new(|| Answer::Wrong),
        };
        let run = move || {
            // The console may have ended meanwhile; then nobody listens.
            tell.blocking_send(work()).unwrap_or_default();
        };
        let started = thread::Builder::new().name("unlock".to_owned()).spawn(run);
        if let Err(error) = started {
            let says = format!("The console stays locked: no thread could be started ({error}).");
            self.tell.try_send(Answer::Failed(says)).unwrap_or_default();
        }
    }

    /// The answer to a try.
    pub async fn answer(&mut self) -> Answer {
        let answer = self.answers.recv().await;
        self.lent = false;
        // The sender lives as long as this does.
        answer.unwrap_or(Answer::Wrong)
    }
}

/// Runs the command; exit code 0 opens.
fn ask(command: &[String], lender: Option<&dyn Lender>, limit: Duration) -> Answer {
    if let Some(lender) = lender
        && let Err(error) = lender.lend()
    {
        return Answer::Failed(format!("The unlock command was not run: {error}."));
    }
    let answer = run(command, limit);
    if let Some(lender) = lender
        && let Err(error) = lender.regain()
    {
        tracing::error!(%error, "The terminal was not given back.");
    }
    answer
}

fn run(command: &[String], limit: Duration) -> Answer {
    let Some((program, arguments)) = command.split_first() else {
        return Answer::Failed("The unlock command names no program.".to_owned());
    };
    let mut child = match Command::new(program).args(arguments).spawn() {
        Ok(child) => child,
        Err(error) => {
            return Answer::Failed(format!(
                "The unlock command {program:?} can't run: {error}."
            ));
        }
    };
    match wait(&mut child, limit) {
        Ok(Some(status)) if status.success() => Answer::Opened,
        Ok(Some(_)) => Answer::Wrong,
        Ok(None) => Answer::Failed(format!(
            "The unlock command did not end within {} s, so it was ended.",
            limit.as_secs()
        )),
        Err(error) => Answer::Failed(format!("The unlock command was lost: {error}.")),
    }
}

/// Waits for the end; kills what goes on for too long.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() >= limit {
            family::end(child)?;
            return Ok(None);
        }
        thread::sleep(EVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(command: &[&str], limit: Duration) -> Answer {
        let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
        ask(&command, None, limit)
    }

    #[test]
    fn a_command_opens_with_zero_only() {
        assert_eq!(by(&["true"], LIMIT), Answer::Opened);
        assert_eq!(by(&["false"], LIMIT), Answer::Wrong);
        let missing = by(&["/nowhere/at-all"], LIMIT);
        assert!(matches!(missing, Answer::Failed(says) if says.contains("/nowhere/at-all")));
    }

    #[test]
    fn no_shell_reads_the_arguments() {
        assert_eq!(by(&["test", "$HOME", "=", "$HOME"], LIMIT), Answer::Opened);
        assert_eq!(
            by(&["true; false", "x"], LIMIT),
            by(&["true; false"], LIMIT)
        );
        assert!(matches!(by(&["true; true"], LIMIT), Answer::Failed(_)));
    }

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        let answer = by(&["sleep", "600"], Duration::from_millis(50));
        assert!(matches!(answer, Answer::Failed(says) if says.contains("was ended")));
    }

    /// What the command started is ended with it.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_command_that_is_ended_leaves_no_child() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pids");
        let script = format!(
            "sh -c 'sleep 600 & echo $! >> {0}; wait' & echo $! >> {0}; wait",
            file.display()
        );
        let pids = || -> Vec<u32> {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            text.lines().filter_map(|line| line.parse().ok()).collect()
        };
        let lives = |pid: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // One that nobody has taken the end of lives no more.
            let state = stat.rsplit(')').next().unwrap_or_default().trim();
            !state.is_empty() && !state.starts_with('Z')
        };
        let mut child = Command::new("sh")
            .args(["-c", &script])
            .spawn()
            .expect("a shell");
        let started = Instant::now();
        while pids().len() < 2 {
            assert!(started.elapsed() < LIMIT, "it starts nobody");
            thread::sleep(EVERY);
        }
        assert_eq!(
            wait(&mut child, Duration::ZERO).expect("is ours"),
            None,
            "it was ended"
        );
        while pids().iter().any(lives) {
            assert!(started.elapsed() < LIMIT, "they go on");
            thread::sleep(EVERY);
        }
    }

    /// Set, changed and removed while the console runs.
    #[tokio::test]
    async fn the_passphrase_is_the_one_of_now() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("lock");
        let set = |words: &str| {
            let hashed = passphrase::hash(&words.into()).expect("is long enough");
            std::fs::write(&file, hashed).expect("written");
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(&file, private).expect("ours");
        };
        let mut unlock = Unlock::by(None, None).reading(Some(file.clone()));
        assert!(unlock.ways().none());
        set("correct horse");
        assert!(unlock.ways().passphrase);
        let tries = |words: &str| Attempt::Passphrase(words.into());
        unlock.attempt(tries("correct horse"));
        assert_eq!(unlock.answer().await, Answer::Opened);
        set("another horse");
        unlock.attempt(tries("correct horse"));
        assert_eq!(unlock.answer().await, Answer::Wrong);
        unlock.attempt(tries("another horse"));
        assert_eq!(unlock.answer().await, Answer::Opened);
        // What can't be read opens nothing.
        std::fs::write(&file, "no hash").expect("written");
        assert!(unlock.ways().passphrase);
        unlock.attempt(tries("another horse"));
        assert!(matches!(unlock.answer().await, Answer::Failed(_)));
        std::fs::remove_file(&file).expect("ours");
        assert!(unlock.ways().none());
    }
}
