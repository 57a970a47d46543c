"""The fingerprint: what a new key signs, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator

from countermark.vectors.generation.assertion_case import b64u
from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_attestation_case import (
    PEM_FORMS,
    RECIPE,
    draw,
    spellings,
)
from countermark.vectors.generation.producers import (
    fingerprint,
)
from countermark.vectors.generation.signers import ALGORITHMS, Signer


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject fingerprint."""
    yield _fingerprint(seed)


def _fingerprint(seed: Seed) -> VectorFile:
    facts = Facts(
        "fingerprint",
        "What a new key signs. The invalid ones are credentials whose signature covers something close to it.",
        operation="fingerprint.make",
        section=RECIPE,
    )
    new = draw(seed, "fingerprint", "Ed25519")
    for algorithm in ALGORITHMS:
        key = Signer.draw(seed, "fingerprint", algorithm)
        facts.valid(
            f"make {algorithm}",
            f"a key of {algorithm}",
            {"bytes": fingerprint(new.client_data, key.public_pem)},
            client_data=new.client_data,
            public_key=key.public_pem,
        )
    for name, text in spellings(new.text).items():
        facts.valid(
            f"text {name}",
            f"the text as it is: {name}",
            {"bytes": fingerprint(new.client_data, text)},
            section=PEM_FORMS,
            client_data=new.client_data,
            public_key=text,
        )
    drawn = seed.take("no client data", 20)
    facts.valid(
        "any bytes",
        "client data are not looked at",
        {"bytes": fingerprint(drawn, new.text)},
        client_data=drawn,
        public_key=new.text,
    )
    facts.valid(
        "no bytes",
        "not even whether there are any",
        {"bytes": fingerprint(b"", new.text)},
        client_data=b"",
        public_key=new.text,
    )
    facts.valid(
        "no text",
        "nor is the text",
        {"bytes": fingerprint(drawn, "")},
        client_data=drawn,
        public_key="",
    )
    facts.invalid(
        "text over 16 KiB",
        "a public key text over 16 KiB",
        "limit.size",
        section="a bound of this package",
        client_data=b"",
        public_key=[times(2**14, "a"), "a"],
    )
    right = fingerprint(new.client_data, new.text)
    digest = right[19:83]
    near: tuple[tuple[str, str, bytes], ...] = (
        ("raw line feeds", "line feeds in place of their escapes", right.replace(b"\\n", b"\n")),
        ("long escapes", "the long form of the escapes", right.replace(b"\\n", b"\\u000a")),
        ("crlf", "other line ends than the text that is sent", right.replace(b"\\n", b"\\r\\n")),
        (
            "no final line feed",
            "without the last line feed of the text that is sent",
            right.replace(b'\\n"}', b'"}'),
        ),
        ("spaces", "a space after each colon", right.replace(b'":"', b'": "')),
        ("final line feed", "a line feed after the object", right + b"\n"),
        (
            "members reversed",
            "the members in the other order",
            b'{"publicKey":' + right[97:-1] + b',"clientDataHash":"' + digest + b'"}',
        ),
        ("upper case", "the digest in upper case", right.replace(digest, digest.upper())),
        (
            "letter escaped",
            "a letter in its escape",
            right.replace(b"publicKey", b"public\\u004bey"),
        ),
        (
            "digest of base64url",
            "the digest of the client data in base64url",
            fingerprint(b64u(new.client_data).encode(), new.text),
        ),
        (
            "other client data",
            "the digest of other client data",
            fingerprint(new.client_data + b" ", new.text),
        ),
        (
            "digest in base64url",
            "the digest in base64url",
            right.replace(digest, b64u(bytes.fromhex(digest.decode())).encode()),
        ),
        ("digest alone", "the digest alone", bytes.fromhex(digest.decode())),
        ("key alone", "the public key text alone", new.text.encode()),
    )
    for name, shows, signed in near:
        facts.invalid(
            f"near {name}",
            f"the signature covers {shows}",
            "signature.invalid",
            operation="credential.verify",
            challenge=new.challenge,
            credential=new.credential(signed=signed),
        )
    return facts.file()
