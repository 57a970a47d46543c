"""ML-DSA (FIPS 204) by hand, key generation and deterministic signing only.

`cryptography` signs with the hedged variant, whose bytes differ every time. This is for tests: it is slow
and does not run in constant time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

Poly = list[int]

Q: Final = 8380417
_D: Final = 13
ARCS: Final = {44: 17, 65: 18, 87: 19}
"""The last arc of each level's object identifier."""


@dataclass(frozen=True, slots=True)
class _Parameters:
    """One column of table 1: challenge weight and bytes, ranges, dimensions, noise and hint bounds."""

    tau: int
    challenge: int
    gamma1: int
    gamma2: int
    k: int
    l: int  # noqa: E741 - the standard's name
    eta: int
    omega: int


_LEVELS: Final = {
    44: _Parameters(39, 32, 1 << 17, (Q - 1) // 88, 4, 4, 2, 80),
    65: _Parameters(49, 48, 1 << 19, (Q - 1) // 32, 6, 5, 4, 55),
    87: _Parameters(60, 64, 1 << 19, (Q - 1) // 32, 8, 7, 2, 75),
}
_ZETAS: Final = [pow(1753, int(f"{index:08b}"[::-1], 2), Q) for index in range(256)]
_INVERSE_256: Final = pow(256, -1, Q)


def _h(data: bytes, length: int) -> bytes:
    return hashlib.shake_256(data).digest(length)


def _ntt(poly: Poly) -> Poly:
    """Algorithm 41."""
    out = list(poly)
    index, size = 0, 128
    while size:
        for start in range(0, 256, 2 * size):
            index += 1
            zeta = _ZETAS[index]
            for at in range(start, start + size):
                turned = zeta * out[at + size] % Q
                out[at + size] = (out[at] - turned) % Q
                out[at] = (out[at] + turned) % Q
        size //= 2
    return out


def _inverse_ntt(poly: Poly) -> Poly:
    """Algorithm 42."""
    out = list(poly)
    index, size = 256, 1
    while size < 256:
        for start in range(0, 256, 2 * size):
            index -= 1
            zeta = -_ZETAS[index]
            for at in range(start, start + size):
                kept = out[at]
                out[at] = (kept + out[at + size]) % Q
                out[at + size] = zeta * (kept - out[at + size]) % Q
        size *= 2
    return [value * _INVERSE_256 % Q for value in out]


def _times(left: Poly, right: Poly) -> Poly:
    return [a * b % Q for a, b in zip(left, right, strict=True)]


def _plus(left: Poly, right: Poly) -> Poly:
    return [(a + b) % Q for a, b in zip(left, right, strict=True)]


def _minus(left: Poly, right: Poly) -> Poly:
    return [(a - b) % Q for a, b in zip(left, right, strict=True)]


def _product(matrix: list[list[Poly]], vector: list[Poly]) -> list[Poly]:
    """The matrix, already transformed, times a transformed vector, transformed back."""
    rows = []
    for row in matrix:
        total = [0] * 256
        for left, right in zip(row, vector, strict=True):
            total = [t + a * b for t, a, b in zip(total, left, right, strict=True)]
        rows.append(_inverse_ntt([value % Q for value in total]))
    return rows


def _centred(value: int) -> int:
    value %= Q
    return value - Q if value > Q // 2 else value


def _norm(vector: list[Poly]) -> int:
    return max(abs(_centred(value)) for poly in vector for value in poly)


def _uniform(seed: bytes) -> Poly:
    """Algorithm 30."""
    stream = hashlib.shake_128(seed).digest(1536)
    triples = (stream[at : at + 3] for at in range(0, len(stream), 3))
    values = (int.from_bytes(three, "little") & 0x7FFFFF for three in triples)
    return [value for value in values if value < Q][:256]


def _bounded(seed: bytes, eta: int) -> Poly:
    """Algorithm 31."""
    halves = [half for byte in _h(seed, 1024) for half in (byte & 15, byte >> 4)]
    if eta == 2:
        return [2 - half % 5 for half in halves if half < 15][:256]
    return [4 - half for half in halves if half < 9][:256]


def _pack(poly: Poly, bits: int) -> bytes:
    """Algorithms 16 and 17: little-endian fields of so many bits."""
    total = sum(value << (bits * at) for at, value in enumerate(poly))
    return total.to_bytes(32 * bits, "little")


def _unpack(data: bytes, bits: int) -> Poly:
    total = int.from_bytes(data, "little")
    return [total >> (bits * at) & ((1 << bits) - 1) for at in range(256)]


def _ball(seed: bytes, tau: int) -> Poly:
    """Algorithm 29."""
    stream = iter(_h(seed, 2048))
    signs = int.from_bytes(bytes(next(stream) for _ in range(8)), "little")
    out = [0] * 256
    for at in range(256 - tau, 256):
        place = next(byte for byte in stream if byte <= at)
        out[at] = out[place]
        out[place] = -1 if signs >> (at + tau - 256) & 1 else 1
    return out


def _decompose(value: int, gamma2: int) -> tuple[int, int]:
    """Algorithm 36."""
    low = value % (2 * gamma2)
    if low > gamma2:
        low -= 2 * gamma2
    if value - low == Q - 1:
        return 0, low - 1
    return (value - low) // (2 * gamma2), low


def _high(poly: Poly, gamma2: int) -> Poly:
    return [_decompose(value, gamma2)[0] for value in poly]


@dataclass(frozen=True, slots=True)
class Key:
    """An ML-DSA key with its secrets expanded.

    Attributes:
        public: the public key as FIPS 204 encodes it.
    """

    public: bytes
    _level: int
    _matrix: list[list[Poly]]
    _secret: bytes
    _s1: list[Poly]
    _s2: list[Poly]
    _t0: list[Poly]

    def sign(self, message: bytes) -> bytes:
        """Pure ML-DSA with an empty context and rnd all zero (algorithms 2 and 7)."""
        p = _LEVELS[self._level]
        mu = _h(_h(self.public, 64) + b"\x00\x00" + message, 64)
        chance = _h(self._secret + bytes(32) + mu, 64)
        counter = 0
        while (signature := self._attempt(p, mu, chance, counter)) is None:
            counter += p.l
        return signature

    def _attempt(self, p: _Parameters, mu: bytes, chance: bytes, counter: int) -> bytes | None:
        bits = p.gamma1.bit_length()
        masks = (_h(chance + (counter + at).to_bytes(2, "little"), 32 * bits) for at in range(p.l))
        y = [[p.gamma1 - value for value in _unpack(mask, bits)] for mask in masks]
        w = _product(self._matrix, [_ntt(poly) for poly in y])
        w1_bits = 6 if self._level == 44 else 4
        encoded = b"".join(_pack(_high(poly, p.gamma2), w1_bits) for poly in w)
        commitment = _h(mu + encoded, p.challenge)
        c = _ntt(_ball(commitment, p.tau))
        z = [
            _plus(mask, _inverse_ntt(_times(c, secret)))
            for mask, secret in zip(y, self._s1, strict=True)
        ]
        rest = [
            _minus(poly, _inverse_ntt(_times(c, secret)))
            for poly, secret in zip(w, self._s2, strict=True)
        ]
        low = max(abs(_decompose(value, p.gamma2)[1]) for poly in rest for value in poly)
        beta = p.tau * p.eta
        if _norm(z) >= p.gamma1 - beta or low >= p.gamma2 - beta:
            return None
        ct0 = [_inverse_ntt(_times(c, secret)) for secret in self._t0]
        hints = []
        for poly, extra in zip(rest, ct0, strict=True):
            before, after = _high(_plus(poly, extra), p.gamma2), _high(poly, p.gamma2)
            hints.append([at for at in range(256) if before[at] != after[at]])
        if _norm(ct0) >= p.gamma2 or sum(map(len, hints)) > p.omega:
            return None
        packed = b"".join(_pack([p.gamma1 - _centred(value) for value in poly], bits) for poly in z)
        return commitment + packed + _pack_hints(hints, p.omega)


def _pack_hints(hints: list[list[int]], omega: int) -> bytes:
    """Algorithm 20."""
    places = bytes(place for row in hints for place in row)
    ends = bytes(sum(map(len, hints[: row + 1])) for row in range(len(hints)))
    return places.ljust(omega, b"\x00") + ends


def generate(level: int, seed: bytes) -> Key:
    """The key of a 32-byte seed (algorithm 6).

    Args:
        level: 44, 65 or 87.
        seed: 32 bytes.
    """
    p = _LEVELS[level]
    expanded = _h(seed + bytes([p.k, p.l]), 128)
    rho, noise, secret = expanded[:32], expanded[32:96], expanded[96:]
    matrix = [[_uniform(rho + bytes([column, row])) for column in range(p.l)] for row in range(p.k)]
    vectors = [_bounded(noise + at.to_bytes(2, "little"), p.eta) for at in range(p.l + p.k)]
    s1 = [_ntt(poly) for poly in vectors[: p.l]]
    s2 = vectors[p.l :]
    t = [_plus(row, poly) for row, poly in zip(_product(matrix, s1), s2, strict=True)]
    # Power2Round (algorithm 35): the high part is published, the low part kept.
    high = [[(value + (1 << _D - 1) - 1) >> _D for value in poly] for poly in t]
    t0 = [
        [value - (top << _D) for value, top in zip(poly, tops, strict=True)]
        for poly, tops in zip(t, high, strict=True)
    ]
    public = rho + b"".join(_pack(poly, 10) for poly in high)
    return Key(
        public, level, matrix, secret, s1, [_ntt(poly) for poly in s2], [_ntt(poly) for poly in t0]
    )
