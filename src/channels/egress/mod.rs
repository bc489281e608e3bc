//! The one guard for everything that channels call.
//!
//! - [`addresses`]: public or not. [`Guard`]: what one channel may call.
//! - [`fetch`]: HTTP with caps on size, time and redirects; [`mod@dial`]: a bare
//!   connection, for what is not HTTP.
//! - [`certificate`]: why a server is not trusted, in a sentence.
//!
//! A name is resolved here, its addresses are checked, and exactly those are
//! connected to, so that a name can't mean something else a moment later.

mod addresses;
mod call;
mod certificate;
mod dial;
mod fetch;
mod guard;

pub(super) use call::{Caller, NotCalled};
pub(super) use certificate::refused;
pub(super) use dial::{Wire, dial, secure};
pub(super) use fetch::{Fetched, Fetcher, NotFetched, Opened, Wanted};
pub(super) use guard::{Guard, NotAllowed};

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// TLS as we speak it, 1.2 and 1.3, with those whom `guard` names: the channel's
/// own authorities alone, or else the system's.
///
/// # Errors
/// A sentence, when the library refuses its own defaults.
pub(super) fn tls(guard: &Guard) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    let own = guard.authorities().all();
    // A certificate that can't be read is one peer fewer to trust, not a reason
    // to trust none.
    if own.is_empty() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    } else {
        roots.add_parsable_certificates(own.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("TLS can't be set up: {e}."))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
