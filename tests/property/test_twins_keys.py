"""Keys: both implementations read the same containers, and each accepts what the other signs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.encrypted import encrypted_keys
from tests.property.material import (
    CURVES,
    SMALL,
    Element,
    b64u_decoded,
    damaged,
    damaged_text,
    der_bytes,
    der_length,
    inside,
    pem,
    private_containers,
    private_key,
    public_containers,
    public_key,
    restructured,
)
from tests.property.outcome import DOORS, NATIVE, REFERENCE, agreed, described

_PRIVATE = private_containers()
_PUBLIC = public_containers()
_private = st.sampled_from(_PRIVATE)
_public = st.sampled_from(_PUBLIC)
_light = st.sampled_from([(label, der) for label, der in _PRIVATE if len(der) < 400])
"""Without RSA, whose checks take the pure-Python twin a while."""
_many = settings(max_examples=settings().max_examples * 5)
_any_label = st.sampled_from(
    (
        *("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
        *("PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"),
    )
)


# --- containers ---


@pytest.mark.parametrize(("label", "der"), _PRIVATE)
def test_every_private_container_gives_the_same_key(label: str, der: bytes) -> None:
    by_label = agreed(lambda door: described(door.PrivateKey.from_pem(pem(label, der))))
    by_shape = agreed(lambda door: described(door.PrivateKey.from_der(der)))
    assert by_label == by_shape
    assert by_label[0] == "value"


@pytest.mark.parametrize(("label", "der"), _PUBLIC)
def test_every_public_container_gives_the_same_key(label: str, der: bytes) -> None:
    by_label = agreed(lambda door: described(door.PublicKey.from_pem(pem(label, der))))
    by_shape = agreed(lambda door: described(door.PublicKey.from_der(der)))
    assert by_label == by_shape
    assert by_label[0] == "value"


@given(_private | _public, _any_label)
def test_a_key_under_any_label_agrees(container: tuple[str, bytes], label: str) -> None:
    text = pem(label, container[1])
    agreed(lambda door: door.PrivateKey.from_pem(text))
    agreed(lambda door: door.PublicKey.from_pem(text))


@given(_private | _public, st.sampled_from((None, b"", b"secret", "secret", "Schlüssel")))
def test_a_password_for_a_plain_key_is_refused_alike(
    container: tuple[str, bytes], password: str | bytes | None
) -> None:
    label, der = container
    text = pem(label, der)
    agreed(lambda door: door.PrivateKey.from_pem(text, password=password))
    agreed(lambda door: door.PrivateKey.from_der(der, password=password))


@_many
@given(_light, st.data())
def test_damaged_private_keys_agree(container: tuple[str, bytes], data: st.DataObject) -> None:
    label, good = container
    der = data.draw(damaged(st.just(good)) | restructured(st.just(good)))
    agreed(lambda door: door.PrivateKey.from_pem(pem(label, der)))
    agreed(lambda door: door.PrivateKey.from_der(der))


@given(st.sampled_from([one for one in _PRIVATE if len(one[1]) >= 400]), st.data())
def test_damaged_rsa_private_keys_agree(container: tuple[str, bytes], data: st.DataObject) -> None:
    label, good = container
    der = data.draw(damaged(st.just(good)) | restructured(st.just(good)))
    agreed(lambda door: door.PrivateKey.from_pem(pem(label, der)))


@_many
@given(_public, st.data())
def test_damaged_public_keys_agree(container: tuple[str, bytes], data: st.DataObject) -> None:
    label, good = container
    der = data.draw(damaged(st.just(good)) | restructured(st.just(good)))
    agreed(lambda door: door.PublicKey.from_pem(pem(label, der)))
    agreed(lambda door: door.PublicKey.from_der(der))


@given(st.binary(max_size=80) | restructured(st.just(bytes.fromhex("3003020100"))))
def test_any_bytes_as_der_agree(der: bytes) -> None:
    agreed(lambda door: door.PrivateKey.from_der(der))
    agreed(lambda door: door.PublicKey.from_der(der))


@given(damaged_text(_light.map(lambda one: pem(*one)), "-=+/:A \n\r\t\\BEGIN\0\ufeffé"))
def test_damaged_pem_keys_agree(text: str) -> None:
    agreed(lambda door: door.PrivateKey.from_pem(text))


@given(
    st.sampled_from(
        ("2a8648ce3d030107", "2b81040022", "2b81040023", "2b8104000a", "2b81040021", "", "80")
    ),
    st.sampled_from([der for label, der in _PRIVATE if label == "EC PRIVATE KEY"]),
    st.sampled_from(("", "\n", "text\n", "\r\n")),
    st.binary(max_size=2),
)
def test_ec_parameters_before_a_key_agree(oid: str, der: bytes, gap: str, after: bytes) -> None:
    octets = bytes.fromhex(oid)
    parameters = bytes([6, len(octets)]) + octets + after
    text = pem("EC PARAMETERS", parameters) + gap + pem("EC PRIVATE KEY", der)
    agreed(lambda door: door.PrivateKey.from_pem(text))


# --- numbers and parameters, one by one ---


def _unsigned(value: int) -> Element:
    return (0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


_RSA_E = st.sampled_from(
    (0, 1, 2, 3, 4, 5, 17, 65536, 65537, 2**32 + 1, 2**33 - 1, 2**33 + 1, 2**64 + 1)
)


@st.composite
def rsa_moduli(draw: st.DrawFn) -> int:
    good = int.from_bytes(b64u_decoded(public_key(REFERENCE, "rsa2048").to_jwk()["n"]))
    match draw(st.integers(0, 4)):
        case 0:
            return good
        case 1:
            return good + draw(st.integers(-4, 4))
        case 2:
            bits = draw(st.sampled_from((1, 64, 1024, 2047, 2048, 2049, 4096, 8191, 8192)))
            return (1 << bits - 1) | 1
        case 3:
            bits = draw(st.sampled_from((8193, 16384)))
            return (1 << bits - 1) | draw(st.integers(0, 1))
        case _:
            return draw(st.sampled_from((0, 1, 2, 3)))


@given(rsa_moduli(), _RSA_E)
def test_any_rsa_public_numbers_agree(n: int, e: int) -> None:
    der = der_bytes([(0x30, [_unsigned(n), _unsigned(e)])])
    agreed(lambda door: described(door.PublicKey.from_der(der)))
    agreed(lambda door: described(door.PublicKey.from_pem(pem("RSA PUBLIC KEY", der))))
    agreed(lambda door: door.PrivateKey.from_der(der))


@given(st.integers(0, 8), st.data())
def test_rsa_private_keys_with_one_number_changed_agree(at: int, data: st.DataObject) -> None:
    good = private_key(REFERENCE, "rsa2048").export_private_key("der", format="pkcs1")
    values = [int.from_bytes(one) for _, one in inside(good) if isinstance(one, bytes)]
    p1, q1 = values[4] - 1, values[5] - 1
    near = (0, 1, 2, 3, values[at] + 1, values[at] + 2, values[at] * 2, values[at] // 2)
    other = (*values, values[3] + p1 * q1, values[6] + p1, values[7] + q1, values[8] + values[4])
    values[at] = data.draw(st.sampled_from(near) | st.sampled_from(other))
    der = der_bytes([(0x30, [_unsigned(value) for value in values])])
    agreed(lambda door: door.PrivateKey.from_der(der))


@given(_RSA_E, st.booleans())
def test_rsa_private_keys_of_other_shapes_agree(e: int, swapped: bool) -> None:
    numbers = private_key(REFERENCE, "rsa2048").export_private_key("der", format="pkcs1")
    values = [int.from_bytes(one) for _, one in inside(numbers) if isinstance(one, bytes)]
    p, q = values[4:6]
    phi = (p - 1) * (q - 1)
    if e < 3 or math.gcd(e, phi) != 1:
        d = values[3]
    else:
        d = pow(e, -1, phi if swapped else phi // math.gcd(p - 1, q - 1))
    if swapped:
        p, q = q, p
    whole = [0, values[1], e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
    der = der_bytes([(0x30, [_unsigned(value) for value in whole])])
    agreed(lambda door: door.PrivateKey.from_der(der))


_EC_PARAMETERS = st.sampled_from(
    (
        *("06082a8648ce3d030107", "06052b81040022", "06052b81040023", "06052b8104000a"),
        *("06052b81040021", "06032b6570", "0500", "050100", "", "3000", "300302010130020600"),
        *("30030201013000", "0601", "0600", "06082a8648ce3d03010700", "020101", "06028001"),
    )
).map(bytes.fromhex)


@_many
@given(st.sampled_from(sorted(CURVES)), _EC_PARAMETERS, st.sampled_from(("outer", "inner", "bare")))
def test_any_ec_parameters_agree(kind: str, parameters: bytes, where: str) -> None:
    key = private_key(REFERENCE, kind)
    version, scalar, named = inside(key.export_private_key("der", format="sec1"))[:3]
    tagged: list[Element] = [(0xA0, parameters)]
    if where == "bare":
        der = der_bytes([(0x30, [version, scalar, *tagged])])
        agreed(lambda door: door.PrivateKey.from_der(der))
        return
    oid = bytes.fromhex("06072a8648ce3d0201")
    good = named[1] if isinstance(named[1], bytes) else der_bytes(named[1])
    outer = oid + (parameters if where == "outer" else good)
    inner: list[Element] = [version, scalar, *(tagged if where == "inner" else [])]
    wrapped: Element = (0x04, der_bytes([(0x30, inner)]))
    pkcs8 = der_bytes([(0x30, [(0x02, b"\x00"), (0x30, outer), wrapped])])
    agreed(lambda door: door.PrivateKey.from_der(pkcs8))
    if where == "outer":
        spki = der_bytes([(0x30, [(0x30, outer), inside(key.public_key.to_der())[1]])])
        agreed(lambda door: door.PublicKey.from_der(spki))


@given(
    st.sampled_from(("ed25519", "ed448")),
    st.integers(0, 2),
    st.sampled_from((None, "own", "other", "short", "empty", "unused")),
    st.sampled_from(("", "a000", "a0023000", "a100", "0500")),
)
def test_pkcs8_versions_and_public_keys_agree(
    kind: str, version: int, public: str | None, attributes: str
) -> None:
    _, algorithm, seed = inside(private_key(REFERENCE, kind).export_private_key("der"))[:3]
    own = b64u_decoded(public_key(REFERENCE, kind).to_jwk()["x"])
    bits = {
        None: None,
        "own": b"\x00" + own,
        "other": b"\x00" + own[::-1],
        "short": b"\x00" + own[:-1],
        "empty": b"",
        "unused": b"\x01" + own,
    }[public]
    tail = bytes.fromhex(attributes) + (b"" if bits is None else der_bytes([(0x81, bits)]))
    content = der_bytes([(0x02, bytes([version])), algorithm, seed]) + tail
    der = b"\x30" + der_length(len(content)) + content
    agreed(lambda door: door.PrivateKey.from_der(der))


# --- points and scalars ---

_EDGE = st.sampled_from(("small", "zero", "one", "p", "n"))
_P25519 = 2**255 - 19


@given(
    st.binary(min_size=31, max_size=33)
    | st.integers(0, 2**256 - 1).map(lambda y: y.to_bytes(32, "little"))
    | st.integers(-3, 20).map(lambda d: ((_P25519 + d) % 2**256).to_bytes(32, "little"))
    | st.integers(-3, 20).map(lambda d: ((_P25519 + d + 2**255) % 2**256).to_bytes(32, "little"))
    | st.sampled_from(
        (
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        )
    ).map(bytes.fromhex)
)
def test_any_ed25519_public_bytes_agree(point: bytes) -> None:
    content = bytes.fromhex("300506032b6570") + bytes([3, len(point) + 1, 0]) + point
    der = bytes([0x30, len(content)]) + content
    agreed(lambda door: door.PublicKey.from_der(der))


_P448 = 2**448 - 2**224 - 1


@given(
    st.binary(min_size=56, max_size=58)
    | st.integers(-3, 3).map(lambda d: ((_P448 + d) % 2**456).to_bytes(57, "little"))
    | st.integers(0, 3).map(lambda y: y.to_bytes(57, "little"))
    | st.integers(0, 2**456 - 1).map(lambda y: y.to_bytes(57, "little"))
)
def test_any_ed448_public_bytes_agree(point: bytes) -> None:
    content = bytes.fromhex("300506032b6571") + bytes([3, len(point) + 1, 0]) + point
    der = bytes([0x30, len(content)]) + content
    agreed(lambda door: door.PublicKey.from_der(der))


@given(st.sampled_from(sorted(CURVES)), st.data())
def test_any_ec_point_agrees(kind: str, data: st.DataObject) -> None:
    good = agreed(lambda door: public_key(door, kind).to_der())[1]
    size = (public_key(REFERENCE, kind).bits + 7) // 8
    head, point = good[: -2 * size - 2], good[-2 * size - 1 :]
    x, y = point[1 : size + 1], point[size + 1 :]
    prime_ish = st.sampled_from((b"\xff" * size, bytes(size), x, y))
    point = data.draw(
        st.one_of(
            st.builds(lambda first: bytes([first]) + x, st.integers(0, 7)),
            st.builds(lambda first: bytes([first]) + x + y, st.integers(0, 7)),
            st.builds(lambda a, b: b"\x04" + a + b, prime_ish, prime_ish),
            st.builds(lambda a: b"\x02" + a, st.binary(min_size=size, max_size=size)),
            damaged(st.just(point)),
        )
    )
    # The lengths around the point are right whatever the point is.
    inner = head[head.index(b"\x30", 2) :]
    inner = inner[: 2 + inner[1]]
    bits = b"\x00" + point
    content = inner + b"\x03" + der_length(len(bits)) + bits
    der = b"\x30" + der_length(len(content)) + content
    agreed(lambda door: door.PublicKey.from_der(der))


@given(
    st.sampled_from(sorted(CURVES)),
    st.sampled_from(
        (
            *("zero", "one", "n-1", "n", "n+1", "short", "long", "longer zero", "empty"),
            *("ones", "with public"),
        )
    ),
)
def test_scalars_at_the_bounds_agree(kind: str, which: str) -> None:
    sizes = {"p256": 32, "p384": 48, "p521": 66, "secp256k1": 32}
    orders = {
        "p256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        "secp256k1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
        "p384": 2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
        "p521": 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
    }
    oids = {
        "p256": "06082a8648ce3d030107",
        "p384": "06052b81040022",
        "p521": "06052b81040023",
        "secp256k1": "06052b8104000a",
    }
    size, order = sizes[kind], orders[kind]
    scalar = {
        "zero": bytes(size),
        "one": (1).to_bytes(size, "big"),
        "n-1": (order - 1).to_bytes(size, "big"),
        "n": order.to_bytes(size, "big"),
        "n+1": (order + 1).to_bytes(size, "big"),
        "short": b"\x01\x02",
        "long": b"\x01" * (size + 1),
        "longer zero": b"\x00" + (1).to_bytes(size, "big"),
        "empty": b"",
        "ones": b"\xff" * size,
        "with public": (1).to_bytes(size, "big"),
    }[which]
    oid = bytes.fromhex(oids[kind])
    content = b"\x02\x01\x01\x04" + der_length(len(scalar)) + scalar
    content += b"\xa0" + der_length(len(oid)) + oid
    if which == "with public":
        content += bytes.fromhex("a10403020004")
    der = b"\x30" + der_length(len(content)) + content
    agreed(lambda door: door.PrivateKey.from_der(der))


# --- encrypted keys ---


@settings(max_examples=settings().max_examples * 3)
@given(encrypted_keys(st.sampled_from([der for label, der in _PRIVATE if len(der) < 400])))
def test_encrypted_keys_agree(encrypted: tuple[bytes, bytes]) -> None:
    der, password = encrypted
    agreed(lambda door: door.PrivateKey.from_der(der, password=password))
    agreed(lambda door: door.PrivateKey.from_pem(pem("ENCRYPTED PRIVATE KEY", der)))


@settings(max_examples=max(2, settings().max_examples // 40))
@given(st.sampled_from(SMALL), st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_each_decrypts_what_the_other_encrypted(kind: str, password: str) -> None:
    for writer, reader in (DOORS, DOORS[::-1]):
        text = private_key(writer, kind).export_private_key("pem", password=password)
        assert b"ENCRYPTED" in text
        found = reader.PrivateKey.from_pem(text, password=password)
        assert found.export_private_key("der") == private_key(reader, kind).export_private_key(
            "der"
        )


def test_the_doors_are_two() -> None:
    assert NATIVE.PrivateKey is not REFERENCE.PrivateKey
    assert private_key(NATIVE, "p256") is not private_key(REFERENCE, "p256")


@pytest.mark.parametrize(
    ("iterations", "length"),
    [(1, 1), (1, 2**16), (1, 2**16 + 1), (1, 0), (0, 1), (1, -1), (1, 10**30), (10**30, 1)],
)
def test_twins_take_the_same_costs_of_pbkdf2(iterations: int, length: int) -> None:
    found = agreed(lambda door: door.pbkdf2("SHA-256", b"p", b"s", iterations, length))
    assert (found[0] == "value") == (iterations == 1 and 1 <= length <= 2**16)
