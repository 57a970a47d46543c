"""ECDSA signatures as they are written down (rows SG01 to SG11)."""

from __future__ import annotations

from typing import Any

import pytest

from countermark.errors import InvalidSignature
from tests.property.material import CURVES, private_key, public_key
from tests.property.outcome import Door
from tests.property.wire import CHALLENGE
from tests.unit.bad_inputs import ecdsa
from tests.unit.bad_inputs.der import EC_KINDS, OKP_KINDS, element, field_length, sequence
from tests.unit.bad_inputs.ecdsa import MESSAGE, curve, der, generator, key_for, multiply
from tests.unit.bad_inputs.refusals import refusal


def signed(door: Door, kind: str) -> bytes:
    signature: bytes = private_key(door, kind).sign(MESSAGE)
    return signature


def verdict(door: Door, kind: str, signature: bytes, **options: Any) -> str:
    """The code for a signature that must not verify, whichever way it is asked about."""
    key = public_key(door, kind)
    code = refusal(key.verify, MESSAGE, signature, **options)
    if kind not in OKP_KINDS:
        by_digest = refusal(key.verify_digest, ecdsa.sha256(), signature, **options)
        assert by_digest == code
    return code


def refuses_der(door: Door, kind: str, signature: bytes) -> None:
    """A text that is no signature is none for the verifier and for the converter."""
    assert verdict(door, kind, signature) == "signature.invalid"
    assert refusal(door.ecdsa_der_to_raw, signature, CURVES[kind]) == "signature.invalid"


# --- r and s ---


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg01_zero_is_no_r_and_no_s(door: Door, kind: str) -> None:
    r, s = ecdsa.split(kind, signed(door, kind), door)
    public_key(door, kind).verify(MESSAGE, der(r, s))
    for pair in ((0, s), (r, 0), (0, 0)):
        refuses_der(door, kind, der(*pair))
        raw = ecdsa.raw(kind, *pair)
        assert refusal(door.ecdsa_raw_to_der, raw, CURVES[kind]) == "signature.invalid"


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg02_r_and_s_are_below_the_order(door: Door, kind: str) -> None:
    r, s = ecdsa.split(kind, signed(door, kind), door)
    n, p, size = curve(kind).n, curve(kind).p, 8 * field_length(kind)
    over = [n, n + 1, p, p + 1, 2 * n, 4 * n, n << 64, (1 << size) - 1, 1 << size, 1 << 4096]
    pairs = [(r + n, s), (r, s + n), (r + n, s + n), (r + 2 * n, s), (r, s + p)]
    pairs += [(number, s) for number in over] + [(r, number) for number in over]
    for pair in [*pairs, (n, n), (n - s, n - r)]:
        signature = der(*pair)
        if max(pair) >= n:
            refuses_der(door, kind, signature)
        else:
            assert verdict(door, kind, signature) == "signature.invalid"
        if max(pair) >> size == 0 and max(pair) >= n:
            raw = ecdsa.raw(kind, *pair)
            assert refusal(door.ecdsa_raw_to_der, raw, CURVES[kind]) == "signature.invalid"


def signed_integer(value: int) -> bytes:
    """INTEGER in two's complement."""
    size = (value + (value < 0)).bit_length() // 8 + 1
    return element(0x02, value.to_bytes(size, "big", signed=True))


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg03_negative_numbers_are_refused(door: Door, kind: str) -> None:
    r, s = ecdsa.split(kind, signed(door, kind), door)
    n = curve(kind).n
    for pair in ((-r, s), (r, -s), (-r, -s), (r - n, s), (r, s - n), (-1, s), (r, -1), (r, -n)):
        refuses_der(door, kind, sequence(*(signed_integer(number) for number in pair)))


# --- the encoding ---


def integers(door: Door, kind: str) -> tuple[bytes, bytes]:
    """The two INTEGERs of a good signature."""
    r, s = ecdsa.split(kind, signed(door, kind), door)
    return signed_integer(r), signed_integer(s)


def ber(r: bytes, s: bytes) -> dict[str, bytes]:
    """The same numbers in encodings that are not DER."""
    body, good = r + s, sequence(r, s)
    size = bytes([len(body)])
    return {
        "long length": b"\x30" + (b"\x82\x00" if good[1] & 0x80 else b"\x81") + size + body,
        "longer length": b"\x30\x83\x00\x00" + size + body,
        "indefinite length": b"\x30\x80" + body + b"\x00\x00",
        "long length of r": sequence(b"\x02\x81" + r[1:], s),
        "long length of s": sequence(r, b"\x02\x81" + s[1:]),
        "zero before r": sequence(element(2, b"\x00", r[2:]), s),
        "zero before s": sequence(r, element(2, b"\x00", s[2:])),
        "many zeros before r": sequence(element(2, bytes(40), r[2:]), s),
        "constructed integers": sequence(element(0x22, r), element(0x22, s)),
        "two-octet tag": b"\x3f\x10" + good[1:],
    }


