"""Facts about the way from a certificate to an anchor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

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
from countermark.vectors.generation.x509_cases import (
    EARLY,
    UNKNOWN,
    Case,
    namesake_of,
    path_length,
    without,
)
from countermark.vectors.generation.x509_refusals import state_refusals
from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft


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
    state_refusals(facts, seed, chains)
    yield facts.file()


def _answer(
    chain: Sequence[bytes], anchor: CertificateDraft, data: bytes | None = None
) -> dict[str, Any]:
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
        case = Case(chains, count)
        right(
            f"{count} intermediates",
            "a way of this length",
            case.chain,
            _answer(case.chain, chains.root),
        )
    case = Case(chains, 2)
    leaf, upper = case.chain[0], case.issuers[0]
    stranger = Chains(chains.seed.child("stranger"))
    namesake = namesake_of(chains)
    whole = [*case.chain, root]
    right(
        "root sent along",
        "the anchor is among the certificates",
        whole,
        _answer(whole, chains.root),
    )
    right(
        "others out of order",
        "the others stand in any order",
        [leaf, *reversed(whole[1:])],
        _answer(whole, chains.root),
    )
    right(
        "another certificate among them",
        "a certificate that has no part in it",
        [leaf, stranger.root.encode(), *case.chain[1:]],
        _answer(case.chain, chains.root),
    )
    right(
        "a certificate twice",
        "a certificate is given twice",
        [leaf, case.chain[1], *case.chain[1:]],
        _answer(case.chain, chains.root),
    )
    right(
        "anchor an intermediate",
        "an intermediate is the anchor, and on the way",
        case.chain,
        _answer(case.chain, upper),
        anchors={"middle": upper.encode()},
        trust=["middle"],
    )
    right(
        "anchor an intermediate that is not sent",
        "an intermediate is the anchor, and not sent along",
        case.chain[:2],
        _answer(case.chain[:2], upper),
        anchors={"middle": upper.encode()},
        trust=["middle"],
    )
    right(
        "anchor the leaf",
        "the leaf itself is the anchor",
        [leaf],
        _answer([leaf], case.leaf),
        anchors={"leaf": leaf},
        trust=["leaf"],
    )
    right(
        "two anchors",
        "one of two anchors is the right one",
        case.chain,
        _answer(case.chain, chains.root),
        anchors={"stranger": stranger.root.encode(), "root": root},
        trust=["stranger", "root"],
    )
    right(
        "two anchors of one name",
        "of two anchors of one name the one whose key is right",
        case.chain,
        _answer(case.chain, chains.root),
        anchors={"namesake": namesake.encode(), "root": root},
        trust=["namesake", "root"],
    )
    bare = {
        name: value for name, value in _answer(case.chain, chains.root).items() if name != "anchor"
    }
    right(
        "anchor a bare key",
        "an anchor is a name and a key",
        case.chain,
        bare,
        anchors={},
        trust=[],
        trust_key={
            "subject": chains.root.subject.encode().hex(),
            "public_key": chains.root_key.spki().hex(),
        },
    )
    old = _root(chains, put(not_before=0, not_after=1))
    right(
        "anchor out of its dates",
        "the dates of an anchor do not matter",
        case.chain,
        _answer(case.chain, old),
        anchors={"old": old.encode()},
        trust=["old"],
    )
    odd = _root(chains, add(UNKNOWN, der.null(), critical=True), put(version=3, serial=0))
    right(
        "anchor with a critical extension",
        "the extensions of an anchor do not matter",
        case.chain,
        _answer(case.chain, odd),
        anchors={"odd": odd.encode()},
        trust=["odd"],
    )
    for title, shows, count, change, leaf_change, more in (
        (
            "critical policies",
            "the policies of TPMs are critical, and understood",
            0,
            None,
            add(x509.CERTIFICATE_POLICIES, policies(), critical=True),
            {},
        ),
        (
            "critical extension that the caller knows",
            "the caller handles an extension of the leaf",
            0,
            None,
            add(UNKNOWN, der.null(), critical=True),
            {"critical": [UNKNOWN]},
        ),
        (
            "extension that is not critical",
            "what is not critical may be unknown",
            1,
            add(UNKNOWN, der.null()),
            None,
            {},
        ),
        ("leaf on its first second", "dates hold their ends", 0, None, put(not_before=MOMENT), {}),
        ("leaf on its last second", "dates hold their ends", 0, None, put(not_after=MOMENT), {}),
        (
            "another moment",
            "the moment is the caller's",
            0,
            None,
            put(not_after=EARLY),
            {"at": EARLY - 1},
        ),
        ("path length 0", "no authority below, and none is there", 1, path_length(0), None, {}),
        ("path length 1", "one authority below", 2, path_length(1), None, {}),
        (
            "no key usage",
            "an authority whose key is of any use",
            1,
            without(x509.KEY_USAGE),
            None,
            {},
        ),
    ):
        one = Case(chains, count, *([change] if change else []), leaf=leaf_change)
        right(title, shows, one.chain, _answer(one.chain, chains.root), **more)


def _root(chains: Chains, *changes: Change) -> CertificateDraft:
    made = chains.draft(chains.name("root"), chains.name("root"), chains.root_key, chains.root_key)
    make_ca(made)
    for change in changes:
        change(made)
    return made


def _right_algorithms(facts: Facts, seed: Seed) -> None:
    algorithms: tuple[tuple[str, int, str, dict[str, Any]], ...] = (
        ("P-384 with SHA-256", -35, "sha256", {}),
        ("P-384 with SHA-384", -35, "sha384", {}),
        ("P-521 with SHA-512", -36, "sha512", {}),
        ("Ed25519", -8, "sha256", {}),
        ("Ed448", -53, "sha256", {}),
        ("RSA with SHA-256", -257, "sha256", {}),
        ("RSA with SHA-512", -257, "sha512", {}),
        ("RSA with SHA-1 where it is allowed", -257, "sha1", {"allow_sha1": True}),
        ("P-256 with SHA-1 where it is allowed", -7, "sha1", {"allow_sha1": True}),
    )
    for name, algorithm, hash_name, more in algorithms:
        chains = Chains(seed.child("algorithms"), algorithm)
        case = Case(chains, 1, put(hash=hash_name), leaf=put(hash=hash_name))
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
    upper = chains.intermediates(1, path_length(0))[0]
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
