"""The extensions of certificates that a verifier of attestations looks at (RFC 5280 4.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from countermark.errors import Error, LimitExceeded, MalformedInput
from countermark.reference.format import der
from countermark.reference.format.tolerance import Tolerated
from countermark.reference.x509.name import Name, read_name, read_oid

MAX_EXTENSIONS: Final = 64
"""Extensions of one certificate."""

SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
KEY_USAGE: Final = "2.5.29.15"
SUBJECT_ALTERNATIVE_NAME: Final = "2.5.29.17"
BASIC_CONSTRAINTS: Final = "2.5.29.19"
NAME_CONSTRAINTS: Final = "2.5.29.30"
CERTIFICATE_POLICIES: Final = "2.5.29.32"
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"

_KEY_USAGE_OCTETS: Final = 2

KEY_CERT_SIGN: Final = 5
"""The bit of keyCertSign (4.2.1.3)."""

_MAX_PATH_LENGTH: Final = 2**32 - 1


class Extension(NamedTuple):
    """An extension as it stands."""

    oid: str
    critical: bool
    value: bytes


class BasicConstraints(NamedTuple):
    """4.2.1.9."""

    is_ca: bool
    path_length: int | None


class GeneralName(NamedTuple):
    """A name of 4.2.1.6: the number of its choice, its content, and the name if it is a directory's."""

    kind: int
    content: bytes
    directory: Name | None


_OTHER_NAME: Final = 0
DNS_NAME: Final = 2
DIRECTORY_NAME: Final = 4
_IP_ADDRESS: Final = 7
_REGISTERED_ID: Final = 8
_ASCII_NAMES: Final = frozenset((1, DNS_NAME, 6))
_PRIMITIVE_NAMES: Final = frozenset((1, DNS_NAME, 6, 7, 8))
_LAST_NAME: Final = 8


@dataclass(frozen=True, slots=True)
class Known:
    """What the known extensions say; None where one is absent."""

    basic_constraints: BasicConstraints | None = None
    key_usage: frozenset[int] | None = None
    extended_key_usage: tuple[str, ...] | None = None
    alternative_names: tuple[GeneralName, ...] | None = None
    subject_key_identifier: bytes | None = None
    authority_key_identifier: bytes | None = None
    has_name_constraints: bool = False


def read_extensions(
    reader: der.Reader, tolerated: Tolerated, place: str
) -> tuple[tuple[Extension, ...], Known]:
    """Reads Extensions (4.1) from inside their context tag.

    Raises:
        MalformedInput: ``der.*``, ``certificate.duplicate_extension`` or ``certificate.extension``.
        LimitExceeded: ``limit.count``.
    """
    sequence = reader.sequence()
    reader.finish()
    if sequence.at_end():
        raise MalformedInput("the list of extensions is empty", code="certificate.extension")
    found: dict[str, Extension] = {}
    known = Known()
    while not sequence.at_end():
        if len(found) == MAX_EXTENSIONS:
            raise LimitExceeded(
                f"the certificate has more than {MAX_EXTENSIONS} extensions", code="limit.count"
            )
        extension, offset = _read_extension(sequence, tolerated, place)
        if extension.oid in found:
            raise MalformedInput(
                f"the extension {extension.oid} stands twice",
                code="certificate.duplicate_extension",
                offset=offset,
            )
        found[extension.oid] = extension
        known = _interpret(extension, offset, known, tolerated, place)
    return tuple(found.values()), known


def explicit_default(what: str) -> MalformedInput:
    """X.690 11.5: a value that is the default must be left out; some certificates spell it out."""
    return MalformedInput(f"{what} spells out its default", code="certificate.extension")


def _read_extension(
    sequence: der.Reader, tolerated: Tolerated, place: str
) -> tuple[Extension, int]:
    inside = sequence.sequence()
    oid = read_oid(inside)
    critical = False
    if inside.next_is(der.BOOLEAN):
        critical = inside.boolean()
        if not critical:
            tolerated.allow(place, explicit_default("the mark of an extension"))
    value = inside.element(der.OCTET_STRING)
    inside.finish()
    return Extension(oid, critical, value.content), value.offset


def _interpret(
    extension: Extension, offset: int, known: Known, tolerated: Tolerated, place: str
) -> Known:
    read = _READERS.get(extension.oid)
    if read is None:
        return known
    reader = der.Reader(extension.value, offset)
    notes: list[Error] = []
    try:
        known = read(reader, known, notes)
        reader.finish()
    except MalformedInput as error:
        wrong = MalformedInput(
            f"the extension {extension.oid} is malformed",
            code="certificate.extension",
            offset=error.offset,
        )
        if extension.oid not in _HINTS:
            raise wrong from None
        notes = [wrong]
    for note in notes:
        tolerated.allow(place, note)
    return known


def _basic_constraints(reader: der.Reader, known: Known, notes: list[Error]) -> Known:
    inside = reader.sequence()
    is_ca = False
    if inside.next_is(der.BOOLEAN):
        is_ca = inside.boolean()
        if not is_ca:
            notes.append(explicit_default("basicConstraints"))
    path_length = None if inside.at_end() else inside.unsigned()
    inside.finish()
    if path_length is not None and path_length > _MAX_PATH_LENGTH:
        raise der.malformed("value", "the length of the path is out of all proportion")
    return replace(known, basic_constraints=BasicConstraints(is_ca, path_length))


