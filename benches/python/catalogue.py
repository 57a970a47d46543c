"""All comparisons, in the order of the table."""

from __future__ import annotations

from benches.python import loading, signing, verifying, webauthn, wire
from benches.python.pair import Pair


def pairs() -> list[Pair]:
    """Makes the keys and every pair. What both sides give is checked to be the same on the way."""
    return [
        pair for module in (signing, verifying, webauthn, wire, loading) for pair in module.pairs()
    ]
