//! The console's process in a pseudo-terminal: what it writes, when, and what
//! the screen shows of it. Shared with the tests in `tests/tty`.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const BINARY: &str = env!("CARGO_BIN_EXE_watchfloor");
const PATIENCE: Duration = Duration::from_mins(2);

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// The words after the program's name that open a console on a hub.
fn console(home: &Path, port: u16, token: &str, look: Look) -> Result<Vec<String>> {
    let file = home.join("token");
    std::fs::write(&file, token)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
    }
    let hub = format!("http://127.0.0.1:{port}");
    let file = file.display().to_string();
    let words = [
        "--hub",
        &hub,
        "--color",
        look.colour,
        "--token-file",
        &file,
        "console",
    ];
    Ok(words.map(ToOwned::to_owned).to_vec())
}

/// How the console is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) cols: u16,
    pub(crate) rows: u16,
    pub(crate) colour: &'static str,
    /// Only ASCII is written.
    pub(crate) ascii: bool,
}

impl Look {
    pub(crate) const MONO: Self = Self {
        cols: 80,
        rows: 24,
        colour: "none",
        ascii: false,
    };
    pub(crate) const COLOUR: Self = Self {
        cols: 80,
        rows: 24,
        colour: "256",
        ascii: false,
    };
}

struct Seen {
    screen: vt100::Parser,
    /// When the last bytes came.
    at: Instant,
}

/// Called with each piece of output: the screen after it, and when.
type Watch = Box<dyn FnMut(&vt100::Screen, Instant) + Send>;

pub(crate) struct Terminal {
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    watch: Arc<Mutex<Option<Watch>>>,
    bytes: Arc<AtomicU64>,
    stalled: Arc<AtomicBool>,
    /// Everything that was written, when it is wanted.
    tape: Arc<Mutex<Option<Vec<u8>>>>,
    pub(crate) started: Instant,
    master: Box<dyn MasterPty + Send>,
    _home: tempfile::TempDir,
}

