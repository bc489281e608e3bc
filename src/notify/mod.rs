//! Telling the officer on the officer's own desktop.
