//! A console's connection to the hub: connect, resume, outbox.
