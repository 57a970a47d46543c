"""Whatever is handed to any public function: a value, or one of our errors. Never anything else.

An exception that a hostile object raises from a method of its own may come through; a ``TypeError``, an
``OverflowError``, a ``RecursionError`` or a panic of the native module may not.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.errors import Error
from tests.property.hostile import (
    HashableStr,
    HostileKey,
    HostilityError,
    PlainStr,
    functions,
    mappings,
    objects,
)
from tests.property.material import private_key, public_key
from tests.property.outcome import DOORS, Door

each_door = pytest.mark.parametrize("door", DOORS, ids=repr)


def leak(call: Callable[[], Any]) -> str | None:
    """What comes out that is no value, no error of ours and not the hostile object's own."""
    try:
        call()
    except (Error, HostilityError):
        return None
    except BaseException as leaked:  # noqa: BLE001  # a panic is no Exception
        return f"{type(leaked).__name__}: {str(leaked)[:200]}"
    return None


def total(calls: Iterable[tuple[str, Callable[[], Any]]]) -> None:
    """Makes all the calls, and fails with all that leaks out of them."""
    leaks = [f"{what}: {found}" for what, call in calls if (found := leak(call))]
    assert not leaks, "\n".join(leaks)


@each_door
@pytest.mark.parametrize("index", range(len(functions(DOORS[1]))))
def test_every_argument_of_every_function_may_be_anything(door: Door, index: int) -> None:
    function = functions(door)[index]
    total(
        (
            f"{function.name}({parameter}={name})",
            partial(function.call, **{**function.good, parameter: value}),
        )
        for parameter in function.good
        for name, value in objects().items()
    )


def places(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside nested dicts and lists."""
    found = [path] if path else []
    children = (
        body.items()
        if isinstance(body, dict)
        else enumerate(body)
        if isinstance(body, list)
        else ()
    )
    for name, inner in children:
        found += places(inner, (*path, name))
    return found


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    out = copy.deepcopy(body)
    target = out
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = value
    return out


def renamed(body: Any, path: tuple[Any, ...], name: Any) -> Any:
    out = copy.deepcopy(body)
    target = out
    for step in path[:-1]:
        target = target[step]
    target[name] = target.pop(path[-1])
    return out


each_mapping = pytest.mark.parametrize("index", range(len(mappings(DOORS[1]))))


@each_door
@each_mapping
def test_every_value_inside_a_mapping_may_be_anything(door: Door, index: int) -> None:
    title, call, good = mappings(door)[index]
    total(
        (f"{title} {path} = {name}", partial(call, replaced(good, path, value)))
        for path in places(good)
        for name, value in objects().items()
    )


@each_door
@each_mapping
def test_every_name_inside_a_mapping_may_be_anything(door: Door, index: int) -> None:
    title, call, good = mappings(door)[index]
    calls: list[tuple[str, Callable[[], Any]]] = []
    for path in places(good):
        if not isinstance(path[-1], str):
            continue
        odd = (None, 0, 1.5, b"kind", (), "\ud800", "", HostileKey(), object(), True)
        for name in (*odd, HashableStr(path[-1]), PlainStr(path[-1])):
            with suppress(HostilityError):  # it cannot stand beside the other names
                body = renamed(good, path, name)
                calls.append((f"{title} {path}: {type(name)}", partial(call, body)))
    total(calls)


@each_door
@each_mapping
def test_the_mapping_itself_may_be_anything(door: Door, index: int) -> None:
    title, call, _ = mappings(door)[index]
    total((f"{title}({name})", partial(call, value)) for name, value in objects().items())


_TAKES_BYTES = (
    *("private from_pem", "private from_der", "private from_jwk", "public from_pem"),
    *("public from_der", "public from_jwk", "decode_client_data", "match_profiles"),
    *("decode_client_data_b64u", "verify_assertion", "explain_assertion", "verify_attestation"),
    *("explain_attestation", "hex_decode", "pem_decode", "base64url_decode", "KeySigner.sign"),
)


def _view(data: bytes) -> memoryview:
    return memoryview(data)


_leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(), max_size=8),
    st.binary(max_size=8),
    st.binary(max_size=8).map(bytearray),
    st.binary(max_size=8).map(_view),
    st.sampled_from([int, object(), ..., print, range(3)]),
)
_anything = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.sampled_from(("kind", "kty", "credentialAssertion", "credentialInfo", "challenge"))
            | st.none()
            | st.integers()
            | st.text(max_size=2)
            | st.binary(max_size=2),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("name", _TAKES_BYTES)
@given(data=st.binary(max_size=300) | st.text(st.characters(), max_size=100))
def test_any_bytes_and_any_text_come_to_an_end(name: str, data: bytes | str) -> None:
    for door in DOORS:
        function = next(one for one in functions(door) if one.name == name)
        first = next(iter(function.good))
        keywords = {**function.good, first: data}
        total([(f"{door!r} {name}", partial(function.call, **keywords))])


@given(st.integers(0, len(functions(DOORS[1])) - 1), st.data())
def test_any_object_as_any_argument_comes_to_an_end(index: int, data: st.DataObject) -> None:
    for door in DOORS:
        function = functions(door)[index]
        parameter = data.draw(st.sampled_from(sorted(function.good)))
        keywords = {**function.good, parameter: data.draw(_anything)}
        total([(f"{door!r} {function.name}({parameter})", partial(function.call, **keywords))])


@each_door
def test_a_public_key_compares_with_anything(door: Door) -> None:
    key = public_key(door, "p256")
    for compare in (operator.eq, operator.ne):
        total((name, partial(compare, key, value)) for name, value in objects().items())


@each_door
def test_keys_cannot_be_made_subclassed_or_given_attributes(door: Door) -> None:
    for key in (private_key(door, "p256"), public_key(door, "p256")):
        kind = type(key)
        total([("called", kind)])
        with pytest.raises(TypeError):
            type("Sub", (kind,), {})
        with pytest.raises((AttributeError, TypeError)):
            key.anything = 1
