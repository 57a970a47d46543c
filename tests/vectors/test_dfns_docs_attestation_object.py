"""The attestation object of the Dfns documentation: read by both doors to what its page lists."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countermark.errors import InvalidSignature
from tests.vectors.dfns_records import VECTORS, b64u_decode, b64u_encode
from tests.vectors.doors import Door
from tests.vectors.test_vector_files import generator

FILE = VECTORS / "dfns-docs" / "attestation-object.json"
(RECORD,) = json.loads(FILE.read_text(encoding="ascii"))["records"]
RAW = b64u_decode(RECORD["attestationObject"])
LISTED: dict[str, Any] = RECORD["authenticatorData"]
LEAF: dict[str, Any] = RECORD["certificate"]


@pytest.fixture(params=["interoperable", "strict"])
def strictness(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_the_file_is_what_its_generator_writes() -> None:
    assert generator("dfns_docs_webauthn").render() == FILE.read_bytes()


def test_the_object_is_read_to_the_published_statement(door: Door, strictness: str) -> None:
    read = door.parse_attestation_object(RAW, strictness=strictness)
    assert (read.format, read.raw) == ("packed", RAW)
    assert list(read.statement) == ["alg", "sig", "x5c"]
    assert read.statement["alg"] == RECORD["statement"]["alg"] == -7
    assert read.statement["sig"].hex() == RECORD["statement"]["sig"]
    assert [b64u_encode(one) for one in read.statement["x5c"]] == RECORD["statement"]["x5c"]
    # A security key as it was sold writes nothing that a strict reader refuses.
    assert read.tolerated == ()


def test_the_authenticator_data_are_read_to_the_published_values(
    door: Door, strictness: str
) -> None:
    inside = door.parse_attestation_object(RAW).authenticator_data
    alone = door.parse_authenticator_data(b64u_decode(RECORD["authData"]), strictness=strictness)
    for read in (inside, alone):
        assert len(read.raw) == 194
        assert read.rp_id_hash.hex() == LISTED["rpIdHash"]
        assert (read.flags.value, read.sign_count) == (LISTED["flags"], LISTED["signCount"])
        assert (read.flags.value, read.sign_count) == (0xC5, 1)
        assert read.aaguid == LISTED["aaguid"]
        assert b64u_encode(read.credential_id) == LISTED["credentialId"]
        assert len(read.credential_id) == 48
        assert read.credential_public_key.hex() == LISTED["credentialPublicKey"]
        assert read.extensions.cred_protect == LISTED["extensions"]["credProtect"] == 2
        assert (read.extensions.hmac_secret, read.extensions.unknown) == (None, {})
        flags = read.flags
        assert (flags.user_present, flags.user_verified, flags.extension_data) == (
            *(True, True, True),
        )
        assert (flags.backup_eligible, flags.backup_state, flags.reserved) == (False, False, 0)


def test_its_key_has_the_published_coordinates(door: Door) -> None:
    key = door.CosePublicKey.from_bytes(bytes.fromhex(LISTED["credentialPublicKey"]))
    listed = LISTED["coseKey"]
    assert key.algorithm == listed["3"] == -7
    jwk = key.public_key.to_jwk()
    assert (jwk["kty"], jwk["crv"]) == ("EC", "P-256")
    assert (b64u_decode(jwk["x"]).hex(), b64u_decode(jwk["y"]).hex()) == (
        *(listed["-2"], listed["-3"]),
    )
    assert key.to_bytes().hex() == LISTED["credentialPublicKey"]


def test_its_certificate_is_read_to_the_published_values(door: Door, strictness: str) -> None:
    read = door.parse_certificate(b64u_decode(LEAF["der"]), strictness=strictness)
    assert (read.version, read.serial) == (LEAF["version"], int(LEAF["serial"]))
    assert (read.subject, read.issuer) == (LEAF["subject"], LEAF["issuer"])
    assert "Yubico U2F EE Serial 1755077589" in read.subject
    assert (read.not_before, read.not_after) == (LEAF["notBefore"], LEAF["notAfter"])
    assert read.signature_algorithm == LEAF["signatureAlgorithm"]
    assert b64u_encode(read.public_key_der) == LEAF["publicKey"]
    assert read.public_key.to_der() == read.public_key_der
    assert read.is_ca is LEAF["isCa"] is False
    held = {oid: (critical, value) for oid, critical, value in read.extensions}
    expected = (False, bytes.fromhex(LEAF["aaguidExtension"]))
    assert held["1.3.6.1.4.1.45724.1.1.4"] == expected
    assert expected[1][2:].hex() == LISTED["aaguid"].replace("-", "")


def test_its_signature_does_not_verify_with_the_client_data_beside_it(door: Door) -> None:
    with pytest.raises(InvalidSignature) as caught:
        door.verify_attestation_statement(
            RAW, client_data_hash=bytes.fromhex(RECORD["clientDataHash"])
        )
    assert caught.value.code == RECORD["expect"] == "signature.invalid"
