"""Client data, credentials and assertions: right ones, nearly right ones, and any JSON."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from typing import Any, Final

from hypothesis import strategies as st

from tests.property.material import damaged_text, private_key, records
from tests.property.outcome import REFERENCE

PROFILES: Final = tuple(str(profile) for profile in REFERENCE.ClientDataProfile)
KINDS: Final = ("Key", "PasswordProtectedKey", "RecoveryKey")
TYPES: Final = ("key.get", "key.create")
ALGORITHMS: Final = ("SHA256", "SHA512", "RSA-SHA256", "RSA-SHA512")
CHALLENGE: Final = "Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw"
ORIGIN: Final = "https://app.dfns.io"
CREATE: Final = b'{"challenge":"' + CHALLENGE.encode() + b'","type":"key.create"}'
GET: Final = CREATE.replace(b"key.create", b"key.get")

_AWKWARD: Final = '"\\/<>&\b\t\n\f\r\x00\x1f\x7f\x80é\u2028\u2029\uffff\U0001f600 aA'
texts: Final = st.one_of(
    st.text(st.sampled_from(_AWKWARD), max_size=12),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from((CHALLENGE, ORIGIN, "a", "YWJj", "YWJ", "_w")),
)
texts_and_not: Final = texts | st.sampled_from(("", "\ud800", "a\udfffb", "\udc00\ud800"))


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


# --- JSON text, written by hand so that it can be anything ---


@st.composite
def json_strings(draw: st.DrawFn, text: str | None = None) -> str:
    """A string in any of its spellings."""
    out = '"'
    for character in draw(texts) if text is None else text:
        how = draw(st.integers(0, 9))
        if how == 0 or character in '"\\' or character < " ":
            units = character.encode("utf-16-be", "surrogatepass")
            spelling = "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
            out += spelling.upper().replace("\\U", "\\u") if draw(st.booleans()) else spelling
        else:
            out += "\\/" if character == "/" and how == 1 else character
    return out + '"'


_NUMBERS: Final = st.sampled_from(
    ("0", "-0", "1", "12", "1.5", "1e5", "1E+5", "-1.25e-3", "1e999", "9" * 400)
)
_SPACE: Final = st.sampled_from(("", "", "", " ", "\n", "\t", "\r\n"))
json_values: Final = st.recursive(
    st.sampled_from(("null", "true", "false", "{}", "[]")) | _NUMBERS | json_strings(),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ",".join(items) + "]")
        | st.lists(st.tuples(json_strings(), inner), max_size=3).map(
            lambda items: "{" + ",".join(f"{name}:{value}" for name, value in items) + "}"
        )
    ),
    max_leaves=5,
)


@st.composite
def json_objects(draw: st.DrawFn, members: list[tuple[str, str]]) -> str:
    """An object of these members (names plain, values as JSON) in any order and with any spaces."""
    if draw(st.integers(0, 3)) == 0:
        members = draw(st.permutations(members))
    out = ""
    for name, value in members:
        space = [draw(_SPACE) for _ in range(4)]
        spelled = draw(json_strings(name)) if draw(st.integers(0, 4)) == 0 else f'"{name}"'
        comma = "," if out else ""
        out += f"{comma}{space[0]}{spelled}{space[1]}:{space[2]}{value}{space[3]}"
    return draw(_SPACE) + "{" + out + "}" + draw(_SPACE)


JSON_NOISE: Final = '{}[]":,\\u0 \n\t\x00\x01tfn1e-+.é\u2028'

_BROKEN: Final = st.sampled_from(
    (
        *("", " ", "null", "[]", '"x"', "1", "{", "{}", "{}}", "{} {}", "{},", "\ufeff{}", "{,}"),
        *('{"a":1,}', '{"a"}', '{"a":}', "{'a':1}", '{"a":NaN}', '{"a":Infinity}', '{"a":01}'),
        *('{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":1e}', '{"a":-}', '{"a":tru}', '{"a":"\t"}'),
        *('{"a":"\\x"}', '{"a":"\\u12"}', '{"a":"\\ud800"}', '{"a":"\\udc00\\ud800"}', "{}\x00"),
        *('{"a":"\\ud800\\u0041"}', '{"a":"\\ud800\\ud800\\udc00"}', '{"\\ud800":1}', "//\n{}"),
        *('{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"b":{"a":1,"a":2}}', '{"a":[1,]}', "\x0c{}"),
        '{"a":' + "[" * 199 + "]" * 199 + "}",
        '{"a":' + "[" * 200 + "]" * 200 + "}",
        '{"a":' + '{"b":' * 199 + "1" + "}" * 200,
        '{"a":' + '{"b":' * 200 + "1" + "}" * 201,
        "[" * 300,
        '{"a":' + "[" * 5000,
        "{" + ",".join(f'"k{at}":1' for at in range(1024)) + "}",
        "{" + ",".join(f'"k{at}":1' for at in range(1025)) + "}",
        "{" + ",".join(f'"k{at % 1024}":1' for at in range(1025)) + "}",
        '{"a":"' + "x" * (1024 * 1024 - 8) + '"}',
        '{"a":"' + "x" * (1024 * 1024 - 7) + '"}',
    )
)
_BROKEN_BYTES: Final = st.sampled_from(
    (
        *(b"\xff", b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\xc0\x80"}', b"\xef\xbb\xbf"),
        *(b"\xef\xbb\xbf{}", b'{"a":1}\xff', b'{"a" 1}\xff', "{}".encode("utf-16"), b"{}\xc2"),
        *(b'{"a":"\xf4\x90\x80\x80"}', b'{"a":"\xf0\x80\x80\x80"}', b"[\xff", b"\xc2\xa0{}"),
    )
)
broken_json: Final = _BROKEN.map(lambda text: text.encode("utf-8", "surrogatepass")) | _BROKEN_BYTES


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@st.composite
def client_data_bytes(draw: st.DrawFn, type_: str = "key.get", challenge: str = CHALLENGE) -> bytes:
    """Client data: of a profile, spelled in another way, with a member altered, or broken."""
    members = {
        "type": quoted(type_),
        "challenge": quoted(challenge),
        "origin": quoted(ORIGIN),
        "crossOrigin": "false",
    }
    for name in ("origin", "crossOrigin"):
        if draw(st.booleans()):
            del members[name]
    match draw(st.integers(0, 7)):
        case 0 | 1:
            order = draw(st.permutations(sorted(members)))
            return ("{" + ",".join(f'"{name}":{members[name]}' for name in order) + "}").encode()
        case 2:
            spelled = [(name, members[name]) for name in members]
            return draw(json_objects(spelled)).encode("utf-8", "surrogatepass")
        case 3 | 4:
            name = draw(st.sampled_from(("type", "challenge", "origin", "crossOrigin", "extra")))
            if draw(st.integers(0, 3)):
                members[name] = draw(_OTHER_VALUES | json_values)
            else:
                members.pop(name, None)
            spelled = [(name, members[name]) for name in members]
            return draw(json_objects(spelled)).encode("utf-8", "surrogatepass")
        case 5:
            text = "{" + ",".join(f'"{name}":{members[name]}' for name in members) + "}"
            broken = draw(damaged_text(st.just(text), JSON_NOISE))
            return broken.encode("utf-8", "surrogatepass")
        case 6:
            return draw(broken_json)
        case _:
            spelled = [(name, members[name]) for name in members]
            again = draw(st.sampled_from(spelled))
            return draw(json_objects([*spelled, again])).encode("utf-8", "surrogatepass")


_OTHER_VALUES: Final = st.sampled_from(
    (
        *('"key.get"', '"key.create"', '"webauthn.get"', '"Key.get"', '"key.get "', '""', "true"),
        *("false", "null", "0", '"false"', '"https://app.dfns.io/"', '"https://APP.dfns.io"'),
        *(quoted(CHALLENGE), quoted(CHALLENGE + "="), quoted(CHALLENGE[:-1]), quoted(ORIGIN)),
        quoted(b64u(CHALLENGE.encode())),
    )
)


# --- assertions and credentials ---


def sign(kind: str, message: bytes, algorithm: str | None = None) -> bytes:
    """A signature of the test key of this kind, with the hash that the name stands for."""
    hash_name = {"SHA512": "SHA-512", "RSA-SHA512": "SHA-512", "SHA-384": "SHA-384"}.get(
        algorithm or "", "SHA-256"
    )
    hash_name = "SHA-512" if algorithm == "SHA-512" else hash_name
    key = private_key(REFERENCE, kind)
    signature: bytes = key.sign(message, hash=None if kind.startswith("ed") else hash_name)
    return signature


def assertion(
    kind: str, client_data: bytes, algorithm: str | None = None, **changes: Any
) -> dict[str, Any]:
    """An assertion whose signature is right for these client data, whatever they are."""
    inner = {
        "credId": "cr-1",
        "clientData": b64u(client_data),
        "signature": b64u(sign(kind, client_data, algorithm)),
    }
    if algorithm is not None:
        inner["algorithm"] = algorithm
    return {"kind": "Key", "credentialAssertion": inner, **changes}


def fingerprint(client_data: bytes, pem: str) -> bytes:
    """Recipe steps 2 to 4, here a third time: strings of PEM need no other escapes."""
    text = {"clientDataHash": hashlib.sha256(client_data).hexdigest(), "publicKey": pem}
    return json.dumps(text, separators=(",", ":"), ensure_ascii=False).encode()


def credential(
    kind: str,
    client_data: bytes,
    algorithm: str | None = None,
    pem: str | None = None,
    attestation: bytes | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """A credential whose signature is right for these client data and this PEM text."""
    pem = records()[kind]["spkiPem"] if pem is None else pem
    if attestation is None:
        signature = sign(kind, fingerprint(client_data, pem), algorithm)
        members = {"publicKey": pem, "signature": signature.hex()}
        if algorithm is not None:
            members["algorithm"] = algorithm
        attestation = json.dumps(members, separators=(",", ":")).encode()
    info = {"credId": "cr-1", "clientData": b64u(client_data), "attestationData": b64u(attestation)}
    return {"credentialKind": "Key", "credentialInfo": info, **changes}


_TEXT_VALUES: Final = st.sampled_from(
    (
        *("", "Key", "PasswordProtectedKey", "RecoveryKey", "Fido2", "key", "cr-1", "cr-2", "AA"),
        *("AA==", "A", "SHA256", "SHA512", "RSA-SHA256", "SHA-256", "SHA-512", "SHA1", "SHA384"),
        *("e30", "bnVsbA", "x" * 1024, "x" * 1025, "\U0001f600" * 1024, "\ud800", "é", "a b"),
    )
)
_OTHER: Final = st.sampled_from((None, True, 0, 1.5, 2**70, [], ["Key"], {}, {"credId": "cr-1"}))
_EXTRA: Final = ("extra", "", "authenticatorData", "userHandle", "Kind", "__proto__", "é")


@st.composite
def altered(draw: st.DrawFn, body: dict[str, Any], inner_name: str) -> dict[str, Any]:
    """The body with one or two members, outside or inside, altered, missing or too much."""
    outer = {**body, inner_name: dict(body[inner_name])}
    for _ in range(draw(st.integers(1, 2))):
        inside = draw(st.booleans()) and isinstance(outer.get(inner_name), dict)
        target: dict[str, Any] = outer[inner_name] if inside else outer
        optional = ("algorithm", "encryptedPrivateKey", "credentialName", "challengeIdentifier")
        name = draw(st.sampled_from((*sorted(target), *sorted(target), *optional, *_EXTRA)))
        match draw(st.integers(0, 4)):
            case 0:
                target.pop(name, None)
            case 1 | 2:
                target[name] = draw(_TEXT_VALUES)
            case 3 if isinstance(target.get(name), str):
                target[name] = draw(damaged_text(st.just(target[name]), "AQg-_=+/ é"))
            case _:
                target[name] = copy.deepcopy(draw(_OTHER))
    return outer


expectations: Final = st.fixed_dictionaries(
    {"challenge": st.just(CHALLENGE)},
    optional={
        "credential_id": st.sampled_from(("cr-1", "cr-1", "cr-2")),
        "kind": st.sampled_from(("Key", "Key", "Key", *KINDS)),
        "profile": st.sampled_from(PROFILES),
        "origin": st.sampled_from((ORIGIN, ORIGIN, "https://app.dfns.io/", "")),
        "cross_origin": st.booleans(),
        "low_s": st.booleans(),
        "allow_padded_base64url": st.booleans(),
    },
)
"""Expectations that an assertion or a credential may or may not meet."""
