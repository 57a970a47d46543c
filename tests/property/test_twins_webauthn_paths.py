"""Certificates, paths, sets of anchors and audit records: the two implementations agree."""

from __future__ import annotations

import base64
import copy
from functools import cache
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from countermark.webauthn.testing.authenticator import AT_TIME
from countermark.webauthn.testing.certificates import (
    Authority,
    CertificateDraft,
    Name,
    basic_constraints,
)
from countermark.webauthn.testing.keys import make_key
from countermark.webauthn.testing.seeding import Seed
from tests.property.ceremonies import (
    SIGNING,
    Ceremony,
    assertion,
    consistent,
    kept,
    same_verdict,
    strictnesses,
)
from tests.property.material import damaged, records
from tests.property.outcome import Door, agreed
from tests.property.test_twins_webauthn_ceremonies import changed
from tests.property.wire import GET, b64u
from tests.property.wire import assertion as key_assertion

SEED: Final = Seed(b"paths")


@cache
def authority(label: str = "one", algorithm: int = -7) -> Authority:
    return Authority(SEED.child(label), algorithm)


# --- certificates ---


def leaf(issuer: CertificateDraft | None = None, label: str = "leaf") -> CertificateDraft:
    subject = Name.of(("C", "CH"), ("O", "countermark"), ("CN", label))
    return authority().leaf(subject, make_key(SEED, label, -7), issuer, label)


EXTENSIONS: Final = (
    *("2.5.29.19", "2.5.29.15", "2.5.29.17", "2.5.29.37", "2.5.29.14", "2.5.29.35"),
    *("2.5.29.32", "2.5.29.30", "2.5.29.36", "1.3.6.1.4.1.45724.1.1.4", "1.2.3"),
)
VALUES: Final = (
    *(b"", b"\x30\x00", b"\x30\x03\x01\x01\xff", b"\x30\x03\x01\x01\x00", b"\x30\x03\x02\x01\x00"),
    *(
        b"\x30\x06\x01\x01\xff\x02\x01\x00",
        b"\x30\x06\x01\x01\xff\x02\x01\xff",
        b"\x03\x02\x07\x80",
    ),
    *(b"\x03\x02\x01\x06", b"\x03\x02\x00\x06", b"\x03\x03\x07\x00\x80", b"\x03\x02\x07\xff"),
    *(b"\x03\x01\x00", b"\x03\x02\x00\x00", b"\x03\x04\x00\x01\x01\x01", b"\x30\x02\x06\x00"),
    *(
        b"\x30\x04\x06\x02\x2a\x03",
        b"\x30\x02\x82\x00",
        b"\x30\x03\x82\x01a",
        b"\x30\x03\x82\x01\xff",
    ),
    *(b"\x30\x06\x87\x04\x7f\x00\x00\x01", b"\x30\x03\x87\x01\x7f", b"\x30\x04\x88\x02\x2a\x03"),
    *(
        b"\x30\x0a\xa0\x08\x06\x01\x2a\xa0\x03\x0c\x01x",
        b"\x30\x04\xa4\x02\x30\x00",
        b"\x04\x01\x07",
    ),
    *(
        b"\x30\x03\x80\x01\x08",
        b"\x30\x05\x30\x03\x06\x01\x2a",
        b"\x30\x07\x30\x05\x06\x01\x2a\x30\x00",
    ),
    *(
        b"\x30\x0d\x30\x0b\x06\x01\x2a\x30\x06\x30\x04\x06\x01\x2a\x05",
        b"\x05\x00",
        b"\x04\x10" + b"a" * 16,
    ),
    b"\x30\x11\x30\x0f\x06\x01\x2a\x30\x0a\x30\x08\x06\x01\x2a\x05\x00\x05\x00",
)


