// The key signer of the TypeScript SDK, as a program that takes turns with others: a line names a type of key and
// a count, separated by a tab; the answer is how many nanoseconds that many signatures took.
'use strict'

const { generateKeyPairSync } = require('node:crypto')
const { createInterface } = require('node:readline')
const { AsymmetricKeySigner } = require('@dfns/sdk-keysigner')

const KINDS = {
  'P-256': ['ec', { namedCurve: 'P-256' }],
  'P-384': ['ec', { namedCurve: 'P-384' }],
  secp256k1: ['ec', { namedCurve: 'secp256k1' }],
  Ed25519: ['ed25519', {}],
  'RSA-2048': ['rsa', { modulusLength: 2048 }],
}
const CREDENTIAL_ID = 'cr-6uunn-bm6ja-f6rmod5kqrk5rbel'
const CHALLENGE = {
  challenge: 'Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw',
  allowCredentials: { key: [{ type: 'public-key', id: CREDENTIAL_ID }], webauthn: [] },
}
const signers = new Map()

function signerOf(name) {
  if (!signers.has(name)) {
    const { privateKey } = generateKeyPairSync(...KINDS[name])
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    signers.set(name, new AsymmetricKeySigner({ credId: CREDENTIAL_ID, privateKey: pem }))
  }
  return signers.get(name)
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, count] = line.split('\t')
    const signer = signerOf(name)
    const start = process.hrtime.bigint()
    for (let left = Number(count); left > 0; left--) await signer.sign(CHALLENGE)
    console.log(String(process.hrtime.bigint() - start))
  }
}

main()
