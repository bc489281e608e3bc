//! What in a channel file has to agree with something else in it.
//!
//! Called once all of a file is read.

use super::read::{Node, Read, Table};
use super::{Auth, ChannelFile, Handshake, Transport};
use crate::channels::reply::{Act, Doing};

/// Refuses words in the answer to a webhook where the bot can be silenced: after
/// a take-over nothing of a bot's goes out through us.
pub(super) fn silent_when_taken_over(
    whole: &Table<'_>,
    file: &ChannelFile,
    doing: &Doing,
) -> Read<()> {
    let answers = matches!(&file.transport, Transport::Webhook(hook) if hook.respond.is_some());
    if answers && doing.ways.contains_key(&Act::TakeOver) {
        let source = whole.need("source")?.table()?;
        let says = "Where [act.take_over] is, nothing is answered by [source.respond]: the bot would go on speaking through it.";
        return Err(source.need("respond")?.wrong(says));
    }
    Ok(())
}

/// Refuses a secret that `[source]` uses and `[channel]` does not name.
pub(super) fn named_secrets(whole: &Table<'_>, file: &ChannelFile) -> Read<()> {
    let Transport::Webhook(hook) = &file.transport else {
        return Ok(());
    };
    let auth = hook.auth.iter().flat_map(Auth::secrets);
    let signature = hook.signature.iter().map(|s| &s.key);
    let handshake = hook.handshake.iter().filter_map(|h| match h {
        Handshake::HubChallenge(token) | Handshake::CrcHmac(token) => Some(token),
        Handshake::JsonEcho(..)
        | Handshake::PingPong(..)
        | Handshake::ConfirmUrl(..)
        | Handshake::OptionsOrigin(_) => None,
    });
    for secret in auth.chain(signature).chain(handshake) {
        if !file.secrets.contains(secret) {
            let says = format!("[source] uses the secret \"{secret}\"; name it in \"secrets\".");
            return Err(whole.need("channel")?.wrong(&says));
        }
    }
    Ok(())
}

/// Refuses a condition that compares with a variable that `[channel]` does not name:
/// it would never hold.
pub(super) fn named_vars(whole: &Table<'_>, file: &ChannelFile) -> Read<()> {
    let mut parts = whole.all().into_iter().filter(|(key, _)| *key != "test");
    parts.try_for_each(|(_, node)| known(&node, file))
}

fn known(node: &Node<'_>, file: &ChannelFile) -> Read<()> {
    for node in node.as_list().unwrap_or_default() {
        known(&node, file)?;
    }
    let Some(table) = node.as_table() else {
        return Ok(());
    };
    for (key, node) in table.all() {
        if key == "eq_var" && !file.vars.contains_key(node.str()?) {
            let name = node.str()?;
            return Err(node.wrong(&format!("There is no \"{name}\" in \"vars\".")));
        }
        known(&node, file)?;
    }
    Ok(())
}
