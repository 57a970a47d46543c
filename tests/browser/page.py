"""The page of a relying party, served on the loopback interface."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

SCRIPT: Final = """
const bytes = (text) => Uint8Array.from(
  atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/* What the standard's own JSON gives: options in, the answer out. */
async function ceremony(kind, options) {
  const parse = kind === "create"
    ? PublicKeyCredential.parseCreationOptionsFromJSON
    : PublicKeyCredential.parseRequestOptionsFromJSON;
  const publicKey = parse.call(PublicKeyCredential, options);
  return (await navigator.credentials[kind]({ publicKey })).toJSON();
}

/* What a client of the Dfns API does: the challenge is text and is handed over as its UTF-8. */
async function dfns(kind, options) {
  const publicKey = { ...options, challenge: new TextEncoder().encode(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) {
    publicKey.allowCredentials = options.allowCredentials
      .map((one) => ({ ...one, id: bytes(one.id) }));
  }
  const credential = await navigator.credentials[kind]({ publicKey });
  const { response } = credential;
  const common = { credId: credential.id, clientData: text(response.clientDataJSON) };
  if (kind === "create") {
    const attestationData = text(response.attestationObject);
    return { credentialKind: "Fido2", credentialInfo: { ...common, attestationData } };
  }
  const credentialAssertion = {
    ...common,
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: response.userHandle ? text(response.userHandle) : "",
  };
  return { kind: "Fido2", credentialAssertion };
}

function embed(address) {
  return new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.allow = "publickey-credentials-get *; publickey-credentials-create *";
    frame.onload = done;
    frame.src = address;
    document.body.append(frame);
  });
}
"""
PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>relying party</title>'
    f"<body><p>relying party</p><script>{SCRIPT}</script></body></html>"
).encode()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: Any) -> None:
        """Say nothing on standard error."""


@contextmanager
def serve() -> Iterator[int]:
    """The port of a server that gives the page for every path."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
