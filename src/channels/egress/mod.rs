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
use certificate::refused;
pub(super) use dial::{Wire, dial, secure};
pub(super) use fetch::{Fetched, Fetcher, NotFetched, Opened, Wanted};
pub(super) use guard::Guard;

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// TLS as we speak it: the system's roots, TLS 1.2 and 1.3.
///
/// # Errors
/// A sentence, when the library refuses its own defaults.
pub(super) fn tls() -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    // A certificate of the system's that can't be read is one peer fewer to
    // trust, not a reason to trust none.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("TLS can't be set up: {e}."))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
