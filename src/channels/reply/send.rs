//! One attempt at an act: through the budget, the login, the guard, and what
//! the answer means.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::act::{Outcome, Outgoing};
use super::budget::Budget;
use super::build::{By, Call, Tokens, build};
use super::judge::{Answered, judge};
use super::login::{Login, Session};
use super::note;
use super::smtp;
use super::way::{Limits, Way};
use crate::channels::egress::{Caller, Guard, NotCalled};
use crate::channels::file::Credentials;
use crate::channels::registry::Channel;
use crate::channels::session::sign as sign_token;
use crate::model::allowance::Allowance;
use crate::model::outgoing::Act;
use crate::model::time::Timestamp;

/// Longest that one attempt may take.
const WITHIN: Duration = Duration::from_secs(30);
/// Largest answer that is read.
const ANSWER: usize = 1024 * 1024;

/// What a channel remembers of its acting outward.
#[derive(Debug, Default)]
pub(in crate::channels) struct Outward {
    budget: Mutex<Budget>,
    session: Mutex<Option<Session>>,
}

impl Outward {
    /// What is left of the vendor's budget, unless an answer is just taking of it.
    pub(in crate::channels) fn left(&self, limits: &Limits, now: Timestamp) -> Option<Allowance> {
        self.budget.try_lock().ok()?.left(limits, now)
    }
}

