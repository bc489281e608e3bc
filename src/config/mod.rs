//! Configuration: the file as typed, resolved over defaults, environment and
//! flags into one [`Config`].
//!
//! - [`origin`]: every value keeps where it came from ([`Located`]).
//! - [`sections`]: the keys, their defaults and what they mean.
//! - [`secret`]: secrets are named here and read where they are needed.
//! - [`private`]: files that nobody else may read are written here.
//! - [`paths`]: where the file, the data and the tokens lie.
//! - `layers` → `read` (with `value`, `words`, `nearest`): how a tree of typed
//!   values becomes sections, and how everything that is wrong is said at once.
//!
//! Imports nothing of ours: what a filter, chord, role or name means is parsed
//! by the room that owns it, which says where it stands with [`Problem`].

pub mod error;
mod layers;
mod nearest;
pub mod origin;
pub mod paths;
pub mod private;
mod read;
mod resolve;
pub mod secret;
pub mod sections;
#[cfg(test)]
mod tests;
mod value;
pub mod words;

pub use error::{ConfigError, Problem};
pub use layers::Override;
pub use origin::{Located, Origin};
pub use read::Entry;
pub use resolve::{Config, known_keys, load, overrides_from_env, resolve};
pub use secret::{Secret, SecretError, SecretRef};
pub use sections::{channel, floor, hub, insight, link, lock, officer, page, proxy};
pub use value::{Net, duration, spell};
