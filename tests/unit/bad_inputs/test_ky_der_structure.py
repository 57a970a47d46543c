"""Key containers: DER structure (rows KY19 to KY21, KY25, KY26)."""

from __future__ import annotations

import pytest

from tests.property.encrypted import Parameters
from tests.property.material import SMALL, pem
from tests.property.outcome import Door
from tests.unit.bad_inputs.der import (
    CURVE,
    EC_KEY,
    IDENTIFIER,
    NULL,
    OKP_KINDS,
    RSA_KEY,
    bits,
    container,
    element,
    inner,
    integer,
    length_positions,
    octets,
    oid,
    pkcs8,
    public_bytes,
    rsa,
    scalar,
    sec1,
    seed,
    sequence,
    spki,
    spki_of,
)
from tests.unit.bad_inputs.refusals import refusal


def private_pem(door: Door, text: str | bytes) -> str:
    return refusal(door.PrivateKey.from_pem, text)


def private_der(door: Door, der: bytes) -> str:
    return refusal(door.PrivateKey.from_der, der)


def public_der(door: Door, der: bytes) -> str:
    return refusal(door.PublicKey.from_der, der)


@pytest.mark.parametrize("kind", SMALL)
def test_ky19_bytes_after_the_structure_are_refused(door: Door, kind: str) -> None:
    for der in (pkcs8(kind), pkcs8(kind, version=1, public=public_bytes(kind))):
        assert private_der(door, der + b"\x00") == "der.trailing"
        assert private_der(door, der + der) == "der.trailing"
        assert private_pem(door, pem("PRIVATE KEY", der + b"\x00")) == "der.trailing"
    assert public_der(door, spki(kind) + b"\x00") == "der.trailing"


@pytest.mark.parametrize("kind", SMALL)
def test_ky19_bytes_after_the_inner_key_are_refused(door: Door, kind: str) -> None:
    assert private_der(door, pkcs8(kind, inner(kind) + b"\x00")) == "der.trailing"
    assert private_der(door, pkcs8(kind, inner(kind) + NULL)) == "der.trailing"
    assert private_der(door, pkcs8(kind, more=NULL)) == "der.trailing"
    with_public = pkcs8(kind, version=1, public=public_bytes(kind), more=NULL)
    assert private_der(door, with_public) == "der.trailing"


@pytest.mark.parametrize(
    "der",
    [
        sec1(scalar("p256"), parameters=CURVE["p256"], more=NULL),
        sec1(scalar("p256"), parameters=CURVE["p256"]) + NULL,
        sec1(scalar("p256"), parameters=CURVE["p256"] + NULL),
        sequence(*(integer(number) for number in (0, *rsa(), 1))),
        rsa().private() + b"\x00",
    ],
    ids=["in-sec1", "after-sec1", "in-parameters", "in-pkcs1", "after-pkcs1"],
)
def test_ky19_bare_containers_end_where_they_end(door: Door, der: bytes) -> None:
    assert private_der(door, der) == "der.trailing"


def each_container() -> list[tuple[str, bytes]]:
    found = [(f"pkcs8-{kind}", pkcs8(kind)) for kind in SMALL]
    found += [(f"spki-{kind}", spki(kind)) for kind in SMALL]
    found += [("sec1", container("sec1", "p384")[1]), ("pkcs1", rsa().private())]
    found += [("pkcs8-v2", pkcs8("ed25519", version=1, public=public_bytes("ed25519")))]
    return [*found, ("encrypted", Parameters().encrypt(pkcs8("p256")))]


def read(door: Door, name: str, der: bytes) -> object:
    if name.startswith("spki"):
        return door.PublicKey.from_der(der)
    return door.PrivateKey.from_der(der, password="secret" if name == "encrypted" else None)


@pytest.mark.parametrize(("name", "der"), each_container(), ids=[n for n, _ in each_container()])
def test_ky20_truncation_at_every_offset_is_malformed(door: Door, name: str, der: bytes) -> None:
    read(door, name, der)
    for size in range(len(der)):
        code = refusal(read, door, name, der[:size])
        assert code == "der.truncated", (size, code)


@pytest.mark.parametrize(("name", "der"), each_container(), ids=[n for n, _ in each_container()])
def test_ky20_every_length_octet_one_off_is_malformed(door: Door, name: str, der: bytes) -> None:
    places = length_positions(der)
    assert len(places) > 3
    for place in places:
        for step in (1, -1):
            wrong = bytearray(der)
            wrong[place] = (wrong[place] + step) % 256
            code = refusal(read, door, name, bytes(wrong))
            # Without its last octet the identifier of EC keys is another well-formed one.
            if (step, der[place - 1 : place + 8]) == (-1, EC_KEY) and code == "algorithm.key_type":
                continue
            assert code.startswith("der."), (place, step, code)


