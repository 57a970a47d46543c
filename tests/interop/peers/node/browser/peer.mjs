// The SDK for browsers. Its key signer needs Web Crypto alone, which Node has; its WebAuthn signer calls
// `navigator.credentials`, for which authenticator.mjs stands in.
import { BrowserKeySigner, WebAuthnSigner } from "@dfns/sdk-browser";

import { serve, unhex } from "../lines.mjs";
import { Credentials } from "./authenticator.mjs";

const { subtle } = globalThis.crypto;

const ALGORITHMS = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  ES384: { name: "ECDSA", namedCurve: "P-384" },
  ES512: { name: "ECDSA", namedCurve: "P-521" },
  Ed25519: { name: "Ed25519" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
};

async function signer({ kind, private_key, public_key, credential_id }) {
  const algorithm = ALGORITHMS[kind];
  const keyPair = {
    privateKey: await subtle.importKey("pkcs8", unhex(private_key), algorithm, false, ["sign"]),
    publicKey: await subtle.importKey("spki", unhex(public_key), algorithm, true, ["verify"]),
  };
  return new BrowserKeySigner({ keyPair, credId: credential_id });
}

const relyingParty = (id) => new WebAuthnSigner({ relyingParty: { id, name: "a relying party" } });

serve({
  create: async (question) => (await signer(question)).create(question.challenge),
  sign: async (question) => (await signer(question)).sign(question.challenge),

  visit({ origin }) {
    const navigator = { credentials: new Credentials(origin) };
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
    return origin;
  },
  passkey_create: ({ rp_id, challenge }) => relyingParty(rp_id).create(challenge),
  passkey_sign: ({ rp_id, challenge }) => relyingParty(rp_id).sign(challenge),
});
