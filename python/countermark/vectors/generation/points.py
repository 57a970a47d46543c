"""Points that are none, or none that may be a key: of Weierstrass curves (SEC 1) and of Edwards curves (RFC 8032)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from countermark.vectors.generation.files import Seed
from countermark.vectors.generation.material import Curve, Ec

# --- Weierstrass curves -------------------------------------------------------------------------


def off_curve(key: Ec) -> tuple[bytes, bytes]:
    """Coordinates of a point beside the curve."""
    return key.x, key.y[:-1] + bytes([key.y[-1] ^ 1])


def _lifted(curve: Curve, x: int) -> bytes | None:
    """The point at x, uncompressed, where there is one."""
    octets = b"\x02" + x.to_bytes(curve.size, "big")
    try:
        found = ec.EllipticCurvePublicKey.from_encoded_point(curve.group, octets)
    except ValueError:
        return None
    return found.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _drawn(seed: Seed, label: str, below: int) -> Iterator[int]:
    for attempt in range(1000):
        yield seed.number(f"{label} {attempt}", below)


def without_root(seed: Seed, curve: Curve) -> bytes:
    """An x over which the curve has no point."""
    drawn = _drawn(seed, f"no point of {curve.name}", curve.p)
    return next(x for x in drawn if _lifted(curve, x) is None).to_bytes(curve.size, "big")


def over_field(seed: Seed, curve: Curve) -> tuple[bytes, bytes]:
    """Coordinates of a point, but p has been added to the first."""
    for x in _drawn(seed, f"small x of {curve.name}", 2**31):
        point = _lifted(curve, x)
        if point is not None:
            return (x + curve.p).to_bytes(curve.size, "big"), point[1 + curve.size :]
    raise AssertionError("half of all numbers are the x of a point")


# --- Edwards curves -----------------------------------------------------------------------------

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_P448: Final = 2**448 - 2**224 - 1

_ORDER_8: Final = (
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    _P - 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
)


def _edwards(y: int, sign: int = 0, size: int = 32) -> bytes:
    return (y | sign << (8 * size - 1)).to_bytes(size, "little")


ED25519_SMALL_ORDER: Final = {
    "identity": _edwards(1),
    "order 2": _edwards(_P - 1),
    "order 4": _edwards(0),
    "order 4 other sign": _edwards(0, 1),
    "order 8": _edwards(_ORDER_8[0]),
    "order 8 other sign": _edwards(_ORDER_8[0], 1),
    "order 8 other point": _edwards(_ORDER_8[1]),
    "order 8 other point and sign": _edwards(_ORDER_8[1], 1),
    "identity not reduced": _edwards(_P + 1),
    "identity with a sign": _edwards(1, 1),
    "order 4 not reduced": _edwards(_P),
}
ED448_SMALL_ORDER: Final = {
    "identity": _edwards(1, size=57),
    "order 2": _edwards(_P448 - 1, size=57),
    "order 4": _edwards(0, size=57),
}


def torsion_ed25519(public: bytes) -> bytes:
    """A key plus the point of order 2: (x, y) becomes (−x, −y)."""
    return _negated(public, _P)


def torsion_ed448(public: bytes) -> bytes:
    """A key plus the point of order 2."""
    return _negated(public, _P448)


def _negated(public: bytes, prime: int) -> bytes:
    top = 8 * len(public) - 1
    number = int.from_bytes(public, "little")
    y, sign = number & ((1 << top) - 1), number >> top
    return _edwards(prime - y, sign ^ 1, len(public))


def without_root_ed25519(seed: Seed) -> bytes:
    """A y over which there is no point: (y² − 1) / (d·y² + 1) is no square."""
    for y in _drawn(seed, "no point of Ed25519", _P):
        square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
        if pow(square, (_P - 1) // 2, _P) == _P - 1:
            return _edwards(y)
    raise AssertionError("half of all numbers have no point")


def not_reduced_ed25519(seed: Seed) -> bytes:
    """A y from p + 2 to 2²⁵⁵ − 1, each of which has a shorter form."""
    return _edwards(_P + 1 + seed.number("Ed25519 not reduced", 18))
