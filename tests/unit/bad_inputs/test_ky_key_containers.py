"""Key containers: PEM text and labels (rows KY12 to KY18)."""

from __future__ import annotations

import json
from typing import Final

import pytest

from tests.property.encrypted import Parameters
from tests.property.material import pem, records
from tests.property.outcome import Door
from tests.unit.bad_inputs.der import (
    CONTAINERS,
    CURVE,
    container,
    encrypted_pem,
    integer,
    octets,
    pkcs8,
    point,
    rsa,
    sequence,
    spki,
    spki_of,
)
from tests.unit.bad_inputs.refusals import refusal, refused

KEY: Final = records()["p256"]["pkcs8Pem"]
OTHER: Final = records()["ed25519"]["pkcs8Pem"]
PUBLIC: Final = records()["p256"]["spkiPem"]
CERTIFICATE: Final = pem("CERTIFICATE", sequence(integer(1)))
BODY: Final = "".join(KEY.splitlines()[1:-1])


def block(body: str, label: str = "PRIVATE KEY") -> str:
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def reads(door: Door, text: str | bytes, kind: str = "p256") -> None:
    assert door.PrivateKey.from_pem(text).public_key.to_der() == spki_of(kind)


def private_pem(door: Door, text: str | bytes) -> str:
    return refusal(door.PrivateKey.from_pem, text)


def public_pem(door: Door, text: str | bytes) -> str:
    return refusal(door.PublicKey.from_pem, text)


def private_der(door: Door, der: bytes) -> str:
    return refusal(door.PrivateKey.from_der, der)


def public_der(door: Door, der: bytes) -> str:
    return refusal(door.PublicKey.from_der, der)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Bag Attributes\n    friendlyName: my key\nKey Attributes: <No Attributes>\n", ""),
        ("", "and some words: after it\n"),
        ("# comment\n\n", "\n\n# comment"),
        ("-----END PRIVATE KEY-----\n", ""),
        ("Schl\u00fcssel\n", "\u2028"),
    ],
)
def test_ky12_text_around_the_block_is_no_part_of_it(door: Door, before: str, after: str) -> None:
    reads(door, before + KEY + after)


@pytest.mark.parametrize(
    "text",
    [
        KEY + KEY,
        KEY + OTHER,
        KEY + CERTIFICATE,
        CERTIFICATE + KEY,
        KEY + PUBLIC,
        KEY + "words between\n" + OTHER,
        pem("EC PARAMETERS", CURVE["p256"]) + KEY,
    ],
    ids=["same", "two", "key-cert", "cert-key", "pair", "apart", "parameters"],
)
def test_ky13_two_blocks_are_refused_and_named(door: Door, text: str) -> None:
    error = refused(door.PrivateKey.from_pem, text)
    assert error.code == "pem.multiple"
    labels = [line.strip("-")[6:] for line in text.splitlines() if line.startswith("-----BEGIN")]
    assert all(label in error.message for label in labels)
    assert public_pem(door, text) == "pem.multiple"


def test_ky13_the_parameters_openssl_writes_before_an_ec_key_must_be_its_own(door: Door) -> None:
    key = pem(*container("sec1", "p256"))
    reads(door, pem("EC PARAMETERS", CURVE["p256"]) + key)
    assert private_pem(door, pem("EC PARAMETERS", CURVE["p384"]) + key) == "key.mismatch"
    assert private_pem(door, pem("EC PARAMETERS", CURVE["p256"]) * 2 + key) == "pem.multiple"
    assert private_pem(door, key + pem("EC PARAMETERS", CURVE["p256"])) == "pem.multiple"


@pytest.mark.parametrize(
    "text",
    [
        KEY.replace("END PRIVATE KEY", "END PUBLIC KEY"),
        KEY.replace("END PRIVATE KEY", "END EC PRIVATE KEY"),
        KEY.replace("END PRIVATE KEY", "END private key"),
        KEY.replace("-----END PRIVATE KEY-----", ""),
        KEY.replace("-----END PRIVATE KEY-----", "-----END PRIVATE KEY----"),
        KEY.replace("KEY-----\n", "KEY-----\n-----BEGIN PRIVATE KEY-----\n", 1),
        KEY.replace("KEY-----\n", "KEY-----\n" + CERTIFICATE, 1),
        KEY + "-----BEGIN PRIVATE KEY-----\n",
        " " + KEY,
        KEY.replace("\n", " "),
        KEY.replace("\n", "\\n"),
        "key: " + KEY,
    ],
)
def test_ky14_boundaries_that_do_not_belong_together_are_refused(door: Door, text: str) -> None:
    assert private_pem(door, text) == "pem.label"