impl Terminal {
    /// The console on a hub of this machine.
    pub(crate) fn open(port: u16, token: &str, look: Look) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let words = console(home.path(), port, token, look)?;
        let mut command = CommandBuilder::new(BINARY);
        command.args(words);
        Self::start(home, command, look)
    }

    /// A shell that has the console's command line in `$CONSOLE`.
    pub(crate) fn shell(port: u16, token: &str, look: Look) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let words = console(home.path(), port, token, look)?.join(" ");
        // The shell's own bracketed paste would look like one left on by us.
        let inputrc = home.path().join(".inputrc");
        std::fs::write(inputrc, "set enable-bracketed-paste off\n")?;
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "--noprofile", "-i"]);
        command.env_clear();
        command.env("PS1", "ready$ ");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("CONSOLE", format!("{BINARY} {words}"));
        command.env("SCREENDIR", home.path().join("screens"));
        Self::start(home, command, look)
    }

    fn start(home: tempfile::TempDir, mut command: CommandBuilder, look: Look) -> Result<Self> {
        let kept: Vec<_> = ["PS1", "PATH", "CONSOLE", "SCREENDIR"]
            .into_iter()
            .filter_map(|name| Some((name, command.get_env(name)?.to_owned())))
            .collect();
        let is_shell = kept.iter().any(|(name, _)| *name == "CONSOLE");
        command.env_clear();
        for (name, value) in kept.into_iter().filter(|_| is_shell) {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", if look.ascii { "C" } else { "C.UTF-8" });
        let pair = native_pty_system().openpty(size(look.cols, look.rows))?;
        let output = pair.master.try_clone_reader()?;
        let keys = pair.master.take_writer()?;
        let started = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        let seen = Seen {
            screen: vt100::Parser::new(look.rows, look.cols, 0),
            at: started,
        };
        let terminal = Self {
            keys,
            child,
            seen: Arc::new((Mutex::new(seen), Condvar::new())),
            watch: Arc::default(),
            bytes: Arc::default(),
            stalled: Arc::default(),
            tape: Arc::default(),
            started,
            master: pair.master,
            _home: home,
        };
        terminal.read(output);
        Ok(terminal)
    }

    fn read(&self, mut output: Box<dyn Read + Send>) {
        let (seen, watch) = (Arc::clone(&self.seen), Arc::clone(&self.watch));
        let (bytes, stalled) = (Arc::clone(&self.bytes), Arc::clone(&self.stalled));
        let tape = Arc::clone(&self.tape);
        std::thread::spawn(move || {
            let mut piece = vec![0; 64 * 1024];
            loop {
                while stalled.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(10));
                }
                let Ok(read @ 1..) = output.read(&mut piece) else {
                    return;
                };
                let at = Instant::now();
                bytes.fetch_add(read as u64, Ordering::SeqCst);
                let piece = piece.get(..read).unwrap_or_default();
                if let Some(tape) = tape.lock().expect("no panic").as_mut() {
                    tape.extend_from_slice(piece);
                }
                let mut now = seen.0.lock().expect("no panic");
                now.screen.process(piece);
                now.at = at;
                if let Some(watch) = watch.lock().expect("no panic").as_mut() {
                    watch(now.screen.screen(), at);
                }
                seen.1.notify_all();
            }
        });
    }

    /// Keeps what is written from now on.
    pub(crate) fn record(&self) {
        *self.tape.lock().expect("no panic") = Some(Vec::new());
    }

    /// What was written since then.
    pub(crate) fn recorded(&self) -> Vec<u8> {
        let tape = self.tape.lock().expect("no panic");
        tape.clone().unwrap_or_default()
    }

    /// Looks at the screen as it is.
    pub(crate) fn look<T>(&self, look: impl Fn(&vt100::Screen) -> T) -> T {
        look(self.seen.0.lock().expect("no panic").screen.screen())
    }

    /// Another size.
    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        let mut seen = self.seen.0.lock().expect("no panic");
        seen.screen.screen_mut().set_size(rows, cols);
        self.master
            .resize(size(cols, rows))
            .expect("it is a terminal");
    }

    /// Sends a signal to what the shell runs.
    pub(crate) fn signal_children(&self, signal: &str) {
        let id = self.child.process_id().unwrap_or(0).to_string();
        let status = std::process::Command::new("pkill")
            .args([format!("-{signal}"), "-P".to_owned(), id])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "no child");
    }

    pub(crate) fn press(&mut self, keys: &str) -> Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    /// Waits until the screen shows something; gives the moment at which it did.
    pub(crate) fn until(
        &self,
        what: &str,
        holds: impl Fn(&vt100::Screen) -> bool,
    ) -> Result<Instant> {
        let end = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().expect("no panic");
        while !holds(seen.screen.screen()) {
            if Instant::now() > end {
                bail!("no {what} on:\n{}", seen.screen.screen().contents());
            }
            let wait = Duration::from_millis(500);
            seen = self.seen.1.wait_timeout(seen, wait).expect("no panic").0;
        }
        Ok(seen.at)
    }

    /// Waits until nothing has been written for so long from now on.
    pub(crate) fn quiet(&self, long: Duration) {
        let start = Instant::now();
        loop {
            let at = self.seen.0.lock().expect("no panic").at;
            if at.max(start).elapsed() > long {
                return;
            }
            std::thread::sleep(long / 8);
        }
    }

    pub(crate) fn watch(&self, watch: Option<Watch>) {
        *self.watch.lock().expect("no panic") = watch;
    }

    /// Stops reading, or goes on.
    pub(crate) fn stall(&self, on: bool) {
        self.stalled.store(on, Ordering::SeqCst);
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::SeqCst)
    }

    /// Resident memory, MB.
    pub(crate) fn memory(&self) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kb.unwrap_or(0.0) / 1024.0
    }

    /// Processor time so far, seconds: all threads, user and system.
    pub(crate) fn processor(&self) -> f64 {
        let stat = self.proc("stat");
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks = fields.split_whitespace().skip(11).take(2);
        // A hundred a second on every Linux.
        ticks.filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0
    }

    fn proc(&self, file: &str) -> String {
        let id = self.child.process_id().unwrap_or(0);
        std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The row of the cursor's bar, when there is one.
pub(crate) fn cursor_row(screen: &vt100::Screen) -> Option<usize> {
    let width = screen.size().1;
    screen
        .rows(0, width)
        .position(|row| row.starts_with('▌') || row.starts_with('>'))
}

/// The highest number of an item on the screen.
pub(crate) fn newest(screen: &vt100::Screen) -> Option<u64> {
    let text = screen.contents();
    let numbers = text.split('#').skip(1).filter_map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    numbers.max()
}
