// What a browser gives the SDK beside Web Crypto, which Node has: `navigator.credentials`. Here it is
// one ES256 credential with attestation "none", kept by this process, its user always there and verified.
import { webcrypto } from "node:crypto";

import { base64url } from "../lines.mjs";

const { subtle } = webcrypto;
const bytes = (source) => Buffer.from(source.buffer ?? source, source.byteOffset ?? 0, source.byteLength);
const sha256 = async (data) => Buffer.from(await subtle.digest("SHA-256", data));
const COUNTER = Buffer.alloc(4);
const PRESENT_AND_VERIFIED = 0x05;
const WITH_CREDENTIAL = 0x40;

/** Web Crypto's r and s side by side, as DER (SEC 1, C.5); 32 bytes each, so that lengths are short. */
function der(raw) {
  const integer = (unsigned) => {
    const start = unsigned.findIndex((byte) => byte !== 0);
    const digits = unsigned.subarray(start);
    const body = digits[0] & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
    return Buffer.concat([Buffer.of(0x02, body.length), body]);
  };
  const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, both.length), both]);
}

/** EC2, ES256, P-256 as CTAP2 writes it: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
async function coseKey(publicKey) {
  const point = Buffer.from(await subtle.exportKey("raw", publicKey));
  const coordinates = [
    Buffer.from("215820", "hex"),
    point.subarray(1, 33),
    Buffer.from("225820", "hex"),
    point.subarray(33),
  ];
  return Buffer.concat([Buffer.from("a5010203262001", "hex"), ...coordinates]);
}

export class Credentials {
  constructor(origin) {
    this.origin = origin;
  }

  clientData(type, challenge) {
    return Buffer.from(
      JSON.stringify({ type, challenge: base64url(bytes(challenge)), origin: this.origin, crossOrigin: false }),
    );
  }

  async create({ publicKey: options }) {
    if (!options.pubKeyCredParams.some(({ alg }) => alg === -7)) throw new Error("NotSupportedError");
    this.pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    this.id = Buffer.from(webcrypto.getRandomValues(new Uint8Array(32)));
    this.user = bytes(options.user.id);
    const authData = Buffer.concat([
      await sha256(Buffer.from(options.rp.id)),
      Buffer.of(PRESENT_AND_VERIFIED | WITH_CREDENTIAL),
      COUNTER,
      Buffer.alloc(16),
      Buffer.of(0, this.id.length),
      this.id,
      await coseKey(this.pair.publicKey),
    ]);
    // {"fmt": "none", "attStmt": {}, "authData": a byte string of up to 255 bytes}
    const head = Buffer.from("a363666d74646e6f6e656761747453746d74a068617574684461746158", "hex");
    const attestationObject = Buffer.concat([head, Buffer.of(authData.length), authData]);
    return {
      id: base64url(this.id),
      response: { attestationObject, clientDataJSON: this.clientData("webauthn.create", options.challenge) },
    };
  }

  async get({ publicKey: options }) {
    if (!options.allowCredentials.some(({ id }) => bytes(id).equals(this.id))) throw new Error("NotAllowedError");
    const authenticatorData = Buffer.concat([
      await sha256(Buffer.from(options.rpId)),
      Buffer.of(PRESENT_AND_VERIFIED),
      COUNTER,
    ]);
    const clientDataJSON = this.clientData("webauthn.get", options.challenge);
    const signed = Buffer.concat([authenticatorData, await sha256(clientDataJSON)]);
    const raw = await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, this.pair.privateKey, signed);
    return {
      id: base64url(this.id),
      response: { authenticatorData, clientDataJSON, signature: der(Buffer.from(raw)), userHandle: this.user },
    };
  }
}
