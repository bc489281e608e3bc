//! Where connections come in: bound, limited, encrypted.
//!
//! - [`bind`]: the address, and the refusal to serve others in the clear.
//! - [`accept`]: the loop; handshakes in tasks of their own, so that a slow one
//!   keeps nobody waiting. [`Listen`] is what `axum::serve` takes.
//! - [`tls`]: certificates, officers' certificates, revocation, reloading.
//! - [`san`]: the names in a certificate.
//! - [`peer`]: who is at the other end, behind a trusted proxy too.
//!
//! Owns sockets, not requests. Called by `hub`.

pub mod accept;
pub mod bind;
pub mod peer;
pub mod san;
pub mod stream;
#[cfg(test)]
mod tests;
pub mod tls;

pub use accept::{Counters, Listen};
pub use bind::{ListenError, Settings, listen};
pub use peer::{PeerInfo, real_client, trust_proxy};
pub use tls::Trust;
