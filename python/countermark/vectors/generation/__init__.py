"""Making vector files from a seed: keys, challenges, lengths and places come from it, facts do not.

What must come of a record is stated by whoever wrote it, and then asked of the reference; the native engine has no
part in it. Needs the extras ``reference`` and ``testing``.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Final

from countermark.vectors.generation.files import Seed, VectorFile, render

SEED: Final = "countermark vectors 1"
"""The seed of the files in ``vectors/``."""

AREAS: Final = (
    "encodings",
    "cbor",
    "json_texts",
    "client_data",
    "assertion",
    "fingerprint",
    "key_attestation",
    "signature",
    "key_containers",
    "key_numbers",
    "key_encryption",
    "key_pem",
    "key_jwk",
    "key_export",
    "cose",
    "authenticator_data",
    "attestation_objects",
    "ceremonies",
    "dfns_passkeys",
    "x509",
    "x509_paths",
    "audit",
)
"""Modules beside this one; each has a function ``files(seed)``."""


def files(seed: Seed | bytes | str) -> Iterator[VectorFile]:
    """Every file of a seed, before it is written; `render` gives its bytes.

    Raises:
        ArgumentTypeError, ArgumentValueError: not a seed.
    """
    whole = seed if isinstance(seed, Seed) else Seed(seed)
    for area in AREAS:
        module = importlib.import_module(f"{__name__}.{area}")
        yield from module.files(whole.child(area))


__all__ = ["AREAS", "SEED", "Seed", "VectorFile", "files", "render"]
