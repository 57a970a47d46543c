"""Making vector files from a seed: keys, challenges, lengths and places come from it, facts do not.

What must come of a record is stated by whoever wrote it, and then asked of the reference; the native engine has no
part in it. Needs the extras ``reference`` and ``testing``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from countermark.vectors.generation.files import Seed, VectorFile, render

SEED: Final = "countermark vectors 1"
"""The seed of the files in ``vectors/``."""

AREAS: Final = {
    "encodings": ("base64url", "hex", "pem"),
    "cbor": ("cbor/",),
    "json_texts": ("json",),
    "client_data": ("client_data/",),
    "assertion": ("assertion/",),
    "fingerprint": ("fingerprint",),
    "key_attestation": ("key_attestation/",),
    "signature": ("signature/",),
    "key_containers": ("keys/pkcs8", "keys/sec1"),
    "key_numbers": ("keys/pkcs1", "keys/spki"),
    "key_encryption": ("keys/pbes2",),
    "key_pem": ("keys/pem",),
    "key_jwk": ("keys/jwk",),
    "key_export": ("keys/export",),
    "cose": ("cose/",),
    "authenticator_data": ("authenticator_data",),
    "attestation_objects": ("attestation_object",),
    "ceremonies": ("attestation/", "authentication/"),
    "dfns_passkeys": ("attestation/", "authentication/"),
    "x509": ("x509/read",),
    "x509_paths": ("x509/path",),
    "audit": ("audit",),
}
"""Modules beside this one, each with a function ``files(seed)``, and how the subjects of its files begin."""


def files(seed: Seed | bytes | str, subjects: Sequence[str] = ("*",)) -> Iterator[VectorFile]:
    """Every file of a seed whose subject is like one of the given ones, before it is written.

    `render` gives its bytes. What an area makes does not depend on the areas beside it.

    Args:
        seed: bytes, or text.
        subjects: patterns in the manner of file names: ``cbor/*``.

    Raises:
        ArgumentTypeError, ArgumentValueError: not a seed.
    """
    whole = seed if isinstance(seed, Seed) else Seed(seed)
    for area, starts in AREAS.items():
        # Some areas take long to build: one is left alone where no wanted subject can be among its own.
        if any(_may_meet(pattern, start) for pattern in subjects for start in starts):
            module = importlib.import_module(f"{__name__}.{area}")
            for file in module.files(whole.child(area)):
                if any(fnmatchcase(file.subject, pattern) for pattern in subjects):
                    yield file


def _may_meet(pattern: str, start: str) -> bool:
    """Whether something that begins so may be like the pattern: judged by what stands before its first sign."""
    plain = re.split(r"[*?[]", pattern, maxsplit=1)[0]
    return start.startswith(plain) or plain.startswith(start)


__all__ = ["AREAS", "SEED", "Seed", "VectorFile", "files", "render"]
