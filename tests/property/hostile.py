"""Objects that lie, raise, or never end, and every public function to hand them to."""

from __future__ import annotations

import array
import ctypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from unittest.mock import MagicMock

from tests.property.material import private_key, public_key, records
from tests.property.outcome import REFERENCE, Door
from tests.property.wire import CHALLENGE, CREATE, GET, assertion, b64u, credential


class HostilityError(Exception):
    """What the hostile objects raise from their own methods: the one thing that may come through."""


class HostileKeyError(HostilityError, KeyError):
    """The same, where a lookup fails."""


def _raise(*_: Any, **__: Any) -> NoReturn:
    raise HostilityError


_DUNDERS = (
    *("__eq__", "__ne__", "__hash__", "__len__", "__iter__", "__getitem__", "__contains__"),
    *("__str__", "__repr__", "__bytes__", "__bool__", "__index__", "__int__", "__float__"),
    *("__buffer__", "__format__", "__call__", "__next__", "__enter__", "__lt__", "__fspath__"),
    *("encode", "decode", "items", "keys", "values", "get", "isprintable", "startswith", "strip"),
)
_METHODS: dict[str, Any] = dict.fromkeys(_DUNDERS, _raise)


def _subclass(base: type, *, own_hash: bool = False) -> type:
    methods = dict(_METHODS)
    if own_hash:
        methods["__hash__"] = base.__hash__
        methods["__eq__"] = base.__eq__
    return type(f"Hostile{base.__name__.title()}", (base,), methods)


HostileStr = _subclass(str)
HostileBytes = _subclass(bytes)
HostileBytearray = _subclass(bytearray)
HostileInt = _subclass(int)
HostileDict = _subclass(dict)
HostileList = _subclass(list)
HostileTuple = _subclass(tuple)
HostileObject = _subclass(object)
PlainStr = type("PlainStr", (str,), {})


class NoAttributes:
    """Raises on every attribute."""

    def __getattribute__(self, name: str) -> NoReturn:
        raise HostilityError


class Claiming:
    """Says that it is of another class."""

    def __init__(self, claimed: type) -> None:
        self._claimed = claimed

    @property
    def __class__(self) -> Any:
        return self._claimed

    @__class__.setter
    def __class__(self, value: Any) -> None:
        raise HostilityError


class WrongIndex:
    """Gives what is no number where a number is due."""

    def __index__(self) -> Any:
        return "1"  # noqa: PLE0305  # that is what it is for

    def __bool__(self) -> Any:
        return 1  # noqa: PLE0304

    def __len__(self) -> int:
        return -1  # noqa: PLE0303


class OddMapping(Mapping[Any, Any]):
    """A mapping whose parts are what one makes them."""

    def __init__(self, items: Any = (), length: Any = 1, value: Any = None) -> None:
        self._items, self._length, self._value = items, length, value

    def items(self) -> Any:
        return self._items

    def keys(self) -> Any:
        return self._items

    def __iter__(self) -> Any:
        return iter(self._items)

    def __len__(self) -> Any:
        return self._length

    def __getitem__(self, name: Any) -> Any:
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


def _again() -> Iterator[Any]:
    for _ in range(20_000):
        yield ("kind", "Key")


class Again:
    """Gives one name many times over, anew each time."""

    def __iter__(self) -> Iterator[Any]:
        return _again()


