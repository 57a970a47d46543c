//! Project Wycheproof through the Rust door: each vector is answered as its rule says or skipped for a reason
//! that stands beside the count, and each file has as many of both as it is said to have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod files;
mod keys;
mod secrets;
mod signatures;
