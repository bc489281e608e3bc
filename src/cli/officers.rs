//! `officers`: who may come in.
//!
//! Changes the officers' file of the data folder, also while the hub runs, which
//! notices by itself. A token is printed once, alone, on standard output; what
//! is said beside it goes to standard error. `list --json` prints one account a
//! line: `{"id", "role", "desks", "teams", "certificates", "issued", "expires",
//! "revoked"?}`, never a token or its hash.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use super::upkeep::folder;
use crate::config;
use crate::hub::auth::accounts::TOKEN_DAYS;
use crate::hub::auth::{Account, Accounts, NewOfficer, Token};
use crate::model::ids::{DeskName, OfficerId, TeamName};
use crate::model::officer::{Desks, Role};
use crate::model::time::Timestamp;
use crate::text::SafeText;

/// What `officers` takes.
#[derive(Debug, Args)]
pub struct OfficersArgs {
    /// What to do.
    #[command(subcommand)]
    pub act: Act,
    /// The folder of the hub's data.
    #[arg(long, value_name = "FOLDER", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum Act {
    /// Make an account and print its token.
    Add {
        /// The account's name: lower-case letters, digits, ".", "_", "-".
        name: String,
        /// viewer, officer, supervisor or admin.
        #[arg(long, default_value = "officer")]
        role: String,
        /// The desks, with commas between them, or "all".
        #[arg(long, value_delimiter = ',', default_value = "all")]
        desks: Vec<String>,
        /// The teams, with commas between them.
        #[arg(long, value_delimiter = ',')]
        teams: Vec<String>,
        /// How long the token is good for ("30d").
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
        /// A name in a certificate that stands for the officer (dns:…, email:…,
        /// uri:…).
        #[arg(long, value_name = "NAME")]
        certificate: Vec<String>,
    },
    /// List the accounts.
    List {
        /// One account a line as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give an account a new token; the old one ends now.
    Rotate {
        /// Whose.
        name: String,
        /// How long the token is good for ("30d").
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// End an account: token, certificates and sessions.
    Revoke {
        /// Whose.
        name: String,
    },
}

/// Does it.
pub fn run(globals: &Globals, args: &OfficersArgs) -> Result<Done, CliError> {
    let folder = folder(globals, args.data_dir.as_ref())?;
    let now = settings::clock().now();
    match &args.act {
        Act::Add { .. } => {
            let new = new_officer(&args.act)?;
            let good_for = new.good_for;
            let made = Accounts::change(&folder, |accounts| accounts.add(new, now));
            hand_over(&made.map_err(CliError::failed)?, now.plus(good_for))
        }
        Act::List { json } => list(
            &Accounts::load(&folder).map_err(CliError::failed)?,
            *json,
            now,
        ),
        Act::Rotate { name, expires } => {
            let (id, good_for) = (officer(name)?, good_for(expires.as_deref())?);
            let made = Accounts::change(&folder, |accounts| accounts.rotate(&id, good_for, now));
            hand_over(&made.map_err(CliError::failed)?, now.plus(good_for))
        }
        Act::Revoke { name } => {
            let id = officer(name)?;
            Accounts::change(&folder, |accounts| accounts.revoke(&id, now))
                .map_err(CliError::failed)?;
            print::aside(&format!(
                "{id} is revoked; a hub that runs ends the sessions within 30 seconds."
            ));
            Ok(Done::Whole)
        }
    }
}

fn hand_over(token: &Token, until: Timestamp) -> Result<Done, CliError> {
    print::line(token.reveal())?;
    print::aside(&format!(
        "This token is shown only now and is good until {until}. Its officer keeps it with \"watchfloor token set\", or in a file of mode 0600 that link.token_file names."
    ));
    Ok(Done::Whole)
}

fn new_officer(act: &Act) -> Result<NewOfficer, CliError> {
    let Act::Add {
        name,
        role,
        desks,
        teams,
        expires,
        certificate,
    } = act
    else {
        return Err(CliError::usage("Only an account that is added is new."));
    };
    let desks = match desks.as_slice() {
        [all] if all == "all" => Desks::All,
        names => Desks::Only(
            names
                .iter()
                .map(|name| DeskName::new(name))
                .collect::<Result<_, _>>()
                .map_err(CliError::usage)?,
        ),
    };
    let teams = teams
        .iter()
        .map(|name| TeamName::new(name))
        .collect::<Result<_, _>>();
    let certificates = certificate
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, _>>();
    Ok(NewOfficer {
        id: officer(name)?,
        role: role.parse::<Role>().map_err(CliError::usage)?,
        desks,
        teams: teams.map_err(CliError::usage)?,
        certificates: certificates
            .map_err(|error: crate::hub::auth::credential::NotACertName| CliError::usage(error))?,
        good_for: good_for(expires.as_deref())?,
    })
}

fn officer(name: &str) -> Result<OfficerId, CliError> {
    OfficerId::new(name).map_err(CliError::usage)
}

fn good_for(text: Option<&str>) -> Result<Duration, CliError> {
    match text {
        None => Ok(Duration::from_hours(24 * TOKEN_DAYS)),
        Some(text) => config::duration(text)
            .filter(|span| !span.is_zero())
            .ok_or_else(|| CliError::usage("--expires takes a time such as 30d or 12h.")),
    }
}

fn list(accounts: &Accounts, json: bool, now: Timestamp) -> Result<Done, CliError> {
    if json {
        return print::json_lines(&accounts.iter().map(value).collect::<Vec<_>>());
    }
    let mut rows: Vec<Vec<SafeText>> = Vec::new();
    for account in accounts.iter() {
        if rows.is_empty() {
            let heads = ["OFFICER", "ROLE", "DESKS", "TEAMS", "TOKEN"];
            rows.push(heads.into_iter().map(SafeText::own).collect());
        }
        rows.push(row(account, now));
    }
    if rows.is_empty() {
        print::aside("There are no officers yet; make one with `watchfloor officers add NAME`.");
    }
    print::text(&lines::columns(&rows))
}

fn row(account: &Account, now: Timestamp) -> Vec<SafeText> {
    let officer = &account.officer;
    let desks = match &officer.desks {
        Desks::All => "all".to_owned(),
        Desks::Only(desks) => desks
            .iter()
            .map(DeskName::as_str)
            .collect::<Vec<_>>()
            .join(","),
    };
    let teams: Vec<&str> = officer.teams.iter().map(TeamName::as_str).collect();
    let token = match account.revoked {
        Some(at) => format!("revoked {at}"),
        None if account.expires <= now => format!("expired {}", account.expires),
        None => format!("good until {}", account.expires),
    };
    [
        officer.id.to_string(),
        officer.role.word().to_owned(),
        desks,
        teams.join(","),
        token,
    ]
    .into_iter()
    .map(SafeText::own)
    .collect()
}

fn value(account: &Account) -> Value {
    let officer = &account.officer;
    let mut value = json!({
        "id": officer.id,
        "role": officer.role,
        "desks": officer.desks,
        "teams": officer.teams,
        "certificates": account.certificates,
        "issued": account.issued,
        "expires": account.expires,
    });
    if let Some(at) = account.revoked {
        value["revoked"] = json!(at);
    }
    value
}
