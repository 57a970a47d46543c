"""Attestation statements (WebAuthn section 8), a function a format."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from countermark.errors import UnsupportedAlgorithm
from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing import tpm
from countermark.webauthn.testing.android import KeyDescriptionDraft
from countermark.webauthn.testing.drafts import Alterations, SigningDraft
from countermark.webauthn.testing.keys import HASH_OF, EcKey, SigningKey, make_key
from countermark.webauthn.testing.rsa_keys import digest
from countermark.webauthn.testing.seeding import Seed

U2F_LENGTH: Final = 65


@dataclass(frozen=True, slots=True)
class Attested:
    """What a statement is made from.

    Attributes:
        seed: of the authenticator.
        authority: its test CA.
        intermediates: how many stand between root and leaf.
        algorithm: the COSE number of the attestation key's algorithm.
        vendor: the TPM vendor id.
        at: the time of the ceremony, seconds since 1970.
        label: of the credential.
        key: the credential's key, and the number it is registered under.
        key_algorithm: that number.
        authenticator_data, client_data_hash: what is attested.
        rp_id_hash, credential_id, aaguid: parts of it, as the authenticator knows them.
        compound: the formats of a compound statement.
        alterations: what to change.
    """

    seed: Seed
    authority: x509.Authority
    intermediates: int
    algorithm: int
    vendor: str
    at: int
    label: str
    key: SigningKey
    key_algorithm: int
    authenticator_data: bytes
    client_data_hash: bytes
    rp_id_hash: bytes
    credential_id: bytes
    aaguid: bytes
    compound: tuple[str, ...]
    alterations: Alterations

    @property
    def to_be_signed(self) -> bytes:
        """The authenticator data and the client data hash, one after the other."""
        return self.authenticator_data + self.client_data_hash

    def attestation_key(self, name: str, algorithm: int | None = None) -> SigningKey:
        """The key of an attestation certificate: one for all credentials of the authenticator."""
        return make_key(self.seed, f"attestation {name}", algorithm or self.algorithm)

    def sign(self, message: bytes, key: SigningKey, algorithm: int) -> bytes:
        """Signs, with its alterations."""
        draft: SigningDraft = self.alterations.apply(
            "signing",
            SigningDraft(
                message,
                key,
                algorithm,
                self.authenticator_data,
                self.client_data_hash,
                self.key,
                lambda: make_key(self.seed, "stranger", algorithm),
            ),
        )
        signature: bytes = self.alterations.apply(
            "signature", draft.key.sign(draft.message, draft.algorithm)
        )
        return signature

    def chain(
        self,
        subject: x509.Name,
        key: SigningKey,
        dress: Callable[[x509.CertificateDraft], None],
        *,
        include_root: bool = False,
    ) -> list[bytes]:
        """The certificates from the leaf to the last one under the root, or to the root."""
        drafts: list[x509.CertificateDraft] = [
            self.alterations.apply("intermediate", self.authority.intermediate(index))
            for index in range(self.intermediates)
        ]
        above = drafts[-1] if drafts else None
        leaf = self.authority.leaf(subject, key, above, f"leaf {self.label}")
        dress(leaf)
        leaf = self.alterations.apply("leaf", leaf)
        made: list[bytes] = [draft.encode() for draft in (leaf, *reversed(drafts))]
        if include_root:
            made.append(self.authority.root)
        chain: list[bytes] = self.alterations.apply("chain", made)
        return chain

    def finish(self, statement: dict[str, object]) -> Any:
        """The statement, altered."""
        return self.alterations.apply("statement", statement)


def aaguid_extension(aaguid: bytes) -> bytes:
    """The value of id-fido-gen-ce-aaguid (8.2.1): an OCTET STRING within the extension's own."""
    return der.octet_string(aaguid)


def none(a: Attested) -> Any:
    """8.7."""
    return a.finish({})


def packed_self(a: Attested) -> Any:
    """8.2 without x5c: the credential signs for itself."""
    signature = a.sign(a.to_be_signed, a.key, a.key_algorithm)
    return a.finish({"alg": a.key_algorithm, "sig": signature})


def packed(a: Attested) -> Any:
    """8.2 with x5c."""
    key = a.attestation_key("packed")

    def dress(leaf: x509.CertificateDraft) -> None:
        leaf.add(x509.AAGUID, aaguid_extension(a.aaguid))

    subject = x509.Name.of(
        ("C", "CH"),
        ("O", "countermark"),
        ("OU", "Authenticator Attestation"),
        ("CN", "countermark test key"),
    )
    chain = a.chain(subject, key, dress)
    signature = a.sign(a.to_be_signed, key, a.algorithm)
    return a.finish({"alg": a.algorithm, "sig": signature, "x5c": chain})


def fido_u2f(a: Attested) -> Any:
    """8.6: what a U2F token signs; the token knows uncompressed P-256 points only."""
    key = a.attestation_key("fido-u2f", -7)
    point = a.key.point if isinstance(a.key, EcKey) else bytes(U2F_LENGTH)
    message = b"\x00" + a.rp_id_hash + a.client_data_hash + a.credential_id + point
    subject = x509.Name.of(("C", "CH"), ("O", "countermark"), ("CN", "countermark U2F test key"))
    # The statement has room for one certificate: the leaf stands right under the root.
    chain = replace(a, intermediates=0).chain(subject, key, lambda _: None)
    signature = a.sign(message, key, -7)
    return a.finish({"x5c": chain, "sig": signature})


