"""What can be wrong with client data and with the answer around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from countermark.webauthn.testing.drafts import Alteration
from countermark.webauthn.testing.faults.registry import Table, instead, members, without

_FRAMES = {"allow_cross_origin": True, "top_origin": ["https://top.example"]}


def _text(change: Callable[[str], str]) -> Alteration:
    return lambda draft: members(challenge=change(draft["challenge"]))(draft)


def _origin(change: Callable[[str], str]) -> Alteration:
    return lambda draft: members(origin=change(draft["origin"]))(draft)


def _bytes(change: Callable[[bytes], bytes]) -> Alteration:
    return change


def _in_response(change: Alteration) -> Alteration:
    def altered(answer: dict[str, Any]) -> None:
        change(answer["response"])

    return altered


def _reordered(draft: dict[str, object]) -> dict[str, object]:
    return {name: draft[name] for name in sorted(draft)}


def _standard_alphabet(text: str) -> str:
    # A challenge without either sign would be right in both alphabets.
    changed = text.replace("-", "+").replace("_", "/")
    return changed if changed != text else f"{text[:-1]}+"


def client_data_table(ceremony: str) -> Table:
    """The faults of client data: the same ones for both ceremonies."""
    section = "7.1 steps 6-12" if ceremony == "registration" else "7.2 steps 11-17"
    area = "client_data" if ceremony == "registration" else "assertion_client_data"
    table = Table(area, "packed-self", section, ceremony=ceremony)
    add = table.add
    other = "webauthn.get" if ceremony == "registration" else "webauthn.create"
    add(
        "type_other",
        "client_data.type_mismatch",
        "the type is that of the other ceremony",
        client_data=members(type=other),
    )
    add(
        "type_case",
        "client_data.type_mismatch",
        "the type is in capitals",
        client_data=lambda draft: members(type=draft["type"].upper())(draft),
    )
    add(
        "type_payment",
        "client_data.type_mismatch",
        "the type is that of Secure Payment Confirmation",
        section="Secure Payment Confirmation",
        client_data=members(type="payment.get"),
    )
    for name, description, change in (
        ("challenge_other", "the challenge is another one", lambda text: text[::-1]),
        ("challenge_shorter", "the challenge lacks its last character", lambda text: text[:-1]),
        ("challenge_padded", "the challenge is padded base64url", lambda text: f"{text}="),
        ("challenge_alphabet", "the challenge is in base64, not base64url", _standard_alphabet),
        ("challenge_empty", "the challenge is empty", lambda _: ""),
    ):
        add(name, "client_data.challenge_mismatch", description, client_data=_text(change))
    for name, description, change in (
        ("origin_other", "the origin is another one", lambda _: "https://evil.example"),
        ("origin_slash", "the origin ends in a slash", lambda text: f"{text}/"),
        ("origin_port", "the origin names a port", lambda text: f"{text}:443"),
        ("origin_scheme", "the origin is http", lambda text: text.replace("https", "http")),
        (
            "origin_subdomain",
            "the origin is a subdomain",
            lambda text: text.replace("//", "//login."),
        ),
        (
            "origin_suffix",
            "the origin goes on after the domain",
            lambda text: f"{text}.evil.example",
        ),
        ("origin_case", "the origin is in capitals", lambda text: text.upper()),
        ("origin_space", "a space follows the origin", lambda text: f"{text} "),
    ):
        add(name, "client_data.origin_mismatch", description, client_data=_origin(change))
    add(
        "cross_origin",
        "client_data.cross_origin_mismatch",
        "the ceremony ran in a foreign frame",
        client_data=members(crossOrigin=True),
    )
    add(
        "cross_origin_text",
        "client_data.type",
        'crossOrigin is the text "false"',
        client_data=members(crossOrigin="false"),
    )
    add(
        "cross_origin_number",
        "client_data.type",
        "crossOrigin is the number 0",
        client_data=members(crossOrigin=0),
    )
    add(
        "cross_origin_absent",
        "valid",
        "crossOrigin is absent, as older browsers have it",
        client_data=without("crossOrigin"),
    )
    add(
        "top_origin_alone",
        "client_data.top_origin_mismatch",
        "topOrigin without crossOrigin",
        client_data=members(topOrigin="https://top.example"),
    )
    add(
        "top_origin_other",
        "client_data.top_origin_mismatch",
        "topOrigin is none of those allowed",
        options=_FRAMES,
        client_data=members(crossOrigin=True, topOrigin="https://evil.example"),
    )
    add(
        "top_origin_absent",
        "client_data.top_origin_mismatch",
        "crossOrigin without the topOrigin asked for",
        options=_FRAMES,
        client_data=members(crossOrigin=True),
    )
    add(
        "top_origin_allowed",
        "valid",
        "a foreign frame under an allowed top origin",
        options=_FRAMES,
        client_data=members(crossOrigin=True, topOrigin="https://top.example"),
    )
    for name in ("type", "challenge", "origin"):
        add(
            f"{name}_missing",
            "client_data.missing",
            f"{name} is missing",
            client_data=without(name),
        )
        add(
            f"{name}_null",
            "client_data.type",
            f"{name} is null",
            client_data=members(**{name: None}),
        )
    add(
        "extra_member",
        "valid",
        "a member nobody knows, as browsers add on purpose",
        section="5.8.1",
        client_data=members(other_keys_can_be_added_here="do not compare against a template"),
    )
    add(
        "token_binding",
        "valid",
        "tokenBinding, which Level 3 no longer has",
        client_data=members(tokenBinding={"status": "supported"}),
    )
    for name, code, description, change_bytes in (
        (
            "duplicate",
            "json.duplicate",
            "origin stands there twice",
            lambda data: data[:-1] + b',"origin":"https://example.org"}',
        ),
        ("bom", "json.bom", "a byte order mark", lambda data: b"\xef\xbb\xbf" + data),
        ("trailing", "json.trailing", "text after the object", lambda data: data + b"{}"),
        ("trailing_nul", "json.trailing", "a NUL after the object", lambda data: data + b"\x00"),
        (
            "utf8",
            "json.utf8",
            "a byte that is not UTF-8",
            lambda data: data[:-1] + b',"x":"\xff"}',
        ),
        (
            "surrogate",
            "json.surrogate",
            "an escaped lone surrogate",
            lambda data: data[:-1] + b',"x":"\\ud800"}',
        ),
        ("array", "json.shape", "an array", lambda data: b"[" + data + b"]"),
        ("truncated", "json.syntax", "the object is not closed", lambda data: data[:-1]),
        (
            "single_quotes",
            "json.syntax",
            "single quotes",
            lambda data: data.replace(b'"', b"'"),
        ),
        ("whitespace", "valid", "white space around the members", lambda data: b" " + data + b"\n"),
        (
            "escaped",
            "valid",
            "an escape in a name, which is the same name",
            lambda data: data.replace(b'"type"', b'"\\u0074ype"'),
        ),
    ):
        add(name, code, description, section="5.8.1", client_data_json=_bytes(change_bytes))
    limited = {"limited_verification": True}
    add(
        "limited",
        "valid",
        "the serialization of browsers, for the limited algorithm",
        section="5.8.1.2",
        options=limited,
        client_data_json=_bytes(lambda data: data),
    )
    add(
        "limited_extra",
        "valid",
        "a further member, for the limited algorithm",
        section="5.8.1.2",
        options=limited,
        client_data=members(more=1),
    )
    add(
        "limited_order",
        "client_data.serialization_mismatch",
        "the members in another order, for the limited algorithm",
        section="5.8.1.2",
        options=limited,
        client_data=_reordered,
    )
    add(
        "limited_space",
        "client_data.serialization_mismatch",
        "a space after a colon, for the limited algorithm",
        section="5.8.1.2",
        options=limited,
        client_data_json=_bytes(lambda data: data.replace(b":", b": ", 1)),
    )
    return table


def response_table(ceremony: str) -> Table:
    """The faults of the answer's own shape."""
    registration = ceremony == "registration"
    area = "response" if registration else "assertion_response"
    table = Table(area, "none", "5.1 and 5.1.8", ceremony=ceremony)
    add = table.add
    add("type", "response.value", "type is not public-key", response=members(type="password"))
    add("type_missing", "response.missing", "type is missing", response=without("type"))
    add("type_null", "response.type", "type is null", response=members(type=None))
    add("id_missing", "response.missing", "id is missing", response=without("id"))
    add("id_number", "response.type", "id is a number", response=members(id=7))
    add("raw_id_other", "response.value", "rawId is not id", response=members(rawId="AAAA"))
    add("raw_id_absent", "valid", "rawId is absent", response=without("rawId"))
    add("response_missing", "response.missing", "response is missing", response=without("response"))
    add("response_array", "response.type", "response is an array", response=members(response=[]))
    fields = ["clientDataJSON"]
    fields += ["attestationObject"] if registration else ["authenticatorData", "signature"]
    for field in fields:
        add(
            f"{field}_missing",
            "response.missing",
            f"{field} is missing",
            response=_in_response(without(field)),
        )
        add(
            f"{field}_array",
            "response.type",
            f"{field} is an array of numbers",
            response=_in_response(members(**{field: [1, 2, 3]})),
        )
        add(
            f"{field}_padded",
            "base64url.padding",
            f"{field} is padded",
            response=_in_response(members(**{field: "AA=="})),
        )
        add(
            f"{field}_alphabet",
            "base64url.alphabet",
            f"{field} holds a sign of base64",
            response=_in_response(members(**{field: "AA+/"})),
        )
    add(
        "unknown_member",
        "valid",
        "a member nobody knows",
        response=members(somethingNew={"a": 1}),
    )
    add(
        "attachment_null",
        "valid",
        "authenticatorAttachment is null",
        response=members(authenticatorAttachment=None),
    )
    if registration:
        add(
            "id_other",
            "response.credential_id_mismatch",
            "the answer's id is not the attested one",
            section="7.1",
            response=members(id="AAAA", rawId="AAAA"),
        )
        add(
            "id_unexpected",
            "response.credential_id_mismatch",
            "the id is not the one expected",
            section="7.1",
            options={"credential_id": b"another"},
            response=instead(None),
        )
    return table