/// Makes one attempt at `act`.
///
/// Owns no memory of attempts: who calls it again with the same
/// [`Outgoing::id`] decides by the outcome and the rules.
pub async fn send(channel: &Arc<Channel>, act: Act, outgoing: &Outgoing<'_>) -> Outcome {
    match attempt(channel, act, outgoing).await {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

/// Shows a sign of the moment (typing, read), once and as far as it costs no
/// answer anything: out of what is to spare of the vendor's rate, and what is
/// answered to it closes nothing. Whether the vendor took it.
pub async fn sign(channel: &Arc<Channel>, act: Act, outgoing: &Outgoing<'_>) -> bool {
    let doing = &channel.file.doing;
    let Some(way) = doing.way(act, outgoing.item) else {
        return false;
    };
    let Ok(tokens) = tokens(channel, outgoing.now).await else {
        return false;
    };
    let Ok((guard, call)) = called(channel, way, outgoing, &tokens) else {
        return false;
    };
    let mut budget = channel.outward.budget.lock().await;
    if !budget.spare(&doing.limits, outgoing.now) {
        // Nothing was refused; there is no room for it now.
        return true;
    }
    drop(budget);
    let Ok(caller) = Caller::new(guard) else {
        return false;
    };
    let Ok(answer) = caller.call(&call, (ANSWER, WITHIN)).await else {
        return false;
    };
    let answered = Answered {
        status: answer.status.as_u16(),
        headers: &answer.headers,
        body: &answer.body,
    };
    let outcome = judge(way, &doing.limits, &answered, outgoing.now);
    matches!(outcome, Outcome::Sent { .. })
}

/// The request, and the guard that it goes through.
fn called(
    channel: &Channel,
    way: &Way,
    outgoing: &Outgoing<'_>,
    tokens: &Tokens,
) -> Result<(Guard, Call), String> {
    let call = build(channel, way, outgoing, tokens)?;
    let own = way.own_host.then_some(&call.url);
    let guard = Guard::outward(call.by.schemes(), (own, &way.hosts), &channel.config);
    Ok((guard, call))
}

async fn attempt(channel: &Channel, act: Act, outgoing: &Outgoing<'_>) -> Result<Outcome, Outcome> {
    let doing = &channel.file.doing;
    let refused = |says: String| Outcome::Refused { says };
    let way = doing.way(act, outgoing.item).ok_or_else(|| {
        let says = format!(
            "The channel {} can't do this: {}.",
            channel.name(),
            act.word()
        );
        refused(says)
    })?;
    allowed(way, channel, act, outgoing)?;
    let tokens = tokens(channel, outgoing.now).await?;
    let (guard, call) = called(channel, way, outgoing, &tokens).map_err(refused)?;
    let taken = channel
        .outward
        .budget
        .lock()
        .await
        .take(&doing.limits, outgoing.now);
    taken.map_err(|after| Outcome::Later {
        after,
        says: "The channel's rate limit is used up for the moment.".to_owned(),
    })?;
    let outcome = match &call.by {
        By::Http => over_http(channel, way, (guard, &call), outgoing.now).await?,
        By::Mail(letter) => smtp::post(&guard, &call.url, letter).await,
        By::Note(noted) => note::publish(&guard, &call.url, noted).await,
    };
    if let Outcome::Later { after, .. } = &outcome {
        let mut budget = channel.outward.budget.lock().await;
        budget.close(*after, outgoing.now);
    }
    Ok(outcome)
}

/// One request, and what its answer means.
async fn over_http(
    channel: &Channel,
    way: &Way,
    (guard, call): (Guard, &Call),
    now: Timestamp,
) -> Result<Outcome, Outcome> {
    let caller = Caller::new(guard).map_err(|says| Outcome::Refused { says })?;
    let answer = caller
        .call(call, (ANSWER, WITHIN))
        .await
        .map_err(uncalled)?;
    let answered = Answered {
        status: answer.status.as_u16(),
        headers: &answer.headers,
        body: &answer.body,
    };
    let limits = &channel.file.doing.limits;
    let outcome = judge(way, limits, &answered, now);
    let mut budget = channel.outward.budget.lock().await;
    budget.read(limits, &answer.headers, now);
    if answered.status == 401 {
        // A token that is no longer good is asked for again next time.
        *channel.outward.session.lock().await = None;
    }
    Ok(outcome)
}

/// Refuses what the rules rule out before anything leaves.
fn allowed(way: &Way, channel: &Channel, act: Act, outgoing: &Outgoing<'_>) -> Result<(), Outcome> {
    let text = format!("{}{}", channel.prefix(act, outgoing.item), outgoing.text);
    let over = way.rules.over(&text);
    if over > 0 {
        return Err(Outcome::Refused {
            says: format!("The text is {over} too long for this channel; shorten it."),
        });
    }
    if let Some(name) = &way.single_use
        && !outgoing.item.extra.contains_key(name)
    {
        return Err(Outcome::Refused {
            says: "This item carries no token to answer it with.".to_owned(),
        });
    }
    Ok(())
}

/// What requests prove themselves with: a session's tokens, or one that we sign.
async fn tokens(channel: &Channel, now: Timestamp) -> Result<Tokens, Outcome> {
    match (&channel.file.doing.login, &channel.file.credentials) {
        (Some(login), _) => session(channel, login, now).await,
        (None, Some(Credentials::Signed(signed))) => {
            let token = sign_token(channel, signed, now);
            let token = token.map_err(|says| Outcome::Refused { says })?;
            Ok(Tokens::from([("token".to_owned(), token)]))
        }
        _ => Ok(Tokens::new()),
    }
}

/// The tokens of a session, opened when there is none.
async fn session(channel: &Channel, login: &Login, now: Timestamp) -> Result<Tokens, Outcome> {
    let mut session = channel.outward.session.lock().await;
    if let Some(open) = session.as_ref().filter(|s| s.is_good(now)) {
        return Ok(open.tokens.clone());
    }
    // Nothing of the act itself has left us, so all of this can be tried again.
    let later = |says: String| Outcome::Later {
        after: Duration::from_secs(30),
        says,
    };
    let refused = |says: String| Outcome::Refused { says };
    let call = login.call(channel, now).map_err(refused)?;
    let own = (Some(&call.url), login.hosts.as_slice());
    let guard = Guard::outward(call.by.schemes(), own, &channel.config);
    let caller = Caller::new(guard).map_err(refused)?;
    let answer = caller
        .call(&call, (ANSWER, WITHIN))
        .await
        .map_err(|error| match error {
            NotCalled::NotAllowed(says) => refused(format!("The login: {says}")),
            NotCalled::NeverLeft(says) | NotCalled::NoAnswer(says) => {
                later(format!("The login: {says}"))
            }
        })?;
    let status = answer.status.as_u16();
    if status >= 500 || status == 429 {
        return Err(later(format!("The vendor's login answered {status}.")));
    }
    let opened = login.opened(&answer.body, now).filter(|_| status < 300);
    let open = opened.ok_or_else(|| {
        refused(format!(
            "The vendor's login refused us ({status}): look at the channel's secrets."
        ))
    })?;
    let tokens = open.tokens.clone();
    *session = Some(open);
    Ok(tokens)
}

fn uncalled(error: NotCalled) -> Outcome {
    match error {
        NotCalled::NotAllowed(says) => Outcome::Refused { says },
        NotCalled::NeverLeft(says) => Outcome::Later {
            after: Duration::from_secs(15),
            says,
        },
        NotCalled::NoAnswer(says) => Outcome::Unknown {
            says: format!("{says} It may have been sent; look before you send it again."),
        },
    }
}
