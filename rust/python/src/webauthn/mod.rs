//! Passkeys: the structures authenticators send, and the ceremonies.

pub(crate) mod arguments;
pub(crate) mod cbor;
pub(crate) mod ceremonies;
pub(crate) mod certificates;
pub(crate) mod cose;
pub(crate) mod metadata;
pub(crate) mod parsed;
