"""What is paid once: a private key from PEM, and the import."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from benches.python import peers
from benches.python.material import KEY_TYPES, material
from benches.python.pair import Budget, Pair, Work, children_time_ns
from countermark import PrivateKey

LOADING: Final = {"RSA-2048": Budget(time=2000)}
IMPORT: Final = Budget(beyond=10_000)


def pairs() -> Iterator[Pair]:
    """PrivateKey.from_pem of each key type, and importing in fresh interpreters."""
    for key_type in KEY_TYPES:
        yield _key(key_type)
    yield _import("import countermark", "pass", "bare Python", IMPORT)
    yield _import("import countermark.dfns", "pass", "bare Python", IMPORT)
    if peers.here("dfns-sdk"):
        yield _import("import countermark.dfns", "import dfns_sdk.auth", "dfns_sdk.auth", None)


def _key(key_type: str) -> Pair:
    pem = material(key_type).pem.encode()
    return Pair(
        "from_pem",
        key_type,
        lambda: PrivateKey.from_pem(pem),
        lambda: load_pem_private_key(pem, None),
        "cryptography",
        LOADING.get(key_type),
    )


def _import(ours: str, theirs: str, peer_name: str, budget: Budget | None) -> Pair:
    return Pair(
        "import",
        ours,
        _fresh(ours),
        _fresh(theirs),
        peer_name,
        budget,
        clock=children_time_ns,
        part=budget is not None,
    )


def _fresh(statement: str) -> Work:
    """Runs a statement in a new interpreter. The first run also compiles what it imports."""

    def run() -> None:
        command = [sys.executable, "-c", statement]
        subprocess.run(command, check=True, env=_environment(), stdin=subprocess.DEVNULL)

    return run


@cache
def _environment() -> dict[str, str]:
    """Lets compiled modules be kept, as in an installation, but away from the source tree."""
    folder = tempfile.TemporaryDirectory(prefix="countermark-bench-")
    _KEPT.append(folder)
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder.name}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


_KEPT: Final[list[tempfile.TemporaryDirectory[str]]] = []
"""Removed when the interpreter ends."""
