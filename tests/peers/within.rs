//! The console within real tmux and GNU screen: servers of the test's own, which
//! end with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use portable_pty::CommandBuilder;

use crate::notices_floor::{BINARY, Floor};

/// Starts `line` in a shell inside the terminal, as the officer would.
pub(crate) fn shell(floor: &Floor, line: &str) -> CommandBuilder {
    let own = floor.in_terminal(&[]);
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", line]);
    command.env_clear();
    for (name, value) in own.iter_full_env_as_str() {
        command.env(name, value);
    }
    command
}

/// The same, with notices of a form that the terminal here keeps.
pub(crate) fn noticing(mut command: CommandBuilder) -> CommandBuilder {
    command.env("WATCHFLOOR_NOTIFY_METHOD", "osc777");
    command
}

/// A tmux server of the test's own, which ends with it.
pub(crate) struct Tmux {
    socket: PathBuf,
    config: PathBuf,
}

impl Tmux {
    pub(crate) fn new(floor: &Floor, name: &str) -> Self {
        let config = floor.path(&format!("{name}.conf"));
        std::fs::write(
            &config,
            "set -g allow-passthrough on\nset -g bell-action any\n",
        )
        .unwrap();
        Self {
            socket: floor.path(name),
            config,
        }
    }

    /// With another line of configuration.
    pub(crate) fn with(self, setting: &str) -> Self {
        let config = std::fs::read_to_string(&self.config).unwrap();
        std::fs::write(&self.config, format!("{config}{setting}\n")).unwrap();
        self
    }

    pub(crate) fn line(&self, inner: &str) -> String {
        let (socket, config) = (self.socket.display(), self.config.display());
        format!("env -u TMUX tmux -S {socket} -f {config} new-session \"{inner}\"")
    }

    /// Tells the server something.
    #[track_caller]
    pub(crate) fn tell(&self, words: &str) {
        let status = Command::new("tmux")
            .arg("-S")
            .arg(&self.socket)
            .args(words.split_whitespace())
            .status();
        assert!(status.unwrap().success(), "tmux {words}");
    }

    /// What a shell attaches the session again with.
    pub(crate) fn attach(&self) -> String {
        format!(
            "env -u TMUX tmux -S {} attach-session",
            self.socket.display()
        )
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let kill = ["-S", self.socket.to_str().unwrap(), "kill-server"];
        drop(
            Command::new("tmux")
                .args(kill)
                .stderr(Stdio::null())
                .status(),
        );
    }
}

/// A console within screen.
pub(crate) fn screen(floor: &Floor) -> (CommandBuilder, Screens) {
    let sockets = floor.path("screens");
    std::fs::create_dir(&sockets).unwrap();
    private(&sockets);
    // Debian's own settings make the bell a word on the screen.
    let config = floor.path("screenrc");
    std::fs::write(&config, "vbell off\n").unwrap();
    let line = format!("screen -c {} -s sh {BINARY} console", config.display());
    let mut command = shell(floor, &line);
    command.env("SCREENDIR", &sockets);
    (command, Screens(sockets))
}

/// The screens with sockets in a folder, which end with the test: they outlive
/// their terminal.
pub(crate) struct Screens(PathBuf);

impl Drop for Screens {
    fn drop(&mut self) {
        let mut quit = Command::new("screen");
        quit.args(["-X", "quit"]).env("SCREENDIR", &self.0);
        drop(quit.stdout(Stdio::null()).status());
    }
}

pub(crate) fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}