def no_der(kind: str) -> dict[str, bytes]:
    """A test key in which one element is written in a way that DER does not have."""
    good, public = pkcs8(kind), spki(kind)
    null_with_content = sequence(RSA_KEY, element(5, b"\x00"))
    body = good[2:] if good[1] < 0x80 else good[2 + (good[1] & 0x7F) :]
    version, bits_ = integer(0), public_bytes(kind)
    return {
        "indefinite length": b"\x30\x80" + body + b"\x00\x00",
        "length in too many octets": b"\x30\x84" + len(body).to_bytes(4, "big") + body,
        "length in five octets": b"\x30\x85" + len(body).to_bytes(5, "big") + body,
        "reserved length": b"\x30\xff" + body,
        "tag of two octets": b"\x3f\x10" + good[1:],
        "tag of two octets inside": good.replace(version, b"\x1f\x02" + version[1:], 1),
        "set for sequence": b"\x31" + good[1:],
        "version in two octets": pkcs8(kind).replace(version, b"\x02\x02\x00\x00", 1),
        "empty version": pkcs8(kind).replace(version, b"\x02\x00", 1),
        "unused bits": public[: -len(bits_) - 1] + b"\x01" + bits_,
        "empty bit string": sequence(IDENTIFIER[kind], element(3)),
        "null with content": pkcs8(kind, identifier=null_with_content),
        "identifier that does not end": pkcs8(kind, identifier=sequence(element(6, b"\x2b\x80"))),
        "identifier with a zero in front": pkcs8(
            kind, identifier=sequence(element(6, b"\x2b\x80\x65\x70"))
        ),
        "empty identifier": pkcs8(kind, identifier=sequence(element(6))),
        "constructed octet string": pkcs8(kind).replace(
            octets(inner(kind)), element(0x24, inner(kind))
        ),
    }


@pytest.mark.parametrize("what", no_der("p256"))
@pytest.mark.parametrize("kind", SMALL)
def test_ky20_other_encodings_than_der_are_malformed(door: Door, kind: str, what: str) -> None:
    der = no_der(kind)[what]
    assert der not in (pkcs8(kind), spki(kind))
    load = door.PublicKey.from_der if "bit" in what else door.PrivateKey.from_der
    assert refusal(load, der).startswith("der.")
    label = "PUBLIC KEY" if "bit" in what else "PRIVATE KEY"
    read = door.PublicKey.from_pem if "bit" in what else door.PrivateKey.from_pem
    assert refusal(read, pem(label, der)).startswith("der.")


@pytest.mark.parametrize("kind", SMALL)
def test_ky21_the_version_says_whether_a_public_key_may_follow(door: Door, kind: str) -> None:
    public = public_bytes(kind)
    for accepted in (pkcs8(kind), pkcs8(kind, version=1), pkcs8(kind, version=1, public=public)):
        assert door.PrivateKey.from_der(accepted).public_key.to_der() == spki_of(kind)
    for version, given in ((0, public), (2, None), (5, None), (5, public), (2**64, None)):
        der = pkcs8(kind, version=version, public=given)
        assert private_der(door, der) == "der.value"
    negative = pkcs8(kind).replace(integer(0), b"\x02\x01\xff", 1)
    assert private_der(door, negative) == "der.value"


@pytest.mark.parametrize("kind", OKP_KINDS)
def test_ky25_an_edwards_key_in_one_octet_string_only_is_malformed(door: Door, kind: str) -> None:
    size = len(seed(kind))
    for content in (seed(kind), bytes(size), b"\xff" * size, b"\x04\x20" + bytes(size - 2)):
        assert private_der(door, pkcs8(kind, content)).startswith("der.")


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize(
    "attributes",
    [
        b"",
        sequence(oid("1.2.840.113549.1.9.9.20"), bits(b"\x80")),
        sequence(oid("1.3.6.1.4.1.99999.1"), b"\x31\x00"),
        octets(b"not even an attribute"),
    ],
)
def test_ky26_attributes_say_nothing_about_the_key(
    door: Door, kind: str, attributes: bytes
) -> None:
    for options in ({}, {"version": 1}, {"version": 1, "public": public_bytes(kind)}):
        der = pkcs8(kind, attributes=attributes, **options)
        assert door.PrivateKey.from_der(der).public_key.to_der() == spki_of(kind)
