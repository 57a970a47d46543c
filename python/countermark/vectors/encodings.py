"""What the native engine answers that the package offers under other names, or to itself alone."""

from __future__ import annotations

from countermark._native import base64url_decode, base64url_encode, hex_decode, pem_decode
from countermark.webauthn.cbor import decode as cbor_decode
from countermark.webauthn.cbor import diagnostic as cbor_diagnostic
from countermark.webauthn.cbor import encode as cbor_encode

__all__ = [
    "base64url_decode",
    "base64url_encode",
    "cbor_decode",
    "cbor_diagnostic",
    "cbor_encode",
    "hex_decode",
    "pem_decode",
]
