//! The OpenAPI 3.1 document and the JSON Schemas of the stream's frames, both
//! generated from the types that are really sent.

use axum::Json;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::events::EventList;
use super::items::ItemList;
use super::problem::ProblemBody;
use super::search::Hits;
use super::status::HealthAnswer;
use crate::model::command::{Command, Outcome};
use crate::model::event::Event;
use crate::model::item::Item;
use crate::store::EventLog;
use crate::wire::frames::{ChannelHealth, ClientFrame, ServerFrame};
use crate::wire::upkeep::{EraseRequest, ErasedAnswer, HoldAnswer, HoldRequest, RereadAnswer};

/// `GET /v1/openapi.json`.
pub async fn document<L: EventLog>(_caller: Caller) -> Json<Value> {
    Json(describe())
}

/// `GET /v1/schemas.json`: the stream's frames.
pub async fn frames<L: EventLog>(_caller: Caller) -> Json<Value> {
    Json(frame_schemas())
}

/// The JSON Schemas of what the hub and a console send on the stream.
#[must_use]
pub fn frame_schemas() -> Value {
    let schema = |schema: schemars::Schema| schema.to_value();
    json!({
        "server": schema(schemars::schema_for!(ServerFrame)),
        "client": schema(schemars::schema_for!(ClientFrame)),
    })
}

/// The OpenAPI document.
#[must_use]
pub fn describe() -> Value {
    let mut types = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let paths = paths(&mut types);
    let schemas: Map<String, Value> = types.take_definitions(true).into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "watchfloor hub",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The hub of a watch floor. Every route but /healthz and /in/{channel} needs a bearer token or a client certificate, and shows only what lies on that officer's desks. Text that strangers wrote comes as it came: clean it before showing it.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "security": [{ "token": [] }],
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas
        },
        "paths": paths
    })
}

fn paths(types: &mut SchemaGenerator) -> Value {
    let item = || parameter("item", "path", "An item's number or key.", "string");
    let held = || parameter("name", "path", "The hold's name.", "string");
    json!({
        "/v1/items": { "get": get::<ItemList>(types, "Items on the board, newest first.", &[
            parameter("filter", "query", "In the filter language.", "string"),
            parameter("limit", "query", "So many at the most (200; 1000 at the most).", "integer"),
            parameter("before", "query", "Only those with a smaller number.", "integer"),
        ]) },
        "/v1/items/{item}": { "get": get::<Item>(types, "One item.", &[item()]) },
        "/v1/items/{item}/history": {
            "get": get::<Vec<Event>>(types, "Every event about it.", &[item()])
        },
        "/v1/items/{item}/raw": { "get": evidence(types, item()) },
        "/v1/search": { "get": get::<Hits>(types, "Search in the archive, newest first.", &[
            parameter("q", "query", "Words; all must occur.", "string"),
            parameter("limit", "query", "So many at the most (50; 500 at the most).", "integer"),
            parameter("before", "query", "Only those with a smaller number.", "integer"),
        ]) },
        "/v1/events": { "get": get::<EventList>(types, "The log from a sequence.", &[
            parameter("since", "query", "Events after this one.", "integer"),
            parameter("limit", "query", "So many at the most (1000).", "integer"),
        ]) },
        "/v1/commands": { "post": with_body::<Command, Outcome>(types,
            "Carry out a command; a repeat of its id gets the first outcome.", &[]) },
        "/v1/erasures": { "post": with_body::<EraseRequest, ErasedAnswer>(types,
            "Erase content for good, with a reason; its hash stays. Takes the role admin on all desks.", &[]) },
        "/v1/readings": { "post": get::<RereadAnswer>(types,
            "Read everything on the floor again with today's models, topics and claims. Takes the role admin on all desks.", &[]) },
        "/v1/holds": { "get": get::<Vec<HoldAnswer>>(types,
            "The legal holds in force. Takes the role admin on all desks.", &[]) },
        "/v1/holds/{name}": {
            "put": with_body::<HoldRequest, HoldAnswer>(types,
                "Protect something from erasure; a hold of the same name is replaced. Takes the role admin on all desks.", &[held()]),
            "delete": lifted(types, &[held(), parameter("reason", "query", "Why, for the log; it must not be empty.", "string")]),
        },
        "/v1/channels": {
            "get": get::<Vec<ChannelHealth>>(types, "How the channels are.", &[])
        },
        "/v1/stream": { "get": upgrade() },
        "/v1/openapi.json": { "get": get::<Value>(types, "This document.", &[]) },
        "/v1/schemas.json": {
            "get": get::<Value>(types, "The JSON Schemas of the stream's frames.", &[])
        },
        "/in/{channel}": { "post": delivery(types) },
        "/metrics": { "get": metrics(types) },
        "/healthz": { "get": get::<HealthAnswer>(types, "Whether the hub takes things.", &[]) },
    })
}

