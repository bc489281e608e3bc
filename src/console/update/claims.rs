//! Judging the posts that known claims fit: one by a key, many after a question.

use super::keys::push;
use super::{moves, send};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::Context;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::overlay::What;
use crate::console::state::overlay::claims::{Claims, matched};
use crate::model::claim::ClaimMatch;
use crate::model::command::Verb;
use crate::model::ids::ItemKey;
use crate::text::Untrusted;

/// Opens the list.
pub(super) fn open(app: &mut App, press: KeyPress) {
    let claims = Claims::of(&app.floor.board);
    push(app, What::Claims(claims), press);
}

fn top(app: &mut App) -> Option<&mut Claims> {
    match app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        Some(What::Claims(claims)) => Some(claims),
        _ => None,
    }
}

/// A key in the list.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    let page = isize::try_from(app.layout().body_rows() / 2).unwrap_or(1);
    let Some(claims) = top(app) else {
        return Vec::new();
    };
    match action {
        Action::LineDown => claims.step(1),
        Action::LineUp => claims.step(-1),
        Action::PageDown => claims.step(page),
        Action::PageUp => claims.step(-page),
        Action::ToStart => claims.step(isize::MIN),
        Action::ToEnd => claims.step(isize::MAX),
        Action::Mark => {
            claims.mark();
            claims.step(1);
        }
        Action::Cancel => {
            app.overlays.pop();
        }
        Action::Choose if !press.repeat => show(app),
        Action::ConfirmClaim if !press.repeat => return confirm(app, press),
        Action::ConfirmAll if !press.repeat => return confirm_all(app, press),
        Action::RejectClaim if !press.repeat => return reject(app, press),
        _ => {}
    }
    Vec::new()
}

fn show(app: &mut App) {
    let Some((key, _)) = top(app).and_then(|claims| claims.here()) else {
        return;
    };
    if app.floor.board.item(&key).is_none() {
        app.say("That post is not on the board any more.");
        return;
    }
    app.overlays.pop();
    app.stream.go_to(key);
    app.floor.touch();
    moves::open(app);
}

/// The post under the cursor; marked ones are asked about by another key, for
/// the key that opens a question never answers it.
fn confirm(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let marked = top(app).map_or(0, |claims| claims.marked_here().len());
    if marked > 1 {
        let all = app
            .settings
            .keymap
            .first(Context::Claims, Action::ConfirmAll);
        let all = all.unwrap_or_else(|| "claims-confirm-all".to_owned());
        app.say(format!("{all} confirms the {marked} marked."));
        return Vec::new();
    }
    one(app, true, press)
}

fn one(app: &mut App, fits: bool, press: KeyPress) -> Vec<Effect> {
    let Some((key, claim)) = here(app) else {
        return Vec::new();
    };
    let effects = send::start(app, verb(claim, fits), &[key], press);
    if let Some(claims) = top(app) {
        claims.marked.clear();
        claims.step(1);
    }
    effects
}

fn here(app: &mut App) -> Option<(ItemKey, Untrusted)> {
    let (key, group) = top(app)?.here()?;
    Some((key, group.claim.id.clone()))
}

fn verb(claim: Untrusted, fits: bool) -> Verb {
    if fits {
        Verb::ConfirmClaim { claim }
    } else {
        Verb::RejectClaim { claim }
    }
}

/// The marked posts of the claim, or all that nobody judged.
fn confirm_all(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let Some((_, claim)) = here(app) else {
        return Vec::new();
    };
    let Some(claims) = top(app) else {
        return Vec::new();
    };
    let mut keys = claims.marked_here();
    if keys.is_empty() {
        let group = claims.here().map(|(_, group)| group.posts.clone());
        let is_open = |key: &ItemKey| {
            let item = app.floor.board.item(key);
            item.and_then(|item| matched(item, &claim))
                .is_some_and(ClaimMatch::is_open)
        };
        keys = group.unwrap_or_default();
        keys.retain(is_open);
    }
    if keys.is_empty() {
        app.say("Every post of this claim is judged.");
        return Vec::new();
    }
    many(app, verb(claim, true), &keys, press)
}

fn reject(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let keys = top(app).map_or_else(Vec::new, |claims| claims.marked_here());
    match here(app) {
        Some((_, claim)) if keys.len() > 1 => many(app, verb(claim, false), &keys, press),
        _ => one(app, false, press),
    }
}

fn many(app: &mut App, verb: Verb, keys: &[ItemKey], press: KeyPress) -> Vec<Effect> {
    if let Some(claims) = top(app) {
        claims.marked.clear();
    }
    if let Some(plan) = send::plan(app, verb, keys) {
        send::ask(app, plan, press);
    }
    Vec::new()
}

/// By name, on the floor: the claim of the item that nobody judged, or the one
/// that fits it best.
pub(super) fn judge(
    app: &mut App,
    action: Action,
    items: &[ItemKey],
    press: KeyPress,
) -> Vec<Effect> {
    let fits = action == Action::ConfirmClaim;
    send::start(app, verb(Untrusted::default(), fits), items, press)
}
