"""Facts about the way from a certificate to an anchor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from countermark.vectors.generation.certificates import (
    MOMENT,
    Chains,
    Change,
    make_ca,
    name_text,
    policies,
)
from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.x509 import add, put
from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft

UNKNOWN: Final = "1.3.6.1.4.1.99999.1"
EARLY: Final = 1609459200
"""2021-01-01T00:00:00Z, before the moment."""
LATE: Final = 1893456000
"""2030-01-01T00:00:00Z, after it."""


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject x509/path."""
    chains = Chains(seed)
    facts = Facts(
        "x509/path",
        "The first certificate and a way from it to an anchor, through any of the others. Anchors are trusted "
        "whatever they say of themselves; at most 6 certificates stand below one.",
        operation="certificate.path",
        section="RFC 5280 section 6.1",
        input={"at": MOMENT},
    )
    _right(facts, chains)
    _right_algorithms(facts, seed)
    _right_limits(facts, chains)
    _wrong_anchors(facts, seed, chains)
    _wrong_dates(facts, chains)
    _wrong_issuers(facts, chains)
    _wrong_signatures(facts, seed, chains)
    _wrong_arguments(facts, chains)
    yield facts.file()


def below(leaf: CertificateDraft, issuers: Sequence[CertificateDraft]) -> list[bytes]:
    """The leaf and those above it, the nearest first."""
    return [leaf.encode(), *(one.encode() for one in reversed(issuers))]


class _Case:
    """A leaf under so many intermediates; changes are made to the first of them, or to the leaf."""

    def __init__(
        self, chains: Chains, count: int = 1, *changes: Change, leaf: Change | None = None
    ) -> None:
        self.issuers = chains.intermediates(count, *changes)
        above = self.issuers[-1] if count else chains.root
        self.leaf = chains.leaf(*([leaf] if leaf else []), under=above)
        self.chain = below(self.leaf, self.issuers)


def _answer(chain: Sequence[bytes], anchor: CertificateDraft, data: bytes | None = None) -> dict[str, Any]:
    return {
        "chain": list(chain),
        "anchor": anchor.encode() if data is None else data,
        "anchor_subject": name_text(anchor.subject),
        "tolerated": [],
    }


def _right(facts: Facts, chains: Chains) -> None:
    root = chains.root.encode()

    def right(
        title: str,
        shows: str,
        given: Sequence[bytes],
        output: dict[str, Any],
        **more: Any,
    ) -> None:
        more = {"anchors": {"root": root}, "trust": ["root"]} | more
        facts.valid(title, shows, output, certificates=list(given), **more)

    for count in range(6):
        case = _Case(chains, count)
        right(f"{count} intermediates", "a way of this length", case.chain, _answer(case.chain, chains.root))
    case = _Case(chains, 2)
    leaf, upper = case.chain[0], case.issuers[0]
    stranger = Chains(chains.seed.child("stranger"))
    namesake = _namesake(chains)
    whole = [*case.chain, root]
    right("root sent along", "the anchor is among the certificates", whole, _answer(whole, chains.root))
    right("others out of order", "the others stand in any order", [leaf, *reversed(whole[1:])], _answer(whole, chains.root))
    right("another certificate among them", "a certificate that has no part in it",
          [leaf, stranger.root.encode(), *case.chain[1:]], _answer(case.chain, chains.root))
    right("a certificate twice", "a certificate is given twice", [leaf, case.chain[1], *case.chain[1:]],
          _answer(case.chain, chains.root))
    right("anchor an intermediate", "an intermediate is the anchor, and on the way", case.chain,
          _answer(case.chain, upper), anchors={"middle": upper.encode()}, trust=["middle"])
    right("anchor an intermediate that is not sent", "an intermediate is the anchor, and not sent along",
          case.chain[:2], _answer(case.chain[:2], upper), anchors={"middle": upper.encode()}, trust=["middle"])
    right("anchor the leaf", "the leaf itself is the anchor", [leaf], _answer([leaf], case.leaf),
          anchors={"leaf": leaf}, trust=["leaf"])
    right("two anchors", "one of two anchors is the right one", case.chain, _answer(case.chain, chains.root),
          anchors={"stranger": stranger.root.encode(), "root": root}, trust=["stranger", "root"])
    right("two anchors of one name", "of two anchors of one name the one whose key is right", case.chain,
          _answer(case.chain, chains.root), anchors={"namesake": namesake.encode(), "root": root},
          trust=["namesake", "root"])
    bare = {name: value for name, value in _answer(case.chain, chains.root).items() if name != "anchor"}
    right("anchor a bare key", "an anchor is a name and a key", case.chain, bare, anchors={}, trust=[],
          trust_key={"subject": chains.root.subject.encode().hex(), "public_key": chains.root_key.spki().hex()})
    old = _root(chains, put(not_before=0, not_after=1))
    right("anchor out of its dates", "the dates of an anchor do not matter", case.chain,
          _answer(case.chain, old), anchors={"old": old.encode()}, trust=["old"])
    odd = _root(chains, add(UNKNOWN, der.null(), critical=True), put(version=3, serial=0))
    right("anchor with a critical extension", "the extensions of an anchor do not matter", case.chain,
          _answer(case.chain, odd), anchors={"odd": odd.encode()}, trust=["odd"])
    for title, shows, count, change, leaf_change, more in (
        ("critical policies", "the policies of TPMs are critical, and understood", 0, None,
         add(x509.CERTIFICATE_POLICIES, policies(), critical=True), {}),
        ("critical extension that the caller knows", "the caller handles an extension of the leaf", 0, None,
         add(UNKNOWN, der.null(), critical=True), {"critical": [UNKNOWN]}),
        ("extension that is not critical", "what is not critical may be unknown", 1, add(UNKNOWN, der.null()), None, {}),
        ("leaf on its first second", "dates hold their ends", 0, None, put(not_before=MOMENT), {}),
        ("leaf on its last second", "dates hold their ends", 0, None, put(not_after=MOMENT), {}),
        ("another moment", "the moment is the caller's", 0, None, put(not_after=EARLY), {"at": EARLY - 1}),
        ("path length 0", "no authority below, and none is there", 1, _length(0), None, {}),
        ("path length 1", "one authority below", 2, _length(1), None, {}),
        ("no key usage", "an authority whose key is of any use", 1, _without(x509.KEY_USAGE), None, {}),
    ):
        one = _Case(chains, count, *([change] if change else []), leaf=leaf_change)
        right(title, shows, one.chain, _answer(one.chain, chains.root), **more)