@st.composite
def drafts(draw: st.DrawFn) -> CertificateDraft:
    """A certificate in which one thing may be another, signed like that."""
    draft = copy.copy(leaf())
    draft.extensions = list(draft.extensions)
    match draw(st.integers(0, 6)):
        case 0:
            pass
        case 1 | 2 | 3:
            oid = draw(st.sampled_from(EXTENSIONS))
            draft.drop(oid)
            draft.add(oid, draw(st.sampled_from(VALUES)), critical=draw(st.booleans()))
        case 4:
            draft.serial_bytes = draw(
                st.sampled_from(
                    (b"\x02\x01\x00", b"\x02\x01\xff", b"\x02\x02\x00\x01", b"\x02\x00")
                )
                | st.integers(19, 22).map(lambda size: bytes([2, size]) + b"\x01" * size)
            )
        case 5:
            if draw(st.booleans()):
                draft.version = draw(st.integers(1, 4))
            else:
                draft.unused_bits = draw(st.sampled_from((0, 1, 7)))
        case _:
            draft.not_after = draw(
                st.sampled_from(
                    (
                        *(
                            b"\x17\x0d250101000000Z",
                            b"\x17\x0b2501010000Z",
                            b"\x18\x0f20600101000000Z",
                        ),
                        *(
                            b"\x18\x0f20250101000000Z",
                            b"\x17\x0d251301000000Z",
                            b"\x17\x0d250230000000Z",
                        ),
                        *(
                            b"\x17\x11250101000000+0000",
                            b"\x18\x0f99991231235959Z",
                            b"\x17\x0d250101000060Z",
                        ),
                        b"\x18\x1120600101000000.5Z",
                    )
                )
            )
    return draft


@given(drafts(), strictnesses)
def test_certificates_with_one_thing_changed_agree_to_the_code(
    draft: CertificateDraft, strictness: str
) -> None:
    encoded = draft.encode()
    agreed(lambda door: door.parse_certificate(encoded, strictness=strictness))


@given(damaged(drafts().map(CertificateDraft.encode)), strictnesses)
def test_damaged_certificates_agree(data: bytes, strictness: str) -> None:
    same_verdict(lambda door: door.parse_certificate(data, strictness=strictness))


def pem(*certificates: bytes, label: str = "CERTIFICATE", width: int = 64) -> str:
    blocks = []
    for data in certificates:
        text = base64.b64encode(data).decode()
        lines = [text[at : at + width] for at in range(0, len(text), width)]
        blocks.append("\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")))
    return "".join(blocks)


@given(
    st.sampled_from(("CERTIFICATE", "X509 CERTIFICATE", "PRIVATE KEY", "")),
    st.sampled_from((64, 64, 76, 4, 10_000)),
    st.sampled_from(("", "\n", " ", "text\n", "\ufeff", "-----")),
    st.integers(0, 3),
    st.booleans(),
)
def test_certificates_in_pem_agree(
    label: str, width: int, around: str, count: int, as_bytes: bool
) -> None:
    text = around + pem(*[leaf().encode(), authority().root][:1] * count, label=label, width=width)
    given_: str | bytes = (text + around).encode() if as_bytes else text + around
    same_verdict(lambda door: door.parse_certificate(given_))
    same_verdict(lambda door: door.TrustAnchors([given_]).certificates)


# --- paths ---