def _deep(depth: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = wrap(value)
    return value


def _released() -> memoryview:
    view = memoryview(b"abc")
    view.release()
    return view


def _itself() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["kind"] = found["credentialAssertion"] = found["kty"] = found["challenge"] = found
    return found


def objects() -> dict[str, Any]:
    """Fresh hostile objects by name."""
    return {
        **{f"{value!r}"[:20]: value for value in (None, True, False, 0, 1, -1, 2**31, 2**64)},
        **{f"{value!r}": value for value in (1.5, float("nan"), float("inf"), 1j, ..., int, len)},
        "huge int": 2**4000,
        "negative huge int": -(2**4000),
        "object": object(),
        "function": _raise,
        "generator": (character for character in "abc"),
        "range": range(3),
        "set": {"kind"},
        **{f"empty {kind.__name__}": kind() for kind in (list, tuple, dict, set, str, bytes)},
        "text": "text",
        "nul": "\0",
        "surrogate": "\ud800",
        "long text": "é" * 70_000,
        "very long text": "x" * (2 * 1024 * 1024 + 1),
        "bytes": b"bytes",
        "not utf-8": b"\xff\xfe",
        "bytearray": bytearray(b"bytes"),
        "view": memoryview(b"bytes"),
        "strided view": memoryview(b"bytes")[::2],
        "reversed view": memoryview(b"bytes")[::-1],
        "wide view": memoryview(array.array("I", [1, 2, 3])),
        "float view": memoryview(array.array("d", [1.5])),
        "two-dimensional view": memoryview(bytes(6)).cast("B", (2, 3)),
        "released view": _released(),
        "array": array.array("B", b"bytes"),
        "ctypes array": (ctypes.c_char * 4)(),
        "long bytes": bytes(2 * 1024 * 1024 + 1),
        "plain str subclass": PlainStr("key.get"),
        "hostile str": HostileStr("key.get"),
        "hostile bytes": HostileBytes(b"bytes"),
        "hostile bytearray": HostileBytearray(b"bytes"),
        "hostile int": HostileInt(2048),
        "hostile dict": HostileDict(kind="Key"),
        "hostile list": HostileList(["Key"]),
        "hostile tuple": HostileTuple(("Key",)),
        "hostile object": HostileObject(),
        "no attributes": NoAttributes(),
        **{f"claims {kind.__name__}": Claiming(kind) for kind in (str, bytes, int, bool, list)},
        "claims memoryview": Claiming(memoryview),
        "wrong index": WrongIndex(),
        "mock": MagicMock(),
        "hostile mapping": OddMapping(_HOSTILE_ITEMS, value=HostilityError()),
        "mapping of junk": OddMapping(((1, 2, 3), "ab", None, 5)),
        "mapping of text": OddMapping("ab"),
        "mapping of nothing": OddMapping(None, length=0),
        "mapping of number": OddMapping(5, length="x"),
        "mapping that ends short": OddMapping((), length=10**9),
        "mapping of one name again and again": OddMapping(Again(), length=2**62),
        "mapping of negative length": OddMapping((), length=-1),
        "mapping that raises KeyError": OddMapping((("a", 1),), value=HostileKeyError("a")),
        "mapping of objects": OddMapping(((object(), object()),), value=object()),
        "dict of odd names": {1: 1, None: 2, "\ud800": 3, b"kind": 4, (): 5, 1.5: 6},
        "dict of hostile names": {HostileKey(): 1},
        "dict of hostile text": {HashableStr("kind"): "Key", HashableStr("kty"): "EC"},
        "deep dict": _deep(20_000, lambda inner: {"kind": inner, "credentialAssertion": inner}),
        "deep list": _deep(20_000, lambda inner: [inner]),
        "itself": _itself(),
        "wide dict": {f"k{at}": at for at in range(5000)},
        "error": HostilityError(),
        "type": HostileStr,
    }


HashableStr = _subclass(str, own_hash=True)


class HostileKey:
    """Can be a name in a dict, and not be compared."""

    def __hash__(self) -> int:
        return hash("kind")

    def __eq__(self, other: object) -> NoReturn:
        raise HostilityError


class _HostileItems:
    def __iter__(self) -> NoReturn:
        raise HostilityError


_HOSTILE_ITEMS = _HostileItems()


@dataclass(frozen=True)
class Function:
    """A public function, with arguments that are right."""

    name: str
    function: Callable[..., Any]
    good: dict[str, Any]
    positional: bool = False

    def call(self, **arguments: Any) -> Any:
        if self.positional:
            return self.function(*arguments.values())
        return self.function(**arguments)


class Signer:
    """An external signer with attributes to replace."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


def _signer(door: Door, public: Any, takes: Any, returns: Any, signature: Any) -> Any:
    signer = Signer(public_key=public, takes=takes, returns=returns, sign=lambda _: signature)
    return door.KeySigner("cr-1", signer).sign(_challenge())


def _challenge() -> dict[str, Any]:
    return {"challenge": CHALLENGE, "allowCredentials": {"key": [{"id": "cr-1"}]}}


def functions(door: Door) -> list[Function]:
    """All of them, with every parameter named."""
    record = records()["p256"]
    private, public = private_key(door, "p256"), public_key(door, "p256")
    rsa, rsa_public = private_key(door, "rsa2048"), public_key(door, "rsa2048")
    der = private.export_private_key("der")
    signature = private_key(REFERENCE, "p256").sign(b"m")
    expected = {
        "challenge": CHALLENGE,
        "credential_id": "cr-1",
        "kind": "Key",
        "profile": "canonical",
        "origin": None,
        "cross_origin": False,
        "padding": None,
        "low_s": False,
        "allow_padded_base64url": False,
        "public_key": public,
    }
    good_assertion = {"assertion": assertion("p256", GET), "algorithm": None, **expected}
    good_credential = {"credential": credential("p256", CREATE), **expected}
    made = credential("p256", CREATE)
    create = {
        "key": private,
        "challenge": CHALLENGE,
        "kind": "Key",
        "credential_id": "cr-1",
        "algorithm": None,
        "profile": "canonical",
        "origin": None,
        "cross_origin": None,
        "public_key_pem": None,
        "attestation_order": "docs",
        "encrypted_private_key": None,
        "name": "name",
    }
    signer = {
        "credential_id": "cr-1",
        "private_key": private,
        "app_origin": None,
        "kind": "Key",
        "algorithm": None,
        "padding": None,
        "profile": "canonical",
        "cross_origin": None,
        "password": None,
        "report_kind": None,
    }
    external = {"public": public, "takes": "message", "returns": "der", "signature": signature}
    return [
        Function("generate", door.PrivateKey.generate, {"algorithm": "ES256", "bits": 2048}),
        Function("generate RSA", door.PrivateKey.generate, {"algorithm": "RS256", "bits": 1}),
        Function(
            "private from_pem",
            door.PrivateKey.from_pem,
            {"data": record["pkcs8Pem"], "password": None},
        ),
        Function("private from_der", door.PrivateKey.from_der, {"data": der, "password": None}),
        Function("private from_jwk", door.PrivateKey.from_jwk, {"jwk": public.to_jwk()}),
        Function("public from_pem", door.PublicKey.from_pem, {"data": record["spkiPem"]}),
        Function("public from_der", door.PublicKey.from_der, {"data": public.to_der()}),
        Function("public from_jwk", door.PublicKey.from_jwk, {"jwk": public.to_jwk()}),
        Function("sign", private.sign, {"message": b"m", "hash": None, "padding": None}),
        Function("sign RSA", rsa.sign, {"message": b"m", "hash": None, "padding": None}),
        Function(
            "sign_digest",
            private.sign_digest,
            {"digest": bytes(32), "hash": "SHA-256", "padding": None},
        ),
        Function(
            "export_private_key",
            private.export_private_key,
            {"encoding": "jwk", "format": "pkcs8", "password": None},
        ),
        Function("to_pem", public.to_pem, {"format": "spki"}),
        Function("to_der", rsa_public.to_der, {"format": "pkcs1"}),
        Function(
            "verify",
            public.verify,
            {
                "message": b"m",
                "signature": signature,
                "hash": None,
                "padding": None,
                "low_s": False,
            },
        ),
        Function(
            "verify_digest",
            rsa_public.verify_digest,
            {
                "digest": bytes(32),
                "signature": b"",
                "hash": "SHA-256",
                "padding": None,
                "low_s": False,
            },
        ),
        Function(
            "encode_client_data",
            door.encode_client_data,
            {
                "challenge": CHALLENGE,
                "type": "key.get",
                "profile": "canonical",
                "origin": None,
                "cross_origin": None,
            },
        ),
        Function("decode_client_data", door.decode_client_data, {"data": GET}),
        Function(
            "decode_client_data_b64u",
            door.decode_client_data_b64u,
            {"text": b64u(GET), "padding": False},
        ),
        Function("match_profiles", door.match_profiles, {"data": GET}),
        Function(
            "fingerprint",
            door.fingerprint,
            {"client_data": GET, "public_key_pem": record["spkiPem"]},
        ),
        Function(
            "encode_attestation_data",
            door.encode_attestation_data,
            {
                "public_key_pem": record["spkiPem"],
                "signature": signature,
                "algorithm": None,
                "order": "docs",
            },
        ),
        Function("credential_id_from_key", door.credential_id_from_key, {"public_key": public}),
        Function("create_credential", door.create_credential, create),
        Function("register_key", door.register_key, create),
        Function(
            "registration_body",
            door.registration_body,
            {"first_factor": made, "second_factor": None, "recovery": None},
        ),
        Function(
            "new_credential_body",
            door.new_credential_body,
            {"credential": made, "challenge_identifier": "x", "name": "name"},
        ),
        Function("KeySigner", door.KeySigner, signer),
        Function(
            "KeySigner.sign", door.KeySigner("cr-1", private).sign, {"challenge": _challenge()}
        ),
        Function("external signer", lambda **parts: _signer(door, **parts), external),
        Function("from_cryptography", door.from_cryptography, {"private_key": None}),
        Function("verify_assertion", door.verify_assertion, good_assertion),
        Function("explain_assertion", door.explain_assertion, good_assertion),
        Function("verify_attestation", door.verify_attestation, good_credential),
        Function("explain_attestation", door.explain_attestation, good_credential),
        Function(
            "ecdsa_raw_to_der", door.ecdsa_raw_to_der, {"raw": bytes(64), "curve": "P-256"}, True
        ),
        Function(
            "ecdsa_der_to_raw", door.ecdsa_der_to_raw, {"der": signature, "curve": "P-256"}, True
        ),
        Function("base64url_decode", door.base64url_decode, {"text": "AA", "padding": False}, True),
        Function("base64url_encode", door.base64url_encode, {"data": b""}, True),
        Function("hex_decode", door.hex_decode, {"text": "00"}, True),
        Function("pem_decode", door.pem_decode, {"text": record["spkiPem"]}, True),
    ]


def mappings(door: Door) -> list[tuple[str, Callable[[Any], Any], dict[str, Any]]]:
    """The functions that take an object from elsewhere, each with an object that is right."""
    public = public_key(door, "p256")
    keywords = {"challenge": CHALLENGE, "public_key": public}
    signer = door.KeySigner("cr-1", private_key(door, "p256"))
    private_jwk = private_key(REFERENCE, "p256")
    jwk = dict(private_jwk.public_key.to_jwk(), alg="ES256", use="sig", key_ops=["verify"])
    return [
        (
            "verify_assertion",
            lambda body: door.verify_assertion(body, **keywords),
            assertion("p256", GET, algorithm="SHA256"),
        ),
        (
            "explain_assertion",
            lambda body: door.explain_assertion(body, **keywords),
            assertion("p256", GET),
        ),
        (
            "verify_attestation",
            lambda body: door.verify_attestation(body, **keywords),
            credential("p256", CREATE, credentialName="n"),
        ),
        (
            "explain_attestation",
            lambda body: door.explain_attestation(body, **keywords),
            credential("p256", CREATE),
        ),
        ("KeySigner.sign", signer.sign, _challenge()),
        ("public from_jwk", door.PublicKey.from_jwk, jwk),
        ("private from_jwk", door.PrivateKey.from_jwk, jwk),
        (
            "registration_body",
            door.registration_body,
            credential("p256", CREATE),
        ),
        (
            "new_credential_body",
            lambda body: door.new_credential_body(body, challenge_identifier="x", name="n"),
            credential("p256", CREATE),
        ),
    ]
