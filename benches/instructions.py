"""Counts the instructions of one call with callgrind, as the difference between N calls and 2 N.

    python benches/instructions.py [--calls N] [--cargo]

Counts hardly depend on what else the machine does, so a few instructions more are seen where a clock shows
nothing. With --cargo, the bare primitives are counted too, by the program of the Rust benches, and with them
what `KeySigner.sign` adds to its signature. Needs valgrind, and cargo for --cargo.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benches.python.counting import per_call  # found from the line above
from benches.python.served import build

SETUP: Final = """
import sys
from countermark import PrivateKey, _native
from countermark.dfns import KeySigner, encode_client_data, fingerprint
text = "Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw"
origin = "https://app.dfns.io"
challenge = {"challenge": text, "allowCredentials": {"key": [{"type": "public-key", "id": "cr-1"}]}}
key = PrivateKey.from_der(bytes.fromhex("302e020100300506032b657004220420" + "00" + "11" * 31))
pem = key.public_key.to_pem()
signer = KeySigner("cr-1", key, origin, profile="python")
message = encode_client_data(text, profile="python", origin=origin)
"""
STATEMENTS: Final = {
    "KeySigner.sign Ed25519": "signer.sign(challenge)",
    "PrivateKey.sign Ed25519": "key.sign(message)",
    "encode_client_data": "encode_client_data(text, profile='python', origin=origin)",
    "encode_client_data to base64url": (
        "_native.base64url_encode(encode_client_data(text, profile='python', origin=origin))"
    ),
    "fingerprint": "fingerprint(message, pem)",
}
PASSKEYS: Final = """
import hashlib, json, sys
from base64 import urlsafe_b64decode
from pathlib import Path
from countermark.webauthn import (
    CosePublicKey, TrustAnchors, parse_attestation_object, verify_authentication, verify_registration
)
from countermark.webauthn.testing import SoftwareAuthenticator
documented = Path("vectors/dfns-docs/attestation-object.json").read_text("ascii")
attestation_object = bytes.fromhex(json.loads(documented)["records"][0]["input"]["bytes"])
site = {"challenge": bytes(32), "rp_id": "example.org", "origin": "https://example.org"}
at = 1_760_000_000
made = SoftwareAuthenticator(b"instructions", format="packed", at=at)
created = made.create(**site)
answer = made.get(**site)
(credential,) = made.credentials.values()
key = CosePublicKey.from_bytes(credential.public_key)
trust = TrustAnchors([made.root])
signed, client_data, signature = (
    urlsafe_b64decode(answer["response"][name] + "==")
    for name in ("authenticatorData", "clientDataJSON", "signature")
)
message = signed + hashlib.sha256(client_data).digest()
public_key = key.public_key
"""
WEBAUTHN: Final = {
    "parse_attestation_object": "parse_attestation_object(attestation_object)",
    "CosePublicKey.from_bytes ES256": "CosePublicKey.from_bytes(credential.public_key)",
    "PublicKey.verify ES256": "public_key.verify(message, signature)",
    "verify_authentication ES256": "verify_authentication(answer, public_key=key, sign_count=0, **site)",
    "verify_registration packed": "verify_registration(created, trust=trust, at=at, **site)",
}
NATIVE: Final = (
    "sign Ed25519/bare",
    "sign Ed25519/countermark",
    "wire client data/countermark",
    "wire client data to base64url/countermark",
    "wire fingerprint from parts/countermark",
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--calls", type=int, default=500, metavar="N")
    parser.add_argument("--cargo", action="store_true", help="build and count the Rust benches too")
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        print("valgrind is not installed", file=sys.stderr)
        return 1
    loop = per_call(_python(SETUP, "pass"), options.calls)
    counts = {
        name: per_call(_python(setup, statement), options.calls) - loop
        for setup, statements in ((SETUP, STATEMENTS), (PASSKEYS, WEBAUTHN))
        for name, statement in statements.items()
    }
    if options.cargo:
        program = build()
        for name in NATIVE:
            counts["native " + name] = per_call([program, "--loop", name], options.calls)
    width = max(len(name) for name in counts)
    print(f"{'what':{width}}  instructions a call")
    for name, count in counts.items():
        print(f"{name:{width}}  {count:19,.0f}")
    bare = counts.get("native sign Ed25519/bare")
    if bare is not None:
        for name in ("KeySigner.sign Ed25519", "PrivateKey.sign Ed25519"):
            print(f"{name + ' beyond the bare primitive'}: {counts[name] - bare:,.0f}")
    return 0


def _python(setup: str, statement: str) -> list[str]:
    code = f"{setup}\nfor _ in range(int(sys.argv[1])): {statement}"
    return [sys.executable, "-c", code]


if __name__ == "__main__":
    sys.exit(main())