@st.composite
def chains(draw: st.DrawFn) -> tuple[list[CertificateDraft], int]:
    """Up to eight certificates from the leaf upwards, in which one may be wrong; and how many authorities."""
    count = draw(st.integers(0, 6))
    above = [authority().intermediate(index) for index in range(count)]
    lowest = leaf(above[-1] if above else None)
    drafts_ = [lowest, *reversed(above)]
    if draw(st.booleans()):
        wrong = draw(st.sampled_from(drafts_))
        match draw(st.integers(0, 7)):
            case 0:
                wrong.drop("2.5.29.19")
            case 1:
                wrong.drop("2.5.29.19")
                ca, length = draw(st.booleans()), draw(st.sampled_from((None, 0, 1, 2)))
                wrong.add("2.5.29.19", basic_constraints(ca=ca, path_length=length))
            case 2:
                wrong.drop("2.5.29.15")
                wrong.add("2.5.29.15", b"\x03\x02\x07\x80", critical=True)
            case 3:
                wrong.add("1.2.3.4", b"\x05\x00", critical=draw(st.booleans()))
            case 4:
                wrong.add("2.5.29.30", b"\x30\x00", critical=draw(st.booleans()))
            case 5:
                wrong.not_before, wrong.not_after = draw(
                    st.sampled_from(((AT_TIME, AT_TIME), (0, AT_TIME - 1), (AT_TIME + 1, 2**31)))
                )
            case 6:
                wrong.signature = draw(st.sampled_from((b"", b"\x30\x00", bytes(71))))
            case _:
                wrong.hash = draw(st.sampled_from(("sha1", "sha384", "sha512")))
    return drafts_, count


@st.composite
def paths(draw: st.DrawFn) -> list[bytes]:
    drafts_, _ = draw(chains())
    made = [draft.encode() for draft in drafts_]
    rest = made[1:]
    match draw(st.integers(0, 5)):
        case 0:
            rest = draw(st.permutations(rest))
        case 1 if rest:
            del rest[draw(st.integers(0, len(rest) - 1))]
        case 2:
            rest.append(authority().root)
        case 3:
            rest += rest
        case 4:
            rest.insert(0, authority("another").root)
        case _:
            pass
    return [made[0], *rest]


@st.composite
def anchor_sets(draw: st.DrawFn) -> list[bytes]:
    """Some of the root, another root, a root of the same name with another key, an authority, the leaf."""
    usual = [authority().root]
    others = [
        authority("another").root,
        authority().intermediate(0).encode(),
        authority().intermediate(1).encode(),
        leaf().encode(),
    ]
    return draw(st.just(usual) | st.lists(st.sampled_from(usual + others), max_size=3))


TIMES: Final = st.sampled_from(
    (*(AT_TIME,) * 6, 0, AT_TIME - 1, AT_TIME + 1, 2_600_000_000, 253_402_300_799)
)


@given(paths(), anchor_sets(), TIMES, st.booleans(), strictnesses, st.booleans())
def test_paths_agree_to_the_code(
    chain: list[bytes], roots: list[bytes], at: int, sha1: bool, strictness: str, handled: bool
) -> None:
    agreed(
        lambda door: door.validate_path(
            chain,
            trust=door.TrustAnchors(roots),
            at=at,
            allow_sha1=sha1,
            strictness=strictness,
            critical=["1.2.3.4"] if handled else (),
        )
    )


