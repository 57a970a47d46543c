//! Certificates (RFC 5280) as attestation uses them: a view, and the way from a leaf to an anchor.

pub mod anchors;
pub mod certificate;
pub mod extensions;
pub mod findings;
pub mod name;
pub mod path;
#[cfg(test)]
pub(crate) mod test_certificates;
pub mod time;

pub use anchors::Anchors;
pub use certificate::Certificate;
