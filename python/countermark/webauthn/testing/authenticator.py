"""The authenticator and the browser in front of it."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from countermark.errors import ArgumentTypeError, ArgumentValueError
from countermark.webauthn.testing.cbor_writer import encode
from countermark.webauthn.testing.certificates import NOT_AFTER, NOT_BEFORE, Authority
from countermark.webauthn.testing.drafts import (
    AT,
    BE,
    BS,
    ED,
    UP,
    UV,
    Alteration,
    Alterations,
    AuthenticatorDataDraft,
    KeyChoice,
    SigningDraft,
    b64u,
    choose,
    take_bytes,
    take_text,
)
from countermark.webauthn.testing.faults import FAULTS
from countermark.webauthn.testing.keys import SigningKey, algorithm_number, make_key
from countermark.webauthn.testing.seeding import Seed
from countermark.webauthn.testing.statements import FORMATS, Attested

AT_TIME: Final = 1748736000
"""2025-06-01T00:00:00Z: when everything happens, unless told otherwise."""
_NO_AAGUID: Final = ("none", "fido-u2f")


@dataclass(slots=True)
class Credential:
    """A credential an authenticator holds.

    Attributes:
        id: the credential id.
        rp_id: whom it is for.
        user_handle: the user it belongs to, or None.
        algorithm: the COSE number it is registered under.
        public_key: its COSE key, the bytes a server stores.
        sign_count: the counter it showed last.
        backup_eligible: the BE flag it was made with.
        key: what signs for it.
    """

    id: bytes
    rp_id: str
    user_handle: bytes | None
    algorithm: int
    public_key: bytes
    sign_count: int
    backup_eligible: bool
    key: SigningKey = field(repr=False)


class SoftwareAuthenticator:
    """An authenticator made of software, for tests: it answers as a browser with a real one would.

    Everything follows from the seed and from the calls: the same seed and the same calls give the same bytes,
    on every machine. It reads no clock and draws no random bytes. Its keys are as public as its seed.

    >>> authenticator = SoftwareAuthenticator(b"a test", format="packed")
    >>> answer = authenticator.create(challenge=b"0123456789abcdef", rp_id="example.org", origin="https://example.org")
    >>> answer["type"]
    'public-key'

    Args:
        seed: where keys, ids, serial numbers and nonces come from; bytes or text.
        format: how it attests: ``"none"``, ``"packed"`` (with a certificate), ``"packed-self"``,
            ``"fido-u2f"``, ``"tpm"``, ``"android-key"``, ``"android-safetynet"``, ``"apple"`` or
            ``"compound"``.
        algorithm: of its credentials; a COSE number (a `CoseAlgorithm`) or a name such as ``"ES256"``.
        aaguid: 16 bytes; None for one from the seed, or all zero for formats that have none.
        user_present, user_verified: the UP and UV flags; ``user_verified`` is None for true, but false for
            ``"fido-u2f"``, which cannot verify anyone.
        backup_eligible, backed_up: the BE and BS flags.
        sign_count: the counter before the first use; None for an authenticator without one, which is always 0.
        attestation_algorithm: of the attestation key of packed and tpm; RS256 for safetynet and ES256 for
            fido-u2f whatever this is.
        intermediates: how many CA certificates stand between the root and the attestation certificate.
        compound: the formats of the statements of ``"compound"``.
        vendor: the TPM vendor id, eight hex digits; the one of the FIDO conformance tools by default.
        transports: what the browser reports.
        attachment: ``"cross-platform"``, ``"platform"`` or None.
        at: when its ceremonies take place, in seconds since 1970; only SafetyNet says so.
        not_before, not_after: the validity of its certificates, in seconds since 1970.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument of another type or value.
        UnsupportedAlgorithm: ``algorithm.unknown``.
    """

    def __init__(
        self,
        seed: bytes | str = b"countermark",
        *,
        format: str = "packed",
        algorithm: int | str = "ES256",
        aaguid: bytes | None = None,
        user_present: bool = True,
        user_verified: bool | None = None,
        backup_eligible: bool = False,
        backed_up: bool = False,
        sign_count: int | None = 0,
        attestation_algorithm: int | str = "ES256",
        intermediates: int = 1,
        compound: Sequence[str] = ("packed", "android-key"),
        vendor: str = "FFFFF1D0",
        transports: Sequence[str] = ("usb",),
        attachment: str | None = "cross-platform",
        at: int = AT_TIME,
        not_before: int = NOT_BEFORE,
        not_after: int = NOT_AFTER,
    ) -> None:
        self._seed = Seed(seed)
        self.format = choose("format", format, tuple(FORMATS))
        self.algorithm = algorithm_number(algorithm)
        if aaguid is not None and len(take_bytes("aaguid", aaguid)) != 16:
            raise ArgumentValueError("aaguid must be 16 bytes", code="argument.value")
        self._aaguid = aaguid
        self.user_present = user_present
        self.user_verified = user_verified
        self.backup_eligible = backup_eligible
        self.backed_up = backed_up
        self.sign_count = sign_count
        self.attestation_algorithm = algorithm_number(attestation_algorithm)
        self.intermediates = intermediates
        self.compound = tuple(choose("compound", one, tuple(FORMATS)) for one in compound)
        self.vendor = vendor
        self.transports = tuple(transports)
        self.attachment = attachment
        self.at = at
        self._authority = Authority(self._seed.child("authority"), -7, not_before, not_after)
        self.credentials: dict[bytes, Credential] = {}
        """The credentials it holds, by id, in the order they were made."""
        self._made = 0

    @property
    def root(self) -> bytes:
        """The root certificate of its test CA, DER."""
        return self._authority.root

    @property
    def trust_anchors(self) -> list[bytes]:
        """What a server has to trust for its attestations: the root alone, DER."""
        return [self.root]

    def aaguid(self, format: str | None = None) -> bytes:
        """The AAGUID it names when it attests in a format (its own where None): 16 bytes."""
        if self._aaguid is not None:
            return bytes(self._aaguid)
        return bytes(16) if (format or self.format) in _NO_AAGUID else self._seed.take("aaguid", 16)

    def create(
        self,
        *,
        challenge: bytes | str,
        rp_id: str,
        origin: str,
        user_handle: bytes | None = None,
        format: str | None = None,
        algorithm: int | str | None = None,
        cross_origin: bool = False,
        top_origin: str | None = None,
        extensions: Mapping[str, object] | None = None,
        client_extensions: Mapping[str, object] | None = None,
        fault: str | None = None,
        alter: Mapping[str, Alteration] | None = None,
    ) -> dict[str, Any]:
        """Registers a new credential (7.1).

        Args:
            challenge: bytes as the server drew them, or text that stands in the client data as it is.
            rp_id: the relying party's id, a domain.
            origin: the origin the browser is on.
            user_handle: the user's id; None for a credential that does not know it.
            format, algorithm: in place of the authenticator's own.
            cross_origin, top_origin: what the browser says of frames.
            extensions: outputs of authenticator extensions, by name; values as CBOR takes them.
            client_extensions: ``clientExtensionResults``.
            fault: one of `FAULTS`: what shall be wrong.
            alter: changes to make before signing, by stage; see `STAGES`.

        Returns:
            The answer as ``PublicKeyCredential.toJSON()`` gives it.

        Raises:
            ArgumentTypeError, ArgumentValueError: an argument of another type or value.
            UnsupportedAlgorithm: a key that the format has no place for.
        """
        alterations, preset = self._alterations("registration", fault, alter)
        if format is None:
            format = str(preset.get("format", self.format))
        choose("format", format, tuple(FORMATS))
        number = algorithm_number(algorithm or preset.get("algorithm", self.algorithm))
        # Each fault has a credential of its own, so that records do not hang on their order.
        label = f"credential {self._made}" if fault is None else f"credential {self._made} {fault}"
        self._made += 1
        choice: KeyChoice = alterations.apply("credential_key", KeyChoice(number, label))
        key = make_key(choice.seed or self._seed, choice.label, choice.algorithm, bits=choice.bits)
        identifier = self._seed.take(f"id {label}", 16)
        client_data = self._client_data(
            alterations, "webauthn.create", challenge, origin, cross_origin, top_origin
        )
        cose = alterations.apply("cose_key", key.cose(number))
        cose_key = cose if isinstance(cose, bytes) else encode(cose)
        draft = self._authenticator_data(rp_id, self._count(), format, extensions)
        draft.set(AT)
        draft.aaguid = self.aaguid(format)
        draft.credential_id, draft.credential_public_key = identifier, cose_key
        eligible = self.backup_eligible
        data = self._written(alterations, draft)
        fmt, make = FORMATS[format]
        attested = Attested(
            seed=self._seed,
            authority=self._authority,
            intermediates=int(preset.get("intermediates", self.intermediates)),
            algorithm=algorithm_number(
                preset.get("attestation_algorithm", self.attestation_algorithm)
            ),
            vendor=self.vendor,
            at=self.at,
            label=label,
            key=key,
            key_algorithm=number,
            authenticator_data=data,
            client_data_hash=hashlib.sha256(client_data).digest(),
            rp_id_hash=draft.rp_id_hash,
            credential_id=identifier,
            aaguid=draft.aaguid,
            compound=tuple(preset.get("compound", self.compound)),
            alterations=alterations,
        )
        members = {"fmt": fmt, "attStmt": make(attested), "authData": data}
        altered = alterations.apply("attestation_object", members)
        encoded = alterations.apply("attestation_object_bytes", encode(altered))
        self.credentials[identifier] = Credential(
            identifier, rp_id, user_handle, number, cose_key, draft.sign_count, eligible, key
        )
        response: dict[str, Any] = {
            "clientDataJSON": b64u(client_data),
            "attestationObject": b64u(encoded),
            "authenticatorData": b64u(data),
            "publicKey": b64u(key.spki()),
            "publicKeyAlgorithm": number,
            "transports": list(self.transports),
        }
        return self._answer(alterations, identifier, response, client_extensions)

    def get(
        self,
        *,
        challenge: bytes | str,
        rp_id: str,
        origin: str,
        credential_id: bytes | None = None,
        cross_origin: bool = False,
        top_origin: str | None = None,
        extensions: Mapping[str, object] | None = None,
        client_extensions: Mapping[str, object] | None = None,
        fault: str | None = None,
        alter: Mapping[str, Alteration] | None = None,
    ) -> dict[str, Any]:
        """Signs in with a credential (7.2) and counts.

        Args:
            credential_id: which one; None for the newest one of this relying party.
            challenge, rp_id, origin, cross_origin, top_origin, extensions, client_extensions, fault, alter: as
                for `create`.

        Returns:
            The answer as ``PublicKeyCredential.toJSON()`` gives it.

        Raises:
            ArgumentTypeError: an argument of another type.
            ArgumentValueError: it has no such credential, or another value.
        """
        alterations, _ = self._alterations("assertion", fault, alter)
        credential = self._find(rp_id, credential_id)
        client_data = self._client_data(
            alterations, "webauthn.get", challenge, origin, cross_origin, top_origin
        )
        credential.sign_count = self._count(credential.sign_count)
        draft = self._authenticator_data(rp_id, credential.sign_count, self.format, extensions)
        data = self._written(alterations, draft)
        hashed = hashlib.sha256(client_data).digest()
        signing: SigningDraft = alterations.apply(
            "signing",
            SigningDraft(
                data + hashed,
                credential.key,
                credential.algorithm,
                data,
                hashed,
                credential.key,
                lambda: make_key(self._seed, "stranger", credential.algorithm),
            ),
        )
        signature = signing.key.sign(signing.message, signing.algorithm)
        response: dict[str, Any] = {
            "clientDataJSON": b64u(client_data),
            "authenticatorData": b64u(data),
            "signature": b64u(alterations.apply("signature", signature)),
        }
        if credential.user_handle is not None:
            response["userHandle"] = b64u(credential.user_handle)
        return self._answer(alterations, credential.id, response, client_extensions)

    def dfns_registration(
        self,
        *,
        challenge: str,
        rp_id: str,
        origin: str,
        challenge_form: str = "encoded",
        credential_name: str | None = None,
        challenge_identifier: str | None = None,
        **rest: Any,
    ) -> dict[str, Any]:
        """Registers a new credential and puts it into the body of a Dfns ``Fido2`` credential.

        Args:
            challenge: the challenge text of the API.
            challenge_form: ``"encoded"``, the client data hold base64url of its UTF-8, as browsers do with the
                Dfns SDKs; ``"verbatim"``, they hold the text itself.
            credential_name, challenge_identifier: members of that name; left out where None.
            rp_id, origin, rest: as for `create`.
        """
        answer = self.create(
            challenge=_dfns_challenge(challenge, challenge_form), rp_id=rp_id, origin=origin, **rest
        )
        info = _carried(
            answer, credId="id", clientData="clientDataJSON", attestationData="attestationObject"
        )
        body: dict[str, Any] = {"credentialKind": "Fido2", "credentialInfo": info}
        named = {"credentialName": credential_name, "challengeIdentifier": challenge_identifier}
        return body | {name: text for name, text in named.items() if text is not None}

    def dfns_assertion(
        self,
        *,
        challenge: str,
        rp_id: str,
        origin: str,
        challenge_form: str = "encoded",
        **rest: Any,
    ) -> dict[str, Any]:
        """Signs in and puts the answer into a Dfns ``Fido2`` assertion.

        Args:
            challenge, challenge_form: as for `dfns_registration`.
            rp_id, origin, rest: as for `get`.
        """
        answer = self.get(
            challenge=_dfns_challenge(challenge, challenge_form), rp_id=rp_id, origin=origin, **rest
        )
        members = _carried(
            answer,
            credId="id",
            clientData="clientDataJSON",
            authenticatorData="authenticatorData",
            signature="signature",
        )
        if "userHandle" in answer["response"]:
            members["userHandle"] = answer["response"]["userHandle"]
        return {"kind": "Fido2", "credentialAssertion": members}

    def _alterations(
        self, ceremony: str, fault: str | None, alter: Mapping[str, Alteration] | None
    ) -> tuple[Alterations, Mapping[str, Any]]:
        sources: list[Mapping[str, Alteration]] = []
        preset: Mapping[str, Any] = {}
        if fault is not None:
            info = FAULTS.get(take_text("fault", fault))
            if info is None or info.ceremony != ceremony:
                raise ArgumentValueError(
                    f"no fault of that name for a {ceremony}: see testing.FAULTS",
                    code="argument.value",
                )
            sources.append(
                {stage: partial(_fitting, change) for stage, change in info.alter.items()}
            )
            preset = info.authenticator
        if alter is not None:
            sources.append(alter)
        return Alterations(*sources), preset

    def _find(self, rp_id: str, credential_id: bytes | None) -> Credential:
        for credential in reversed(self.credentials.values()):
            if credential_id is None and credential.rp_id == rp_id:
                return credential
            if credential_id is not None and credential.id == credential_id:
                return credential
        raise ArgumentValueError("the authenticator has no such credential", code="argument.value")

    def _count(self, before: int | None = None) -> int:
        if self.sign_count is None:
            return 0
        return (self.sign_count if before is None else before) + (before is not None)

    @staticmethod
    def _client_data(
        alterations: Alterations,
        type: str,
        challenge: bytes | str,
        origin: str,
        cross_origin: bool,
        top_origin: str | None,
    ) -> bytes:
        text = challenge if isinstance(challenge, str) else b64u(take_bytes("challenge", challenge))
        if not text:
            raise ArgumentValueError("challenge is empty", code="argument.value")
        members: dict[str, object] = {
            "type": type,
            "challenge": text,
            "origin": take_text("origin", origin),
            "crossOrigin": cross_origin,
        }
        if top_origin is not None:
            members["topOrigin"] = top_origin
        members = alterations.apply("client_data", members)
        written = json.dumps(members, separators=(",", ":"), ensure_ascii=False)
        data: bytes = alterations.apply(
            "client_data_json", written.encode("utf-8", "surrogatepass")
        )
        return data

    def _authenticator_data(
        self,
        rp_id: str,
        count: int,
        format: str,
        extensions: Mapping[str, object] | None,
    ) -> AuthenticatorDataDraft:
        verified = format != "fido-u2f" if self.user_verified is None else self.user_verified
        states = (
            (UP, self.user_present),
            (UV, verified),
            (BE, self.backup_eligible),
            (BS, self.backed_up),
            (ED, extensions is not None),
        )
        flags = sum(flag for flag, set_ in states if set_)
        hashed = hashlib.sha256(take_text("rp_id", rp_id).encode()).digest()
        return AuthenticatorDataDraft(hashed, flags, count, extensions=extensions)

    @staticmethod
    def _written(alterations: Alterations, draft: AuthenticatorDataDraft) -> bytes:
        altered = alterations.apply("authenticator_data", draft)
        data: bytes = alterations.apply("authenticator_data_bytes", altered.encode())
        return data

    def _answer(
        self,
        alterations: Alterations,
        identifier: bytes,
        response: dict[str, Any],
        client_extensions: Mapping[str, object] | None,
    ) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "id": b64u(identifier),
            "rawId": b64u(identifier),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": dict(client_extensions or {}),
        }
        if self.attachment is not None:
            answer["authenticatorAttachment"] = self.attachment
        altered: dict[str, Any] = alterations.apply("response", answer)
        return altered

    def __iter__(self) -> Iterator[Credential]:
        return iter(self.credentials.values())

    def __repr__(self) -> str:
        return f"<SoftwareAuthenticator {self.format}, {len(self.credentials)} credentials>"


def _fitting(change: Alteration, draft: Any) -> Any:
    """What a fault makes of a draft, if that is of the kind it is for."""
    with contextlib.suppress(ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return change(draft)
    raise ArgumentValueError(
        "the fault does not fit this authenticator: FAULTS names the one it is for",
        code="argument.value",
        field="fault",
    )


def _carried(answer: Mapping[str, Any], **names: str) -> dict[str, Any]:
    """The members of a Dfns body, and where they are in the answer of a browser."""
    with contextlib.suppress(KeyError, TypeError):
        response = answer["response"]
        return {
            member: answer[name] if name == "id" else response[name]
            for member, name in names.items()
        }
    raise ArgumentValueError(
        "this fault leaves nothing that a Dfns body could carry: it is one of a browser's answer",
        code="argument.value",
        field="fault",
    )


def _dfns_challenge(challenge: str, form: str) -> bytes | str:
    if not isinstance(challenge, str):
        raise ArgumentTypeError("challenge must be str", code="argument.type")
    return (
        challenge.encode()
        if choose("challenge_form", form, ("encoded", "verbatim")) == "encoded"
        else challenge
    )
