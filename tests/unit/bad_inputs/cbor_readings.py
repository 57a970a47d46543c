"""What CBOR comes to, wherever it stands: by itself, in an attestation object, in a key, in extensions."""

from __future__ import annotations

from typing import Any, Final

from tests.property.outcome import Door
from tests.unit.bad_inputs.cbor_writer import Raw, array, integer, octets, pairs, text, write
from tests.unit.bad_inputs.passkeys import (
    STRICTNESSES,
    USUAL,
    attestation_object,
    authenticator_data,
    cose_bytes,
    new_credential,
    notes,
)
from tests.unit.bad_inputs.refusals import refusal

SAMPLES: Final = {
    **{f"integer of {width} bytes": integer(256**width // 2) for width in (1, 2, 4, 8)},
    **{f"negative of {width} bytes": integer(-(256**width) // 2) for width in (1, 2, 4, 8)},
    "octets": octets(b"12345"),
    "long octets": octets(bytes(300)),
    "text": text("caf\u00e9 \u20ac \U0001f600"),
    "array": array(integer(1), text("a"), array(octets(b"1"), array())),
    "map": write({1: 2, -1: b"a", "a": "b", "b": {}, "aa": [True, False, None]}),
    "attestation object": attestation_object(new_credential()),
    "packed": attestation_object(
        new_credential(), "packed", {"alg": -7, "sig": bytes(70), "x5c": [bytes(500)]}
    ),
    **{f"COSE key {kind}": cose_bytes(kind) for kind in USUAL},
}


def bare(door: Door, data: bytes) -> str:
    """The one code for reading and for showing, strictly and not."""
    codes = {
        refusal(call, data, strictness=strictness)
        for call in (door.cbor_decode, door.cbor_diagnostic)
        for strictness in STRICTNESSES
    }
    assert len(codes) == 1, codes
    return codes.pop()


def reading(door: Door, item: bytes) -> str:
    """The one code for an item that is broken but whole, wherever it stands."""
    code = bare(door, item)
    inside = [array(item), pairs((integer(1), item)), pairs((text("x"), array(integer(0), item)))]
    assert {bare(door, outer) for outer in inside} == {code}
    for strictness in STRICTNESSES:
        statement = attestation_object(new_credential(), "none", {"x": Raw(item)})
        assert refusal(door.parse_attestation_object, statement, strictness=strictness) == code
        key = pairs((integer(1), item))
        for data in (
            new_credential(key=key),
            authenticator_data(extensions=pairs((text("x"), item))),
        ):
            assert refusal(door.parse_authenticator_data, data, strictness=strictness) == code
            outer = attestation_object(data)
            assert refusal(door.parse_attestation_object, outer, strictness=strictness) == code
        assert refusal(door.CosePublicKey.from_bytes, key, strictness=strictness) == code
    return code


def let_pass(door: Door, item: bytes, value: Any) -> str:
    """The code that strict reading gives for an item that other reading takes, and tells."""
    assert repr(door.cbor_decode(item, strictness="interoperable")) == repr(value)
    door.cbor_diagnostic(item)
    code = refusal(door.cbor_decode, item)
    assert refusal(door.cbor_decode, item, strictness="strict") == code
    assert refusal(door.cbor_diagnostic, item, strictness="strict") == code
    statement = attestation_object(new_credential(), "none", {"x": Raw(item)})
    extension = authenticator_data(extensions=pairs((text("x"), item)))
    read = door.parse_attestation_object(statement)
    assert repr(read.statement) == repr({"x": value})
    assert {found for found, _ in notes(read)} == {code}
    data = door.parse_authenticator_data(extension)
    assert data.extensions.unknown == {"x": item}
    assert notes(data) == {(code, "extensions")}
    for call, outer in (
        (door.parse_attestation_object, statement),
        (door.parse_authenticator_data, extension),
    ):
        assert refusal(call, outer, strictness="strict") == code
    return code


def taken(door: Door, item: bytes, value: Any) -> None:
    """An item that is right."""
    for strictness in STRICTNESSES:
        assert repr(door.cbor_decode(item, strictness=strictness)) == repr(value)
    assert door.cbor_encode(value) == item
