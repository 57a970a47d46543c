"""What can be wrong with assertions."""

from __future__ import annotations

from typing import Any

from countermark.webauthn.testing.drafts import (
    AT,
    BE,
    BS,
    UP,
    Alteration,
    AuthenticatorDataDraft,
    SigningDraft,
)
from countermark.webauthn.testing.faults import authenticator_data as shared
from countermark.webauthn.testing.faults.authenticator_data import flags, rp
from countermark.webauthn.testing.faults.registry import Table, first, members, put, unchanged
from countermark.webauthn.testing.faults.signatures import (
    INVALID,
    signature_faults,
    signing_faults,
)
from countermark.webauthn.testing.keys import RsaKey, make_key
from countermark.webauthn.testing.seeding import Seed

DATA = Table("assertion_data", "packed-self", "6.1", ceremony="assertion")
TABLE = Table("assertion", "packed-self", "7.2", ceremony="assertion")
_add = TABLE.add
_change: Alteration
shared.common(DATA, "7.2")
signature_faults(TABLE)
signing_faults(TABLE)

for _name, _code, _description, _kept in (
    ("empty_header", "authenticator_data.truncated", "the hash alone", 32),
    ("short_header", "authenticator_data.truncated", "36 bytes", 36),
):
    DATA.add(_name, _code, _description, authenticator_data_bytes=first(_kept))
DATA.add(
    "trailing",
    "authenticator_data.trailing",
    "a byte after the header",
    authenticator_data=put(trailing=b"\x00"),
)
DATA.add(
    "attested_absent",
    "authenticator_data.truncated",
    "AT without attested data",
    authenticator_data=flags(set=AT),
)


def _attested(draft: AuthenticatorDataDraft) -> None:
    key = make_key(Seed(b"another credential"), "key", -7)
    draft.credential_id = b"another credential"
    draft.credential_public_key = bytes.fromhex("a5010203262001215820")
    cose = key.cose(-7)
    draft.credential_public_key += bytes(cose[-2]) + bytes.fromhex("225820") + bytes(cose[-3])  # type: ignore[call-overload]
    draft.flags |= AT


DATA.add(
    "attested",
    "valid",
    "attested data of another key, which never replaces the stored one",
    authenticator_data=_attested,
)

# --- Counters: the server's is what the option says, the authenticator's what the draft says ---

for _name, _code, _description, _stored, _shown, _policy in (
    ("equal", "authenticator_data.sign_count", "the counter did not move", 5, 5, None),
    ("lower", "authenticator_data.sign_count", "the counter went back", 5, 4, None),
    ("zero", "authenticator_data.sign_count", "the counter went back to 0", 5, 0, None),
    ("wrapped", "authenticator_data.sign_count", "the counter overflowed", 0xFFFFFFFF, 0, None),
    ("higher", "valid", "the counter jumped", 5, 500, None),
    ("none", "valid", "an authenticator without a counter", 0, 0, None),
    ("lower_warned", "valid", "the counter went back, which is noted", 5, 4, "warn"),
    ("lower_ignored", "valid", "the counter went back, which is ignored", 5, 4, "ignore"),
):
    _options: dict[str, Any] = {"sign_count": _stored}
    if _policy:
        _options["sign_count_policy"] = _policy
    _add(
        f"counter_{_name}",
        _code,
        _description,
        options=_options,
        authenticator_data=put(sign_count=_shown),
    )
for _name, _code, _description, _stored, _flags in (
    ("gained", "authenticator_data.backup_eligibility_mismatch", "BE is set", False, BE),
    ("lost", "authenticator_data.backup_eligibility_mismatch", "BE is clear", True, 0),
    ("kept", "valid", "BE is set, as it was, and BS", True, BE | BS),
):
    _add(
        f"eligibility_{_name}",
        _code,
        f"{_description} where the credential was made {'with' if _stored else 'without'} it",
        options={"backup_eligible": _stored},
        authenticator_data=flags(set=_flags, clear=0 if _flags else BE),
    )
_add(
    "credential_id",
    "response.credential_id_mismatch",
    "another credential answered",
    options={"credential_id": b"another"},
    authenticator_data=unchanged,
)
_add(
    "user_handle",
    "response.user_handle_mismatch",
    "the answer is for another user",
    options={"user_handle": b"another"},
    authenticator_data=unchanged,
)


def _no_handle(answer: dict[str, Any]) -> None:
    answer["response"].pop("userHandle", None)


def _null_handle(answer: dict[str, Any]) -> None:
    answer["response"]["userHandle"] = None


