//! `items` and `show`: the floor for scripts and for a quick look.
//!
//! `items --json` prints one item a line, newest first, in the form of the wire
//! (`/v1/openapi.json` has its schema). `show --json` prints one item so, and
//! with `--history` one object `{"item": {…}, "history": [event, …]}`. Strangers'
//! words are as they came there, control characters escaped; without `--json`
//! they are cleaned.

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use crate::link::Once;
use crate::model::event::Event;
use crate::model::filter::Filter;
use crate::model::ids::{ItemId, ItemKey};
use crate::model::item::Item;

/// Items that are asked for at once.
const PAGE: usize = 500;

/// What `items` takes.
#[derive(Debug, Args)]
pub struct ItemsArgs {
    /// Only what matches ("is:open sev>=high"); words are joined.
    #[arg(value_name = "FILTER")]
    pub filter: Vec<String>,
    /// One item a line as JSON.
    #[arg(long)]
    pub json: bool,
    /// So many at the most.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub limit: usize,
}

/// What `show` takes.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The item: its number, with "#" or without, or its key.
    pub id: String,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// With every event about it.
    #[arg(long)]
    pub history: bool,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Item>,
    #[serde(default)]
    next: Option<ItemId>,
}

/// Lists items.
pub fn list(globals: &Globals, args: &ItemsArgs) -> Result<Done, CliError> {
    let filter = filter(&args.filter)?;
    let config = globals.load()?;
    let once = client(&settings::reach_running(&config)?)?;
    let zone = settings::zone(&config);
    let items = settings::runtime()?.block_on(fetch(&once, &filter, args))?;
    if args.json {
        return Ok(Done::Whole);
    }
    if items.is_empty() {
        print::aside("No item matches.");
        return Ok(Done::Whole);
    }
    let mut rows = vec![lines::heads()];
    rows.extend(items.iter().map(|item| lines::row(item, &zone)));
    print::text(&lines::columns(&rows))
}

/// Fetches page by page; JSON is printed as it comes, the rest is kept for its
/// columns.
async fn fetch(once: &Once, filter: &str, args: &ItemsArgs) -> Result<Vec<Item>, CliError> {
    let mut kept = Vec::new();
    let mut left = args.limit;
    let mut before: Option<String> = None;
    while left > 0 {
        let limit = left.min(PAGE).to_string();
        let mut query = vec![("filter", filter), ("limit", limit.as_str())];
        query.extend(before.as_deref().map(|before| ("before", before)));
        let page: Page = once
            .get("/v1/items", &query)
            .await
            .map_err(CliError::failed)?;
        left = left.saturating_sub(page.items.len().max(1));
        if args.json {
            print::json_lines(&page.items)?;
        } else {
            kept.extend(page.items);
        }
        match page.next {
            Some(next) => before = Some(next.0.to_string()),
            None => break,
        }
    }
    Ok(kept)
}

/// All items that match, `most` at the most, newest first.
pub(super) async fn all(once: &Once, filter: &str, most: usize) -> Result<Vec<Item>, CliError> {
    let args = ItemsArgs {
        filter: Vec::new(),
        json: false,
        limit: most,
    };
    fetch(once, filter, &args).await
}

/// Shows one item.
pub fn show(globals: &Globals, args: &ShowArgs) -> Result<Done, CliError> {
    let config = globals.load()?;
    let once = client(&settings::reach_running(&config)?)?;
    let zone = settings::zone(&config);
    let (item, history) = settings::runtime()?.block_on(async {
        let item = one(&once, &args.id).await?;
        let mut history: Option<Vec<Event>> = None;
        if args.history {
            let path = format!("/v1/items/{}/history", item.key);
            history = Some(once.get(&path, &[]).await.map_err(CliError::failed)?);
        }
        Ok::<_, CliError>((item, history))
    })?;
    match (args.json, history) {
        (true, None) => print::json(&item),
        (true, Some(history)) => print::json(&json!({ "item": item, "history": history })),
        (false, history) => {
            let mut text = lines::page(&item, &zone);
            for event in history.iter().flatten() {
                text.push_str(&lines::event(event, &zone));
                text.push('\n');
            }
            print::text(&text)
        }
    }
}

/// The item that somebody named.
pub(super) async fn one(once: &Once, name: &str) -> Result<Item, CliError> {
    let name = name.trim_start_matches('#');
    let is_name = name.parse::<u64>().is_ok() || name.parse::<ItemKey>().is_ok();
    if !is_name {
        let says = "An item is named by its number (1042 or #1042) or its key of 32 digits.";
        return Err(CliError::usage(says));
    }
    once.get(&format!("/v1/items/{name}"), &[])
        .await
        .map_err(CliError::failed)
}

/// The words of a filter joined, when they are one.
pub(super) fn filter(words: &[String]) -> Result<String, CliError> {
    let source = words.join(" ");
    match Filter::parse(&source) {
        Ok(_) => Ok(source),
        Err(error) => Err(CliError::Usage(format!(
            "The filter has an error at {error}\n{}",
            error.caret(&source)
        ))),
    }
}

/// A client for single questions.
pub(super) fn client(link: &crate::link::LinkSettings) -> Result<Once, CliError> {
    Once::new(link).map_err(CliError::failed)
}