def _aik(a: Attested, leaf: x509.CertificateDraft) -> None:
    directory = x509.Name.of(
        ("TPM manufacturer", f"id:{a.vendor}"),
        ("TPM model", "countermark"),
        ("TPM version", "id:00010000"),
    )
    directory.one_set = True
    leaf.add(x509.ALTERNATIVE_NAME, alternative_name(directory), critical=True)
    leaf.add(x509.EXTENDED_KEY_USAGE, der.sequence(der.oid(x509.AIK_PURPOSE)))
    leaf.add(x509.AAGUID, aaguid_extension(a.aaguid))


def alternative_name(directory: x509.Name) -> bytes:
    """A SubjectAltName of one directoryName."""
    return der.sequence(der.explicit(4, directory.encode()))


def tpm_statement(a: Attested) -> Any:
    """8.3.

    Raises:
        UnsupportedAlgorithm: ``algorithm.key_type``, where a TPM has no such keys.
    """
    area = tpm.PubAreaDraft.of(a.key)
    if area is None:
        raise UnsupportedAlgorithm(
            "a TPM attests RSA keys and keys on the NIST curves", code="algorithm.key_type"
        )
    area = a.alterations.apply("pub_area", area)
    pub_area: bytes = a.alterations.apply("pub_area_bytes", area.encode())
    hashed = digest(HASH_OF.get(a.algorithm, "sha256"), a.to_be_signed)
    draft = tpm.CertInfoDraft(hashed, tpm.name_of(pub_area, area.name_algorithm))
    cert_info: bytes = a.alterations.apply(
        "cert_info_bytes", a.alterations.apply("cert_info", draft).encode()
    )
    key = a.attestation_key("tpm")
    chain = a.chain(x509.Name(), key, lambda leaf: _aik(a, leaf))
    signature = a.sign(cert_info, key, a.algorithm)
    return a.finish(
        {
            "ver": "2.0",
            "alg": a.algorithm,
            "x5c": chain,
            "sig": signature,
            "certInfo": cert_info,
            "pubArea": pub_area,
        }
    )


def android_key(a: Attested) -> Any:
    """8.4: the certificate is about the credential's own key."""
    draft = a.alterations.apply("key_description", KeyDescriptionDraft(a.client_data_hash))

    def dress(leaf: x509.CertificateDraft) -> None:
        leaf.add(x509.KEY_DESCRIPTION, draft.encode())

    # Android devices send their root along.
    subject = x509.Name.of(("CN", "Android Keystore Key"))
    chain = a.chain(subject, a.key, dress, include_root=True)
    signature = a.sign(a.to_be_signed, a.key, a.key_algorithm)
    return a.finish({"alg": a.key_algorithm, "sig": signature, "x5c": chain})


def android_safetynet(a: Attested) -> Any:
    """8.5: a JWS of Google's service, which is our own here."""
    key = a.attestation_key("safetynet", -257)

    def dress(leaf: x509.CertificateDraft) -> None:
        leaf.add(x509.ALTERNATIVE_NAME, host_name("attest.android.com"))

    chain = a.chain(x509.Name.of(("CN", "attest.android.com")), key, dress)
    header = a.alterations.apply(
        "jws_header",
        {"alg": "RS256", "x5c": [base64.b64encode(certificate).decode() for certificate in chain]},
    )
    payload = a.alterations.apply(
        "jws_payload",
        {
            "nonce": base64.b64encode(digest("sha256", a.to_be_signed)).decode(),
            "timestampMs": a.at * 1000,
            "apkPackageName": "com.google.android.gms",
            "apkDigestSha256": base64.b64encode(a.seed.take("apk", 32)).decode(),
            "ctsProfileMatch": True,
            "apkCertificateDigestSha256": [base64.b64encode(a.seed.take("apk key", 32)).decode()],
            "basicIntegrity": True,
        },
    )
    signed = b".".join(_b64u_json(part) for part in (header, payload))
    signature = a.sign(signed, key, -257)
    jws = signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")
    return a.finish({"ver": "200000000", "response": a.alterations.apply("jws", jws)})


def host_name(*names: str) -> bytes:
    """A SubjectAltName of dNSNames."""
    return der.sequence(*(der.implicit(2, name.encode()) for name in names))


def _b64u_json(value: object) -> bytes:
    text = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def apple(a: Attested) -> Any:
    """8.8: the certificate is about the credential's own key and holds the nonce."""
    nonce = der.sequence(der.explicit(1, der.octet_string(digest("sha256", a.to_be_signed))))

    def dress(leaf: x509.CertificateDraft) -> None:
        leaf.add(x509.APPLE_NONCE, a.alterations.apply("nonce", nonce))

    subject = x509.Name.of(
        ("CN", a.credential_id.hex()[:32]), ("OU", "AAA Certification"), ("O", "countermark")
    )
    return a.finish({"x5c": a.chain(subject, a.key, dress)})


def compound(a: Attested) -> Any:
    """8.9: several of the others over the same data."""
    made = []
    for index, name in enumerate(a.compound):
        inner = replace(
            a, alterations=a.alterations.within(index), label=f"{a.label} statement {index}"
        )
        made.append({"fmt": FORMATS[name][0], "attStmt": FORMATS[name][1](inner)})
    return a.alterations.apply("statements", made)


FORMATS: Final[dict[str, tuple[str, Callable[[Attested], Any]]]] = {
    "none": ("none", none),
    "packed": ("packed", packed),
    "packed-self": ("packed", packed_self),
    "fido-u2f": ("fido-u2f", fido_u2f),
    "tpm": ("tpm", tpm_statement),
    "android-key": ("android-key", android_key),
    "android-safetynet": ("android-safetynet", android_safetynet),
    "apple": ("apple", apple),
    "compound": ("compound", compound),
}
"""The formats an authenticator can attest in, with the ``fmt`` of each and what makes it."""
