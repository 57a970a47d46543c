"""RSA signatures: every octet of the padding counts (rows SG21 to SG29, SG36)."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa as library

from tests.property.material import private_key, public_key
from tests.property.outcome import Door
from tests.unit.bad_inputs import scanning
from tests.unit.bad_inputs.der import (
    NULL,
    PSS_KEY,
    Rsa,
    context,
    element,
    integer,
    loaded,
    octets,
    oid,
    pkcs8,
    rsa,
    sequence,
    spki,
)
from tests.unit.bad_inputs.refusals import refusal

MESSAGE: Final = b"message"
DIGEST: Final = hashlib.sha256(MESSAGE).digest()
SHA256: Final = oid("2.16.840.1.101.3.4.2.1")
SIZE: Final = 256
GOOD: Final = sequence(sequence(SHA256, NULL), octets(DIGEST))
"""DigestInfo (RFC 8017 appendix A.2.4)."""


@cache
def exponent_three() -> Rsa:
    numbers = library.generate_private_key(3, 8 * SIZE).private_numbers()
    return Rsa.of_primes(numbers.p, numbers.q, 3)


@cache
def sign(block: bytes, key: Rsa | None = None) -> bytes:
    """The private operation on a whole encoded block, whatever is in it (RFC 8017 section 5.2.1)."""
    numbers, number = key or rsa(), int.from_bytes(block, "big")
    assert len(block) == SIZE
    assert number < numbers.n
    first, second = pow(number, numbers.dp, numbers.p), pow(number, numbers.dq, numbers.q)
    step = (first - second) * numbers.qi % numbers.p
    return (second + numbers.q * step).to_bytes(SIZE, "big")


def encoded(info: bytes = GOOD, *, head: bytes = b"\x00\x01", fill: bytes = b"\xff") -> bytes:
    """EMSA-PKCS1-v1_5 (RFC 8017 section 9.2)."""
    return head + fill * (SIZE - len(head) - 1 - len(info)) + b"\x00" + info


def verdict(door: Door, signature: bytes, **options: Any) -> str:
    key = public_key(door, "rsa2048")
    code = refusal(key.verify, MESSAGE, signature, **options)
    assert refusal(key.verify_digest, DIGEST, signature, **options) == code
    return code


def test_sg21_the_block_that_is_changed_below_is_a_right_one(door: Door) -> None:
    key = public_key(door, "rsa2048")
    assert sign(encoded()) == private_key(door, "rsa2048").sign(MESSAGE)
    key.verify(MESSAGE, sign(encoded()))
    three = door.PublicKey.from_der(exponent_three().public())
    three.verify(MESSAGE, sign(encoded(), exponent_three()))


def cube_root(number: int) -> int:
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


@pytest.mark.parametrize("fill", [1, 8, 64, 128])
def test_sg21_garbage_after_the_digest_is_refused(door: Door, fill: int) -> None:
    """With e = 3 anyone can make such a signature, without the private key."""
    start = b"\x00\x01" + b"\xff" * fill + b"\x00" + GOOD
    room = SIZE - len(start)
    forged = cube_root(int.from_bytes(start + b"\xff" * room, "big"))
    if forged**3 >> 8 * room == int.from_bytes(start, "big"):
        three = door.PublicKey.from_der(exponent_three().public())
        signature = forged.to_bytes(SIZE, "big")
        assert refusal(three.verify, MESSAGE, signature) == "signature.invalid"
    else:
        assert fill > 31  # a cube can be steered in its upper third only
    for garbage in (bytes(room), b"\xff" * room, DIGEST * 8):
        block = (start + garbage)[:SIZE]
        assert verdict(door, sign(block)) == "signature.invalid"


@pytest.mark.parametrize("garbage", [b"x", bytes(10), b"\x05\x00", octets(bytes(8))])
def test_sg22_garbage_inside_the_digest_info_is_refused(door: Door, garbage: bytes) -> None:
    algorithm = sequence(SHA256, NULL)
    for info in (
        sequence(sequence(SHA256, element(5, garbage)), octets(DIGEST)),
        sequence(sequence(SHA256, octets(garbage)), octets(DIGEST)),
        sequence(sequence(SHA256, NULL, garbage), octets(DIGEST)),
        sequence(algorithm, octets(DIGEST), garbage),
        sequence(algorithm, garbage, octets(DIGEST)),
        sequence(algorithm, octets(DIGEST + garbage)),
        sequence(algorithm, octets(garbage + DIGEST)),
        sequence(GOOD, garbage),
    ):
        assert verdict(door, sign(encoded(info))) == "signature.invalid"


def test_sg23_padding_that_is_not_all_ff_is_refused(door: Door) -> None:
    good = encoded()
    last = SIZE - len(GOOD) - 2
    for place in (2, 3, 9, 10, 100, last):
        assert good[place] == 0xFF
        for octet in (0x00, 0x01, 0xFE, 0x7F):
            block = bytearray(good)
            block[place] = octet
            assert verdict(door, sign(bytes(block))) == "signature.invalid"
    assert verdict(door, sign(encoded(fill=b"\x00"))) == "signature.invalid"
    assert verdict(door, sign(encoded(fill=b"\xfe"))) == "signature.invalid"


@pytest.mark.parametrize("fill", [0, 1, 7, 8, 100])
def test_sg23_padding_that_is_too_short_is_refused(door: Door, fill: int) -> None:
    start = b"\x00\x01" + b"\xff" * fill + b"\x00"
    missing = SIZE - len(start) - len(GOOD)
    for block in (start + bytes(missing) + GOOD, start + GOOD + bytes(missing)):
        assert verdict(door, sign(block)) == "signature.invalid"
    # The digest fills what the padding leaves: a long digest, or parameters as long as that.
    filled = sequence(sequence(SHA256, element(5, bytes(missing - 10))), octets(DIGEST))
    block = start + filled
    assert verdict(door, sign((block + bytes(SIZE))[:SIZE])) == "signature.invalid"


def test_sg24_a_digest_info_without_null_is_refused(door: Door) -> None:
    """Documented: RFC 8017 lets a verifier take it; this one compares the whole block."""
    info = sequence(sequence(SHA256), octets(DIGEST))
    assert verdict(door, sign(encoded(info))) == "signature.invalid"


def infos() -> dict[str, bytes]:
    algorithm = sequence(SHA256, NULL)
    long = b"\x30\x81" + GOOD[1:]
    return {
        "SHA-1": sequence(sequence(oid("1.3.14.3.2.26"), NULL), octets(DIGEST[:20])),
        "SHA-1 name": sequence(sequence(oid("1.3.14.3.2.26"), NULL), octets(DIGEST)),
        "SHA-384 name": sequence(sequence(oid("2.16.840.1.101.3.4.2.2"), NULL), octets(DIGEST)),
        "SHA-224 name": sequence(sequence(oid("2.16.840.1.101.3.4.2.4"), NULL), octets(DIGEST)),
        "MD5 name": sequence(sequence(oid("1.2.840.113549.2.5"), NULL), octets(DIGEST)),
        "short digest": sequence(algorithm, octets(DIGEST[:31])),
        "empty digest": sequence(algorithm, octets(b"")),
        "digest alone": DIGEST,
        "digest in octets": octets(DIGEST),
        "long length": long,
        "indefinite length": b"\x30\x80" + GOOD[2:] + b"\x00\x00",
        "long length inside": sequence(algorithm, b"\x04\x81" + octets(DIGEST)[1:]),
        "constructed octets": sequence(algorithm, element(0x24, octets(DIGEST))),
        "bit string": sequence(algorithm, element(0x03, b"\x00", DIGEST)),
        "set": element(0x31, algorithm, octets(DIGEST)),
        "SHA-512 digest": sequence(
            sequence(oid("2.16.840.1.101.3.4.2.3"), NULL), octets(hashlib.sha512(MESSAGE).digest())
        ),
    }


@pytest.mark.parametrize("what", infos())
def test_sg25_another_digest_info_is_refused(door: Door, what: str) -> None:
    assert verdict(door, sign(encoded(infos()[what]))) == "signature.invalid"


@pytest.mark.parametrize("head", [b"\x00\x00", b"\x00\x02", b"\x00\x03", b"\x01\x01", b"\x00\x81"])
@pytest.mark.parametrize("fill", [b"\xff", b"\x00", b"\x55"])
def test_sg25_other_block_types_are_refused(door: Door, head: bytes, fill: bytes) -> None:
    block = encoded(head=head, fill=fill)
    assert verdict(door, sign(block)) == "signature.invalid"


def test_sg25_the_hash_of_the_verifier_decides(door: Door) -> None:
    key = private_key(door, "rsa2048")
    names = ("SHA-256", "SHA-384", "SHA-512")
    for made in names:
        signature = key.sign(MESSAGE, hash=made)
        for asked in names:
            if asked == made:
                key.public_key.verify(MESSAGE, signature, hash=asked)
            else:
                code = refusal(key.public_key.verify, MESSAGE, signature, hash=asked)
                assert code == "signature.invalid"


@pytest.mark.parametrize("scheme", ["pkcs1v15", "pss"])
def test_sg26_a_signature_is_a_number_below_the_modulus_in_as_many_octets(
    door: Door, scheme: str
) -> None:
    key, n = private_key(door, "rsa2048"), rsa().n
    seen: set[str] = set()
    for number in range(5000):
        message = b"%d" % number
        signature = key.sign(message, padding=scheme)
        value = int.from_bytes(signature, "big")
        wrong = {
            "longer": signature + b"\x00",
            "zero in front": b"\x00" + signature,
            "shorter": signature[:-1],
            "first octet gone": signature[1:],
            "n added, longer": (value + n).to_bytes(SIZE + 1, "big"),
        }
        if value + n < 1 << 8 * SIZE:
            wrong["n added"] = (value + n).to_bytes(SIZE, "big")
        if signature[0] == 0:
            wrong["zeros left out"] = signature.lstrip(b"\x00")
        for name in wrong.keys() - seen:
            code = refusal(key.public_key.verify, message, wrong[name], padding=scheme)
            assert code == "signature.invalid", name
        seen |= wrong.keys()
        if len(seen) == 7:
            return
    raise AssertionError(seen)


@pytest.mark.parametrize("scheme", ["pkcs1v15", "pss"])
def test_sg27_trivial_signatures_are_refused(door: Door, scheme: str) -> None:
    n = rsa().n
    for number in (0, 1, 2, n - 1, n - 2, n, n + 1, (1 << 8 * SIZE) - 1, rsa().p, rsa().q):
        signature = number.to_bytes(SIZE, "big")
        assert verdict(door, signature, padding=scheme) == "signature.invalid"
    assert verdict(door, b"", padding=scheme) == "signature.invalid"


# --- PSS ---


def mask(seed: bytes, size: int, name: str = "sha256") -> bytes:
    """MGF1 (RFC 8017 appendix B.2.1)."""
    out = b""
    for counter in range(size // 20 + 1):
        out += hashlib.new(name, seed + counter.to_bytes(4, "big")).digest()
    return out[:size]


def encoded_pss(
    *,
    salt: bytes = bytes(range(32)),
    mask_hash: str = "sha256",
    trailer: int = 0xBC,
    top: int = 0,
    separator: int = 1,
    fill: int = 0,
) -> bytes:
    """EMSA-PSS (RFC 8017 section 9.1.1) of the message."""
    inner = hashlib.sha256(bytes(8) + DIGEST + salt).digest()
    room = SIZE - 32 - 1
    block = bytes([fill]) * (room - len(salt) - 1) + bytes([separator]) + salt
    masked = bytes(a ^ b for a, b in zip(block, mask(inner, room, mask_hash), strict=True))
    masked = bytes([masked[0] & 0x7F | top]) + masked[1:]
    return masked + inner + bytes([trailer])


def below_modulus(**changes: Any) -> bytes:
    """A block like that, with a salt for which it is a number below the modulus."""
    for number in range(256):
        salt = changes.get("salt", bytes(32))
        salt = salt[:-1] + bytes([number]) if salt else salt
        block = encoded_pss(**{**changes, "salt": salt})
        if int.from_bytes(block, "big") < rsa().n:
            return block
    raise AssertionError


def pss_blocks() -> dict[str, bytes]:
    return {
        **{
            f"salt of {size}": below_modulus(salt=bytes(size))
            for size in (0, 1, 20, 31, 33, 48, 64)
        },
        "longest salt": below_modulus(salt=bytes(SIZE - 32 - 2)),
        "mask by SHA-1": below_modulus(mask_hash="sha1"),
        "mask by SHA-512": below_modulus(mask_hash="sha512"),
        "trailer CC": below_modulus(trailer=0xCC),
        "trailer 33CC": below_modulus(trailer=0xCC)[:-2] + b"\x33\xcc",
        "trailer 00": below_modulus(trailer=0),
        "top bit": below_modulus(top=0x80),
        "separator 00": below_modulus(separator=0),
        "separator 02": below_modulus(separator=2),
        "fill": below_modulus(fill=0x10),
        "PKCS#1 v1.5": encoded(),
    }


def test_sg28_the_block_that_is_changed_below_is_a_right_one(door: Door) -> None:
    public_key(door, "rsa2048").verify(MESSAGE, sign(encoded_pss()), padding="pss")
    public_key(door, "rsa2048").verify(MESSAGE, sign(below_modulus()), padding="pss")


@pytest.mark.parametrize("what", pss_blocks())
def test_sg28_a_pss_block_that_differs_is_refused(door: Door, what: str) -> None:
    assert verdict(door, sign(pss_blocks()[what]), padding="pss") == "signature.invalid"


@pytest.mark.parametrize("size", [0, 20, 32, 48, padding.PSS.MAX_LENGTH])
def test_sg28_salts_of_another_library_are_as_long_as_the_hash(door: Door, size: Any) -> None:
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), size)
    signature = loaded("rsa2048").sign(MESSAGE, scheme, hashes.SHA256())
    if size == 32:
        public_key(door, "rsa2048").verify(MESSAGE, signature, padding="pss")
    else:
        assert verdict(door, signature, padding="pss") == "signature.invalid"
    mixed = padding.PSS(padding.MGF1(hashes.SHA512()), 32)
    signature = loaded("rsa2048").sign(MESSAGE, mixed, hashes.SHA256())
    assert verdict(door, signature, padding="pss") == "signature.invalid"


def test_sg28_one_padding_is_not_taken_for_the_other(door: Door) -> None:
    key = private_key(door, "rsa2048")
    for made, asked in (("pss", "pkcs1v15"), ("pkcs1v15", "pss")):
        code = verdict(door, key.sign(MESSAGE, padding=made), padding=asked)
        assert code == "signature.invalid"
    assert key.sign(MESSAGE, padding="pss") != key.sign(MESSAGE, padding="pss")


def test_sg29_a_key_for_pss_only_serves_for_nothing_else(door: Door) -> None:
    """It does not load at all, so that its parameters cannot be passed over."""
    sha = sequence(SHA256, NULL)
    parameters = sequence(
        context(0, sha),
        context(1, sequence(oid("1.2.840.113549.1.1.8"), sha)),
        context(2, integer(32)),
    )
    for identifier in (sequence(PSS_KEY, parameters), sequence(PSS_KEY)):
        public, private = (make("rsa2048", identifier=identifier) for make in (spki, pkcs8))
        assert refusal(door.PublicKey.from_der, public) == "algorithm.key_type"
        assert refusal(door.PrivateKey.from_der, private) == "algorithm.key_type"


# --- faults ---


def number_pieces() -> dict[str, bytes]:
    """The middle of each number of the fast private operation, as it lies in memory."""
    numbers = rsa()
    montgomery = (numbers.qi << 1024) % numbers.p
    values = {
        "p": numbers.p,
        "q": numbers.q,
        "dP": numbers.dp,
        "dQ": numbers.dq,
        "qInv": montgomery,
    }
    return {name: value.to_bytes(128, "little")[32:96] for name, value in values.items()}


@pytest.mark.parametrize("name", number_pieces())
def test_sg36_a_fault_in_the_private_numbers_gives_no_signature(name: str) -> None:
    """One bit of one number is turned in the memory of a process after it has loaded the key.

    A signature that is wrong modulo one prime only gives the key away to anyone who sees it.
    """
    found = scanning.run(pkcs8("rsa2048"), "damage", number_pieces(), name)
    assert found["damaged"] > 0
    assert found["signed"] == "internal.error"
