"""Facts about the containers that keys are written to."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_containers import P256, private_keys
from countermark.vectors.generation.key_jwk import jwk_of
from countermark.vectors.generation.key_numbers import public_keys
from countermark.vectors.generation.key_pem import pem
from countermark.vectors.generation.material import (
    Ec,
    Private,
    Public,
    Rsa,
    pkcs8,
    spki,
)

PRIVATE: Final = "private_key.read"
PUBLIC: Final = "public_key.read"


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject keys/export."""
    yield _export(seed)


def _export(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/export",
        "Keys read from PKCS#8 or SPKI and written again: the bytes that come out are always the same.",
        operation="private_key.export",
        section="RFC 5958 section 2",
    )
    for name, key in private_keys(seed, "export"):
        _export_private(facts, name, key)
    for name, one in public_keys(seed, "export"):
        _export_public(facts, name, one)
    for name, key in private_keys(seed, "export"):
        facts.invalid(
            f"public {name} from a private key",
            "a private key where a public one is due",
            "key.not_public",
            operation="public_key.export",
            der=pkcs8(key),
            encoding="jwk",
        )
    facts.invalid(
        "P-256 from a public key",
        "a public key where a private one is due",
        "key.not_private",
        der=spki(Ec.draw(seed, "export", P256)),
        encoding="der",
    )
    facts.valid(
        "thumbprint",
        "the key and the thumbprint that the RFC prints",
        {"bytes": _RFC8037_THUMBPRINT.hex()},
        operation="public_key.export",
        section="RFC 8037 appendix A.3",
        jwk={"kty": "OKP", "crv": "Ed25519", "x": _RFC8037_X},
        encoding="thumbprint",
    )
    return facts.file()


_RFC8037_X: Final = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
_RFC8037_THUMBPRINT: Final = base64.urlsafe_b64decode(
    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k="
)


def _export_private(facts: Facts, name: str, key: Private) -> None:
    whole = pkcs8(key)
    text = json.dumps(jwk_of(key, private=True), separators=(",", ":"))
    facts.valid(
        f"{name} as pkcs8", "PKCS#8 in DER", {"bytes": whole.hex()}, der=whole, encoding="der"
    )
    if name == "P-256":
        facts.valid(
            f"{name} as PEM",
            "PKCS#8 in PEM, in lines of 64 characters, the last one ended",
            {"text": pem("PRIVATE KEY", whole)},
            der=whole,
            encoding="pem",
        )
    facts.valid(
        f"{name} as JWK",
        "JWK as compact text, its members in this order",
        {"text": text},
        section="RFC 7517 section 4",
        der=whole,
        encoding="jwk",
    )
    facts.invalid(
        f"{name} as JWK of a format",
        "a JWK has no container",
        "argument.value",
        der=whole,
        encoding="jwk",
        format="sec1",
    )
    for form, kind, inner in (
        ("sec1", Ec, key.inner(parameters=True) if isinstance(key, Ec) else b""),
        ("pkcs1", Rsa, key.inner() if isinstance(key, Rsa) else b""),
    ):
        if isinstance(key, kind):
            facts.valid(
                f"{name} as {form}",
                f"the container {form}",
                {"bytes": inner.hex()},
                der=whole,
                encoding="der",
                format=form,
            )
        else:
            facts.invalid(
                f"{name} as {form}",
                "a container of another kind of key",
                "algorithm.mismatch",
                der=whole,
                encoding="der",
                format=form,
            )


def _export_public(facts: Facts, name: str, key: Public) -> None:
    whole = spki(key)

    def right(title: str, shows: str, output: dict[str, Any], **to: str) -> None:
        facts.valid(
            f"public {name} as {title}",
            shows,
            output,
            operation="public_key.export",
            section="RFC 5280 section 4.1.2.7",
            der=whole,
            **to,
        )

    right("JWK", "a JWK", {"jwk": jwk_of(key, private=False)}, encoding="jwk")
    if name == "P-256":
        right("SPKI", "SPKI in DER", {"bytes": whole.hex()}, encoding="der")
        right(
            "PEM",
            "SPKI in PEM, in lines of 64 characters, the last one ended",
            {"text": pem("PUBLIC KEY", whole)},
            encoding="pem",
        )
    if isinstance(key, Rsa):
        right(
            "pkcs1",
            "RSAPublicKey in DER",
            {"bytes": key.public.hex()},
            encoding="der",
            format="pkcs1",
        )
    else:
        facts.invalid(
            f"public {name} as pkcs1",
            "a container of another kind of key",
            "algorithm.mismatch",
            operation="public_key.export",
            section="RFC 8017 appendix A.1.1",
            der=whole,
            encoding="der",
            format="pkcs1",
        )
