"""EncryptedPrivateKeyInfo with any parameters, right or wrong, at a cost that tests can pay."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import strategies as st

from tests.property.material import Element, damaged, der_bytes, restructured

PRFS: Final = {
    None: "sha1",
    "2a864886f70d0207": "sha1",
    "2a864886f70d0209": "sha256",
    "2a864886f70d020a": "sha384",
    "2a864886f70d020b": "sha512",
    "2a864886f70d0208": "sha224",
}
CIPHERS: Final = {
    "60864801650304012a": 32,
    "608648016503040116": 24,
    "608648016503040102": 16,
    "60864801650304012e": 32,
    "2a864886f70d0307": 24,
}
_PBES2: Final = "2a864886f70d01050d"
_PBKDF2: Final = "2a864886f70d01050c"
_SCRYPT: Final = "2b06010401da47040b"


def _integer(value: int) -> Element:
    return (0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


@dataclass(frozen=True)
class Parameters:
    """What an encrypted key says about how it was encrypted."""

    password: bytes = b"secret"
    scheme: str = _PBES2
    kdf: str = _PBKDF2
    prf: str | None = "2a864886f70d0209"
    prf_null: bool = True
    cipher: str = "60864801650304012a"
    salt: bytes = b"saltsalt"
    iterations: int = 1
    scrypt: tuple[int, int, int] = (2, 1, 1)
    key_length: int | None = None
    iv: bytes = bytes(range(16))
    padding: bytes | None = None
    stated_iterations: int | None = None
    stated_scrypt: tuple[int, int, int] | None = None

    def encrypt(self, plaintext: bytes) -> bytes:
        """The whole structure over this plaintext."""
        size = CIPHERS[self.cipher]
        if self.kdf == _SCRYPT:
            n, r, p = self.scrypt
            key = hashlib.scrypt(self.password, salt=self.salt, n=n, r=r, p=p, dklen=size)
        else:
            name = PRFS[self.prf]
            key = hashlib.pbkdf2_hmac(name, self.password, self.salt, self.iterations, size)
        count = 16 - len(plaintext) % 16
        padded = plaintext + (bytes([count]) * count if self.padding is None else self.padding)
        padded = padded[: len(padded) // 16 * 16]
        context = Cipher(algorithms.AES(key), modes.CBC((self.iv + bytes(16))[:16])).encryptor()
        return self.structure(context.update(padded) + context.finalize())

    def structure(self, ciphertext: bytes) -> bytes:
        if self.kdf == _SCRYPT:
            values = [_integer(value) for value in (self.stated_scrypt or self.scrypt)]
        else:
            values = [_integer(self.stated_iterations or self.iterations)]
        parameters: list[Element] = [(0x04, self.salt), *values]
        if self.key_length is not None:
            parameters.append(_integer(self.key_length))
        if self.kdf != _SCRYPT and self.prf is not None:
            null: list[Element] = [(0x05, b"")] if self.prf_null else []
            parameters.append((0x30, [(0x06, bytes.fromhex(self.prf)), *null]))
        kdf: Element = (0x30, [(0x06, bytes.fromhex(self.kdf)), (0x30, parameters)])
        cipher: Element = (0x30, [(0x06, bytes.fromhex(self.cipher)), (0x04, self.iv)])
        scheme: Element = (0x30, [(0x06, bytes.fromhex(self.scheme)), (0x30, [kdf, cipher])])
        return der_bytes([(0x30, [scheme, (0x04, ciphertext)])])


GOOD: Final = st.builds(
    Parameters,
    prf=st.sampled_from([prf for prf, name in PRFS.items() if name != "sha224"]),
    cipher=st.sampled_from(list(CIPHERS)[:3]),
    kdf=st.sampled_from((_PBKDF2, _SCRYPT)),
    iterations=st.integers(1, 3),
    salt=st.binary(min_size=1, max_size=20),
    iv=st.binary(min_size=16, max_size=16),
    scrypt=st.sampled_from(((2, 1, 1), (4, 1, 2), (16, 8, 1))),
)


@st.composite
def wrong_parameters(draw: st.DrawFn) -> Parameters:
    """Parameters of which one is not as it is due, or at a bound."""
    good = draw(GOOD)
    match draw(st.integers(0, 8)):
        case 0:
            return replace(good, prf="2a864886f70d0208", kdf=_PBKDF2)
        case 1:
            return replace(good, cipher=draw(st.sampled_from(list(CIPHERS)[3:])))
        case 2:
            sizes = st.sampled_from((0, 1024, 1025))
            return replace(good, salt=bytes(draw(sizes)), kdf=_PBKDF2)
        case 3:
            costs = st.sampled_from((2_000_001, 2**31, 2**32, 2**63, 2**64, 2**70))
            return replace(good, kdf=_PBKDF2, stated_iterations=draw(costs))
        case 4:
            costs_ = st.sampled_from(
                (
                    *((1, 8, 1), (3, 8, 1), (2, 0, 1), (2, 1, 0), (0, 1, 1), (2**20, 8, 1)),
                    *((2**21, 1, 1), (2, 2**20, 1), (2, 1, 2**21), (2**64, 1, 1), (2, 2**70, 1)),
                    *((2**63, 2**63, 1), (2**17, 8, 3)),
                )
            )
            return replace(good, kdf=_SCRYPT, stated_scrypt=draw(costs_))
        case 5:
            return replace(good, key_length=draw(st.sampled_from((0, 16, 24, 31, 32, 2**40))))
        case 6:
            return replace(good, iv=bytes(draw(st.sampled_from((0, 8, 12, 15, 17)))))
        case 7:
            schemes = ("2a864886f70d010503", "2a864886f70d010c0103", _PBKDF2)
            return replace(good, scheme=draw(st.sampled_from(schemes)))
        case _:
            pads = (b"", b"\x00" * 16, b"\x11" * 16, b"\x10" * 15 + b"\x11", b"\x01" * 16)
            return replace(good, padding=draw(st.sampled_from(pads)))


@st.composite
def encrypted_keys(draw: st.DrawFn, source: st.SearchStrategy[bytes]) -> tuple[bytes, bytes]:
    """DER and its password: right, with wrong parameters, or damaged inside or outside."""
    good = draw(GOOD)
    match draw(st.integers(0, 5)):
        case 0:
            der = good.encrypt(draw(source))
        case 1:
            good = draw(wrong_parameters())
            der = good.encrypt(draw(source))
        case 2:
            der = good.encrypt(draw(damaged(source) | restructured(source)))
        case 3:
            der = good.structure(draw(st.binary(max_size=48)))
        case 4:
            der = draw(damaged(st.just(good.encrypt(draw(source)))))
        case _:
            der = draw(restructured(st.just(good.encrypt(draw(source)))))
    return der, draw(st.sampled_from((good.password, good.password, good.password, b"", b"x")))
