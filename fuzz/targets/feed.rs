//! The feed decoders, against bytes that nobody thought of.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| watchfloor_fuzz::feed(data));
