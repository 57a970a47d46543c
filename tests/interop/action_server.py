"""A loopback server that speaks the three requests of a signed call, and checks each of them."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from countermark import PublicKey
from countermark.dfns import verify_assertion
from countermark.errors import Error

TOKEN = "service-account-token"


@dataclass
class Seen:
    """One request as it came over the wire."""

    method: str
    path: str
    body: bytes
    authorization: str | None
    user_action: str | None


@dataclass
class Action:
    """A challenge that was given out, for one payload, method and path."""

    challenge: str
    payload: str
    method: str
    path: str
    token: str | None = None


@dataclass
class ActionApi:
    """What the server knows, and what it saw.

    It holds the credential as the API does after its registration: id and public key. A request that
    does not fit what was signed is answered with an error, as the API answers it, and noted.
    """

    public_key: PublicKey
    credential_id: str
    allowed: list[str]
    origin: str | None = None
    actions: dict[str, Action] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    verified: list[Any] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def answer(self, request: Seen) -> tuple[int, dict[str, Any]]:
        self.seen.append(request)
        if request.authorization != f"Bearer {TOKEN}":
            return self.refuse("no such token")
        if request.path == "/auth/action/init":
            return self.init(json.loads(request.body))
        if request.path == "/auth/action":
            return self.complete(json.loads(request.body))
        return self.call(request)

    def refuse(self, reason: str) -> tuple[int, dict[str, Any]]:
        self.refusals.append(reason)
        return 401, {"error": {"message": reason}}

    def init(self, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        identifier, challenge = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        self.actions[identifier] = Action(
            challenge,
            body["userActionPayload"],
            body["userActionHttpMethod"],
            body["userActionHttpPath"],
        )
        listed = [{"id": one, "type": "public-key"} for one in self.allowed]
        return 200, {
            "challenge": challenge,
            "challengeIdentifier": identifier,
            "allowCredentials": {"key": listed, "webauthn": []},
            "supportedCredentialKinds": [
                {"kind": "Key", "factor": "either", "requiresSecondFactor": False}
            ],
            "userVerification": "required",
            "attestation": "direct",
            "externalAuthenticationUrl": "",
            "rp": {"id": "localhost", "name": "loopback"},
        }

    def complete(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        action = self.actions[body["challengeIdentifier"]]
        try:
            verified = verify_assertion(
                body["firstFactor"],
                challenge=action.challenge,
                public_key=self.public_key,
                credential_id=self.credential_id,
                kind="Key",
                origin=self.origin,
                cross_origin=False,
            )
        except Error as error:
            return self.refuse(error.code)
        self.verified.append(verified)
        action.token = secrets.token_urlsafe(16)
        return 200, {"userAction": action.token}

    def call(self, request: Seen) -> tuple[int, dict[str, Any]]:
        signed = next(
            (a for a in self.actions.values() if a.token and a.token == request.user_action), None
        )
        if signed is None:
            return self.refuse("the request carries no token that was given out")
        signed.token = None
        sent = (request.method, request.path, request.body.decode())
        if sent != (signed.method, signed.path, signed.payload):
            return self.refuse(f"sent {sent}, but signed {signed}")
        return 200, {"id": "wa-made-here", "echo": json.loads(request.body or b"null")}


@contextmanager
def serve(api: ActionApi) -> Iterator[str]:
    """The base URL of a server for ``api``, on a free port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            request = Seen(
                self.command,
                self.path,
                self.rfile.read(length),
                self.headers.get("authorization"),
                self.headers.get("x-dfns-useraction"),
            )
            status, body = api.answer(request)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = handle_one  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # Its threads end when the client closes its connections, which it does before the server.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
