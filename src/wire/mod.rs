//! What crosses a socket between hub and console: frames, codec, limits, version.