@given(paths(), st.data())
def test_paths_of_damaged_certificates_agree(chain: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    chain[at] = data.draw(damaged(st.just(chain[at])))
    same_verdict(
        lambda door: door.validate_path(
            chain, trust=door.TrustAnchors([authority().root]), at=AT_TIME
        )
    )


def test_arguments_of_paths_that_are_not_taken_are_refused_alike() -> None:
    right: dict[str, Any] = {"at": AT_TIME}
    chain = [leaf().encode()]
    wrong: dict[str, tuple[Any, ...]] = {
        "at": (None, True, -1, 253_402_300_800, 1.5, "now", 2**80),
        "allow_sha1": (None, 1),
        "strictness": ("", None),
        "critical": (["x"], ["1"], [1], 5, ["1.2.3."], ["9.9.9"], ["1.2.-3"], [""], ["1.2.03"]),
    }
    for name, values in wrong.items():
        for value in values:
            found = agreed(
                lambda door, options=right | {name: value}: door.validate_path(
                    chain, trust=door.TrustAnchors([authority().root]), **options
                )
            )
            assert found[0] == "error", (name, value)
    for certificates in ([], [b""], [None], ["x"], 5, None, chain * 9, [b"\x30" * 20_000]):
        found = agreed(
            lambda door, certificates=certificates: door.validate_path(
                certificates, trust=door.TrustAnchors([authority().root]), at=AT_TIME
            )
        )
        assert found[0] == "error", certificates


@given(st.lists(anchor_sets(), min_size=2, max_size=2))
def test_sets_of_anchors_agree(sets: list[list[bytes]]) -> None:
    def joined(door: Door) -> Any:
        one, other = (door.TrustAnchors(each) for each in sets)
        return (one | other).certificates, len(one | other), len(one)

    agreed(joined)


@given(st.sampled_from(("p256", "rsa2048", "ed25519")), st.booleans())
def test_an_anchor_of_a_name_and_a_key_agrees(kind: str, right: bool) -> None:
    spki = authority().root_key.spki()
    name = authority().root_name.encode()

    def followed(door: Door) -> Any:
        key = door.PublicKey.from_der(spki)
        if not right:
            key = door.PublicKey.from_pem(records()[kind]["spkiPem"])
        trust = door.TrustAnchors.from_key(name, key)
        return len(trust), door.validate_path([leaf().encode()], trust=trust, at=AT_TIME)

    agreed(followed)


# --- audit records ---


def passkey_record(made: Ceremony, pem_text: str) -> dict[str, Any]:
    response = made.response["response"]
    return {
        "kind": "Fido2",
        "id": "cr-1",
        "publicKey": pem_text,
        "assertion": {
            "clientData": response["clientDataJSON"],
            "authenticatorData": response["authenticatorData"],
            "signature": response["signature"],
        },
    }


def key_record(kind: str) -> dict[str, Any]:
    inner = key_assertion(kind, GET)["credentialAssertion"]
    return {
        "kind": "Key",
        "id": inner["credId"],
        "publicKey": records()[kind]["spkiPem"],
        "assertion": {"clientData": inner["clientData"], "signature": inner["signature"]},
        "more": {"a": None},
    }


@st.composite
def audit_records(draw: st.DrawFn, door_key: Any) -> dict[str, Any]:
    if draw(st.booleans()):
        return key_record(draw(st.sampled_from(("p256", "p384", "ed25519", "rsa2048"))))
    made = kept(assertion, draw(st.sampled_from(SIGNING[:-1])))
    record = passkey_record(made, door_key(made.key))
    if draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(("authenticatorData", "clientData", "signature")))
        raw = base64.urlsafe_b64decode(record["assertion"][name] + "==")
        record["assertion"][name] = b64u(draw(damaged(st.just(raw), 1)))
    return record


def _pem_of(key: bytes) -> str:
    from countermark.webauthn import CosePublicKey

    return CosePublicKey.from_bytes(key).public_key.to_pem()


@given(st.data())
def test_audit_records_agree(data: st.DataObject) -> None:
    record = data.draw(audit_records(_pem_of))
    body = data.draw(st.just(record) | st.just({"firstFactorCredential": record, "x": 1}))
    body = data.draw(st.just(body) | changed(body))
    optional: dict[str, st.SearchStrategy[Any]] = {
        "challenge": st.sampled_from((b64u(bytes(range(32))), "x")),
        "origin": st.sampled_from(("https://example.org", "https://app.dfns.io")),
        "rp_id": st.sampled_from(("example.org", "x")),
        "credential_id": st.sampled_from(("cr-1", "x")),
        "require_user_verification": st.booleans(),
        "algorithm": st.sampled_from((None, "SHA256", "x")),
        "low_s": st.booleans(),
        "padding": st.sampled_from((None, "pss")),
        "allow_padded_base64url": st.booleans(),
    }
    names = data.draw(st.sets(st.sampled_from(sorted(optional)), max_size=2))
    options = {name: data.draw(optional[name]) for name in sorted(names)}
    found = agreed(lambda door: door.verify_audit_record(body, **options))
    report = agreed(lambda door: door.explain_audit_record(body, **options))
    consistent(found, report)
