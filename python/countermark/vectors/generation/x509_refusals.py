"""Facts about ways to an anchor that there are not."""

from __future__ import annotations

from collections.abc import Sequence

from countermark.vectors.generation.certificates import (
    MOMENT,
    Chains,
    make_ca,
)
from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed
from countermark.vectors.generation.x509 import add, put
from countermark.vectors.generation.x509_cases import (
    EARLY,
    LATE,
    UNKNOWN,
    Case,
    namesake_of,
    path_length,
    without,
)
from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft


def state_refusals(facts: Facts, seed: Seed, chains: Chains) -> None:
    """Everything that is refused."""
    _wrong_anchors(facts, seed, chains)
    _wrong_dates(facts, chains)
    _wrong_issuers(facts, chains)
    _wrong_signatures(facts, seed, chains)
    _wrong_arguments(facts, chains)


def _wrong_anchors(facts: Facts, seed: Seed, chains: Chains) -> None:
    case = Case(chains, 1)
    stranger = Chains(seed.child("stranger")).root.encode()
    namesake = namesake_of(chains).encode()
    root = chains.root.encode()
    fake_root = chains.leaf(put(subject=chains.root.subject, serial=7), under=chains.root)
    for title, shows, code, given, anchors in (
        ("no anchor", "nothing is trusted", "trust.no_path", case.chain, {}),
        (
            "another anchor",
            "an anchor of another name",
            "trust.no_path",
            case.chain,
            {"stranger": stranger},
        ),
        (
            "anchor of one name",
            "an anchor of the right name with another key",
            "trust.signature",
            case.chain,
            {"namesake": namesake},
        ),
        (
            "intermediate missing",
            "the way has a gap",
            "trust.no_path",
            case.chain[:1],
            {"root": root},
        ),
        (
            "root sent and not trusted",
            "what is sent along is not trusted for that",
            "trust.no_path",
            [*case.chain, root],
            {"stranger": stranger},
        ),
        (
            "leaf with the name of an anchor",
            "a name makes no anchor",
            "trust.signature",
            [fake_root.encode()],
            {"namesake": namesake},
        ),
    ):
        facts.invalid(title, shows, code, certificates=given, anchors=anchors, trust=list(anchors))


def _refuse(facts: Facts, chains: Chains, rows: Sequence[tuple[str, str, str, Case]]) -> None:
    for title, shows, code, case in rows:
        facts.invalid(
            title,
            shows,
            code,
            certificates=case.chain,
            anchors={"root": chains.root.encode()},
            trust=["root"],
        )


def _wrong_dates(facts: Facts, chains: Chains) -> None:
    code = "trust.validity"
    _refuse(
        facts,
        chains,
        (
            ("leaf expired", "the leaf is too old", code, Case(chains, leaf=put(not_after=EARLY))),
            (
                "leaf expired by a second",
                "the leaf is too old",
                code,
                Case(chains, leaf=put(not_after=MOMENT - 1)),
            ),
            (
                "leaf of the future",
                "the leaf is too young",
                code,
                Case(chains, leaf=put(not_before=LATE)),
            ),
            (
                "leaf too young by a second",
                "the leaf is too young",
                code,
                Case(chains, leaf=put(not_before=MOMENT + 1)),
            ),
            (
                "leaf with dates the wrong way round",
                "it ends before it begins",
                code,
                Case(chains, leaf=put(not_before=LATE, not_after=EARLY)),
            ),
            (
                "intermediate expired",
                "an intermediate is too old",
                code,
                Case(chains, 1, put(not_after=EARLY)),
            ),
            (
                "intermediate of the future",
                "an intermediate is too young",
                code,
                Case(chains, 2, put(not_before=LATE)),
            ),
        ),
    )


def _wrong_issuers(facts: Facts, chains: Chains) -> None:
    no_sign = x509.DIGITAL_SIGNATURE

    def usage(draft: CertificateDraft) -> None:
        draft.extension(x509.KEY_USAGE).value = no_sign

    def no_authority(draft: CertificateDraft) -> None:
        draft.extension(x509.BASIC_CONSTRAINTS).value = x509.basic_constraints(ca=False)

    unknown = add(UNKNOWN, der.null(), critical=True)
    constraints = add(x509.NAME_CONSTRAINTS, der.sequence(), critical=True)
    quiet = add(x509.NAME_CONSTRAINTS, der.sequence())
    _refuse(
        facts,
        chains,
        (
            (
                "no authority",
                "an issuer is no authority",
                "trust.not_ca",
                Case(chains, 1, no_authority),
            ),
            (
                "no constraints",
                "an issuer does not say that it is an authority",
                "trust.not_ca",
                Case(chains, 1, without(x509.BASIC_CONSTRAINTS)),
            ),
            (
                "issuer of version 1",
                "an issuer of version 1 cannot say so",
                "trust.not_ca",
                Case(chains, 1, put(version=1, extensions=[])),
            ),
            (
                "path length 0 and one below",
                "an authority more than is allowed",
                "trust.path_length",
                Case(chains, 2, path_length(0)),
            ),
            (
                "path length 1 and two below",
                "an authority more than is allowed",
                "trust.path_length",
                Case(chains, 3, path_length(1)),
            ),
            (
                "issuer that may not sign",
                "the key of an issuer may not sign certificates",
                "trust.key_usage",
                Case(chains, 1, usage),
            ),
            (
                "unknown critical extension of an issuer",
                "what is critical must be understood",
                "trust.critical_extension",
                Case(chains, 1, unknown),
            ),
            (
                "unknown critical extension of the leaf",
                "what is critical must be understood",
                "trust.critical_extension",
                Case(chains, leaf=unknown),
            ),
            (
                "critical policy constraints",
                "constraints of policies are not understood",
                "trust.critical_extension",
                Case(
                    chains,
                    1,
                    add(
                        x509.POLICY_CONSTRAINTS,
                        der.sequence(der.implicit(0, b"\x00")),
                        critical=True,
                    ),
                ),
            ),
            (
                "name constraints",
                "constraints of names are not supported, and so refused",
                "trust.name_constraints",
                Case(chains, 1, constraints),
            ),
            (
                "name constraints that are not critical",
                "they are refused all the same",
                "trust.name_constraints",
                Case(chains, 1, quiet),
            ),
            (
                "6 intermediates",
                "seven certificates below the anchor",
                "trust.depth",
                Case(chains, 6),
            ),
            (
                "issuer of another name",
                "the signature is right, the name is not",
                "trust.name",
                Case(chains, 1, leaf=put(issuer=chains.name("another"))),
            ),
            (
                "name of the issuer in another case",
                "names are compared octet by octet",
                "trust.name",
                Case(chains, 1, leaf=put(issuer=chains.name("INTERMEDIATE 0"))),
            ),
        ),
    )


