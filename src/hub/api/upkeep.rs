//! Erasures, legal holds and new readings on a hub that runs, for administrators
//! of all desks; the private door's officer is one.
//!
//! Only the embedded log erases, so these routes are a router of their own. The
//! store puts what was done into the log with its reason; the desk then folds
//! and tells it like what another writer wrote.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::caller::Caller;
use super::problem::Problem;
use super::{items, refusal};
use crate::hub::{Hub, lookout};
use crate::model::event::Actor;
use crate::model::hold::HoldScope;
use crate::model::ids::RuleName;
use crate::model::officer::{Desks, Role};
use crate::store::{Erase, EraseError, Hold, Lift, Selector, SqliteLog};
use crate::text::Untrusted;
use crate::wire::limits::{MESSAGE_BYTES, TEXT_BYTES};
use crate::wire::upkeep::{
    EraseRequest, EraseWhat, ErasedAnswer, HoldAnswer, HoldRequest, HoldWhat, RereadAnswer,
};

type Kept = Arc<Hub<SqliteLog>>;

/// The routes.
pub fn router(hub: Kept) -> Router {
    Router::new()
        .route("/v1/erasures", post(erase))
        .route("/v1/readings", post(reread))
        .route("/v1/holds", get(holds))
        .route("/v1/holds/{name}", put(hold).delete(lift))
        .layer(DefaultBodyLimit::max(MESSAGE_BYTES))
        .layer(from_fn_with_state(
            Arc::clone(&hub),
            refusal::explain::<SqliteLog>,
        ))
        .with_state(hub)
}

/// `POST /v1/erasures`: content goes for good, its hash stays.
async fn erase(
    State(hub): State<Kept>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<ErasedAnswer>, Problem> {
    may(&caller)?;
    let asked: EraseRequest = read(&body)?;
    let reason = reason(asked.reason)?;
    let mut except = BTreeSet::new();
    let what = match asked.what {
        EraseWhat::Items(names) => {
            let mut keys = Vec::with_capacity(names.len());
            for name in &names {
                keys.push(items::find(&hub, &caller.officer, name).await?.key);
            }
            Selector::Items(keys)
        }
        EraseWhat::Author { channel, author } => Selector::Author { channel, author },
        EraseWhat::OlderThan(then) => {
            except = hub.desk.board(|board| {
                let open = board.items().filter(|item| item.is_open());
                open.map(|item| item.key).collect()
            });
            Selector::OlderThan(then)
        }
    };
    let wish = Erase {
        what,
        except,
        reason,
        by: Actor::Officer(caller.officer.id.clone()),
        at: hub.clock.now(),
    };
    let erased = hub.log.erase(wish).await?;
    hub.desk.catch_up().await;
    Ok(Json(ErasedAnswer {
        items: erased.items,
        events: erased.events,
        held: erased.held,
        overwritten: erased.overwritten,
    }))
}

/// `POST /v1/readings`: everything on the floor is read again.
async fn reread(State(hub): State<Kept>, caller: Caller) -> Result<Json<RereadAnswer>, Problem> {
    may(&caller)?;
    Ok(Json(lookout::rerun::run(&hub).await))
}

/// `GET /v1/holds`: those in force.
async fn holds(State(hub): State<Kept>, caller: Caller) -> Result<Json<Vec<HoldAnswer>>, Problem> {
    may(&caller)?;
    let holds = hub.log.holds().await?;
    Ok(Json(holds.into_iter().map(told).collect()))
}

/// `PUT /v1/holds/{name}`: one of the same name is replaced.
async fn hold(
    State(hub): State<Kept>,
    caller: Caller,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<HoldAnswer>, Problem> {
    may(&caller)?;
    let asked: HoldRequest = read(&body)?;
    let scope = match asked.scope {
        HoldWhat::All => HoldScope::All,
        HoldWhat::Item(name) => {
            HoldScope::Item(items::find(&hub, &caller.officer, &name).await?.key)
        }
        HoldWhat::Author { channel, author } => HoldScope::Author { channel, author },
    };
    let hold = Hold {
        name: named(&name)?,
        at: hub.clock.now(),
        scope,
        reason: reason(asked.reason)?,
    };
    let by = Actor::Officer(caller.officer.id.clone());
    hub.log.add_hold(hold.clone(), by).await?;
    hub.desk.catch_up().await;
    Ok(Json(told(hold)))
}

/// Why a hold is lifted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: Untrusted,
}

/// `DELETE /v1/holds/{name}?reason=`.
async fn lift(
    State(hub): State<Kept>,
    caller: Caller,
    Path(name): Path<String>,
    why: Query<Why>,
) -> Result<StatusCode, Problem> {
    may(&caller)?;
    let lift = Lift {
        name: named(&name)?,
        reason: reason(why.0.reason)?,
        by: Actor::Officer(caller.officer.id.clone()),
        at: hub.clock.now(),
    };
    let name = lift.name.clone();
    if hub.log.lift_hold(lift).await? {
        hub.desk.catch_up().await;
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found(format!("There is no hold {name}.")))
}

/// Content goes for good, on whichever desk: that takes an administrator of all.
fn may(caller: &Caller) -> Result<(), Problem> {
    let officer = &caller.officer;
    if officer.role >= Role::Admin && officer.desks == Desks::All {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "Erasing and legal holds take the role admin on all desks; you came in as {} ({}). Ask an administrator, or use the account that runs the hub.",
        officer.id,
        match officer.role {
            Role::Admin => "admin of some desks",
            role => role.word(),
        }
    )))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        Problem::invalid(format!(
            "The body is not what this route takes (line {}, column {}); see /v1/openapi.json.",
            error.line(),
            error.column()
        ))
    })
}

fn named(name: &str) -> Result<RuleName, Problem> {
    RuleName::new(name).map_err(|error| Problem::invalid(error.to_string()))
}

fn reason(words: Untrusted) -> Result<Untrusted, Problem> {
    let long = words.len() > TEXT_BYTES;
    if long || words.as_evidence().trim().is_empty() {
        let says = if long {
            "The reason is longer than 64 KiB."
        } else {
            "A reason has to be given; it goes into the log."
        };
        return Err(Problem::invalid(says.to_owned()));
    }
    Ok(words)
}

fn told(hold: Hold) -> HoldAnswer {
    HoldAnswer {
        name: hold.name,
        at: hold.at,
        scope: hold.scope,
        reason: hold.reason,
    }
}

impl From<EraseError> for Problem {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Held { .. } => Self::of(StatusCode::CONFLICT, error.to_string()),
            EraseError::Log(error) => error.into(),
        }
    }
}
