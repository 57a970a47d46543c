//! libcountermark: the C door. Every function converts its arguments, calls the core, and maps what comes back;
//! nothing is decided here. What a caller has to know is at the top of `include/countermark.h`, which is made of
//! `cbindgen.toml` and of the comments in this crate.
//!
//! A handle is a number, not an address: what it stands for is looked up in a table ([`handles`]), so that a
//! wrong, forged or closed one is told and never followed. Every pointer goes through [`call::Call`], which is
//! also the only place with `unsafe` code beside the one block that each exported function has, and what the system is
//! asked for in [`fork`].
#![allow(
    clippy::missing_safety_doc,
    reason = "the conventions at the top of the header hold for every function"
)]
#![allow(rustdoc::broken_intra_doc_links, reason = "[in] and [out] say what a parameter of C is")]
#![allow(
    rustdoc::private_intra_doc_links,
    reason = "nobody links to this crate: what it offers is the header"
)]
#![allow(non_camel_case_types, reason = "the names of C")]

pub mod audit;
mod call;
pub mod dfns;
mod fork;
mod handles;
pub mod judged;
pub mod keys;
mod options;
mod results;
pub mod signer;
pub mod status;
pub mod trust;
pub mod webauthn;
mod writer;
