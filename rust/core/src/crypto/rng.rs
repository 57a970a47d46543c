//! The random generator of the backend, which is seeded by the kernel and notices forks and cloned machines.

use super::gate;
use crate::error::{Code, Error, Result};

/// Fills `out` with random bytes.
///
/// # Errors
/// `internal.error` if the generator fails; nothing that follows may use `out` then.
pub fn fill(out: &mut [u8]) -> Result<()> {
    let _pass = gate::enter();
    aws_lc_rs::rand::fill(out).map_err(|_| Error::new(Code::Internal, "the random generator failed"))
}
