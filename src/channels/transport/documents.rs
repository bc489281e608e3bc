//! One document of a stream or socket, through the map: what can't be read is
//! kept as it came, what the peer reports as an error ends the connection.

use bytes::Bytes;

use super::Running;
use super::cursors::Cursors;
use crate::channels::Intake;
use crate::channels::map::delivery::{Delivery, NotADocument};
use crate::channels::registry::Channel;

/// Reads `document` and puts what it holds behind `together`.
///
/// # Errors
/// A sentence: the peer reports an error.
pub(super) fn take<I: Intake, C: Cursors>(
    channel: &Channel,
    document: Bytes,
    together: &mut Delivery,
    with: &Running<I, C>,
) -> Result<(), String> {
    let reader = &channel.file.reader;
    match reader.read(&document, &channel.vars, &channel.whose) {
        Ok(delivery) => together.append(delivery),
        Err(error @ NotADocument::Peer(_)) => {
            return Err(channel.without_secrets(&error.to_string()));
        }
        Err(error) => {
            with.health.refused(&error.to_string());
            let why = error.to_string();
            together.append(Delivery::unmapped(channel.name(), why, document));
        }
    }
    Ok(())
}
