//! Frames to bytes and back, in the text form and the zstd form, with bounds.
