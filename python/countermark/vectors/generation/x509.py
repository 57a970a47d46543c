"""Facts about certificates: reading them, and the way from them to an anchor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from countermark.vectors.generation.certificates import (
    ALGORITHM_OIDS,
    MOMENT,
    Chains,
    general_names,
    name_text,
    policies,
)
from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_containers import cut, indefinite
from countermark.vectors.generation.key_pem import pem
from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft, Name, NameAttribute

STRICT: Final = {"strictness": "strict"}
Change = Callable[[CertificateDraft], object]


def put(**members: Any) -> Change:
    """Sets attributes of a draft."""

    def change(draft: CertificateDraft) -> None:
        for name, value in members.items():
            setattr(draft, name, value)

    return change


def add(oid: str, value: bytes, *, critical: bool = False) -> Change:
    """Puts an extension at the end."""
    return lambda draft: draft.add(oid, value, critical=critical)


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject x509/read."""
    facts = Facts(
        "x509/read",
        "X.509 certificates, read and not verified: names as text of RFC 4514, times in seconds since 1970, the "
        "serial number in decimal. There is no key where its kind is not offered.",
        operation="certificate.read",
        section="RFC 5280 section 4.1",
    )
    chains = Chains(seed)
    _right(facts, chains)
    _right_times(facts, chains)
    _tolerated(facts, chains)
    _wrong_form(facts, seed, chains)
    _wrong_fields(facts, chains)
    _wrong_times(facts, chains)
    _wrong_extensions(facts, chains)
    yield facts.file()


def answer(draft: CertificateDraft, key: str | None, *codes: str, **more: Any) -> dict[str, Any]:
    """What reading a draft gives."""
    oid = ALGORITHM_OIDS[more.pop("algorithm", -7)]
    constraints = [one for one in draft.extensions if one.oid == x509.BASIC_CONSTRAINTS]
    found: dict[str, Any] = {
        "version": draft.version,
        "serial": str(draft.serial),
        "issuer": name_text(draft.issuer),
        "subject": name_text(draft.subject),
        "not_before": draft.not_before,
        "not_after": draft.not_after,
        "public_key": draft.key.spki() if draft.spki is None else draft.spki,
        "signature_algorithm": oid,
        "extensions": [
            {"oid": one.oid, "critical": one.critical, "value": one.value}
            for one in draft.extensions
        ],
        "tolerated": [[code, "certificate"] for code in codes],
    }
    if key is not None:
        found["key"] = key
    if constraints:
        found["is_ca"] = constraints[0].value != x509.basic_constraints(ca=False)
    return found | more


def _right(facts: Facts, chains: Chains) -> None:
    root, leaf = chains.root, chains.leaf()
    for title, shows, draft in (
        ("root", "a root, self-signed", root),
        ("leaf", "the certificate of an authenticator", leaf),
        ("intermediate", "an intermediate", chains.intermediates(1)[0]),
        (
            "version 1",
            "a certificate of version 1, without extensions",
            chains.leaf(put(version=1, extensions=[])),
        ),
        (
            "version 2",
            "a certificate of version 2, without extensions",
            chains.leaf(put(version=2, extensions=[])),
        ),
        (
            "unknown critical extension",
            "what is critical is judged by who uses the certificate",
            chains.leaf(add("1.3.6.1.4.1.99999.1", der.null(), critical=True)),
        ),
        ("empty subject", "a subject without a name", chains.leaf(put(subject=Name([])))),
        (
            "serial of 20 octets",
            "the longest serial number",
            chains.leaf(put(serial=chains.seed.number("serial", 2**60) << 98 | 1 << 158)),
        ),
    ):
        facts.valid(title, shows, answer(draft, "ES256"), bytes=draft.encode(), **STRICT)
    for name, algorithm in (
        ("ES384", -35),
        ("ES512", -36),
        ("Ed25519", -8),
        ("Ed448", -53),
        ("RS256", -257),
    ):
        draft = Chains(chains.seed, algorithm).root
        facts.valid(
            f"signed by {name}",
            f"a root whose key is of the kind {name}",
            answer(draft, name, algorithm=algorithm),
            bytes=draft.encode(),
            **STRICT,
        )
    foreign = der.sequence(
        der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.3.132.0.33")),
        der.bit_string(b"\x04" + chains.seed.take("P-224", 56)),
    )
    draft = chains.leaf(put(spki=foreign))
    facts.valid(
        "key that is not offered",
        "a certificate can be read though its key is on P-224",
        answer(draft, None),
        bytes=draft.encode(),
        **STRICT,
    )
    facts.valid(
        "PEM",
        "a certificate as PEM text",
        answer(leaf, "ES256"),
        pem=pem("CERTIFICATE", leaf.encode()),
    )
    named = chains.leaf(put(subject=_odd_name()))
    facts.valid(
        "names that need escapes",
        "signs that RFC 4514 escapes, an attribute of several in one set, a type without a name, a string of T61",
        answer(
            named,
            "ES256",
            subject="2.5.4.46=#1301" + "78" + ',OU=#1401e9,O=a\\+b\\, c,CN=\\ x\\\\\\"\\;\\<\\>\\ ',
        ),
        section="RFC 4514 section 2.4",
        bytes=named.encode(),
        **STRICT,
    )


