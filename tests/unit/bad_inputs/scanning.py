"""Runs `memory_scan` on a test key, with the pieces of its secret that it shall look for."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any, Final

import pytest

from tests.unit.bad_inputs.der import EC_KINDS, encrypted_pem, rsa, scalar, seed

MASK: Final = 0xA5
PROGRAM: Final = Path(__file__).with_name("memory_scan.py")


def secrets_of(kind: str) -> dict[str, bytes]:
    """Every number from which the key, or signatures of it, can be made again."""
    if kind in EC_KINDS:
        return {"scalar": scalar(kind)}
    if kind == "rsa2048":
        half = {name: getattr(rsa(), name).to_bytes(128, "big") for name in ("p", "q", "dp", "dq")}
        return {"d": rsa().d.to_bytes(256, "big"), **half}
    if kind == "ed25519":
        expanded = bytearray(hashlib.sha512(seed(kind)).digest())
        expanded[31] = expanded[31] & 0x3F | 0x40
    else:
        expanded = bytearray(hashlib.shake_256(seed(kind)).digest(114))
    expanded[0] &= 0xF8 if kind == "ed25519" else 0xFC
    size = len(expanded) // 2
    return {
        "seed": seed(kind),
        "expanded scalar": bytes(expanded[:size]),
        "expanded prefix": bytes(expanded[size:]),
    }


def pieces_of(secret: bytes) -> dict[str, bytes]:
    """Sixteen bytes each, without the ends: a freed block has lost its first bytes and still leaks.

    Big-endian is also how the secret stands in DER; in base64, which is PEM and JWK, it depends on what
    stands before it.
    """
    middle = len(secret) // 2 - 8
    found: dict[str, bytes] = {}
    for order, data in (("big-endian", secret), ("little-endian", secret[::-1])):
        found[f"{order} head"] = data[1:17]
        found[f"{order} middle"] = data[middle : middle + 16]
        found[f"{order} tail"] = data[-17:-1]
    for shift in range(3):
        text = b64encode(secret[shift : shift + 24])
        found[f"base64 at {shift}"] = text[4:28]
        found[f"base64url at {shift}"] = text[4:28].translate(bytes.maketrans(b"+/", b"-_"))
    return found


def run(der: bytes, use: str, pieces: dict[str, bytes], piece: str = "") -> dict[str, Any]:
    """What the program found."""
    masked = {name: bytes(byte ^ MASK for byte in data).hex() for name, data in pieces.items()}
    task = {
        "pem": encrypted_pem(der),
        "password": "secret",
        "mask": str(MASK),
        "use": use,
        "pieces": masked,
        "piece": piece,
    }
    if not Path("/proc/self/mem").exists():
        pytest.skip("there is no /proc to read the memory of a process from")
    done = subprocess.run(
        [sys.executable, PROGRAM],
        env={**os.environ, "COUNTERMARK_MEMORY_SCAN": json.dumps(task)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def pieces_of_key(kind: str) -> dict[str, bytes]:
    return {
        f"{name}, {place}": piece
        for name, secret in secrets_of(kind).items()
        for place, piece in pieces_of(secret).items()
    }


def found_in(step: dict[str, list[str]]) -> dict[str, list[str]]:
    """Only the pieces that were found, with where."""
    return {piece: places for piece, places in step.items() if places}
