"""Facts about passkeys in the bodies of the Dfns API, and about how a challenge stands in the client data."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.webauthn.testing import SoftwareAuthenticator
from countermark.webauthn.testing.drafts import AT, UP, UV, b64u

RP_ID: Final = "example.org"
ORIGIN: Final = "https://app.example.org"
FORMS: Final = ("encoded", "verbatim")
Change = Callable[[dict[str, Any]], object]


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects attestation/dfns and authentication/dfns."""
    dfns = _Dfns(seed)
    yield dfns.registrations()
    yield dfns.logins()


def changed(body: dict[str, Any], change: Change) -> dict[str, Any]:
    """A copy of a body with a change."""
    made = copy.deepcopy(body)
    change(made)
    return made


class _Dfns:
    """The bodies of one seed, which share a challenge."""

    def __init__(self, seed: Seed) -> None:
        self._seed = seed.value
        self.challenge = b64u(f"ch-{seed.take('challenge', 12).hex()}".encode())
        self.encoded = b64u(self.challenge.encode())
        self._call: dict[str, Any] = {"rp_id": RP_ID, "origin": ORIGIN}

    def _texts(self) -> dict[str, str]:
        """The challenge as it stands in the client data, by form."""
        return {"encoded": self.encoded, "verbatim": self.challenge}

    # --- Registrations ---

    def _register(self, form: str, **rest: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """A body, and what it comes to."""
        authenticator = SoftwareAuthenticator(self._seed, format="packed-self")
        body = authenticator.dfns_registration(
            challenge=self.challenge, challenge_form=form, **self._call, **rest
        )
        (credential,) = authenticator
        output = {
            "credential_id": credential.id,
            "public_key": credential.public_key,
            "algorithm": -7,
            "aaguid": str(UUID(bytes=authenticator.aaguid())),
            "flags": UP | UV | AT,
            "sign_count": 0,
            "extensions": {},
            "client_data": self._client_data("webauthn.create", form),
            "attestation": {"format": "packed", "type": "self", "trusted": False},
            "tolerated": [],
        }
        return body, output

    def _client_data(self, type: str, form: str) -> dict[str, Any]:
        return {
            "type": type,
            "challenge": self._texts()[form],
            "origin": ORIGIN,
            "cross_origin": False,
        }

    def registrations(self) -> VectorFile:
        """The file of registrations."""
        facts = Facts(
            "attestation/dfns",
            "Registrations of passkeys in Fido2 bodies of the Dfns API. The challenge text stands in the client data "
            "as it is or encoded once more, as clients differ.",
            operation="registration.verify",
            section="Dfns protocol, Fido2 registration",
            input=self._call,
        )
        for form in FORMS:
            body, output = self._register(form)
            self._state_forms(facts, form, body, output)
        body, output = self._register("encoded")
        named, _ = self._register("encoded", credential_name="A key", challenge_identifier="id-1")
        self._state_shapes(facts, "credentialInfo", "clientData", body, output)
        facts.valid(
            "name and identifier",
            "a body with credentialName and challengeIdentifier",
            output,
            response=named,
            challenge=self.challenge,
        )
        info = "credentialInfo"
        for title, shows, code, change in (
            (
                "kind Key",
                "the kind of a software key",
                "response.value",
                lambda one: one.update(credentialKind="Key"),
            ),
            (
                "no kind",
                "credentialKind is missing",
                "response.missing",
                lambda one: one.pop("credentialKind"),
            ),
            (
                "name empty",
                "a name that is empty",
                "response.value",
                lambda one: one.update(credentialName=""),
            ),
            (
                "name null",
                "a name that is null",
                "response.type",
                lambda one: one.update(credentialName=None),
            ),
            (
                "credential of another id",
                "the id is not the attested one",
                "response.credential_id_mismatch",
                lambda one: one[info].update(credId=b64u(b"another")),
            ),
            (
                "no attestationData",
                "attestationData are missing",
                "response.missing",
                lambda one: one[info].pop("attestationData"),
            ),
            (
                "attestationObject for attestationData",
                "the name that browsers use",
                "response.unknown",
                lambda one: one[info].update(attestationObject=one[info].pop("attestationData")),
            ),
            (
                "attestationData of nothing",
                "attestationData are empty",
                "response.value",
                lambda one: one[info].update(attestationData=""),
            ),
        ):
            self._refuse(facts, title, shows, code, changed(body, change))
        return facts.file()

    # --- Logins ---

    def _login(self, form: str, **rest: Any) -> tuple[dict[str, Any], dict[str, Any], bytes]:
        authenticator = SoftwareAuthenticator(self._seed, format="packed-self")
        authenticator.create(challenge="registration", **self._call, user_handle=b"user")
        (credential,) = authenticator
        body = authenticator.dfns_assertion(
            challenge=self.challenge, challenge_form=form, **self._call, **rest
        )
        output = {
            "credential_id": credential.id,
            "user_handle": b"user",
            "flags": UP | UV,
            "sign_count": 1,
            "sign_count_status": "not_checked",
            "extensions": {},
            "client_data": self._client_data("webauthn.get", form),
            "tolerated": [],
        }
        return body, output, credential.public_key

    def logins(self) -> VectorFile:
        """The file of logins."""
        body, output, key = self._login("encoded")
        facts = Facts(
            "authentication/dfns",
            "Logins with passkeys in Fido2 assertions of the Dfns API.",
            operation="authentication.verify",
            section="Dfns protocol, Fido2 assertion",
            input={**self._call, "public_key": key},
        )
        for form in FORMS:
            one, due, _ = self._login(form)
            self._state_forms(facts, form, one, due)
        inner = "credentialAssertion"
        self._state_shapes(facts, inner, "clientData", body, output)
        absent = {name: value for name, value in output.items() if name != "user_handle"}
        for title, shows, due, change in (
            (
                "no user handle",
                "userHandle may be absent",
                absent,
                lambda one: one[inner].pop("userHandle"),
            ),
            (
                "user handle null",
                "userHandle may be null",
                absent,
                lambda one: one[inner].update(userHandle=None),
            ),
            (
                "user handle empty",
                "userHandle may be empty",
                absent,
                lambda one: one[inner].update(userHandle=""),
            ),
            (
                "algorithm",
                "the member of the Go signer says nothing to a passkey",
                output,
                lambda one: one[inner].update(algorithm="SHA256"),
            ),
        ):
            facts.valid(title, shows, due, response=changed(body, change), challenge=self.challenge)
        for title, shows, code, change in (
            (
                "kind Key",
                "the kind of a software key",
                "response.value",
                lambda one: one.update(kind="Key"),
            ),
            ("no kind", "kind is missing", "response.missing", lambda one: one.pop("kind")),
            (
                "no authenticatorData",
                "authenticatorData are missing",
                "response.missing",
                lambda one: one[inner].pop("authenticatorData"),
            ),
            (
                "no signature",
                "signature is missing",
                "response.missing",
                lambda one: one[inner].pop("signature"),
            ),
            (
                "signature empty",
                "an empty signature verifies nothing",
                "signature.invalid",
                lambda one: one[inner].update(signature=""),
            ),
            (
                "user handle of 65 octets",
                "a user handle has 64 octets at the most",
                "limit.size",
                lambda one: one[inner].update(userHandle=b64u(bytes(65))),
            ),
            (
                "user handle a number",
                "userHandle is no text",
                "response.type",
                lambda one: one[inner].update(userHandle=1),
            ),
            (
                "id of 1024 octets",
                "an id has 1023 octets at the most",
                "limit.size",
                lambda one: one[inner].update(credId=b64u(bytes(1024))),
            ),
        ):
            self._refuse(facts, title, shows, code, changed(body, change))
        return facts.file()

    # --- Both ---

    def _refuse(
        self, facts: Facts, title: str, shows: str, code: str, body: object, **more: Any
    ) -> None:
        options = {"challenge": self.challenge} | more
        facts.invalid(title, shows, code, response=body, **options)

    def _state_forms(
        self, facts: Facts, form: str, body: dict[str, Any], output: dict[str, Any]
    ) -> None:
        """How the challenge stands in the client data, and how it was expected to."""
        other = next(one for one in FORMS if one != form)
        facts.valid(
            form,
            f"the challenge stands there {form}",
            output,
            response=body,
            challenge=self.challenge,
        )
        for stated in (form, "either"):
            facts.valid(
                f"{form} and {stated} expected",
                f"the challenge stands there {form}",
                output,
                response=body,
                challenge=self.challenge,
                challenge_form=stated,
            )
        code = "client_data.challenge_mismatch"
        self._refuse(
            facts,
            f"{form} and {other} expected",
            f"the challenge stands there {form}",
            code,
            body,
            challenge_form=other,
        )
        self._refuse(
            facts,
            f"{form} with another challenge",
            "another challenge",
            code,
            body,
            challenge=self.challenge[:-1],
        )
        octets = self.challenge.encode()
        if form == "encoded":
            facts.valid(
                "encoded and bytes expected",
                "a challenge of bytes stands there in base64url",
                output,
                response=body,
                challenge_bytes=octets,
            )
        else:
            facts.invalid(
                "verbatim and bytes expected",
                "a challenge of bytes stands there in base64url and no other way",
                code,
                response=body,
                challenge_bytes=octets,
            )

    def _state_shapes(
        self, facts: Facts, inner: str, name: str, body: dict[str, Any], output: dict[str, Any]
    ) -> None:
        """What holds of both bodies."""

        def pad(one: dict[str, Any]) -> None:
            text = one[inner][name]
            one[inner][name] = text + "=" * (-len(text) % 4 or 4)

        elsewhere = ["https://another.example", ORIGIN]
        facts.valid(
            "one of two origins",
            "one of the origins that are taken",
            output,
            response=body,
            challenge=self.challenge,
            origin=elsewhere,
        )
        for title, shows, code, origin in (
            (
                "another origin",
                "an origin is compared as it is",
                "client_data.origin_mismatch",
                ORIGIN + ":443",
            ),
            (
                "none of two origins",
                "none of the origins that are taken",
                "client_data.origin_mismatch",
                [ORIGIN + "/", elsewhere[0]],
            ),
            ("no origins", "a list of origins that is empty", "argument.value", []),
        ):
            self._refuse(facts, title, shows, code, body, origin=origin)
        text = json.dumps(body)
        facts.valid(
            "text", "the body as JSON text", output, response=text, challenge=self.challenge
        )
        for title, shows, code, made in (
            ("padded", "base64url without padding", "base64url.padding", changed(body, pad)),
            (
                "unknown member",
                "a member that a body has not",
                "response.unknown",
                changed(body, lambda one: one.update(more=1)),
            ),
            (
                "unknown member inside",
                "a member that a body has not",
                "response.unknown",
                changed(body, lambda one: one[inner].update(more=1)),
            ),
            (
                "no credId",
                "credId is missing",
                "response.missing",
                changed(body, lambda one: one[inner].pop("credId")),
            ),
            (
                "credId empty",
                "credId is empty",
                "response.value",
                changed(body, lambda one: one[inner].update(credId="")),
            ),
            (
                "no clientData",
                "clientData are missing",
                "response.missing",
                changed(body, lambda one: one[inner].pop(name)),
            ),
            (
                "clientData an object",
                "clientData are no text",
                "response.type",
                changed(body, lambda one: one[inner].update({name: {}})),
            ),
            (
                "inside a text",
                "what is inside is no object",
                "response.type",
                changed(body, lambda one: one.update({inner: "{}"})),
            ),
            ("text cut", "the end is missing", "json.syntax", text[:-1]),
            ("text of an array", "an array in place of an object", "json.shape", f"[{text}]"),
        ):
            self._refuse(facts, title, shows, code, made)
