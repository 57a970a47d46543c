"""The credential info fingerprint and attestation data of Key-type credentials.

Dfns protocol, fingerprint and attestation. The fingerprint is signed but not sent: the server builds it again
from the client data bytes and the public key text it received, so the text in both must be the same.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from countermark.reference.arguments import one_of, optional_text, public_key_text
from countermark.reference.dfns.profile import escape_js
from countermark.reference.dfns.signature_algorithm import known_algorithm
from countermark.reference.format import bytes_argument, hex, text_argument

ORDERS: Final = ("docs", "2026")


def fingerprint(client_data: bytes, public_key_pem: str) -> bytes:
    """Recipe steps 2 to 4: keys sorted, compact, the new-lines of the PEM text as ``\\n``."""
    client_data = bytes_argument(client_data, "client_data")
    public_key_pem = public_key_text(text_argument(public_key_pem, "public_key_pem"))
    digest = hex.encode(sha256(client_data).digest())
    pem = escape_js(public_key_pem)
    return f'{{"clientDataHash":"{digest}","publicKey":"{pem}"}}'.encode()


def encode_attestation_data(
    public_key_pem: str,
    signature: bytes,
    *,
    algorithm: str | None = None,
    order: str = "docs",
) -> bytes:
    """Recipe step 6, with the member order of the documentation or of the signers of 2026."""
    public_key_pem = text_argument(public_key_pem, "public_key_pem")
    signature = bytes_argument(signature, "signature")
    algorithm = optional_text(algorithm, "algorithm")
    order = text_argument(order, "order")
    public_key_text(public_key_pem)
    if algorithm is not None:
        known_algorithm(algorithm)
    one_of(order, ORDERS, "order")
    members = [
        f'"publicKey":"{escape_js(public_key_pem)}"',
        f'"signature":"{hex.encode(signature)}"',
    ]
    if algorithm is not None:
        members.insert(2 if order == "docs" else 0, f'"algorithm":"{algorithm}"')
    return ("{" + ",".join(members) + "}").encode()


_API_PATTERN: Final = re.compile(
    r"-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\r\n]+-----END (?(1)RSA )PUBLIC KEY-----[ \t\n\v\f\r]?"
)


def fits_api_pattern(public_key_pem: str) -> bool:
    """Dfns protocol, PEM forms of the public key: the pattern the API applies, without the back-slash."""
    return _API_PATTERN.fullmatch(public_key_pem) is not None
