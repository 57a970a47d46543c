"""All comparisons, in the order of the table."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Final

from benches.python import peers
from benches.python.pair import Pair

MODULES: Final = {
    "signing": ("cryptography",),
    "verifying": ("cryptography",),
    "webauthn": ("cryptography", "webauthn", "fido2", "cbor2"),
    "wire": ("cryptography",),
    "loading": ("cryptography",),
    "c_abi": ("cffi",),
}
"""Modules with pairs, and the peers without which they have none."""


def pairs() -> Iterator[Pair]:
    """Makes the keys and every pair. What both sides give is checked to be the same on the way."""
    for name, needed in MODULES.items():
        if peers.here(*needed):
            yield from importlib.import_module(f"benches.python.{name}").pairs()
