"""Assertions as a server gets them: right ones of every kind, and one thing wrong at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from countermark.vectors.generation.assertion_case import (
    ALLOWED,
    ASSERTIONS,
    CLIENT_DATA,
    ENCODINGS,
    HASHING,
    ORIGIN,
    Case,
    b64u,
)
from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.producers import CREATE, GET, PRODUCERS, drawn_challenge
from countermark.vectors.generation.signers import ALGORITHMS, Signer, der_signature

LONGEST: Final = 1024


def verification(seed: Seed) -> VectorFile:
    """The subject assertion/verify."""
    facts = Facts(
        "assertion/verify",
        "Assertions as a server gets them. What is wrong was wrong before it was signed, unless it is the signature.",
        operation="assertion.verify",
        section=ASSERTIONS,
    )
    key = Signer.draw(seed, "verify", "Ed25519")
    challenge = drawn_challenge(seed.take("verify", 32))
    case = Case(key, challenge, f"cr-{seed.take('id', 8).hex()}")
    usual: dict[str, Any] = {
        "assertion": case.assertion(),
        "challenge": challenge,
        "public_key": key.public_pem,
    }
    _right(facts, seed, case, usual)
    _wrong_shapes(facts, case, usual)
    _wrong_claims(facts, seed, case, usual)
    _wrong_signatures(facts, seed, case, usual)
    _wrong_algorithms(facts, seed, case)
    return facts.file()


def _right(facts: Facts, seed: Seed, case: Case, usual: dict[str, Any]) -> None:
    for algorithm in ALGORITHMS:
        one = replace(case, key=Signer.draw(seed, "verify", algorithm))
        facts.valid(
            f"right {algorithm}",
            f"an assertion of {algorithm}",
            one.verified(),
            section=HASHING,
            assertion=one.assertion(),
            challenge=case.challenge,
            public_key=one.key.public_pem,
        )
    for producer in PRODUCERS:
        if GET in producer.templates:
            one = replace(case, profile=producer.profile)
            facts.valid(
                f"profile {producer.profile}",
                f"client data of {producer.about}, expected byte for byte",
                one.verified(),
                section=CLIENT_DATA,
                **{**usual, "assertion": one.assertion()},
                profile=producer.profile,
            )
    for name in ("SHA256", "SHA512"):
        hash = f"SHA-{name[3:]}"
        one = replace(case, key=Signer.draw(seed, "verify", "ES256"), hash=hash, algorithm=name)
        facts.valid(
            f"named {name}",
            f"the assertion names {name}",
            one.verified(),
            section=HASHING,
            assertion=one.assertion(),
            challenge=case.challenge,
            public_key=one.key.public_pem,
            algorithm=name,
        )
    kind = replace(case, kind="RecoveryKey")
    facts.valid(
        "kind expected",
        "the expected kind",
        kind.verified(),
        **{**usual, "assertion": kind.assertion()},
        kind="RecoveryKey",
    )
    facts.valid(
        "id expected", "the expected credential", case.verified(), **usual, credential_id=case.id
    )
    text = json.dumps(case.assertion(), indent=1)
    facts.valid(
        "as text", "JSON text with white space", case.verified(), **{**usual, "assertion": text}
    )
    padded = case.assertion(padded=True)
    facts.valid(
        "padded",
        "padded base64url where that is allowed",
        case.verified(),
        section=ENCODINGS,
        **{**usual, "assertion": padded},
        allow_padded_base64url=True,
    )
    facts.invalid(
        "padded strictly",
        "padded base64url where it is not",
        "base64url.padding",
        section=ENCODINGS,
        **{**usual, "assertion": padded},
    )


def _wrong_shapes(facts: Facts, case: Case, usual: dict[str, Any]) -> None:
    right = case.assertion()
    body = right["credentialAssertion"]

    def wrong(name: str, shows: str, code: str, assertion: Any) -> None:
        facts.invalid(name, shows, code, **{**usual, "assertion": assertion})

    for name in ("kind", "credentialAssertion"):
        rest = {one: value for one, value in right.items() if one != name}
        wrong(f"no {name}", f"{name} is missing", "assertion.missing", rest)
        wrong(f"{name} null", f"{name} is null", "assertion.type", {**right, name: None})
    for name in ("credId", "clientData", "signature"):
        rest = {one: value for one, value in body.items() if one != name}
        wrong(
            f"no {name}",
            f"{name} is missing",
            "assertion.missing",
            {**right, "credentialAssertion": rest},
        )
        for what, value, code in (
            ("number", 1, "assertion.type"),
            ("empty", "", "assertion.value"),
        ):
            changed = {**right, "credentialAssertion": {**body, name: value}}
            wrong(f"{name} {what}", f"{name} is {what}", code, changed)
    wrong(
        "body array",
        "credentialAssertion is an array",
        "assertion.type",
        {**right, "credentialAssertion": [body]},
    )
    wrong("unknown member", "an unknown member", "assertion.unknown", {**right, "extra": 1})
    inner = {**right, "credentialAssertion": {**body, "userHandle": ""}}
    wrong("unknown member inside", "an unknown member inside", "assertion.unknown", inner)
    named = {**right, "credentialAssertion": {**body, "algorithm": None}}
    wrong(
        "algorithm null", "an algorithm that is null is not an absent one", "assertion.type", named
    )
    text = json.dumps(right)
    wrong("text cut", "the text is cut", "json.syntax", text[:-1])
    wrong("text array", "the text is an array", "json.shape", f"[{text}]")
    wrong("text twice", "the text is there twice", "json.trailing", text + text)
    wrong("kind twice", "kind stands twice", "json.duplicate", '{"kind":"Key",' + text[1:])
    long = {**right, "credentialAssertion": {**body, "credId": "a" * (LONGEST + 1)}}
    wrong("id over 1024", "a credential id of 1025 characters", "limit.size", long)
    for name in ("clientData", "signature"):
        for what, code, change in (
            ("standard base64", "base64url.alphabet", "+" + body[name][1:]),
            ("line feed", "base64url.alphabet", body[name] + "\n"),
            ("padding", "base64url.padding", body[name] + "="),
            ("length", "base64url.length", body[name][: len(body[name]) // 4 * 4] + "A"),
        ):
            wrong(
                f"{name} {what}",
                f"{name} with a wrong {what}",
                code,
                {**right, "credentialAssertion": {**body, name: change}},
            )


def _wrong_claims(facts: Facts, seed: Seed, case: Case, usual: dict[str, Any]) -> None:
    challenge = case.challenge

    def signed(name: str, shows: str, code: str, client_data: bytes | str, **more: Any) -> None:
        octets = client_data.encode() if isinstance(client_data, str) else client_data
        facts.invalid(
            name,
            shows,
            code,
            section=CLIENT_DATA,
            **{**usual, "assertion": case.assertion(octets)},
            **more,
        )

    other = drawn_challenge(seed.take("other", 32))
    for name, shows, one in (
        ("challenge other", "another challenge", other),
        ("challenge cut", "a challenge that is cut", challenge[:-1]),
        ("challenge longer", "a challenge that is longer", challenge + "A"),
        ("challenge padded", "a challenge that is padded", challenge + "="),
        ("challenge again", "a challenge that is encoded once more", b64u(challenge.encode())),
        ("challenge of another case", "a challenge of another case", challenge.swapcase()),
        ("challenge empty", "an empty challenge", ""),
    ):
        signed(
            name, shows, "client_data.challenge_mismatch", f'{{"challenge":"{one}","type":"{GET}"}}'
        )
    for name, type in (
        ("type of creating", CREATE),
        ("type of passkeys", "webauthn.get"),
        ("type of another case", "Key.get"),
        ("type empty", ""),
    ):
        signed(
            name,
            f"the type is {type!r}",
            "client_data.type_mismatch",
            f'{{"challenge":"{challenge}","type":"{type}"}}',
        )
    from_app = (
        f'{{"challenge":"{challenge}","crossOrigin":false,"origin":"{ORIGIN}","type":"{GET}"}}'
    )
    bare = f'{{"challenge":"{challenge}","type":"{GET}"}}'
    for name, shows, expected in (
        ("origin other", "another origin", "https://other.example"),
        ("origin with slash", "an origin with a slash at its end", ORIGIN + "/"),
        ("origin of another case", "an origin of another case", ORIGIN.upper()),
        ("origin with port", "an origin with a port", ORIGIN + ":443"),
    ):
        signed(
            name, f"{shows} was expected", "client_data.origin_mismatch", from_app, origin=expected
        )
    signed(
        "origin absent",
        "an origin was expected, and there is none",
        "client_data.origin_mismatch",
        bare,
        origin=ORIGIN,
    )
    crossing = from_app.replace("false", "true")
    signed(
        "cross-origin",
        "crossOrigin is true, which nobody expected",
        "client_data.cross_origin_mismatch",
        crossing,
    )
    signed(
        "not cross-origin",
        "crossOrigin was expected to be true",
        "client_data.cross_origin_mismatch",
        from_app,
        cross_origin=True,
    )
    signed(
        "profile other",
        "client data of another producer",
        "client_data.profile_mismatch",
        f'{{"type":"{GET}","challenge":"{challenge}"}}',
        profile="canonical",
    )
    signed(
        "profile spaced",
        "a space, which no producer writes",
        "client_data.profile_mismatch",
        bare.replace(":", ": "),
        profile="canonical",
    )
    signed(
        "profile with more",
        "a member that no producer writes",
        "client_data.profile_mismatch",
        bare[:-1] + ',"x":1}',
        profile="canonical",
    )
    signed("client data cut", "client data that are cut", "json.syntax", bare[:-1])
    signed("client data array", "client data that are an array", "json.shape", f"[{bare}]")
    signed(
        "client data with mark", "a byte order mark", "json.bom", b"\xef\xbb\xbf" + bare.encode()
    )
    signed(
        "client data twice",
        "a member twice",
        "json.duplicate",
        bare[:-1] + f',"challenge":"{challenge}"}}',
    )
    signed(
        "client data without type",
        "client data without a type",
        "client_data.missing",
        f'{{"challenge":"{challenge}"}}',
    )
    signed(
        "client data with numbers",
        "a challenge that is a number",
        "client_data.type",
        f'{{"challenge":1,"type":"{GET}"}}',
    )
    facts.invalid(
        "kind other",
        "another kind was expected",
        "assertion.kind_mismatch",
        **usual,
        kind="RecoveryKey",
    )
    facts.invalid(
        "kind of passkeys",
        "a kind that signs with no key",
        "assertion.kind_mismatch",
        **{**usual, "assertion": replace(case, kind="Fido2").assertion()},
    )
    for name, expected in (
        ("other", "cr-other"),
        ("longer", case.id + "0"),
        ("of another case", case.id.upper()),
    ):
        facts.invalid(
            f"id {name}",
            f"a credential id that is {name} was expected",
            "assertion.id_mismatch",
            section=ALLOWED,
            **usual,
            credential_id=expected,
        )


def _wrong_signatures(facts: Facts, seed: Seed, case: Case, usual: dict[str, Any]) -> None:
    data = case.client_data
    code = "signature.invalid"

    def wrong(name: str, shows: str, assertion: dict[str, Any], **more: Any) -> None:
        facts.invalid(
            name, shows, code, section=HASHING, **{**usual, "assertion": assertion, **more}
        )

    right = case.key.sign(data)
    flipped = bytearray(right)
    flipped[seed.number("flip", len(right)) - 1] ^= 1 << seed.number("bit", 8) - 1
    wrong(
        "bit flipped", "one bit of the signature is flipped", case.assertion(data, bytes(flipped))
    )
    wrong("signature cut", "the signature is cut", case.assertion(data, right[:-1]))
    wrong(
        "signature longer", "the signature has one byte more", case.assertion(data, right + b"\0")
    )
    wrong("signature of zeros", "zeros in place of a signature", case.assertion(data, bytes(64)))
    elsewhere = case.key.sign(data.replace(b":", b": "))
    wrong(
        "signature of other bytes",
        "the signature covers another spelling",
        case.assertion(data, elsewhere),
    )
    other = Signer.draw(seed, "other", "Ed25519")
    wrong("signature of another key", "another key signed", case.assertion(data, other.sign(data)))
    wrong(
        "another public key",
        "another key was registered",
        usual["assertion"],
        public_key=other.public_pem,
    )
    encoded = case.key.sign(b64u(data).encode())
    wrong(
        "signature of base64url", "the text in base64url was signed", case.assertion(data, encoded)
    )
    for algorithm in ("ES256", "ES384", "ES512", "ES256K"):
        key = Signer.draw(seed, "verify", algorithm)
        ec = replace(case, key=key)
        given = {"public_key": key.public_pem}
        r, s = key.numbers_of(data)
        raw = r.to_bytes(key.size, "big") + s.to_bytes(key.size, "big")
        wrong(
            f"raw {algorithm}",
            "r and s side by side, where DER is due",
            ec.assertion(data, raw),
            **given,
        )
        wrong(
            f"zero {algorithm}",
            "r and s are zero",
            ec.assertion(data, der_signature(0, 0)),
            **given,
        )
        high = ec.assertion(data, der_signature(r, key.order - s))
        wrong(
            f"high s {algorithm}",
            "the higher s, where the lower is demanded",
            high,
            **given,
            low_s=True,
        )
    key = Signer.draw(seed, "verify", "ES256")
    high_s = der_signature(key.numbers_of(data)[0], key.order - key.numbers_of(data)[1])
    ec = replace(case, key=key)
    facts.valid(
        "high s",
        "the higher s is a signature too, where nothing else is demanded",
        ec.verified(data, high_s),
        section=HASHING,
        **{**usual, "assertion": ec.assertion(data, high_s), "public_key": key.public_pem},
    )
    rsa = Signer.draw(seed, "verify", "RS256")
    pss = replace(case, key=rsa).assertion(data, rsa.sign_pss(data))
    wrong("pss", "PSS, where PKCS#1 v1.5 is due", pss, public_key=rsa.public_pem)
    plain = replace(case, key=rsa).assertion(data)
    wrong("pkcs1", "PKCS#1 v1.5, where PSS is due", plain, public_key=rsa.public_pem, padding="pss")
    facts.valid(
        "pss expected",
        "PSS, where PSS is due",
        replace(case, key=rsa).verified(data, rsa.sign_pss(data)),
        section=HASHING,
        **{**usual, "assertion": pss, "public_key": rsa.public_pem},
        padding="pss",
    )


def _wrong_algorithms(facts: Facts, seed: Seed, case: Case) -> None:
    for name, shows, code, algorithm, hash, named, expected in (
        (
            "hash not named",
            "signed with SHA-512 and not named",
            "signature.invalid",
            "ES256",
            "SHA-512",
            None,
            None,
        ),
        (
            "hash other",
            "named SHA256, signed with SHA-512",
            "signature.invalid",
            "ES256",
            "SHA-512",
            "SHA256",
            None,
        ),
        (
            "hash of the curve",
            "SHA-384 because of the curve, which decides nothing",
            "signature.invalid",
            "ES384",
            "SHA-384",
            None,
            None,
        ),
        (
            "name unknown",
            "SHA1 is not offered",
            "algorithm.unknown",
            "ES256",
            "SHA-256",
            "SHA1",
            None,
        ),
        (
            "name of another case",
            "a name of another case",
            "algorithm.unknown",
            "ES256",
            "SHA-256",
            "sha256",
            None,
        ),
        (
            "name of node",
            "a name that Node takes too",
            "algorithm.unknown",
            "ES256",
            "SHA-256",
            "SHA-256",
            None,
        ),
        (
            "name of rsa",
            "a name of RSA with ECDSA",
            "algorithm.mismatch",
            "ES256",
            "SHA-256",
            "RSA-SHA256",
            None,
        ),
        (
            "name with eddsa",
            "EdDSA takes no name",
            "algorithm.mismatch",
            "Ed25519",
            "SHA-256",
            "SHA256",
            None,
        ),
        (
            "name not registered",
            "another name was registered",
            "algorithm.mismatch",
            "ES256",
            "SHA-256",
            "SHA256",
            "SHA512",
        ),
        (
            "registered hash",
            "SHA512 was registered, SHA-256 used",
            "signature.invalid",
            "ES256",
            "SHA-256",
            None,
            "SHA512",
        ),
    ):
        key = Signer.draw(seed, "verify", algorithm)
        one = replace(case, key=key, hash=hash, algorithm=named)
        facts.invalid(
            name,
            shows,
            code,
            section=HASHING,
            assertion=one.assertion(),
            challenge=case.challenge,
            public_key=key.public_pem,
            algorithm=expected,
        )


__all__ = ["verification"]
