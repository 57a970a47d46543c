"""What can be asked of an implementation. Each operation is described in ``vectors/README.md``."""

from __future__ import annotations

from typing import Final

from countermark.vectors.model import Operation
from countermark.vectors.operations import primitives, signatures

OPERATIONS: Final[dict[str, Operation]] = {
    **primitives.OPERATIONS,
    **signatures.OPERATIONS,
}
"""Every operation by its name, ``subject.verb``."""
