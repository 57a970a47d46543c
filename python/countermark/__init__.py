"""Credential and request signing for Dfns-style APIs.

Keys are here, the wire protocol is in `countermark.dfns`, passkeys in `countermark.webauthn`, many at once in
`countermark.batch`, signers outside this process in `countermark.external`, test vectors in `countermark.vectors`,
and every exception in `countermark.errors`.
"""

from __future__ import annotations

from countermark._native import __version__
from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    ClaimMismatch,
    Error,
    InternalError,
    InvalidKey,
    InvalidSignature,
    KeyClosed,
    LimitExceeded,
    MalformedInput,
    UnsupportedAlgorithm,
    UntrustedAttestation,
)
from countermark.keys import Algorithm, PrivateKey, PublicKey

__all__ = [
    "Algorithm",
    "ArgumentTypeError",
    "ArgumentValueError",
    "ClaimMismatch",
    "Error",
    "InternalError",
    "InvalidKey",
    "InvalidSignature",
    "KeyClosed",
    "LimitExceeded",
    "MalformedInput",
    "PrivateKey",
    "PublicKey",
    "UnsupportedAlgorithm",
    "UntrustedAttestation",
    "__version__",
]
