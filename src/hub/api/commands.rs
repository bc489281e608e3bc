//! `POST /v1/commands`: an officer's command without a session.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;

use super::caller::Caller;
use super::problem::Problem;
use crate::hub::Hub;
use crate::model::command::{Command, Outcome};
use crate::store::EventLog;

/// Carries a command out and answers with what became of it. Without a session
/// of that officer a take has no lease and becomes an assignment.
pub async fn give<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Outcome>, Problem> {
    let command: Command = serde_json::from_slice(&body).map_err(|error| {
        Problem::invalid(format!(
            "The body is not a command (line {}, column {}); see /v1/openapi.json.",
            error.line(),
            error.column()
        ))
    })?;
    if let Some(says) = hub.objection(&command) {
        return Err(Problem::invalid(says));
    }
    let connected = hub.presence.is_connected(&caller.officer.id);
    Ok(Json(hub.desk.ask(caller.officer, connected, command).await))
}