def _length(length: int) -> Change:
    def change(draft: CertificateDraft) -> None:
        value = x509.basic_constraints(ca=True, path_length=length)
        draft.extension(x509.BASIC_CONSTRAINTS).value = value

    return change


def _without(oid: str) -> Change:
    return lambda draft: draft.drop(oid)


def _namesake(chains: Chains) -> CertificateDraft:
    key = chains.key("another root")
    made = chains.draft(chains.name("root"), chains.name("root"), key, key)
    make_ca(made)
    return made


def _root(chains: Chains, *changes: Change) -> CertificateDraft:
    made = chains.draft(chains.name("root"), chains.name("root"), chains.root_key, chains.root_key)
    make_ca(made)
    for change in changes:
        change(made)
    return made


def _right_algorithms(facts: Facts, seed: Seed) -> None:
    for name, algorithm, hash_name, more in (
        ("P-384 with SHA-256", -35, "sha256", {}),
        ("P-384 with SHA-384", -35, "sha384", {}),
        ("P-521 with SHA-512", -36, "sha512", {}),
        ("Ed25519", -8, "sha256", {}),
        ("Ed448", -53, "sha256", {}),
        ("RSA with SHA-256", -257, "sha256", {}),
        ("RSA with SHA-512", -257, "sha512", {}),
        ("RSA with SHA-1 where it is allowed", -257, "sha1", {"allow_sha1": True}),
        ("P-256 with SHA-1 where it is allowed", -7, "sha1", {"allow_sha1": True}),
    ):
        chains = Chains(seed.child("algorithms"), algorithm)
        case = _Case(chains, 1, put(hash=hash_name), leaf=put(hash=hash_name))
        facts.valid(
            f"signed by {name}",
            "an algorithm that certificates are signed with",
            _answer(case.chain, chains.root),
            certificates=case.chain,
            anchors={"root": chains.root.encode()},
            trust=["root"],
            **more,
        )
    for name, hash_name in (("SHA-256", "sha256"), ("SHA-384", "sha384")):
        chains = Chains(seed.child("algorithms"), -257)
        chains.root_key.pss = True  # type: ignore[attr-defined]  # an RSA key
        leaf = chains.leaf(put(hash=hash_name)).encode()
        facts.valid(
            f"signed by RSA PSS with {name}",
            "PSS with one hash throughout and a salt as long as it",
            _answer([leaf], chains.root),
            section="RFC 4055 section 3.1",
            certificates=[leaf],
            anchors={"root": chains.root.encode()},
            trust=["root"],
        )


