"""Many signatures at once, without anything of the protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, overload

from countermark import _native
from countermark.batch.columns import FlatBytes, FlatSignatures, column
from countermark.errors import ArgumentTypeError, Error
from countermark.items import snapshot
from countermark.keys import BytesLike, PrivateKey, PublicKey


@overload
def sign_many(
    key: PrivateKey,
    messages: Iterable[BytesLike] | FlatBytes,
    *,
    hash: str | None = None,
    padding: str | None = None,
    threads: int | None = None,
    flat: Literal[False] = False,
) -> list[bytes | Error]: ...


@overload
def sign_many(
    key: PrivateKey,
    messages: Iterable[BytesLike] | FlatBytes,
    *,
    hash: str | None = None,
    padding: str | None = None,
    threads: int | None = None,
    flat: Literal[True],
) -> FlatSignatures: ...


def sign_many(
    key: PrivateKey,
    messages: Iterable[BytesLike] | FlatBytes,
    *,
    hash: str | None = None,
    padding: str | None = None,
    threads: int | None = None,
    flat: bool = False,
) -> list[bytes | Error] | FlatSignatures:
    """Signs many messages with one key; each as `PrivateKey.sign` does.

    Args:
        key: the key.
        messages: bytes-like objects, or a column of them.
        hash, padding: as for `PrivateKey.sign`, for all of them.
        threads: see `countermark.batch`.
        flat: give the signatures as a column.

    Returns:
        A signature for each message, or its error: ``argument.type`` for what is no bytes.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument of the call that is not taken.
        UnsupportedAlgorithm: ``algorithm.mismatch``, a choice this key does not have.
        KeyClosed: the key was closed.
    """
    if not isinstance(key, PrivateKey):
        raise ArgumentTypeError("key must be a PrivateKey", code="argument.type")
    if not isinstance(flat, bool):
        raise ArgumentTypeError("flat must be True or False", code="argument.type")
    given = column(messages, "messages")
    if not flat:
        return _native.sign_many(key._handle, given, hash, padding, threads)
    data, offsets, errors = _native.sign_many_flat(key._handle, given, hash, padding, threads)
    return FlatSignatures(data, offsets, dict(errors))


def verify_many(
    public_keys: PublicKey | Iterable[PublicKey | str | BytesLike],
    messages: Iterable[BytesLike] | FlatBytes,
    signatures: Iterable[BytesLike] | FlatBytes,
    *,
    hash: str | None = None,
    padding: str | None = None,
    low_s: bool = False,
    threads: int | None = None,
) -> list[None | Error]:
    """Verifies many signatures; each as `PublicKey.verify` does.

    Args:
        public_keys: one key for all, or one for each: a `PublicKey`, PEM text, or the bytes of PEM or DER. Text
            or bytes that occur many times are read once a call.
        messages, signatures: bytes-like objects, or columns of them.
        hash, padding, low_s: as for `PublicKey.verify`, for all of them.
        threads: see `countermark.batch`.

    Returns:
        None for each signature that verifies, or the error: that of `PublicKey.verify`, or that of reading its key.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument of the call that is not taken, or columns that are not
            equally long.
    """
    keys: _native.PublicKey | list[Any]
    if isinstance(public_keys, PublicKey):
        keys = public_keys._handle
    else:
        known: dict[Any, _native.PublicKey | Error] = {}
        keys = [_key(given, known) for given in snapshot(public_keys, "public_keys")]
    return _native.verify_many(
        keys,
        column(messages, "messages"),
        column(signatures, "signatures"),
        hash,
        padding,
        low_s,
        threads,
    )


def _key(given: Any, known: dict[Any, _native.PublicKey | Error]) -> _native.PublicKey | Error:
    """The key of one item, or why it has none; text and bytes that were seen before are not read again."""
    kind = type(given)
    if kind not in (str, bytes):
        return _read(given)
    # Text and bytes are never compared: Python warns of that where it is told to.
    if (kind, given) not in known:
        known[kind, given] = _read(given)
    return known[kind, given]


def _read(given: Any) -> _native.PublicKey | Error:
    try:
        if isinstance(given, PublicKey):
            return given._handle
        if isinstance(given, str):
            return PublicKey.from_pem(given)._handle
        if isinstance(given, bytes | bytearray | memoryview):
            data = bytes(given)
            read = PublicKey.from_der if data[:1] == b"\x30" else PublicKey.from_pem
            return read(data)._handle
        wrong = ArgumentTypeError(
            "a public key must be a PublicKey, PEM text, or bytes", code="argument.type"
        )
    except Error as error:
        return error
    except Exception as cause:  # noqa: BLE001  an object of the caller's; the other items are none of its business
        wrong = ArgumentTypeError("a public key cannot be read", code="argument.type")
        wrong.__cause__ = cause
    return wrong
