// Web Crypto, as browsers have it: signatures over bytes, ECDSA as r and s side by side.
import { hex, serve, unhex } from "./lines.mjs";

const { subtle } = globalThis.crypto;
const CURVES = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };
const SALT = { "SHA-256": 32, "SHA-384": 48, "SHA-512": 64 };

function keyAlgorithm(kind, hash) {
  if (kind in CURVES) return { name: "ECDSA", namedCurve: CURVES[kind] };
  if (kind === "RS256") return { name: "RSASSA-PKCS1-v1_5", hash };
  if (kind === "PS256") return { name: "RSA-PSS", hash };
  return { name: kind };
}

function signatureAlgorithm(kind, hash) {
  if (kind in CURVES) return { name: "ECDSA", hash };
  if (kind === "PS256") return { name: "RSA-PSS", saltLength: SALT[hash] };
  return { name: keyAlgorithm(kind, hash).name };
}

serve({
  async "key.make"({ kind, hash }) {
    const made = keyAlgorithm(kind, hash);
    const rsa = made.hash ? { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) } : {};
    const pair = await subtle.generateKey({ ...made, ...rsa }, true, ["sign", "verify"]);
    return {
      private_key: hex(await subtle.exportKey("pkcs8", pair.privateKey)),
      public_key: hex(await subtle.exportKey("spki", pair.publicKey)),
    };
  },

  async sign({ private_key, kind, hash, message }) {
    const key = await subtle.importKey("pkcs8", unhex(private_key), keyAlgorithm(kind, hash), false, ["sign"]);
    return hex(await subtle.sign(signatureAlgorithm(kind, hash), key, unhex(message)));
  },

  async verify({ public_key, kind, hash, message, signature }) {
    const key = await subtle.importKey("spki", unhex(public_key), keyAlgorithm(kind, hash), false, ["verify"]);
    return subtle.verify(signatureAlgorithm(kind, hash), key, unhex(signature), unhex(message));
  },
});