def _right_limits(facts: Facts, chains: Chains) -> None:
    """Authorities that issue to themselves do not count towards a path length (RFC 5280 4.2.1.9)."""
    upper = chains.intermediates(1, _length(0))[0]
    again = chains.draft(upper.subject, upper.subject, chains.key("again"), upper.key)
    make_ca(again)
    leaf = chains.leaf(under=again)
    chain = [leaf.encode(), again.encode(), upper.encode()]
    facts.valid(
        "path length 0 and a self-issued certificate",
        "a certificate that an authority issues to itself does not count",
        _answer(chain, chains.root),
        section="RFC 5280 section 4.2.1.9",
        certificates=chain,
        anchors={"root": chains.root.encode()},
        trust=["root"],
    )


def _wrong_anchors(facts: Facts, seed: Seed, chains: Chains) -> None:
    case = _Case(chains, 1)
    stranger = Chains(seed.child("stranger")).root.encode()
    namesake = _namesake(chains).encode()
    root = chains.root.encode()
    fake_root = chains.leaf(put(subject=chains.root.subject, serial=7), under=chains.root)
    for title, shows, code, given, anchors in (
        ("no anchor", "nothing is trusted", "trust.no_path", case.chain, {}),
        ("another anchor", "an anchor of another name", "trust.no_path", case.chain, {"stranger": stranger}),
        ("anchor of one name", "an anchor of the right name with another key", "trust.signature", case.chain,
         {"namesake": namesake}),
        ("intermediate missing", "the way has a gap", "trust.no_path", case.chain[:1], {"root": root}),
        ("root sent and not trusted", "what is sent along is not trusted for that", "trust.no_path",
         [*case.chain, root], {"stranger": stranger}),
        ("leaf with the name of an anchor", "a name makes no anchor", "trust.signature",
         [fake_root.encode()], {"namesake": namesake}),
    ):
        facts.invalid(title, shows, code, certificates=given, anchors=anchors, trust=list(anchors))


def _refuse(facts: Facts, chains: Chains, rows: Sequence[tuple[str, str, str, _Case]]) -> None:
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
            ("leaf expired", "the leaf is too old", code, _Case(chains, leaf=put(not_after=EARLY))),
            ("leaf expired by a second", "the leaf is too old", code, _Case(chains, leaf=put(not_after=MOMENT - 1))),
            ("leaf of the future", "the leaf is too young", code, _Case(chains, leaf=put(not_before=LATE))),
            ("leaf too young by a second", "the leaf is too young", code, _Case(chains, leaf=put(not_before=MOMENT + 1))),
            ("leaf with dates the wrong way round", "it ends before it begins", code,
             _Case(chains, leaf=put(not_before=LATE, not_after=EARLY))),
            ("intermediate expired", "an intermediate is too old", code, _Case(chains, 1, put(not_after=EARLY))),
            ("intermediate of the future", "an intermediate is too young", code, _Case(chains, 2, put(not_before=LATE))),
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
            ("no authority", "an issuer is no authority", "trust.not_ca", _Case(chains, 1, no_authority)),
            ("no constraints", "an issuer does not say that it is an authority", "trust.not_ca",
             _Case(chains, 1, _without(x509.BASIC_CONSTRAINTS))),
            ("issuer of version 1", "an issuer of version 1 cannot say so", "trust.not_ca",
             _Case(chains, 1, put(version=1, extensions=[]))),
            ("path length 0 and one below", "an authority more than is allowed", "trust.path_length",
             _Case(chains, 2, _length(0))),
            ("path length 1 and two below", "an authority more than is allowed", "trust.path_length",
             _Case(chains, 3, _length(1))),
            ("issuer that may not sign", "the key of an issuer may not sign certificates", "trust.key_usage",
             _Case(chains, 1, usage)),
            ("unknown critical extension of an issuer", "what is critical must be understood",
             "trust.critical_extension", _Case(chains, 1, unknown)),
            ("unknown critical extension of the leaf", "what is critical must be understood",
             "trust.critical_extension", _Case(chains, leaf=unknown)),
            ("critical policy constraints", "constraints of policies are not understood",
             "trust.critical_extension",
             _Case(chains, 1, add(x509.POLICY_CONSTRAINTS, der.sequence(der.implicit(0, b"\x00")), critical=True))),
            ("name constraints", "constraints of names are not supported, and so refused",
             "trust.name_constraints", _Case(chains, 1, constraints)),
            ("name constraints that are not critical", "they are refused all the same", "trust.name_constraints",
             _Case(chains, 1, quiet)),
            ("6 intermediates", "seven certificates below the anchor", "trust.depth", _Case(chains, 6)),
            ("issuer of another name", "the signature is right, the name is not", "trust.name",
             _Case(chains, 1, leaf=put(issuer=chains.name("another")))),
            ("name of the issuer in another case", "names are compared octet by octet", "trust.name",
             _Case(chains, 1, leaf=put(issuer=chains.name("INTERMEDIATE 0")))),
        ),
    )