@pytest.mark.parametrize("what", ber(b"\x02\x01\x01", b"\x02\x01\x01"))
@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg04_anything_but_der_is_refused(door: Door, kind: str, what: str) -> None:
    r, s = integers(door, kind)
    public_key(door, kind).verify(MESSAGE, sequence(r, s))
    refuses_der(door, kind, ber(r, s)[what])


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg04_the_zero_that_keeps_a_number_positive_must_be_there(door: Door, kind: str) -> None:
    key = private_key(door, kind)
    for number in range(4000):
        message = b"%d" % number
        r, s = ecdsa.split(kind, key.sign(message), door)
        first, second = signed_integer(r), signed_integer(s)
        if first[2] == 0:
            signature = sequence(element(2, first[3:]), second)
            assert refusal(key.public_key.verify, message, signature) == "signature.invalid"
            assert refusal(door.ecdsa_der_to_raw, signature, CURVES[kind]) == "signature.invalid"
            return
    raise AssertionError("no r with its first bit set")


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg05_nothing_more_stands_in_a_signature_or_after_it(door: Door, kind: str) -> None:
    r, s = integers(door, kind)
    good = sequence(r, s)
    one = element(2, b"\x01")
    wrong = [good + more for more in (b"\x00", b"\x00\x00", b"\x05\x00", one, good, bytes(1000))]
    wrong += [sequence(r, s, more) for more in (b"\x00", b"\x05\x00", one, b"\xa0\x00", s)]
    wrong += [sequence(*parts) for parts in ((r,), (s,), (), (one, r, s), (r, one, s))]
    wrong += [b"\x00" + good, good[:-1], good[1:], sequence(good), element(4, good), r + s]
    wrong += [b"", b"\x30", b"\x30\x00", b"\x30\x80\x00\x00"]
    for signature in wrong:
        refuses_der(door, kind, signature)


@pytest.mark.parametrize(
    "tag", [0x01, 0x03, 0x04, 0x05, 0x06, 0x09, 0x0A, 0x0C, 0x13, 0x30, 0x31, 0x42, 0x80, 0x82]
)
def test_sg06_other_types_than_integer_are_refused(door: Door, tag: int) -> None:
    for kind in EC_KINDS:
        r, s = integers(door, kind)
        other_r, other_s = bytes([tag]) + r[1:], bytes([tag]) + s[1:]
        for pair in ((other_r, s), (r, other_s), (other_r, other_s), (element(tag), s)):
            refuses_der(door, kind, sequence(*pair))
        if tag != 0x30:
            refuses_der(door, kind, element(tag, r, s))


@pytest.mark.parametrize("size", [2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1, 2**1016])
def test_sg07_lengths_beyond_the_text_are_refused(door: Door, size: int) -> None:
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    length = bytes([0x80 | len(octets)]) + octets
    for kind in EC_KINDS:
        r, s = integers(door, kind)
        for signature in (
            b"\x30" + length + r + s,
            sequence(b"\x02" + length + r[2:], s),
            sequence(r, b"\x02" + length + s[2:]),
            b"\x30" + length,
        ):
            refuses_der(door, kind, signature)


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg08_a_high_s_verifies_unless_low_s_is_asked_for(door: Door, kind: str) -> None:
    r, s = ecdsa.split(kind, signed(door, kind), door)
    n = curve(kind).n
    low, high = sorted((s, n - s))
    key = public_key(door, kind)
    for number in (low, high):
        key.verify(MESSAGE, der(r, number))
        key.verify_digest(ecdsa.sha256(), der(r, number))
    key.verify(MESSAGE, der(r, low), low_s=True)
    key.verify_digest(ecdsa.sha256(), der(r, low), low_s=True)
    assert verdict(door, kind, der(r, high), low_s=True) == "signature.invalid"
    for text in ("true", 1, None):
        assert refusal(key.verify, MESSAGE, der(r, low), low_s=text) == "argument.type"


