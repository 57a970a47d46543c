"""``countermark demo``: the whole way once, in memory."""

from __future__ import annotations

import argparse

from countermark import Algorithm, PrivateKey
from countermark.cli.options import Commands, add_json
from countermark.cli.outcome import ExitCode
from countermark.cli.terminal import as_json, write_json, write_lines, write_table
from countermark.dfns import (
    KeySigner,
    random_credential_id,
    register_key,
    verify_assertion,
    verify_attestation,
)


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``demo``."""
    parser = commands.add_parser(
        "demo", help="make a key, register it, sign and verify, all in memory", allow_abbrev=False
    )
    parser.add_argument(
        "--algorithm",
        choices=[algorithm.value for algorithm in Algorithm if algorithm.signs],
        default=Algorithm.ES256.value,
        metavar="ALGORITHM",
        help=", ".join(algorithm.value for algorithm in Algorithm if algorithm.signs)
        + " (default ES256)",
    )
    add_json(parser)
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    # Random text of the right shape stands in for what the API would send.
    registration_challenge, challenge = random_credential_id(), random_credential_id()
    with PrivateKey.generate(options.algorithm) as key:
        body = register_key(key, registration_challenge)
        credential = body["firstFactorCredential"]
        credential_id = credential["credentialInfo"]["credId"]
        answer = {
            "challenge": challenge,
            "allowCredentials": {
                "key": [{"type": "public-key", "id": credential_id}],
                "webauthn": [],
            },
        }
        assertion = KeySigner(credential_id, key).sign(answer)
        public_key = key.public_key
    attested = verify_attestation(
        credential,
        challenge=registration_challenge,
        public_key=public_key,
        credential_id=credential_id,
    )
    asserted = verify_assertion(
        assertion,
        challenge=challenge,
        public_key=attested.public_key,
        credential_id=credential_id,
    )
    if options.json:
        write_json(
            {
                "registrationChallenge": registration_challenge,
                "registration": body,
                "challenge": answer,
                "assertion": assertion,
                "valid": True,
            }
        )
        return ExitCode.VALID
    write_lines("1. A new key, in memory", "")
    write_table({"algorithm": public_key.algorithm, "fingerprint": public_key.fingerprint().hex()})
    write_lines("", "2. The body of POST /auth/registration, for a registration challenge", "")
    write_lines(*as_json(body, pretty=True).splitlines())
    write_lines("", "3. A challenge that allows the credential", "")
    write_lines(*as_json(answer, pretty=True).splitlines())
    write_lines("", "4. Its assertion, the firstFactor of POST /auth/action", "")
    write_lines(*as_json(assertion, pretty=True).splitlines())
    write_lines("", "5. Both checked, as a server would", "")
    write_table(
        {
            "registration": f"valid, credential {attested.credential_id}",
            "assertion": f"valid, {asserted.client_data.type} by {asserted.public_key.algorithm}",
        }
    )
    return ExitCode.VALID
