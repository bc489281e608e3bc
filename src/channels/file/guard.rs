//! Which secrets a file needs to be heard, which of them are ours, and whether anything
//! guards its door. Asked by the catalogue and the registry.

use super::{Auth, ChannelFile, Handshake, Transport};

impl ChannelFile {
    /// The secrets without which a channel of this file does not run: what lets
    /// a webhook's senders in, or all of them where we call.
    pub(in crate::channels) fn needed_secrets(&self) -> Vec<String> {
        let Transport::Webhook(hook) = &self.transport else {
            let aside = &self.only_to_answer.secrets;
            let needed = self.secrets.iter().filter(|name| !aside.contains(name));
            return needed.cloned().collect();
        };
        let auth = hook.auth.iter().flat_map(Auth::secrets);
        let signature = hook.signature.iter().map(|s| &s.key);
        let handshake = hook.handshake.iter().filter_map(|h| match h {
            Handshake::HubChallenge(token) | Handshake::CrcHmac(token) => Some(token),
            _ => None,
        });
        let needed = auth.chain(signature).chain(handshake);
        let mut needed: Vec<String> = needed.cloned().collect();
        needed.dedup();
        needed
    }

    /// Whether it is a webhook that proves nothing about its sender.
    pub(in crate::channels) fn is_open(&self) -> bool {
        let Transport::Webhook(hook) = &self.transport else {
            return false;
        };
        hook.auth.is_none() && hook.signature.is_none() && hook.issuer.is_none()
    }

    /// The secrets that we make ourselves and give to the sender: tokens that
    /// let in, and the word of a subscription. A user's name is none.
    pub(in crate::channels) fn own_secrets(&self) -> Vec<String> {
        let Transport::Webhook(hook) = &self.transport else {
            return Vec::new();
        };
        let auth = hook.auth.iter().filter_map(|auth| auth.secrets().pop());
        let words = hook.handshake.iter().filter_map(|h| match h {
            Handshake::HubChallenge(token) => Some(token),
            _ => None,
        });
        auth.chain(words).cloned().collect()
    }
}
