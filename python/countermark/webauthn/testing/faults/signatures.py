"""What can be wrong with a signature, in any format and in assertions."""

from __future__ import annotations

from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.drafts import Alteration, SigningDraft
from countermark.webauthn.testing.faults.registry import Table

INVALID = "signature.invalid"


def parts(signature: bytes) -> tuple[bytes, bytes]:
    """The contents of the two INTEGERs of an ECDSA signature of up to 127 bytes."""
    r_end = 4 + signature[3]
    return signature[4:r_end], signature[r_end + 2 :]


def _raw(signature: bytes) -> bytes:
    return b"".join(int.from_bytes(part, "big").to_bytes(32, "big") for part in parts(signature))


def _zero_padded(signature: bytes) -> bytes:
    r, s = parts(signature)
    return der.sequence(der.tlv(0x02, b"\x00" + r), der.tlv(0x02, s))


def _long_length(signature: bytes) -> bytes:
    return b"\x30\x81" + signature[1:]


def _indefinite(signature: bytes) -> bytes:
    return b"\x30\x80" + signature[2:] + b"\x00\x00"


def _with(*, r: int | None = None, s: int | None = None) -> Alteration:
    def change(signature: bytes) -> bytes:
        kept = parts(signature)
        pairs = zip(kept, (r, s), strict=True)
        return der.sequence(
            *(der.tlv(2, old) if new is None else der.integer(new) for old, new in pairs)
        )

    return change


_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _negated(signature: bytes) -> bytes:
    r, s = parts(signature)
    return der.sequence(der.tlv(2, r), der.integer(_ORDER - int.from_bytes(s, "big")))


def _over_order(signature: bytes) -> bytes:
    r, s = parts(signature)
    return der.sequence(der.tlv(2, r), der.integer(_ORDER + int.from_bytes(s, "big")))


_BRIEF = ("empty", "flipped", "raw")


def signature_faults(table: Table, *, brief: bool = False) -> None:
    """The faults of an ECDSA P-256 signature's bytes, or where ``brief`` the three plainest."""
    for name, code, description, change in (
        ("empty", INVALID, "the signature has no byte", lambda _: b""),
        ("flipped", INVALID, "a bit of s is flipped", lambda s: s[:-1] + bytes([s[-1] ^ 1])),
        ("truncated", INVALID, "the signature lacks its last byte", lambda s: s[:-1]),
        ("trailing", INVALID, "a byte follows the signature", lambda s: s + b"\x00"),
        ("raw", INVALID, "the signature is r‖s, not DER", _raw),
        ("zero_padded", INVALID, "r has a zero byte too many", _zero_padded),
        ("long_length", INVALID, "the length is in the long form", _long_length),
        ("indefinite", INVALID, "the length is indefinite", _indefinite),
        ("r_zero", INVALID, "r is 0", _with(r=0)),
        ("s_zero", INVALID, "s is 0", _with(s=0)),
        ("s_negative", INVALID, "s is −1", _with(s=-1)),
        ("both_one", INVALID, "r and s are 1", _with(r=1, s=1)),
        ("s_over_order", INVALID, "s is not reduced by the order", _over_order),
        ("other_s", "valid", "s is replaced by its negative, which is as right", _negated),
    ):
        if brief and name not in _BRIEF:
            continue
        table.add(f"signature_{name}", code, description, section="6.5.5", signature=change)


def _other_client_data(draft: SigningDraft) -> None:
    draft.message = draft.authenticator_data + bytes(32)


def _other_data(draft: SigningDraft) -> None:
    draft.message = draft.authenticator_data[:-1] + b"\x55" + draft.client_data_hash


def _data_alone(draft: SigningDraft) -> None:
    draft.message = draft.authenticator_data


def _swapped(draft: SigningDraft) -> None:
    draft.message = draft.client_data_hash + draft.authenticator_data


def signing_faults(table: Table) -> None:
    """The faults of what is signed and by whom."""
    for name, description, change in (
        ("other_key", "another key signed", SigningDraft.use_other_key),
        ("other_client_data", "other client data were signed", _other_client_data),
        ("other_authenticator_data", "other authenticator data were signed", _other_data),
        ("authenticator_data_alone", "the client data were not signed", _data_alone),
        ("parts_swapped", "the parts were signed in the wrong order", _swapped),
    ):
        table.add(f"signed_{name}", INVALID, description, signing=change)
