"""Many signatures at once, without anything of the protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, overload

from countermark import _native
from countermark.batch.columns import Column, FlatSignatures, column
from countermark.batch.keys import Reader, reading_keys
from countermark.errors import ArgumentTypeError, Error
from countermark.items import snapshot
from countermark.keys import BytesLike, PrivateKey, PublicKey


@overload
def sign_many(
    key: PrivateKey,
    messages: Column,
    *,
    hash: str | None = None,
    padding: str | None = None,
    threads: int | None = None,
    flat: Literal[False] = False,
) -> list[bytes | Error]: ...


@overload
def sign_many(
    key: PrivateKey,
    messages: Column,
    *,
    hash: str | None = None,
    padding: str | None = None,
    threads: int | None = None,
    flat: Literal[True],
) -> FlatSignatures: ...


def sign_many(
    key: PrivateKey,
    messages: Column,
    *,
    hash: str | None = None,
    padding: str | None = None,
    threads: int | None = None,
    flat: bool = False,
) -> list[bytes | Error] | FlatSignatures:
    """Signs many messages with one key; each as `PrivateKey.sign` does.

    Args:
        key: the key.
        messages: bytes-like objects, or a column of them: `FlatBytes`, or one of ``pyarrow`` or ``polars`` as
            `from_arrow` takes it.
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
        raise ArgumentTypeError("key must be a PrivateKey", code="argument.type", field="key")
    if not isinstance(flat, bool):
        raise ArgumentTypeError("flat must be True or False", code="argument.type", field="flat")
    given = column(messages, "messages")
    if not flat:
        return _native.sign_many(key._handle, given, hash, padding, threads)
    data, offsets, errors = _native.sign_many_flat(key._handle, given, hash, padding, threads)
    return FlatSignatures(data, offsets, dict(errors))


def verify_many(
    public_keys: PublicKey | str | BytesLike | Iterable[PublicKey | str | BytesLike],
    messages: Column,
    signatures: Column | FlatSignatures,
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
        messages, signatures: bytes-like objects, or columns of them, as for `sign_many`; the signatures may also be
            what `sign_many` gave as a column.
        hash, padding, low_s: as for `PublicKey.verify`, for all of them.
        threads: see `countermark.batch`.

    Returns:
        None for each signature that verifies, or the error: that of `PublicKey.verify`, or that of reading its key.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument of the call that is not taken, or columns that are not
            equally long.
        Error: the one key for all cannot be read.
    """
    keys: _native.PublicKey | list[Any]
    read = reading_keys()
    if isinstance(public_keys, PublicKey | str | bytes | bytearray | memoryview):
        keys = read(public_keys)
    else:
        keys = [_key(given, read) for given in snapshot(public_keys, "public_keys")]
    return _native.verify_many(
        keys,
        column(messages, "messages"),
        column(signatures, "signatures"),
        hash,
        padding,
        low_s,
        threads,
    )


def _key(given: Any, read: Reader) -> _native.PublicKey | Exception:
    """The key of one item, or why it has none: also what an object of the caller's raises, which is a verdict too."""
    try:
        return read(given)
    except Exception as error:  # noqa: BLE001  it is told as the native module tells what items raise
        return error.with_traceback(None)


__all__ = ["sign_many", "verify_many"]
