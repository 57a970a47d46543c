"""Batches of the native module and the plain loops of the reference come to the same, for mixed items in any order."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from countermark import PrivateKey, batch, reference
from countermark.dfns import KeySigner
from countermark.errors import ArgumentTypeError, ArgumentValueError

ALGORITHMS = ("ES256", "ES256K", "Ed25519")
KEYS = {name: PrivateKey.generate(name) for name in ALGORITHMS}
PEMS = {name: key.public_key.to_pem() for name, key in KEYS.items()}
TWINS = {name: reference.PublicKey.from_pem(pem) for name, pem in PEMS.items()}
SIGNED = {name: key.sign(b"message") for name, key in KEYS.items()}
CHALLENGE = {"challenge": "text", "allowCredentials": {"key": [{"id": "cr-1"}]}}
ASSERTIONS = {name: KeySigner("cr-1", key).sign(CHALLENGE) for name, key in KEYS.items()}

names = st.sampled_from(ALGORITHMS)
messages = st.sampled_from([b"message", b"", b"other", "text", None])
signatures = st.one_of(
    st.sampled_from([*SIGNED.values(), b"", "text", None]), st.binary(max_size=80)
)
threads = st.sampled_from([1, 2, 3])


@given(st.lists(st.tuples(names, st.booleans(), messages, signatures), max_size=70), threads)
@settings(deadline=None)
def test_signatures_of_mixed_keys(rows: list[tuple[str, bool, Any, Any]], threads: int) -> None:
    texts = [row[2] for row in rows]
    given_signatures = [row[3] for row in rows]
    keys = [PEMS[name] if text else KEYS[name].public_key for name, text, *_ in rows]
    twins = [PEMS[name] if text else TWINS[name] for name, text, *_ in rows]
    found = batch.verify_many(keys, texts, given_signatures, threads=threads)
    due = reference.verify_many(twins, texts, given_signatures)
    assert batch.codes(found) == batch.codes(due)


expectations = st.fixed_dictionaries(
    {},
    optional={
        "challenge": st.sampled_from(["text", "other", "", 5, None]),
        "credential_id": st.sampled_from(["cr-1", "cr-2", "", None]),
        "kind": st.sampled_from(["Key", "RecoveryKey", "nothing", None]),
        "low_s": st.sampled_from([True, False, 1, None]),
        "no_such": st.just(1),
    },
)
NEVER_RIGHT: Final = [
    *(
        ("challenge", ""),
        ("challenge", 5),
        ("challenge", None),
        ("credential_id", ""),
        ("kind", "nothing"),
        ("low_s", 1),
        ("low_s", None),
    ),
]
bodies = names.flatmap(
    lambda name: st.sampled_from(
        [ASSERTIONS[name], json.dumps(ASSERTIONS[name]), {**ASSERTIONS[name], "kind": "x"}, "{", 5]
    )
)
items = st.one_of(
    st.tuples(bodies, names, expectations), st.sampled_from([None, 5, "text", (), b""])
)


@given(st.lists(items, max_size=60), expectations, threads)
@settings(deadline=None)
def test_assertions_over_what_they_share(
    rows: list[Any], common: dict[str, Any], threads: int
) -> None:
    common.pop("no_such", None)

    def made(keys: dict[str, Any]) -> list[Any]:
        return [
            {"assertion": row[0], "public_key": keys[row[1]], **row[2]}
            if isinstance(row, tuple) and row
            else row
            for row in rows
        ]

    publics = {name: key.public_key for name, key in KEYS.items()}
    due = reference.verify_assertions(made(TWINS), **common)
    found: list[Any] | ArgumentTypeError | ArgumentValueError
    try:
        found = batch.verify_assertions(made(publics), threads=threads, **common)
    except (ArgumentTypeError, ArgumentValueError) as error:
        found = error
    if isinstance(found, list):
        assert judged(batch.codes(found)) == judged(batch.codes(due))
        return
    # The call is wrong: by a shared value, of which at least one item has none of its own.
    name = str(found.field)
    assert (name, common[name]) in NEVER_RIGHT
    users = [
        place
        for place, row in enumerate(rows)
        if isinstance(row, tuple) and row and row[2].get(name) is None
    ]
    assert "argument" in [judged(batch.codes(due))[place] for place in users]


def judged(codes: list[str | None]) -> list[str | None]:
    """Codes, where an item has two wrong arguments either of which may be told."""
    return [
        "argument" if code is not None and code.startswith("argument.") else code for code in codes
    ]


challenges = st.one_of(
    st.sampled_from([CHALLENGE, json.dumps(CHALLENGE), {}, {"challenge": "a"}, "{", 5, None]),
    st.text(max_size=5).map(lambda text: {**CHALLENGE, "challenge": text}),
)


@given(st.lists(challenges, max_size=60), threads)
@settings(deadline=None)
def test_challenges_are_signed_alike(rows: list[Any], threads: int) -> None:
    pem = KEYS["Ed25519"].export_private_key()
    found = KeySigner("cr-1", pem).sign_many(rows, threads=threads)
    due = reference.KeySigner("cr-1", reference.PrivateKey.from_pem(pem)).sign_many(rows)
    assert batch.codes(found) == batch.codes(due)
    assert [one for one in found if isinstance(one, dict)] == [
        one for one in due if isinstance(one, dict)
    ]
