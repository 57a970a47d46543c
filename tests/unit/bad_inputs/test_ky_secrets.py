"""What becomes of a secret: shown, copied, used after its end, left behind (rows KY23, KY43 to KY48)."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.property.encrypted import Parameters
from tests.property.material import SMALL
from tests.unit.bad_inputs.der import (
    EC_KINDS,
    OKP_KINDS,
    encrypted_pem,
    pkcs8,
    rsa,
    scalar,
    seed,
)

MASK: Final = 0xA5


def secrets_of(kind: str) -> dict[str, bytes]:
    if kind in EC_KINDS:
        return {"scalar": scalar(kind)}
    if kind == "ed25519":
        digest = bytearray(hashlib.sha512(seed(kind)).digest())
        digest[0] &= 0xF8
        digest[31] = digest[31] & 0x3F | 0x40
        return {"seed": seed(kind), "expanded scalar": bytes(digest[:32]), "expanded prefix": bytes(digest[32:])}
    if kind == "ed448":
        digest = bytearray(hashlib.shake_256(seed(kind)).digest(114))
        return {"seed": seed(kind), "expanded scalar": bytes(digest[:57]), "expanded prefix": bytes(digest[57:])}
    numbers = rsa()
    return {
        name: getattr(numbers, name).to_bytes(128 if name != "d" else 256, "big")
        for name in ("p", "q", "d", "dp", "dq")
    }


def pieces_of(secret: bytes) -> dict[str, bytes]:
    """Sixteen bytes each: a freed block of memory loses its first bytes, and is no less a leak."""
    middle = len(secret) // 2
    found = {}
    for order, data in (("big-endian", secret), ("little-endian", secret[::-1])):
        found[f"{order} head"] = data[1:17]
        found[f"{order} middle"] = data[middle : middle + 16]
        found[f"{order} tail"] = data[-16:]
    from base64 import b64encode
    for shift in range(3):
        found[f"base64 {shift}"] = b64encode(secret[shift : shift + 24])[:24]
    return found


def scan(kind: str, pem: str, use: str) -> dict[str, Any]:
    pieces = {
        f"{name}, {piece}": bytes(byte ^ MASK for byte in data).hex()
        for name, secret in secrets_of(kind).items()
        for piece, data in pieces_of(secret).items()
    }
    task = {"pem": pem, "use": use, "password": "secret", "mask": str(MASK), "pieces": pieces}
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("memory_scan.py")],
        env={**os.environ, "COUNTERMARK_MEMORY_SCAN": json.dumps(task)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("use", ["sign", "export", "look", "nothing", "fail", "collect"])
@pytest.mark.parametrize("kind", SMALL)
def test_ky47_nothing_is_left_of_a_closed_key(kind: str, use: str) -> None:
    found = scan(kind, encrypted_pem(pkcs8(kind)), use)
    left = {piece: places for piece, places in found["closed"].items() if places}
    assert not left
    for name in found:
        for piece, places in found[name].items():
            if places and "ex" in piece: print(kind, use, piece, places)