def _wrong_signatures(facts: Facts, seed: Seed, chains: Chains) -> None:
    other = chains.key("stranger")
    null = der.sequence(der.oid("1.2.840.10045.4.3.2"), der.null())
    unknown = der.sequence(der.oid("1.3.6.1.4.1.99999.3"))
    rsa = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null())
    flipped = Case(chains, 1)
    data = bytearray(flipped.chain[0])
    at = data.index(b"leaf")
    data[at + seed.number("flip a letter", 5) - 1] ^= 0x01
    flipped.chain[0] = bytes(data)
    weak = chains.key("weak", -257, bits=1024)
    large = Chains(seed.child("algorithms"), -257)
    code = "trust.signature"
    _refuse(
        facts,
        chains,
        (
            (
                "signed by another key",
                "the issuer's key did not sign it",
                code,
                Case(chains, leaf=put(issuer_key=other)),
            ),
            (
                "intermediate signed by another key",
                "the issuer's key did not sign it",
                code,
                Case(chains, 1, put(issuer_key=other)),
            ),
            ("a letter changed", "a letter of the subject is another", code, flipped),
            (
                "empty signature",
                "there is no signature",
                code,
                Case(chains, leaf=put(signature=b"")),
            ),
            (
                "signature with NULL",
                "an algorithm of ECDSA has no parameters",
                code,
                Case(chains, leaf=put(inner_algorithm=null, outer_algorithm=null)),
            ),
            (
                "unknown algorithm",
                "an algorithm that is not offered",
                code,
                Case(chains, leaf=put(inner_algorithm=unknown, outer_algorithm=unknown)),
            ),
            (
                "algorithm of another key",
                "RSA is named, and the key is one of P-256",
                code,
                Case(chains, leaf=put(inner_algorithm=rsa, outer_algorithm=rsa)),
            ),
            (
                "SHA-1",
                "SHA-1 has to be allowed",
                "trust.weak_hash",
                Case(chains, leaf=put(hash="sha1")),
            ),
            (
                "SHA-1 of an intermediate",
                "SHA-1 has to be allowed",
                "trust.weak_hash",
                Case(chains, 1, put(hash="sha1")),
            ),
            (
                "RSA of 1024 bits",
                "the key of an issuer has 2048 bits at least",
                "trust.weak_key",
                Case(chains, 1, put(key=weak)),
            ),
        ),
    )
    for title, allowed in (("MD5", False), ("MD5 where SHA-1 is allowed", True)):
        facts.invalid(
            title,
            "MD5 is broken, whatever is allowed",
            "trust.weak_hash",
            certificates=[large.leaf(put(hash="md5")).encode()],
            anchors={"root": large.root.encode()},
            trust=["root"],
            allow_sha1=allowed,
        )


def _wrong_arguments(facts: Facts, chains: Chains) -> None:
    case = Case(chains, 1)
    root = chains.root.encode()
    for title, shows, code, given, more in (
        ("no certificate", "there is nothing to begin with", "argument.value", [], {}),
        (
            "9 certificates",
            "8 certificates are given at the most",
            "limit.count",
            [*case.chain, *[root] * 7],
            {},
        ),
        (
            "certificate with a trailing octet",
            "an octet follows",
            "der.trailing",
            [case.chain[0] + b"\x00", case.chain[1]],
            {},
        ),
        ("no certificate at all", "what is given is no certificate", "der.truncated", [b""], {}),
        (
            "moment before 1970",
            "a moment is between 1970 and 9999",
            "argument.value",
            case.chain,
            {"at": -1},
        ),
        (
            "moment after 9999",
            "a moment is between 1970 and 9999",
            "argument.value",
            case.chain,
            {"at": 253402300800},
        ),
        (
            "critical that is no identifier",
            "an identifier has two arcs at least",
            "argument.value",
            case.chain,
            {"critical": ["1"]},
        ),
        (
            "serial zero strict",
            "a deviation where reading is strict",
            "certificate.serial",
            [chains.leaf(put(serial=0)).encode()],
            {"strictness": "strict"},
        ),
    ):
        facts.invalid(
            title, shows, code, certificates=given, anchors={"root": root}, trust=["root"], **more
        )
    again = [
        chains.draft(
            chains.name("loop"), chains.name("loop"), chains.key("loop"), chains.key("loop")
        )
        for _ in range(7)
    ]
    for at, one in enumerate(again):
        one.serial += at
        make_ca(one)
    facts.invalid(
        "loop",
        "seven certificates that all issue each other: over 32 signatures to verify",
        "trust.budget",
        certificates=[chains.leaf(under=again[0]).encode(), *(one.encode() for one in again)],
        anchors={"root": root},
        trust=["root"],
    )
