"""Entries of an audit log, made up: right ones, and every eighth wrong in one respect or another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from countermark import PrivateKey
from countermark.dfns import KeySigner, verify_audit_record
from countermark.errors import Error

EVERY: Final = 8
CHALLENGE: Final = "Y2gt{number:016d}"
KEY_TYPES: Final = ("ES256", "Ed25519", "ES256K", "ES256")

Entry = dict[str, Any]


def _other_signature(entry: Entry) -> str:
    inner = entry["assertion"]
    text = inner["signature"]
    # In the middle of it, so that DER stays DER.
    inner["signature"] = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
    return json.dumps({"firstFactorCredential": entry})


def _no_signature(entry: Entry) -> str:
    del entry["assertion"]["signature"]
    return json.dumps({"firstFactorCredential": entry})


def _other_client_data(entry: Entry) -> str:
    entry["assertion"]["clientData"] = "eyJ0eXBlIjoia2V5LmdldCJ9"
    return json.dumps({"firstFactorCredential": entry})


def _no_base64url(entry: Entry) -> str:
    entry["assertion"]["clientData"] += "*"
    return json.dumps({"firstFactorCredential": entry})


def _other_kind(entry: Entry) -> str:
    entry["kind"] = "Sword"
    return json.dumps({"firstFactorCredential": entry})


def _cut_off(entry: Entry) -> str:
    return json.dumps({"firstFactorCredential": entry})[:-9]


def _nothing(_: Entry) -> str:
    return ""


WRONGS: Final[tuple[Callable[[Entry], str], ...]] = (
    *(_other_signature, _no_signature, _other_client_data, _no_base64url),
    *(_other_kind, _cut_off, _nothing),
)
"""Each takes a right entry and gives the JSON text of a wrong one."""


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Rows of ``id``, ``record`` (JSON text), ``public_key`` (PEM) and ``challenge``."""
    keys = [PrivateKey.generate(name) for name in KEY_TYPES]
    signers = [KeySigner(f"cr-{number}", key) for number, key in enumerate(keys)]
    pems = [key.public_key.to_pem() for key in keys]
    for number in range(count):
        turn = number % len(keys)
        challenge = CHALLENGE.format(number=number)
        asked = {"challenge": challenge, "allowCredentials": {"key": [{"id": f"cr-{turn}"}]}}
        entry: Entry = {
            "kind": "Key",
            "id": f"cr-{turn}",
            "publicKey": pems[turn],
            "assertion": dict(signers[turn].sign(asked)["credentialAssertion"]),
        }
        if number % EVERY == EVERY - 1:
            record = WRONGS[number // EVERY % len(WRONGS)](entry)
        else:
            record = json.dumps({"firstFactorCredential": entry})
        # The last of the keys is not the one that some entries were signed with.
        pinned = pems[0 if number % (EVERY * 5) == EVERY else turn]
        yield {"id": number, "record": record, "public_key": pinned, "challenge": challenge}


def by_loop(table: list[dict[str, Any]]) -> dict[int, str]:
    """What single calls say of every row."""
    from countermark import PublicKey

    keys = {row["public_key"]: PublicKey.from_pem(row["public_key"]) for row in table}
    return {row["id"]: _verdict(row, keys[row["public_key"]]) for row in table}


def _verdict(row: dict[str, Any], key: Any) -> str:
    try:
        verify_audit_record(row["record"], public_key=key, challenge=row["challenge"])
    except Error as error:
        return error.code
    return "valid"
