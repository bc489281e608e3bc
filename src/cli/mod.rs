//! The command line: what may be typed, and which room each verb hands over to.
//!
//! - [`hub`], [`console`] (with [`themes`]), [`demo`] (with [`demo_floor`]): what runs until it is ended.
//! - [`tail`], [`items`], [`act`] (with [`verb`], [`when`]): the floor for
//!   scripts; [`lines`]: how it is printed for people.
//! - [`channels`]: how the channels are, and their files tried.
//! - [`keys`]: the table of keys; [`desk`]: the officer's own things.
//! - [`upkeep`], [`erase`] (with [`upkeep_way`]): the log; [`officers`]: who may come in.
//! - [`notices`], [`notify_agent`]: how the officer is called, here or on another
//!   desktop.
//! - [`check`]: what is configured, and whether the hub answers;
//!   [`check_connection`]: the way there, step by step; [`check_terminal`]:
//!   what terminal this is, with [`reading`]; [`check_notify`]: which way of calling is seen.
//! - [`token`]: where an officer's token is kept.
//! - [`insight`]: the models that read posts, taught and measured.
//! - [`record`], [`replay`]: a floor's life in a file, and played from it.
//! - [`lock`]: the passphrase that opens a locked console.
//!
//! Exit codes: 0 done, 1 failed (or refused), 2 wrong usage or configuration.
//! What is printed is safe to pipe: strangers' words are cleaned, and `--json`
//! carries them escaped.

pub mod act;
mod channel_add;
mod channel_files;
mod channel_trial;
pub mod channels;
pub mod check;
pub mod check_connection;
pub mod check_notify;
pub mod check_rules;
#[cfg(unix)]
pub mod check_terminal;
pub mod console;
pub mod demo;
pub mod demo_floor;
mod desk;
pub mod erase;
pub mod error;
pub mod hub;
pub mod insight;
mod insight_encoder;
mod insight_floor;
pub mod insight_proof;
pub mod items;
pub mod keys;
mod lettering;
pub mod lines;
pub mod lock;
pub mod notices;
pub mod notify_agent;
pub mod officers;
pub mod print;
#[cfg(unix)]
mod reading;
pub mod record;
pub mod replay;
pub mod settings;
pub mod tail;
pub mod themes;
pub mod token;
pub mod upkeep;
pub mod upkeep_way;
pub mod verb;
pub mod when;

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

pub use error::{CliError, Done};

/// The terminal operations console for public-sector duty officers.
///
/// Without a verb it opens the console: on the configured hub, or on a hub of
/// its own on this machine.
#[derive(Debug, Parser)]
#[command(
    name = "watchfloor",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Read this configuration instead of the user's own.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The hub to talk to, instead of the configured one (its URL).
    #[arg(long, global = true, value_name = "URL")]
    pub hub: Option<String>,
    /// The file that holds the token for it.
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// How many colours: auto, true, 256, 16 or none.
    #[arg(long, global = true, value_name = "DEPTH")]
    pub color: Option<String>,
    /// The console's theme, instead of the configured one (a name or a .toml file).
    #[arg(long, global = true, value_name = "THEME")]
    pub theme: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Open the console.
    Console(console::ConsoleArgs),
    /// Play an evening in a city on a floor of its own; nothing leaves the machine.
    Demo(demo::DemoArgs),
    /// Serve: hear the channels, keep the log, fan out.
    Hub(hub::HubArgs),
    /// Follow the stream, a line an event.
    Tail(tail::TailArgs),
    /// Show notices on this desktop, from the alerts of a floor far away.
    NotifyAgent(notify_agent::NotifyAgentArgs),
    /// List items.
    Items(items::ItemsArgs),
    /// Show one item whole.
    Show(items::ShowArgs),
    /// Carry out a verb on items ("watchfloor do resolve 1042 --reason done").
    Do(act::DoArgs),
    /// List the channels, test their files, try one on a sample.
    Channels(channels::ChannelsArgs),
    /// Say what is configured and from where, and whether the hub answers.
    Check(check::CheckArgs),
    /// Prove that nothing in the log was changed.
    Verify(upkeep::VerifyArgs),
    /// Copy the log while the hub runs.
    Backup(upkeep::BackupArgs),
    /// Put a backup into an empty data folder.
    Restore(upkeep::RestoreArgs),
    /// Erase content from log and archive, with a reason; the chain still holds.
    Erase(erase::EraseArgs),
    /// Legal holds: what may not be erased.
    Hold(erase::HoldArgs),
    /// Who may come in.
    Officers(officers::OfficersArgs),
    /// Print the key table, or that of a preset (vim, plain, srepd, mutt).
    Keys(keys::KeysArgs),
    /// Keep the token for a hub, say where it lies, remove it.
    Token(token::TokenArgs),
    /// Record a stretch of a floor's life into a file.
    Record(record::RecordArgs),
    /// Run the console on a recording.
    Replay(replay::ReplayArgs),
    /// The models that read posts: teach them, measure them, try them.
    Insight(insight::InsightArgs),
    /// Set the passphrase that opens a locked console.
    Lock(lock::LockArgs),
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

impl Cli {
    /// Carries out what was typed.
    ///
    /// # Errors
    /// [`CliError`]: one sentence and an exit code.
    pub fn run(self) -> Result<Done, CliError> {
        if !matches!(self.verb, Some(Verb::Hub(_))) {
            crate::hardening::small_pages();
        }
        let globals = settings::Globals {
            config: self.config,
            hub: self.hub,
            token_file: self.token_file,
            color: self.color,
            theme: self.theme,
        };
        match self
            .verb
            .unwrap_or(Verb::Console(console::ConsoleArgs::default()))
        {
            Verb::Console(args) => console::run(&globals, args),
            Verb::Demo(args) => demo::run(&globals, &args),
            Verb::Hub(args) => hub::run(&globals, &args),
            Verb::Tail(args) => tail::run(&globals, &args),
            Verb::NotifyAgent(args) => notify_agent::run(&globals, &args),
            Verb::Items(args) => items::list(&globals, &args),
            Verb::Show(args) => items::show(&globals, &args),
            Verb::Do(args) => act::run(&globals, &args),
            Verb::Channels(args) => channels::run(&globals, &args),
            Verb::Check(args) => check::run(&globals, &args),
            Verb::Verify(args) => upkeep::verify(&globals, &args),
            Verb::Backup(args) => upkeep::backup(&globals, &args),
            Verb::Restore(args) => upkeep::restore(&globals, &args),
            Verb::Erase(args) => erase::erase(&globals, &args),
            Verb::Hold(args) => erase::hold(&globals, &args),
            Verb::Officers(args) => officers::run(&globals, &args),
            Verb::Keys(args) => keys::run(&globals, &args),
            Verb::Token(args) => token::run(&globals, &args),
            Verb::Record(args) => record::run(&globals, &args),
            Verb::Replay(args) => replay::run(&globals, &args),
            Verb::Insight(args) => insight::run(&globals, &args),
            Verb::Lock(args) => lock::run(&globals, &args),
            Verb::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut Self::command(), "watchfloor", &mut script);
                print::bytes(&script)
            }
        }
    }
}