fn parameter(name: &str, place: &str, says: &str, kind: &str) -> Value {
    json!({
        "name": name, "in": place, "required": place == "path",
        "description": says, "schema": { "type": kind }
    })
}

fn get<T: JsonSchema>(types: &mut SchemaGenerator, says: &str, parameters: &[Value]) -> Value {
    json!({
        "summary": says,
        "parameters": parameters,
        "responses": answers(&types.subschema_for::<T>().to_value(), types)
    })
}

fn evidence(types: &mut SchemaGenerator, item: Value) -> Value {
    let mut described = get::<String>(types, "The document that it came in, as it came.", &[item]);
    described["responses"]["200"]["content"] =
        json!({ "application/octet-stream": { "schema": { "type": "string" } } });
    described
}

/// The stream is described by its frames' schemas; here only its door is.
fn upgrade() -> Value {
    json!({
        "summary": "The stream: a WebSocket, subprotocol watchfloor.v1 or watchfloor.v1.zstd; its frames are in /v1/schemas.json.",
        "responses": { "101": { "description": "The WebSocket is open; send `resume` first." } }
    })
}

fn metrics(types: &mut SchemaGenerator) -> Value {
    let mut described = get::<String>(types, "Counters, for Prometheus.", &[]);
    described["responses"]["200"]["content"] =
        json!({ "application/openmetrics-text": { "schema": { "type": "string" } } });
    described
}

/// Each channel has its own credential and form: see its file.
fn delivery(types: &mut SchemaGenerator) -> Value {
    let mut described = get::<Value>(
        types,
        "Deliver to a channel, in its own form and with its own credential. Answered after the durable write, with a receipt for each entry.",
        &[parameter(
            "channel",
            "path",
            "The channel's name.",
            "string",
        )],
    );
    described["security"] = json!([]);
    described["requestBody"] = json!({ "required": true, "content": { "*/*": {} } });
    described
}

fn with_body<B: JsonSchema, A: JsonSchema>(
    types: &mut SchemaGenerator,
    says: &str,
    parameters: &[Value],
) -> Value {
    let mut described = get::<A>(types, says, parameters);
    let body = types.subschema_for::<B>().to_value();
    described["requestBody"] =
        json!({ "required": true, "content": { "application/json": { "schema": body } } });
    described
}

/// An answer without a body.
fn lifted(types: &mut SchemaGenerator, parameters: &[Value]) -> Value {
    let mut described = get::<Value>(
        types,
        "Lift a legal hold. Takes the role admin on all desks.",
        parameters,
    );
    let answers = &mut described["responses"];
    let problem = answers["default"].take();
    *answers = json!({ "204": { "description": "It is lifted." }, "default": problem });
    described
}

fn answers(good: &Value, types: &mut SchemaGenerator) -> Value {
    let problem = types.subschema_for::<ProblemBody>().to_value();
    json!({
        "200": { "description": "So it is.", "content": { "application/json": { "schema": good } } },
        "default": {
            "description": "It did not go through; the sentence says why.",
            "content": { "application/json": { "schema": problem } }
        }
    })
}