def test_sg08_the_boundary_between_low_and_high_is_half_the_order(door: Door) -> None:
    for kind in EC_KINDS:
        n = curve(kind).n
        point = multiply(kind, 5, generator(kind))
        assert point is not None
        for s, low in ((n // 2, True), (n // 2 + 1, False), (n - 1, False), (1, True)):
            key = ecdsa.public_key(door, kind, key_for(kind, point, s, ecdsa.sha256()))
            signature = der(point[0] % n, s)
            key.verify(MESSAGE, signature)
            if low:
                key.verify(MESSAGE, signature, low_s=True)
            else:
                code = refusal(key.verify, MESSAGE, signature, low_s=True)
                assert code == "signature.invalid"


def test_sg09_signatures_on_secp256k1_have_a_low_s(door: Door) -> None:
    key = private_key(door, "secp256k1")
    n = curve("secp256k1").n
    for number in range(64):
        message = b"%d" % number
        for signature in (key.sign(message), key.sign(message, hash="SHA-512")):
            _, s = ecdsa.split("secp256k1", signature, door)
            assert 0 < s <= n // 2


# --- raw signatures ---


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg10_the_form_of_a_signature_is_never_guessed(door: Door, kind: str) -> None:
    curve_name = CURVES[kind]
    good = signed(door, kind)
    raw = door.ecdsa_der_to_raw(good, curve_name)
    assert door.ecdsa_raw_to_der(raw, curve_name) == good
    refuses_der(door, kind, raw)
    assert refusal(door.ecdsa_raw_to_der, good, curve_name) == "signature.invalid"


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg10_raw_bytes_that_are_also_der_are_read_as_what_they_are_said_to_be(
    door: Door, kind: str
) -> None:
    size = 2 * field_length(kind)
    head = 4 if size > 130 else 2
    r_size = (size - head - 4) // 2
    r, s = b"\x11" * r_size, b"\x22" * (size - head - 4 - r_size)
    both = sequence(element(2, r), element(2, s))
    if kind == "p521":
        # An r‖s of P-521 begins with at most 01, which no SEQUENCE does.
        assert refusal(door.ecdsa_raw_to_der, b"\x30" + bytes(131), "P-521") == "signature.invalid"
        return
    assert len(both) == size
    as_der = door.ecdsa_der_to_raw(both, CURVES[kind])
    assert as_der == ecdsa.raw(kind, int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    half = size // 2
    as_raw = der(int.from_bytes(both[:half], "big"), int.from_bytes(both[half:], "big"))
    assert door.ecdsa_raw_to_der(both, CURVES[kind]) == as_raw


class Outside:
    """A signer that says one thing of its signatures and gives what it is told to."""

    takes = "message"

    def __init__(self, door: Door, kind: str, returns: str, signature: Any) -> None:
        self.public_key = public_key(door, kind)
        self.returns = returns
        self._key = private_key(door, kind)
        self._signature = signature

    def sign(self, data: bytes, /) -> bytes:
        given: bytes = self._signature(self._key.sign(data))
        return given


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg10_a_signer_outside_gives_what_it_declares(door: Door, kind: str) -> None:
    def as_raw(signature: bytes) -> bytes:
        raw: bytes = door.ecdsa_der_to_raw(signature, CURVES[kind])
        return raw

    def as_der(signature: bytes) -> bytes:
        return signature

    for returns, form in (("raw", as_raw), ("der", as_der)):
        signer = Outside(door, kind, returns, form)
        door.create_credential(signer, CHALLENGE)
        door.KeySigner("cr-1", signer).sign(allowing("cr-1"))
    for returns, form in (("raw", as_der), ("der", as_raw)):
        signer = Outside(door, kind, returns, form)
        code = refusal(door.create_credential, signer, CHALLENGE)
        assert code == "signature.invalid"
        code = refusal(door.KeySigner("cr-1", signer).sign, allowing("cr-1"))
        assert code == "signature.invalid"


def allowing(credential_id: str) -> dict[str, Any]:
    allowed = {"key": [{"id": credential_id, "type": "public-key"}], "webauthn": []}
    return {"challenge": CHALLENGE, "allowCredentials": allowed}


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg11_raw_signatures_of_another_length_are_refused(door: Door, kind: str) -> None:
    raw = door.ecdsa_der_to_raw(signed(door, kind), CURVES[kind])
    size = len(raw)
    others = {0, 1, size // 2, size - 2, size - 1, size + 1, size + 2, 2 * size, 128} - {size}
    for other in others:
        wrong = (raw * 3)[:other]
        assert refusal(door.ecdsa_raw_to_der, wrong, CURVES[kind]) == "signature.invalid"
    stripped = [raw[1:], b"\x00" + raw, raw[: size // 2] + b"\x00" + raw[size // 2 :]]
    for wrong in stripped:
        assert refusal(door.ecdsa_raw_to_der, wrong, CURVES[kind]) == "signature.invalid"


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg11_r_and_s_in_the_wrong_order_do_not_verify(door: Door, kind: str) -> None:
    raw = door.ecdsa_der_to_raw(signed(door, kind), CURVES[kind])
    half = len(raw) // 2
    little = raw[:half][::-1] + raw[half:][::-1]
    for wrong in (raw[half:] + raw[:half], little):
        try:
            converted = door.ecdsa_raw_to_der(wrong, CURVES[kind])
        except InvalidSignature:
            continue  # turned round it may be over the order
        assert verdict(door, kind, converted) == "signature.invalid"


def test_sg11_a_curve_that_is_none_is_refused(door: Door) -> None:
    for name in ("P-224", "p256", "", "Ed25519", "prime256v1"):
        assert refusal(door.ecdsa_raw_to_der, bytes(64), name) == "algorithm.curve"
        assert refusal(door.ecdsa_der_to_raw, bytes(64), name) == "algorithm.curve"