def _key_usage(reader: der.Reader, known: Known, notes: list[Error]) -> Known:
    octets, unused = reader.bits()
    if unused and octets[-1] & ((1 << unused) - 1):
        raise der.malformed("value", "the unused bits of a bit string are not zero")
    if len(octets) > _KEY_USAGE_OCTETS or not any(octets):
        raise der.malformed("value", "the key usage names no use, or too many")
    if not octets[-1] >> unused & 1:
        notes.append(
            MalformedInput("a list of named bits ends with zeros", code="certificate.extension")
        )
    usage = frozenset(
        8 * at + bit for at, octet in enumerate(octets) for bit in range(8) if octet & 0x80 >> bit
    )
    return replace(known, key_usage=usage)


def _extended_key_usage(reader: der.Reader, known: Known, _notes: list[Error]) -> Known:
    inside = reader.sequence()
    purposes: list[str] = [read_oid(inside)]
    while not inside.at_end():
        purposes.append(read_oid(inside))
    return replace(known, extended_key_usage=tuple(purposes))


def _alternative_names(reader: der.Reader, known: Known, _notes: list[Error]) -> Known:
    inside = reader.sequence()
    names: list[GeneralName] = [_general_name(inside)]
    while not inside.at_end():
        names.append(_general_name(inside))
    return replace(known, alternative_names=tuple(names))


def _general_name(reader: der.Reader) -> GeneralName:
    element = reader.any()
    kind = element.tag & 0x1F
    form = der.CONTEXT_0_PRIMITIVE if kind in _PRIMITIVE_NAMES else der.CONTEXT_0
    if element.tag - kind != form or kind > _LAST_NAME:
        raise der.malformed("tag", "an alternative name is of no known kind")
    if kind in _ASCII_NAMES and not element.content.isascii():
        raise der.malformed("value", "an alternative name is not ASCII")
    if kind == _IP_ADDRESS and len(element.content) not in (4, 16):
        raise der.malformed("value", "an IP address is of neither 4 nor 16 octets")
    if kind == _REGISTERED_ID:
        read_oid(der.Reader(der.encode(der.OBJECT_IDENTIFIER, element.content)))
    directory = None
    inside = element.inside
    if kind == _OTHER_NAME:
        read_oid(inside)
        value = inside.element(der.CONTEXT_0).inside
        value.any()
        value.finish()
        inside.finish()
    if kind == DIRECTORY_NAME:
        directory = read_name(inside)
        inside.finish()
    return GeneralName(kind, element.content, directory)


def _certificate_policies(reader: der.Reader, known: Known, notes: list[Error]) -> Known:
    """4.2.1.4: read for its form alone. What follows inside a qualifier is passed over."""
    policies = reader.sequence()
    while True:
        policy = policies.sequence()
        read_oid(policy)
        if not policy.at_end():
            _qualifiers(policy.sequence(), notes)
        policy.finish()
        if policies.at_end():
            return known


def _qualifiers(reader: der.Reader, notes: list[Error]) -> None:
    while True:
        qualifier = reader.sequence()
        read_oid(qualifier)
        qualifier.any()
        if not qualifier.at_end():
            notes.append(
                MalformedInput(
                    "a policy qualifier is followed by something", code="certificate.extension"
                )
            )
        if reader.at_end():
            return


def _subject_key_identifier(reader: der.Reader, known: Known, _notes: list[Error]) -> Known:
    return replace(known, subject_key_identifier=reader.octet_string())


def _authority_key_identifier(reader: der.Reader, known: Known, _notes: list[Error]) -> Known:
    inside = reader.sequence()
    identifier = None
    if inside.next_is(der.CONTEXT_0_PRIMITIVE):
        identifier = inside.any().content
    if inside.next_is(der.CONTEXT_1):
        inside.any()
    if inside.next_is(der.CONTEXT_2_PRIMITIVE):
        inside.any()
    inside.finish()
    return replace(known, authority_key_identifier=identifier)


def _name_constraints(reader: der.Reader, known: Known, _notes: list[Error]) -> Known:
    """4.2.1.10: that they are there is enough to refuse a path, whatever they say."""
    reader.skip_rest()
    return replace(known, has_name_constraints=True)


# Nothing rests on these, and the test tools of FIDO write one of them with a wrong tag.
_HINTS: Final = frozenset((SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER))

_READERS: Final[dict[str, Callable[[der.Reader, Known, list[Error]], Known]]] = {
    BASIC_CONSTRAINTS: _basic_constraints,
    KEY_USAGE: _key_usage,
    EXTENDED_KEY_USAGE: _extended_key_usage,
    SUBJECT_ALTERNATIVE_NAME: _alternative_names,
    CERTIFICATE_POLICIES: _certificate_policies,
    SUBJECT_KEY_IDENTIFIER: _subject_key_identifier,
    AUTHORITY_KEY_IDENTIFIER: _authority_key_identifier,
    NAME_CONSTRAINTS: _name_constraints,
}

__all__ = [
    "BASIC_CONSTRAINTS",
    "CERTIFICATE_POLICIES",
    "DIRECTORY_NAME",
    "DNS_NAME",
    "EXTENDED_KEY_USAGE",
    "KEY_CERT_SIGN",
    "KEY_USAGE",
    "SUBJECT_ALTERNATIVE_NAME",
    "BasicConstraints",
    "Extension",
    "GeneralName",
    "Known",
    "explicit_default",
    "read_extensions",
]
