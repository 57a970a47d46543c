"""Signing challenges with a key credential (the protocol's "user action signing" section)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, final

from countermark import _native
from countermark.arrow import Table, items_of
from countermark.dfns.types import CredentialAssertion
from countermark.errors import ArgumentTypeError, Error, InvalidSignature
from countermark.external import ExternalSigner, public_key_of, signature_of
from countermark.keys import BytesLike, PrivateKey, PublicKey


@final
class KeySigner:
    """Answers challenges with a key credential. It has the shape of the Dfns SDK's ``Signer``.

    Made once and used from any number of threads. All choices are checked here, against the key, so that
    `sign` can only fail for its challenge or a closed key.

    >>> signer = KeySigner("cr-1", PrivateKey.generate("Ed25519"))
    >>> challenge = {"challenge": "Y2gtMQ", "allowCredentials": {"key": [{"id": "cr-1"}]}}
    >>> signer.sign(challenge)["kind"]
    'Key'

    Args:
        credential_id: the id the credential was registered with.
        private_key: its key; or PEM text, as the Dfns SDK takes it; or a signer outside.
        app_origin: puts ``origin`` and ``crossOrigin`` into the client data, as the Dfns SDK does. The API
            no longer asks for them.
        kind: a `CredentialKind`; it decides which allow-list is asked.
        algorithm: a `SignatureAlgorithm` to sign with and to name; None for SHA-256 and no member.
        padding: ``"pss"`` for RSA-PSS, which the API does not verify by default; None for PKCS#1 v1.5.
        profile: a `ClientDataProfile`, for the exact bytes of another producer.
        cross_origin: ``crossOrigin``, for profiles that carry it.
        password: of an encrypted PEM text.
        report_kind: the kind the assertion names, if not ``kind``: one SDK answers ``"Key"`` for a
            PasswordProtectedKey.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument that is not taken.
        UnsupportedAlgorithm: ``algorithm.unknown`` or ``algorithm.mismatch``.
        LimitExceeded: a credential id of more than 1024 characters.
        Those of `PrivateKey.from_pem` for PEM text.
    """

    __slots__ = ("_app_origin", "_credential_id", "_handle", "_public_key", "_signer")

    def __init__(
        self,
        credential_id: str,
        private_key: PrivateKey | ExternalSigner | str | BytesLike,
        app_origin: str | None = None,
        *,
        kind: str = "Key",
        algorithm: str | None = None,
        padding: str | None = None,
        profile: str = "canonical",
        cross_origin: bool | None = None,
        password: str | BytesLike | None = None,
        report_kind: str | None = None,
    ) -> None:
        self._signer: ExternalSigner | None = None
        handle: _native.PrivateKey | _native.PublicKey
        if isinstance(private_key, str | bytes | bytearray | memoryview):
            private_key = PrivateKey.from_pem(private_key, password=password)
        elif password is not None:
            raise ArgumentTypeError("password goes with PEM text only", code="argument.type")
        if isinstance(private_key, PrivateKey):
            public_key = private_key.public_key
            handle = private_key._handle
        else:
            public_key = public_key_of(private_key, "private_key")
            handle = public_key._handle
            self._signer = private_key
        self._handle = _native.KeySigner(
            handle,
            credential_id,
            kind,
            report_kind,
            algorithm,
            padding,
            profile,
            app_origin,
            cross_origin,
        )
        self._credential_id = credential_id
        self._app_origin = app_origin
        self._public_key = public_key

    @property
    def credential_id(self) -> str:
        """The id of the credential that signs."""
        return self._credential_id

    @property
    def app_origin(self) -> str | None:
        """The origin that goes into the client data, or None."""
        return self._app_origin

    @property
    def public_key(self) -> PublicKey:
        """The public half of the key that signs."""
        return self._public_key

    def sign(self, challenge: Mapping[str, Any] | str | BytesLike) -> CredentialAssertion:
        """Answers a challenge.

        Args:
            challenge: the server's reply, as a mapping or as JSON text. ``challenge`` is signed; the
                credential must be in ``allowCredentials`` under its kind (``key`` or
                ``passwordProtectedKey``), or in ``allowedRecoveryCredentials`` for a RecoveryKey. That is
                checked before the key is touched.

        Returns:
            The assertion to send: kind, credId, clientData and signature in base64url, and the algorithm if
            one was chosen.

        Raises:
            ClaimMismatch: ``challenge.credential_not_allowed``.
            MalformedInput: ``challenge.missing``, ``challenge.type``, or ``json.*`` for text.
            ArgumentTypeError: neither a mapping nor text.
            ArgumentValueError: an empty challenge.
            KeyClosed: the key was closed.
            InvalidSignature: a signer outside returned a signature that does not verify.
        """
        if self._signer is None:
            return self._handle.sign(challenge)
        client_data = self._handle.prepare(challenge)
        signature, raw = signature_of(
            self._signer, self._public_key, client_data, self._handle.hash
        )
        return self._handle.finish(client_data, signature, raw)

    def sign_many(
        self,
        challenges: Iterable[Mapping[str, Any] | str | BytesLike] | Table,
        *,
        threads: int | None = None,
    ) -> list[CredentialAssertion | Error]:
        """Answers many challenges, each as `sign` does.

        A signer outside is asked for one signature after the other, on this thread.

        Args:
            challenges: the server's replies, each as `sign` takes it. Also a column of ``pyarrow``, ``polars`` or
                ``pandas`` of JSON text or of structs, or a table of theirs, where a row is a reply and a null
                stands for what it does not have.
            threads: see `countermark.batch`.

        Returns:
            An assertion for each challenge, or the error that `sign` raises for it. What a challenge's own methods
            raise is the ``__cause__`` of an ``argument.type``; with a signer outside, what is raised by either is
            the ``__cause__`` of a ``signature.invalid``.

        Raises:
            ArgumentTypeError, ArgumentValueError: ``challenges`` is neither iterable nor a column or a table that
                can be read, or ``threads`` is not taken.
            ImportError: a column or a table where ``pyarrow`` is not installed (extra ``arrow``).
            KeyClosed: the key was closed.
        """
        items = items_of(challenges, "challenges")
        if self._signer is None:
            return _native.sign_challenges(self._handle, items, threads)
        return [self._answer(item) for item in items]

    def _answer(self, challenge: Any) -> CredentialAssertion | Error:
        """The assertion or the error of one item, for a signer outside."""
        try:
            return self.sign(challenge)
        except Error as error:
            return error
        except Exception as error:  # noqa: BLE001 - one item must not cost the others their signatures
            told = InvalidSignature(
                f"the outside signer or the challenge raised {type(error).__name__[:40]}",
                code="signature.invalid",
            )
            told.__cause__ = error
            return told

    def __repr__(self) -> str:
        return f"<KeySigner {self._credential_id!r} {self._public_key.algorithm}>"


__all__ = ["KeySigner"]
