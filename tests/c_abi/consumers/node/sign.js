// Loads a key, signs a challenge, verifies the assertion, prints both outcomes.
// Usage: node sign.js LIBRARY KEY.pem CHALLENGE.json
"use strict";
const fs = require("node:fs");
const koffi = require("koffi");

const [library, keyFile, challengeFile] = process.argv.slice(2);
const countermark = koffi.load(library);
const handle = "uint64_t";
const out = "_Out_ uint64_t *";
const text = "const uint8_t *";
const room = "_Inout_ size_t *";
const declare = (name, ...types) => countermark.func(name, "int32_t", types);
const loadKey = declare("cm_private_key_from_pem", text, "size_t", text, "size_t", out);
const publicKey = declare("cm_private_key_public", handle, out);
const newSigner = declare("cm_signer_new", handle, text, "size_t", out);
const sign = declare("cm_signer_sign", handle, text, "size_t", "uint8_t *", room);
const verify = declare("cm_assertion_verify", text, "size_t", handle, text, "size_t", "uint8_t *", room);
const lastError = declare("cm_last_error_json", "uint8_t *", room);
const close = ["private_key", "public_key", "signer"].map((kind) => declare(`cm_${kind}_close`, handle));
const nameOf = countermark.func("cm_status_code_name", "const char *", ["int32_t"]);

const OK = 0;
const BUFFER_TOO_SMALL = 9003;

function check(status, what) {
  if (status === OK) return;
  console.error(`${what}: ${nameOf(status)}\n${result((...rest) => lastError(...rest), "the error")}`);
  process.exit(1);
}

// Asks for the size, then for the result.
function result(call, what) {
  const length = [0];
  const status = call(null, length);
  if (status !== BUFFER_TOO_SMALL) check(status, what);
  const data = Buffer.alloc(Number(length[0]));
  check(call(data, length), what);
  return data.subarray(0, Number(length[0]));
}

const pem = fs.readFileSync(keyFile);
const challenge = fs.readFileSync(challengeFile);
const key = [0n];
check(loadKey(pem, pem.length, null, 0, key), "load the key");
pem.fill(0);
const options = Buffer.from(JSON.stringify({ credential_id: "cr-1" }));
const signer = [0n];
check(newSigner(key[0], options, options.length, signer), "make the signer");
const assertion = result((...rest) => sign(signer[0], challenge, challenge.length, ...rest), "sign");
console.log(assertion.toString());

const publicHandle = [0n];
check(publicKey(key[0], publicHandle), "the public key");
const judge = (expected) => {
  const json = Buffer.from(JSON.stringify(expected));
  return verify(assertion, assertion.length, publicHandle[0], json, json.length, null, null);
};
check(judge({ challenge: "Y2gtNDdtNnI", credential_id: "cr-1" }), "verify");
console.log(`ok, and for another challenge ${nameOf(judge({ challenge: "b3RoZXI" }))}`);
[key, publicHandle, signer].forEach((one, place) => check(close[place](one[0]), "close"));
