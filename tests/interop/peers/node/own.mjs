// The protocol in node:crypto and JSON alone, from its description: no package, nothing of ours.
import * as crypto from "node:crypto";

import { base64url, fromBase64url, hex, serve, unhex } from "./lines.mjs";

const CURVES = { ES256: "P-256", ES384: "P-384", ES512: "P-521", ES256K: "secp256k1" };
const privateKey = (text) => crypto.createPrivateKey({ key: unhex(text), format: "der", type: "pkcs8" });
// EdDSA has no hash of its own to choose; for all others it is SHA-256 unless the message names one.
const HASHES = { "RSA-SHA256": "sha256", SHA256: "sha256", "RSA-SHA512": "sha512", SHA512: "sha512" };
const hash = (key, algorithm) =>
  key.asymmetricKeyType.startsWith("ed") ? undefined : HASHES[algorithm ?? "SHA256"];

function fingerprint(clientData, publicKey) {
  const clientDataHash = crypto.createHash("sha256").update(clientData).digest("hex");
  return Buffer.from(JSON.stringify({ clientDataHash, publicKey }));
}

function checked(clientData, type, challenge) {
  const read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(clientData));
  return read.type === type && read.challenge === challenge && !read.crossOrigin;
}

serve({
  "key.make"({ kind }) {
    const pair =
      kind in CURVES
        ? crypto.generateKeyPairSync("ec", { namedCurve: CURVES[kind] })
        : kind === "RS256"
          ? crypto.generateKeyPairSync("rsa", { modulusLength: 2048 })
          : crypto.generateKeyPairSync(kind.toLowerCase());
    return {
      private_key: hex(pair.privateKey.export({ format: "der", type: "pkcs8" })),
      public_key: hex(pair.publicKey.export({ format: "der", type: "spki" })),
      public_key_pem: pair.publicKey.export({ format: "pem", type: "spki" }),
    };
  },

  "assertion.sign"({ private_key, credential_id, challenge, algorithm }) {
    const key = privateKey(private_key);
    const clientData = Buffer.from(JSON.stringify({ challenge, type: "key.get" }));
    const credentialAssertion = {
      credId: credential_id,
      clientData: base64url(clientData),
      signature: base64url(crypto.sign(hash(key, algorithm), clientData, key)),
    };
    if (algorithm) credentialAssertion.algorithm = algorithm;
    return { kind: "Key", credentialAssertion };
  },

  "assertion.verify"({ assertion, public_key, challenge }) {
    const key = crypto.createPublicKey(public_key);
    const { clientData, signature, algorithm } = assertion.credentialAssertion;
    const data = fromBase64url(clientData);
    return (
      checked(data, "key.get", challenge) &&
      crypto.verify(hash(key, algorithm), data, key, fromBase64url(signature))
    );
  },

  "credential.create"({ private_key, credential_id, challenge }) {
    const key = privateKey(private_key);
    const publicKey = crypto.createPublicKey(key).export({ format: "pem", type: "spki" });
    const clientData = Buffer.from(JSON.stringify({ challenge, type: "key.create" }));
    const signature = crypto.sign(hash(key), fingerprint(clientData, publicKey), key).toString("hex");
    return {
      credentialKind: "Key",
      credentialInfo: {
        credId: credential_id,
        clientData: base64url(clientData),
        attestationData: base64url(JSON.stringify({ publicKey, signature })),
      },
    };
  },

  "credential.verify"({ credential, challenge }) {
    const { clientData, attestationData } = credential.credentialInfo;
    const data = fromBase64url(clientData);
    const { publicKey, signature, algorithm } = JSON.parse(fromBase64url(attestationData));
    const key = crypto.createPublicKey(publicKey);
    return (
      checked(data, "key.create", challenge) &&
      crypto.verify(hash(key, algorithm), fingerprint(data, publicKey), key, unhex(signature))
    );
  },
});