def _odd_name() -> Name:
    return Name(
        [
            NameAttribute("CN", ' x\\";<> '),
            NameAttribute("O", "a+b, c"),
            NameAttribute("OU", b"\xe9", x509.T61),
            NameAttribute("2.5.4.46", "x", x509.PRINTABLE),
        ]
    )


def _right_times(facts: Facts, chains: Chains) -> None:
    for title, shows, at in (
        ("1950", "two digits from 50 on are of the last century", -631152000),
        ("1970", "the first second of 1970", 0),
        ("2049", "the last second of UTCTime", 2524607999),
        ("2050", "the first second of GeneralizedTime", 2524608000),
        ("leap day", "the 29th of February of 2096", 3981052800),
        ("9999", "a certificate without an end", 253402300799),
    ):
        draft = chains.leaf(put(not_before=-631152000, not_after=at))
        facts.valid(
            f"time {title}",
            shows,
            answer(draft, "ES256"),
            section="RFC 5280 section 4.1.2.5",
            bytes=draft.encode(),
            **STRICT,
        )


def _utc(text: str) -> bytes:
    return der.tlv(0x17, text.encode())


def _generalized(text: str) -> bytes:
    return der.tlv(0x18, text.encode())


def _tolerated(facts: Facts, chains: Chains) -> None:
    basic = der.sequence(der.boolean(False))
    loose = chains.leaf(put(unused_bits=3))
    spelled = chains.leaf()
    spelled.extension(x509.BASIC_CONSTRAINTS).value = basic
    marked = chains.leaf()
    marked.extensions.append(
        x509.Extension("1.3.6.1.4.1.99999.1", der.null(), False, der.boolean(False))
    )
    early = chains.leaf(put(not_after=_generalized("20300101000000Z")))
    early_answer = answer(early, "ES256", "certificate.time", not_after=1893456000)
    usage = der.bit_string(b"\x80\x00", 0)
    cases: list[tuple[str, str, str, CertificateDraft, dict[str, Any] | None]] = [
        (
            "serial zero",
            "a serial number is over zero",
            "certificate.serial",
            chains.leaf(put(serial=0)),
            None,
        ),
        (
            "serial negative",
            "a serial number is over zero",
            "certificate.serial",
            chains.leaf(put(serial=-5)),
            None,
        ),
        (
            "serial of 21 octets",
            "a serial number has 20 octets at the most",
            "certificate.serial",
            chains.leaf(put(serial=1 << 160)),
            None,
        ),
        (
            "GeneralizedTime before 2050",
            "a time that UTCTime is due for",
            "certificate.time",
            early,
            early_answer,
        ),
        (
            "unused bits of the signature",
            "old keys send a wrong number of unused bits",
            "der.value",
            loose,
            None,
        ),
        (
            "cA of false",
            "a default is left out",
            "certificate.extension",
            spelled,
            {"is_ca": False},
        ),
        ("critical of false", "a default is left out", "certificate.extension", marked, None),
        (
            "zeros after the last use",
            "a list of named bits ends with a one",
            "certificate.extension",
            chains.leaf(add(x509.KEY_USAGE, usage, critical=True)),
            None,
        ),
        (
            "policy with something after it",
            "qualifiers of Microsoft end with something more",
            "certificate.extension",
            chains.leaf(add(x509.CERTIFICATE_POLICIES, policies(trailing=True), critical=True)),
            None,
        ),
        (
            "key identifier of another tag",
            "an identifier is a hint, and read as one",
            "certificate.extension",
            chains.leaf(add(x509.SUBJECT_KEY_IDENTIFIER, der.null())),
            None,
        ),
    ]
    for title, shows, code, draft, more in cases:
        whole = answer(draft, "ES256", code) | (more or {})
        data = draft.encode()
        facts.valid(title, f"{shows}; tolerated", whole, bytes=data)
        facts.invalid(f"{title} strict", f"{shows}; strict", code, bytes=data, **STRICT)


