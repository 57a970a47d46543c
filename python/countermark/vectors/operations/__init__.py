"""What can be asked of an implementation. Each operation is described in ``vectors/README.md``."""

from __future__ import annotations

from typing import Final

from countermark.vectors.model import Operation
from countermark.vectors.operations import (
    certificates,
    dfns,
    encodings,
    keys,
    primitives,
    signatures,
    webauthn,
)

OPERATIONS: Final[dict[str, Operation]] = {
    **encodings.OPERATIONS,
    **dfns.OPERATIONS,
    **signatures.OPERATIONS,
    **keys.OPERATIONS,
    **primitives.OPERATIONS,
    **certificates.OPERATIONS,
    **webauthn.OPERATIONS,
}
"""Every operation by its name, ``subject.verb``."""
