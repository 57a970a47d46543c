"""What can be wrong with fido-u2f statements."""

from __future__ import annotations

from countermark.webauthn.testing.certificates import CertificateDraft
from countermark.webauthn.testing.drafts import Alteration, SigningDraft
from countermark.webauthn.testing.faults.registry import Table, members, put, unchanged, without
from countermark.webauthn.testing.faults.signatures import INVALID, signature_faults
from countermark.webauthn.testing.keys import EcKey, SigningKey, make_key
from countermark.webauthn.testing.seeding import Seed

TABLE = Table("fido_u2f", "fido-u2f", "8.6", options={"require_user_verification": False})
_add = TABLE.add
_SEED = Seed(b"keys of the wrong kind")
_HASH = slice(1, 33)
_CLIENT = slice(33, 65)

signature_faults(TABLE, brief=True)
for _name, _code, _description, _change in (
    ("sig_missing", "statement.missing", "sig is missing", without("sig")),
    ("sig_text", "statement.type", "sig is a text", members(sig="text")),
    ("x5c_missing", "statement.missing", "x5c is missing", without("x5c")),
    ("x5c_empty", "statement.value", "x5c is empty", members(x5c=[])),
    ("x5c_text", "statement.type", "x5c holds a text", members(x5c=["text"])),
):
    _add(_name, _code, _description, statement=_change)
_add("x5c_two", "statement.value", "two certificates", chain=lambda chain: chain * 2)
TABLE.tolerated("unknown_member", "statement.unknown", "an alg", statement=members(alg=-7))


def _kind(algorithm: int) -> SigningKey:
    return make_key(_SEED, "certificate", algorithm)


for _name, _description, _algorithm in (
    ("p384", "the certificate's key is on P-384", -35),
    ("secp256k1", "the certificate's key is on secp256k1", -47),
    ("ed25519", "the certificate's key is Ed25519", -8),
    ("rsa", "the certificate's key is RSA", -257),
):

    def _certified(leaf: CertificateDraft, algorithm: int = _algorithm) -> None:
        leaf.key = _kind(algorithm)

    def _signed(draft: SigningDraft, algorithm: int = _algorithm) -> None:
        draft.key = _kind(algorithm)

    _add(
        f"certificate_{_name}",
        "statement.key_mismatch",
        _description,
        leaf=_certified,
        signing=_signed,
    )
for _name, _description, _credential in (
    ("p384", "the credential's key is on P-384", "ES384"),
    ("secp256k1", "the credential's key is on secp256k1", "ES256K"),
    ("ed25519", "the credential's key is Ed25519", "EDDSA"),
):
    _add(
        f"credential_{_name}",
        "statement.key_mismatch",
        _description,
        authenticator={"algorithm": _credential},
        statement=unchanged,
    )


def _replaced(part: slice, value: bytes) -> Alteration:
    def change(draft: SigningDraft) -> None:
        message = bytearray(draft.message)
        message[part] = value
        draft.message = bytes(message)

    return change


def _compressed(draft: SigningDraft) -> None:
    key = draft.credential_key
    if isinstance(key, EcKey):
        draft.message = draft.message[:-65] + bytes([2 + key.y[-1] % 2]) + key.x


def _packed(draft: SigningDraft) -> None:
    draft.message = draft.authenticator_data + draft.client_data_hash


for _name, _description, _change in (
    ("reserved_byte", "the first byte signed is 1", _replaced(slice(0, 1), b"\x01")),
    ("rp_id", "another relying party was signed", _replaced(_HASH, bytes(32))),
    ("client_data", "other client data were signed", _replaced(_CLIENT, bytes(32))),
    ("credential_id", "another credential id was signed", _replaced(slice(65, -65), bytes(16))),
    ("public_key", "another public key was signed", _replaced(slice(-64, None), bytes(64))),
    ("compressed", "the point was signed compressed", _compressed),
    ("as_packed", "what packed signs was signed", _packed),
    ("other_key", "another key signed", SigningDraft.use_other_key),
):
    _add(f"signed_{_name}", INVALID, _description, signing=_change)
TABLE.tolerated(
    "aaguid",
    "statement.aaguid_mismatch",
    "the AAGUID is not zero",
    authenticator_data=put(aaguid=bytes(range(16))),
)
_add(
    "expired",
    "trust.validity",
    "the certificate has expired",
    section="RFC 5280, 6.1",
    leaf=put(not_after=1609459200),
)
_add(
    "unverified",
    "authenticator_data.user_verification",
    "a token that verifies nobody, where that is asked for",
    section="7.1",
    options={"require_user_verification": True},
    statement=unchanged,
)