def _wrong_form(facts: Facts, seed: Seed, chains: Chains) -> None:
    leaf = chains.leaf()
    good = leaf.encode()
    for title, shows, code, data in (
        ("cut", "the end is missing", "der.truncated", cut(seed, "certificate", good)),
        ("last octet missing", "the last octet is missing", "der.truncated", good[:-1]),
        ("trailing octet", "an octet follows", "der.trailing", good + b"\x00"),
        (
            "two certificates",
            "a second certificate follows",
            "der.trailing",
            good + chains.root.encode(),
        ),
        ("indefinite length", "the length is indefinite", "der.length", indefinite(good)),
        (
            "unused bits over 7",
            "an octet has 8 bits",
            "der.value",
            chains.leaf(put(unused_bits=8)).encode(),
        ),
        (
            "long serial",
            "an INTEGER that is not in its shortest form",
            "der.value",
            chains.leaf(put(serial_bytes=b"\x02\x02\x00\x01")).encode(),
        ),
        ("version 1 spelled out", "a default is left out", "der.value", _spelled_out(chains)),
    ):
        facts.invalid(title, shows, code, bytes=data)
    facts.invalid(
        "16385 octets",
        "a certificate has 16,384 octets at the most",
        "limit.size",
        bytes=["3082", times(16383, b"\x00")],
    )
    block = pem("CERTIFICATE", good)
    for title, shows, code, text in (
        ("PEM twice", "two certificates in one text", "pem.multiple", block + block),
        (
            "PEM of a key",
            "a key where a certificate is due",
            "algorithm.format",
            pem("PUBLIC KEY", leaf.key.spki()),
        ),
        ("PEM without a block", "words alone", "pem.missing", "There is no certificate here."),
    ):
        facts.invalid(title, shows, code, section="RFC 7468 section 5", pem=text)


def _spelled_out(chains: Chains) -> bytes:
    good = chains.leaf(put(version=2, extensions=[])).encode()
    return good.replace(bytes.fromhex("a003020101"), bytes.fromhex("a003020100"), 1)


def _wrong_fields(facts: Facts, chains: Chains) -> None:
    other = der.sequence(der.oid("1.2.840.10045.4.3.3"))
    null = der.sequence(der.oid(ALGORITHM_OIDS[-7]), der.null())
    many = Name([NameAttribute("O", str(at)) for at in range(65)])
    point = chains.leaf().key.spki()[-65:]
    loose = der.sequence(
        der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.840.10045.3.1.7")),
        der.bit_string(point[:-1] + b"\xf0", 4),
    )
    for title, shows, code, change in (
        ("version 4", "there is no version 4", "certificate.version", put(version=4)),
        (
            "version 1 with extensions",
            "version 1 knows no extensions",
            "certificate.version",
            put(version=1),
        ),
        (
            "version 2 with extensions",
            "version 2 knows no extensions",
            "certificate.version",
            put(version=2),
        ),
        (
            "another algorithm inside",
            "the two algorithms are not the same",
            "certificate.algorithm_mismatch",
            put(inner_algorithm=other),
        ),
        (
            "other parameters inside",
            "the two algorithms are not the same in their parameters",
            "certificate.algorithm_mismatch",
            put(inner_algorithm=null),
        ),
        ("unused bits of the key", "a key is of whole octets", "der.value", put(spki=loose)),
        (
            "name of 65 attributes",
            "a name has 64 attributes at the most",
            "limit.count",
            put(subject=many),
        ),
        (
            "empty part of a name",
            "a set of attributes has one at least",
            "der.truncated",
            put(subject=Name([], one_set=True)),
        ),
        (
            "arc of 129 bits",
            "an arc that no type holds",
            "der.value",
            put(inner_algorithm=der.sequence(der.oid(f"1.2.{2**128}"))),
        ),
    ):
        facts.invalid(title, shows, code, bytes=chains.leaf(change).encode())


def _wrong_times(facts: Facts, chains: Chains) -> None:
    for title, shows, time in (
        ("without seconds", "a time has seconds", _utc("3001010000Z")),
        ("with an offset", "a time is in UTC", _utc("300101000000+0100")),
        ("without a zone", "a time is in UTC", _utc("300101000000")),
        ("of the 30th of February", "February has 29 days at the most", _utc("300230000000Z")),
        ("of the 29th of February 2030", "2030 has no leap day", _utc("300229000000Z")),
        ("of month 13", "a year has 12 months", _utc("301301000000Z")),
        ("of month 0", "months begin with 1", _utc("300001000000Z")),
        ("of hour 24", "hours end with 23", _utc("300101240000Z")),
        ("of a leap second", "seconds end with 59", _utc("301231235960Z")),
        ("with a sign", "digits alone", _utc("+00101000000Z")),
        ("with a fraction", "a time is of whole seconds", _generalized("20500101000000.5Z")),
        (
            "of two digits",
            "a GeneralizedTime has four digits for its year",
            _generalized("500101000000Z"),
        ),
    ):
        facts.invalid(
            f"time {title}",
            shows,
            "certificate.time",
            section="RFC 5280 section 4.1.2.5",
            bytes=chains.leaf(put(not_after=time)).encode(),
        )
    facts.invalid(
        "time as text",
        "a time is of one of two types",
        "der.tag",
        section="RFC 5280 section 4.1.2.5",
        bytes=chains.leaf(put(not_after=der.tlv(0x0C, b"300101000000Z"))).encode(),
    )