for _name, _code, _description, _options, _change in (
    (
        "handle_missing",
        "response.user_handle_mismatch",
        "no user handle where nobody was named",
        {"user_handle": b"user", "credential_id": None},
        _no_handle,
    ),
    (
        "handle_absent",
        "valid",
        "no user handle where the credential was named",
        {"user_handle": b"user"},
        _no_handle,
    ),
    ("handle_null", "valid", "a user handle of null", {}, _null_handle),
):
    _add(_name, _code, _description, options=_options, response=_change)
_APPID = "https://example.org/appid.json"
_add(
    "appid",
    "valid",
    "the hash of the appid, with the extension's result",
    section="10.1.1",
    options={"appid": _APPID},
    authenticator_data=rp(_APPID),
    response=members(clientExtensionResults={"appid": True}),
)
_add(
    "appid_silent",
    "authenticator_data.rp_id_mismatch",
    "the hash of the appid, without the extension's result",
    section="10.1.1",
    options={"appid": _APPID},
    authenticator_data=rp(_APPID),
)
_add(
    "appid_false",
    "authenticator_data.rp_id_mismatch",
    "the hash of the appid, where the result is false",
    section="10.1.1",
    options={"appid": _APPID},
    authenticator_data=rp(_APPID),
    response=members(clientExtensionResults={"appid": False}),
)
_add(
    "appid_not_asked",
    "authenticator_data.rp_id_mismatch",
    "the hash of an appid nobody asked for",
    section="10.1.1",
    authenticator_data=rp(_APPID),
    response=members(clientExtensionResults={"appid": True}),
)
_add(
    "payment",
    "valid",
    "the type of Secure Payment Confirmation, where it is allowed",
    section="Secure Payment Confirmation",
    options={"allow_payment": True},
    client_data=members(type="payment.get"),
)
_add(
    "absent_user",
    "authenticator_data.user_presence",
    "UV without UP",
    authenticator_data=flags(clear=UP),
)

# --- Signatures of other algorithms ---


def _pkcs1(draft: SigningDraft) -> None:
    draft.algorithm = -257


def _no_salt(draft: SigningDraft) -> None:
    # Signing twice is avoided by a key whose signature has an empty salt.
    key = draft.key

    class Unsalted(RsaKey):
        def sign(self, message: bytes, algorithm: int) -> bytes:  # noqa: ARG002
            return self.numbers.sign_pss(message, "sha256", 0)

    if isinstance(key, RsaKey):
        draft.key = Unsalted(key.numbers)


def _over_group(signature: bytes) -> bytes:
    order = (1 << 252) + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    return signature[:32] + s.to_bytes(32, "little")


for _name, _algorithm, _code, _description, _stage, _change in (
    ("pss_as_pkcs1", "PS256", INVALID, "PKCS#1 v1.5 under PS256", "signing", _pkcs1),
    ("pss_no_salt", "PS256", INVALID, "PSS without a salt", "signing", _no_salt),
    (
        "pkcs1_as_pss",
        "RS256",
        INVALID,
        "PSS under RS256",
        "signing",
        put(algorithm=-37),
    ),
    (
        "rsa_short",
        "RS256",
        INVALID,
        "an RSA signature without its first byte",
        "signature",
        lambda s: s[1:],
    ),
    (
        "rsa_zeros",
        "RS256",
        INVALID,
        "an RSA signature of zeros",
        "signature",
        lambda s: bytes(len(s)),
    ),
    ("ed25519_s", "EDDSA", INVALID, "an Ed25519 s that is not reduced", "signature", _over_group),
    (
        "ed25519_short",
        "EDDSA",
        INVALID,
        "an Ed25519 signature of 63 bytes",
        "signature",
        lambda s: s[:-1],
    ),
    (
        "ed25519_zeros",
        "EDDSA",
        INVALID,
        "an Ed25519 signature of zeros",
        "signature",
        lambda s: bytes(len(s)),
    ),
    (
        "ml_dsa_flipped",
        "ML_DSA_44",
        INVALID,
        "an ML-DSA signature with a bit flipped",
        "signature",
        lambda s: s[:40] + bytes([s[40] ^ 1]) + s[41:],
    ),
    (
        "ml_dsa_short",
        "ML_DSA_44",
        INVALID,
        "an ML-DSA signature without its last byte",
        "signature",
        lambda s: s[:-1],
    ),
    ("es384_as_es256", "ES384", INVALID, "SHA-256 under ES384", "signing", put(algorithm=-7)),
):
    _add(
        _name,
        _code,
        _description,
        section="6.5.5",
        authenticator={"algorithm": _algorithm},
        alter={_stage: _change},
    )