@pytest.mark.parametrize("kind", ["p256", "ed25519", "rsa2048"])
@pytest.mark.parametrize("label", ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"])
def test_ky15_the_label_decides_what_the_block_is_read_as(
    door: Door, label: str, kind: str
) -> None:
    holds = {"p256": ("pkcs8", "sec1"), "ed25519": ("pkcs8",), "rsa2048": ("pkcs8", "pkcs1")}
    for named in (*holds[kind], "spki"):
        own, der = container(named, kind)
        if own == label:
            continue
        code = private_pem(door, pem(label, der))
        if (label, named) == ("RSA PRIVATE KEY", "sec1"):
            # The version of an EC key is 1, which as that of an RSA key means more than two primes.
            assert code == "algorithm.multi_prime"
        else:
            assert code.startswith("der.")


def test_ky15_public_labels_decide_as_well(door: Door) -> None:
    for label, der in (
        ("PUBLIC KEY", rsa().public()),
        ("RSA PUBLIC KEY", spki("rsa2048")),
        ("PUBLIC KEY", pkcs8("p256")),
        ("PUBLIC KEY", point("p256")),
    ):
        assert public_pem(door, pem(label, der)).startswith("der.")
    encrypted = pem("ENCRYPTED PRIVATE KEY", pkcs8("p256"))
    code = refusal(door.PrivateKey.from_pem, encrypted, password="x")
    assert code.startswith("der.")


@pytest.mark.parametrize("named", CONTAINERS)
def test_ky16_public_and_private_do_not_stand_for_each_other(door: Door, named: str) -> None:
    kind = "rsa2048" if named.startswith("pkcs1") else "p256"
    label, der = container(named, kind)
    text = pem(label, der)
    if label.endswith("PUBLIC KEY"):
        assert private_pem(door, text) == "key.not_private"
        assert private_der(door, der) == "key.not_private"
        assert refusal(door.KeySigner, "cr-1", text) == "key.not_private"
    else:
        assert public_pem(door, text) == "key.not_public"
        assert public_der(door, der) == "key.not_public"


def test_ky16_encrypted_keys_and_jwk_say_so_too(door: Door) -> None:
    assert public_pem(door, encrypted_pem(pkcs8("p256"))) == "key.not_public"
    assert public_der(door, Parameters().encrypt(pkcs8("p256"))) == "key.not_public"
    key = door.PrivateKey.from_pem(KEY)
    private = json.loads(key.export_private_key("jwk"))
    assert refusal(door.PublicKey.from_jwk, private) == "key.not_public"
    public = key.public_key.to_jwk()
    assert refusal(door.PrivateKey.from_jwk, public) == "key.not_private"
    assert refusal(door.PrivateKey.from_jwk, json.dumps(public)) == "key.not_private"


@pytest.mark.parametrize(
    "text",
    ["\ufeff" + KEY, "\x00" + KEY, KEY + "\x00", KEY.replace("\n", "\n\x00", 2), "\x00"],
)
def test_ky17_a_byte_order_mark_or_a_nul_is_refused(door: Door, text: str) -> None:
    assert private_pem(door, text) == "pem.junk"
    assert private_pem(door, text.encode()) == "pem.junk"


@pytest.mark.parametrize(
    "text",
    [
        KEY.replace("\n", "\r\n"),
        KEY.replace("\n", "\r"),
        KEY.replace("\n", " \t\n"),
        KEY.replace("\n", "\n\t", 1),
        KEY.replace("\n", "\n\n"),
        KEY.rstrip("\n"),
        block("\n".join(BODY)),
        block("\n  ".join(BODY)),
        block(BODY),
        "x" * 10_000 + "\n" + KEY,
        KEY + ":" * 10_000,
    ],
)
def test_ky17_line_ends_blanks_and_widths_do_not_matter(door: Door, text: str) -> None:
    reads(door, text)
    reads(door, text.encode())


def test_ky17_a_body_of_ten_thousand_characters_in_one_line_is_read(door: Door) -> None:
    # Attributes say nothing about the key, so that they can be as long as one likes.
    der = pkcs8("p256", attributes=octets(bytes(8000)))
    text = pem("PRIVATE KEY", der, columns=20_000)
    assert max(map(len, text.splitlines())) > 10_000
    reads(door, text)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n\n",
        "=",
        "====",
        BODY.rstrip("=")[:-1],
        BODY.rstrip("=") + "===",
        BODY + "=",
        BODY[:20] + "=" + BODY[20:],
        BODY[:20] + "==" + BODY[22:],
        BODY + "AAAA=",
        "AB==",
        "AAB=",
        "MC__",
        "MC--",
        BODY[:20] + " " + BODY[20:],
        BODY[:20] + "\x0b" + BODY[20:],
        BODY[:20] + "\u00a0" + BODY[20:],
        BODY[:20] + "\uff21" + BODY[20:],
        BODY[:20] + "!" + BODY[21:],
    ],
)
def test_ky18_a_body_that_is_not_canonical_base64_is_refused(door: Door, body: str) -> None:
    reads(door, block(BODY))
    assert private_pem(door, block(body)) == "pem.base64"
    assert refusal(door.pem_decode, block(body)) == "pem.base64"