def _empty_list(chains: Chains) -> bytes:
    """A certificate with a list of extensions that holds none: it is written behind the key."""
    after_key = chains.leaf().key.spki() + der.explicit(3, der.sequence())
    return chains.leaf(put(extensions=[], spki=after_key)).encode()


def _wrong_extensions(facts: Facts, chains: Chains) -> None:
    def with_value(oid: str, value: bytes) -> bytes:
        draft = chains.leaf()
        draft.drop(oid)
        draft.add(oid, value)
        return draft.encode()

    twice = chains.leaf(add(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=False)))
    many = chains.leaf(*(add(f"1.3.6.1.4.1.99999.{at}", der.null()) for at in range(64)))
    odd = chains.leaf()
    odd.extensions.append(x509.Extension("1.3.6.1.4.1.99999.1", der.null(), False, b"\x01\x01\x01"))
    wrong: list[tuple[str, str, str, bytes]] = [
        (
            "no extension in the list",
            "a list of extensions has one at least",
            "certificate.extension",
            _empty_list(chains),
        ),
        (
            "extension twice",
            "an extension stands there once",
            "certificate.duplicate_extension",
            twice.encode(),
        ),
        (
            "65 extensions",
            "a certificate has 64 extensions at the most",
            "limit.count",
            many.encode(),
        ),
        ("critical of 1", "a BOOLEAN that is true is ff", "der.value", odd.encode()),
    ]
    values: Sequence[tuple[str, str, str, bytes]] = (
        (
            "path length negative",
            "a length is not negative",
            x509.BASIC_CONSTRAINTS,
            x509.basic_constraints(ca=True, path_length=-1),
        ),
        (
            "path length of 33 bits",
            "a length out of all proportion",
            x509.BASIC_CONSTRAINTS,
            x509.basic_constraints(ca=True, path_length=2**32),
        ),
        (
            "constraints with a trailing octet",
            "an octet follows",
            x509.BASIC_CONSTRAINTS,
            x509.basic_constraints(ca=False) + b"\x00",
        ),
        (
            "constraints of another tag",
            "basic constraints are a SEQUENCE",
            x509.BASIC_CONSTRAINTS,
            der.null(),
        ),
        ("usage of nothing", "a key is of some use", x509.KEY_USAGE, der.bit_string(b"\x00", 7)),
        (
            "usage of unused bits",
            "bits without a meaning are zero",
            x509.KEY_USAGE,
            der.bit_string(b"\x81", 7),
        ),
        (
            "usage of three octets",
            "there are nine uses",
            x509.KEY_USAGE,
            der.bit_string(b"\x80\x00\x01"),
        ),
        (
            "purposes of none",
            "there is a purpose at least",
            x509.EXTENDED_KEY_USAGE,
            der.sequence(),
        ),
        (
            "alternative names of none",
            "there is a name at least",
            x509.ALTERNATIVE_NAME,
            der.sequence(),
        ),
        (
            "address of 5 octets",
            "an address has 4 or 16 octets",
            x509.ALTERNATIVE_NAME,
            general_names(der.implicit(7, bytes(5))),
        ),
        (
            "host beyond ASCII",
            "a host name is ASCII",
            x509.ALTERNATIVE_NAME,
            general_names(der.implicit(2, "ü.example".encode())),
        ),
        (
            "name of no kind",
            "there are nine kinds of names",
            x509.ALTERNATIVE_NAME,
            general_names(der.implicit(9, b"x")),
        ),
        (
            "policies of none",
            "there is a policy at least",
            x509.CERTIFICATE_POLICIES,
            der.sequence(),
        ),
    )
    wrong += [
        (title, shows, "certificate.extension", with_value(oid, value))
        for title, shows, oid, value in values
    ]
    for title, shows, code, data in wrong:
        facts.invalid(title, shows, code, section="RFC 5280 section 4.2", bytes=data)


__all__ = ["MOMENT", "files"]
