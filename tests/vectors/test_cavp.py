"""NIST's CAVP for verification (SigVer), from the package ``cryptography-vectors``, where it is installed.

Left out: SHA-1, which no caller can name; P-192, P-224, binary curves and RSA below 2048 bits, which are not here; and
all of ``SigVerPSS_186-3.rsp``, whose salts have 10 bytes.
"""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from countermark.errors import Error
from tests.vectors.doors import MODULES, Door

CURVES: Final = {"P-256": 32, "P-384": 48, "P-521": 66}
HASHES: Final = ("SHA-224", "SHA-256", "SHA-384", "SHA-512")


class Vector(NamedTuple):
    """The members of a vector, those of its section and the line of its result."""

    section: str
    members: dict[str, str]
    line: int

    @property
    def passes(self) -> bool:
        return self.members["Result"].startswith("P")

    def number(self, name: str) -> int:
        return int(self.members[name], 16)


def vectors(name: str) -> Iterator[Vector]:
    spec = importlib.util.find_spec("cryptography_vectors")
    if spec is None or spec.origin is None:
        pytest.skip("cryptography-vectors is not installed")
    text = (Path(spec.origin).parent / "asymmetric" / name).read_text("ascii")
    section, members = "", dict[str, str]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("["):
            section = line.strip("[]")
        elif " = " in line:
            key, value = line.split(" = ", 1)
            members[key.strip()] = value.strip()
            if key == "Result":
                yield Vector(section, dict(members), number)


@pytest.fixture(params=list(MODULES), scope="module")
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request.param)


def accepted(door: Door, jwk: dict[str, str], form: str, vector: Vector, signature: bytes) -> bool:
    """Whether the key loads and the signature is right; a key that was changed may do neither."""
    try:
        key = door.PublicKey.from_jwk(jwk)
        if form == "raw":
            signature = door.ecdsa_raw_to_der(signature, key.curve)
        hash_ = vector.section.split(",")[1] if form == "raw" else hash_name(vector)
        key.verify(bytes.fromhex(vector.members["Msg"]), signature, hash=hash_)
    except Error:
        return False
    return True


def hash_name(vector: Vector) -> str:
    return vector.members["SHAAlg"].replace("SHA", "SHA-")


def encoded(number: int, size: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(size, "big")).rstrip(b"=").decode("ascii")


def test_ecdsa(door: Door) -> None:
    asked, wrong = 0, []
    for vector in vectors("ECDSA/FIPS_186-3/SigVer.rsp"):
        curve, hash_ = vector.section.split(",")
        if curve not in CURVES or hash_ not in HASHES:
            continue
        size = CURVES[curve]
        x, y, r, s = (vector.number(name) for name in ("Qx", "Qy", "R", "S"))
        point = {"x": x, "y": y}
        jwk = {name: encoded(value, size) for name, value in point.items()}
        raw = r.to_bytes(size, "big") + s.to_bytes(size, "big")
        asked += 1
        if accepted(door, {"kty": "EC", "crv": curve, **jwk}, "raw", vector, raw) != vector.passes:
            wrong.append(vector.line)
    assert not wrong
    assert asked == 180


def test_rsa_by_pkcs1(door: Door) -> None:
    asked, wrong = 0, []
    for vector in vectors("RSA/FIPS_186-2/SigVer15_186-3.rsp"):
        bits = int(vector.section.removeprefix("mod = "))
        if bits < 2048 or hash_name(vector) not in HASHES:
            continue
        n, e = vector.number("n"), vector.number("e")
        sizes = {"n": (n, bits // 8), "e": (e, (e.bit_length() + 7) // 8)}
        jwk = {name: encoded(value, size) for name, (value, size) in sizes.items()}
        signature = vector.number("S").to_bytes(bits // 8, "big")
        asked += 1
        if accepted(door, {"kty": "RSA", **jwk}, "rsa", vector, signature) != vector.passes:
            wrong.append(vector.line)
    assert not wrong
    assert asked == 216