def _wrong_signatures(facts: Facts, seed: Seed, chains: Chains) -> None:
    other = chains.key("stranger")
    null = der.sequence(der.oid("1.2.840.10045.4.3.2"), der.null())
    unknown = der.sequence(der.oid("1.3.6.1.4.1.99999.3"))
    rsa = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null())
    flipped = _Case(chains, 1)
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
            ("signed by another key", "the issuer's key did not sign it", code, _Case(chains, leaf=put(issuer_key=other))),
            ("intermediate signed by another key", "the issuer's key did not sign it", code,
             _Case(chains, 1, put(issuer_key=other))),
            ("a letter changed", "a letter of the subject is another", code, flipped),
            ("empty signature", "there is no signature", code, _Case(chains, leaf=put(signature=b""))),
            ("signature with NULL", "an algorithm of ECDSA has no parameters", code,
             _Case(chains, leaf=put(inner_algorithm=null, outer_algorithm=null))),
            ("unknown algorithm", "an algorithm that is not offered", code,
             _Case(chains, leaf=put(inner_algorithm=unknown, outer_algorithm=unknown))),
            ("algorithm of another key", "RSA is named, and the key is one of P-256", code,
             _Case(chains, leaf=put(inner_algorithm=rsa, outer_algorithm=rsa))),
            ("SHA-1", "SHA-1 has to be allowed", "trust.weak_hash", _Case(chains, leaf=put(hash="sha1"))),
            ("SHA-1 of an intermediate", "SHA-1 has to be allowed", "trust.weak_hash", _Case(chains, 1, put(hash="sha1"))),
            ("RSA of 1024 bits", "the key of an issuer has 2048 bits at least", "trust.weak_key",
             _Case(chains, 1, put(key=weak))),
        ),
    )
    for title, more in (("MD5", {}), ("MD5 where SHA-1 is allowed", {"allow_sha1": True})):
        facts.invalid(
            title,
            "MD5 is broken, whatever is allowed",
            "trust.weak_hash",
            certificates=[large.leaf(put(hash="md5")).encode()],
            anchors={"root": large.root.encode()},
            trust=["root"],
            **more,
        )


def _wrong_arguments(facts: Facts, chains: Chains) -> None:
    case = _Case(chains, 1)
    root = chains.root.encode()
    for title, shows, code, given, more in (
        ("no certificate", "there is nothing to begin with", "argument.value", [], {}),
        ("9 certificates", "8 certificates are given at the most", "limit.count", [*case.chain, *[root] * 7], {}),
        ("certificate with a trailing octet", "an octet follows", "der.trailing", [case.chain[0] + b"\x00", case.chain[1]], {}),
        ("no certificate at all", "what is given is no certificate", "der.truncated", [b""], {}),
        ("moment before 1970", "a moment is between 1970 and 9999", "argument.value", case.chain, {"at": -1}),
        ("moment after 9999", "a moment is between 1970 and 9999", "argument.value", case.chain, {"at": 253402300800}),
        ("critical that is no identifier", "an identifier has two arcs at least", "argument.value", case.chain,
         {"critical": ["1"]}),
        ("serial zero strict", "a deviation where reading is strict", "certificate.serial",
         [chains.leaf(put(serial=0)).encode()], {"strictness": "strict"}),
    ):
        facts.invalid(title, shows, code, certificates=given, anchors={"root": root}, trust=["root"], **more)
    again = [chains.draft(chains.name("loop"), chains.name("loop"), chains.key("loop"), chains.key("loop")) for _ in range(7)]
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
