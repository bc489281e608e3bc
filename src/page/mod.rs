//! The hub's second way out when nobody answers.
