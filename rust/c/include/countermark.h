/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file countermark.h
 * Credential and request signing for Dfns-style APIs, and passkey verification: the C ABI of countermark.
 *
 * This file is generated; change the Rust code instead.
 *
 * WHAT EVERY FUNCTION HAS IN COMMON
 *
 * Outcome. Functions return a cm_status: CM_OK (0), or why they failed. The numbers are pinned and their names, by
 *   cm_status_code_name(), are the error codes of the Python package. cm_last_error_json() tells more of the last
 *   failure on the same thread. No function crashes, blocks for ever or ends the process for what it is given, as long
 *   as every pointer points to as much memory as the length beside it says and there is memory to work in.
 *
 * Memory. Where the system has none left, the process ends; no status tells. Beside the results, reading N bytes of
 *   text takes roughly three times N, and up to twenty times where it is JSON of nothing but small members, as options
 *   and policies do; cm_signer_sign_many() takes its challenges once more and its results twice; messages that are only
 *   hashed take nothing, and the password of a key takes up to 128 MiB where it goes through scrypt. Bound what you pass
 *   on accordingly.
 *
 * Loading. Link with -lcountermark (`pkg-config countermark` after rust/c/install.sh, `python -m countermark.c_abi` for
 *   the copy in the Python package), or load libcountermark.so, or .dylib, at run time, and then compare
 *   cm_abi_version() with CM_ABI_VERSION first. Every function has the usual calling convention of C; every type is one
 *   of stdint.h and stddef.h. The header is C99 and C++11.
 *
 * Parameters. [in] is read, [out] is written, [in, out] both. Inputs are an address and a length in bytes; a NUL at the
 *   end is not needed and is not to be counted: it would be a byte of the input, and is refused in nearly all of them,
 *   but not in a password, which PBKDF2 mostly does not tell from the same with NULs behind it. Text is UTF-8. An input
 *   of no bytes may have NULL as its address. An [optional] input is absent where its address is NULL and its length 0;
 *   with another address it is there and empty, which as a password is refused or wrong. An [optional] handle is absent
 *   where it is 0. Nothing that is given is kept after the call: memory stays the caller's, before, during and after.
 *   No input may be longer than 1 GiB, and none that is JSON or a name than 1 MiB, PEM than 128 KiB (certificates: 16
 *   MiB), a key in DER or COSE than 64 KiB, a password than 64 KiB: a longer one is CM_LIMIT_SIZE. Functions that
 *   explain tell of a message longer than 1 MiB in their report.
 *
 * Results. The caller gives the memory: `out`, and in `*out_length` how many bytes there is room for. Where that does
 *   not do, the call returns CM_C_BUFFER_TOO_SMALL, writes nothing to `out`, and sets `*out_length` to a size that
 *   does; call again with that much. So NULL as `out` asks for the size; like every failure this replaces the last
 *   error. On CM_OK `*out_length` is the size of the result. On every other status neither is touched. Text results
 *   have no NUL at their end. Memory for results may not overlap any other argument (CM_C_OVERLAP). Memory need not
 *   be aligned. More room than there can be, 2^63 bytes or more, is CM_LIMIT_SIZE.
 *
 * Handles. cm_private_key and the others are numbers, not addresses. 0 is never a handle. A number that is none, a
 *   handle of another kind (CM_C_HANDLE_INVALID) and one that was closed (CM_C_HANDLE_CLOSED; CM_KEY_CLOSED for a
 *   private key) are told and do no harm. Whoever gets a handle closes it, once. A function that gives a handle sets
 *   it to 0 first, unless that would overwrite an input (CM_C_OVERLAP). Closing 0 does nothing and is CM_OK, and the
 *   last error stays, so that one way out can close whatever there is. 16,777,216 handles can be open at once;
 *   CM_LIMIT_COUNT tells that it would be one more.
 *
 *   WARNING: 0 means absent where a handle is optional: the key of cm_audit_verify() and cm_attestation_verify(), the
 *   trust of cm_registration_verify(), and the same of the functions that explain. A handle that another call failed to
 *   give is 0 as well. So look at the status of what gave the handle, or nothing is checked against it.
 *
 * JSON. Options and policies are one JSON object; no text at all is one without members. A member that is null counts
 *   as absent, one with an unknown name is CM_ARGUMENT_VALUE, since it may be misspelt, and one of another type is
 *   CM_ARGUMENT_TYPE; a number with a point or an exponent is no whole number. Where bytes are said to be in base64url,
 *   it is without padding. What comes back is described under RESULTS AS JSON below.
 *
 * Threads. Every function may be called on any thread at any time, with the same handles too. A handle that is closed
 *   while another thread uses it stays usable for that one call. The last error is kept for each thread, so ask for it
 *   on the thread of the call: a language that moves work between threads has to be told to keep both calls on one
 *   (in Go runtime.LockOSThread(); in JavaScript call both synchronously; in Java not on a virtual thread). One
 *   function, cm_signer_sign_many(), has threads of its own; they are started when they are first needed and wait for
 *   the next call after that. All signals but those of their own faults are blocked on them, so that handlers of the
 *   program run on its own threads.
 *
 * Forks. The library registers handlers with pthread_atfork() when it is loaded, so that a child may use it at once,
 *   with all handles that were open, and with new threads where it needs them. A fork waits for calls that are within
 *   the cryptography on other threads, and new calls wait for the fork: below a millisecond as a rule, up to seconds
 *   while cm_private_key_generate() makes an RSA key. So a signal handler must not fork, since it may have interrupted
 *   such a call on its own thread, which it then would wait for for ever; nor may handlers of pthread_atfork() call the
 *   library. The child has the last error of the thread that forked. Each copy of the library in a process, the Python
 *   extension among them, has its own handlers and its own handles: a handle of one means nothing to another, and a
 *   fork waits for all of them, one after the other. Do not unload the library while a thread is inside it, or once
 *   cm_signer_sign_many() has started threads.
 *
 * Secrets. Private keys are wiped from memory when they are closed. A password or key that you hand over, and one that
 *   cm_private_key_export() gives you, is yours to wipe.
 *
 * RESULTS AS JSON
 *
 * They are one JSON object, unless something else is said. Every member that is named is there each time, and null
 * where there is nothing to tell; later versions may add members: pass over those you do not know. Numbers are whole.
 * "Bytes" are text in base64url without padding, certificates bytes of DER.
 *
 * Error, of cm_last_error_json() and within others: `status` (a number of this header), `code` (its dotted name),
 *   `class` (MalformedInput, InvalidKey, UnsupportedAlgorithm, InvalidSignature, ClaimMismatch, UntrustedAttestation,
 *   LimitExceeded, KeyClosed, InternalError, ArgumentTypeError or ArgumentValueError, as in Python; CallError for
 *   CM_C_...), `message` (a sentence for people, at most 200 characters, which may change), `field` (the member it is
 *   about), `offset` (the byte where it is in the input that was read), `expected` and `actual` (texts of at most 200
 *   characters, for ClaimMismatch); and of cm_last_error_json() alone `argument` (the parameter it is about, by its
 *   name in this header; null for a fault that is of none). Where a message does not fit what is expected, it is the
 *   message.
 *
 * Report, of functions that explain: `valid`, and `checks`, a list in the order of the ceremony; each has `step` (a
 *   name that does not change), `section` (what asks for it), `passed` (true, also where nothing was expected; false;
 *   null where an earlier step failed on which it depends) and `error` (an Error where it failed).
 *
 * Client data: `type`, `challenge`, `origin`, `cross_origin` (true, false or null), `raw` (bytes, as they were signed);
 *   those of a passkey have `top_origin` too.
 *
 * Authenticator data: `raw`, `rp_id_hash` (bytes); `flags`: `value` (all eight bits as a number), `user_present`,
 *   `user_verified`, `backup_eligible`, `backup_state` (true or false); `sign_count`; `aaguid` (as a UUID; null in a
 *   login); `extensions`: `cred_protect`, `min_pin_length` (numbers), `hmac_secret`, `cred_blob` (true, false or
 *   bytes), `uvm` (a list of lists of three numbers), `large_blob_key` (bytes), `third_party_payment` (true or false),
 *   `unknown` (an object: the CBOR of the value as bytes, by name).
 *
 * Attestation: `format` (`none`, `packed`, `fido-u2f`, `tpm`, `android-key`, `android-safetynet`, `apple`, `compound`),
 *   `type` (`none`, `self`, `basic`, `attca`, `anonca`, `compound`), `trusted` (whether it leads to a trust anchor),
 *   `trust_error` (an Error, where anchors were given and it does not), `chain` (a list of certificates, the first one
 *   attests), `path` (null without trust; else `chain`, `anchor` (a certificate, or null), `anchor_subject`,
 *   `signature_checks` (a number), `tolerated`), `statements` (for `compound` a list of Attestations; one that did not
 *   verify has one member, `error`).
 *
 * Tolerated: a list of what strict reading would have refused, each with `code` (its dotted name) and `place`.
 *
 * Client extensions: `cred_props_rk`, `appid`, `prf_enabled`, `large_blob_supported` (true, false or null), `unknown`
 *   (a list of names). No signature covers them.
 *
 * A CHALLENGE
 *
 * What the API answers to `POST /auth/action/init`, of which cm_signer_sign() reads this much and passes over the rest:
 *
 *     {"challenge": "Y2gtNDdtNnI",
 *      "allowCredentials": {"key": [{"id": "cr-1"}], "passwordProtectedKey": [{"id": "cr-2"}]},
 *      "allowedRecoveryCredentials": [{"id": "cr-3"}]}
 *
 * The text of `challenge` is signed as it stands. The `id` of the credential must be in the list of its kind: `key` for
 * `Key`, `passwordProtectedKey` for `PasswordProtectedKey`, `allowedRecoveryCredentials` for `RecoveryKey`; the other
 * lists may be absent. Else the status is CM_CHALLENGE_CREDENTIAL_NOT_ALLOWED.
 *
 * AN EXAMPLE, without its error handling:
 *
 *     cm_private_key key;
 *     cm_signer signer;
 *     const char *options = "{\"credential_id\":\"cr-1\"}";
 *     cm_private_key_from_pem(pem, strlen(pem), NULL, 0, &key);
 *     cm_signer_new(key, options, strlen(options), &signer);
 *     uint8_t assertion[4096];
 *     size_t length = sizeof assertion;
 *     cm_status status = cm_signer_sign(signer, challenge, strlen(challenge), assertion, &length);
 *     if (status != CM_OK) fprintf(stderr, "%s\n", cm_status_code_name(status));
 *     cm_signer_close(signer);
 *     cm_private_key_close(key);
 */


#ifndef COUNTERMARK_H
#define COUNTERMARK_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version of the ABI that this header describes.
 */
#define CM_ABI_VERSION 1

/**
 * The outcome of a call: `CM_OK`, or why it failed. A number never changes its meaning and is never used again.
 */
typedef int32_t cm_status;

/**
 * A public key, as a handle.
 */
typedef uint64_t cm_public_key;

/**
 * A private key, as a handle.
 */
typedef uint64_t cm_private_key;

/**
 * How one credential signs, as a handle.
 */
typedef uint64_t cm_signer;

/**
 * Certificates that attestations may lead to, as a handle.
 */
typedef uint64_t cm_trust_anchors;

/**
 * It worked.
 */
#define CM_OK 0

/**
 * `c.null_pointer`: a pointer that is required is NULL.
 */
#define CM_C_NULL_POINTER 9001

/**
 * `c.overlap`: the memory for a result overlaps that of another argument.
 */
#define CM_C_OVERLAP 9002

/**
 * `c.buffer_too_small`: the result needs more room; the size stands where the length stood.
 */
#define CM_C_BUFFER_TOO_SMALL 9003

/**
 * `c.handle_invalid`: no handle of this kind has this number.
 */
#define CM_C_HANDLE_INVALID 9004

/**
 * `c.handle_closed`: the handle was closed. For a private key this is `CM_KEY_CLOSED`.
 */
#define CM_C_HANDLE_CLOSED 9005

/**
 * `base64url.alphabet` (MalformedInput)
 */
#define CM_BASE64URL_ALPHABET 101

/**
 * `base64url.padding` (MalformedInput)
 */
#define CM_BASE64URL_PADDING 102

/**
 * `base64url.length` (MalformedInput)
 */
#define CM_BASE64URL_LENGTH 103

/**
 * `base64url.trailing_bits` (MalformedInput)
 */
#define CM_BASE64URL_TRAILING_BITS 104

/**
 * `hex.alphabet` (MalformedInput)
 */
#define CM_HEX_ALPHABET 111

/**
 * `hex.length` (MalformedInput)
 */
#define CM_HEX_LENGTH 112

/**
 * `json.utf8` (MalformedInput)
 */
#define CM_JSON_UTF8 121

/**
 * `json.bom` (MalformedInput)
 */
#define CM_JSON_BOM 122

/**
 * `json.syntax` (MalformedInput)
 */
#define CM_JSON_SYNTAX 123

/**
 * `json.surrogate` (MalformedInput)
 */
#define CM_JSON_SURROGATE 124

/**
 * `json.trailing` (MalformedInput)
 */
#define CM_JSON_TRAILING 125

/**
 * `json.shape` (MalformedInput)
 */
#define CM_JSON_SHAPE 126

/**
 * `json.duplicate` (MalformedInput)
 */
#define CM_JSON_DUPLICATE 127

/**
 * `der.truncated` (MalformedInput)
 */
#define CM_DER_TRUNCATED 131

/**
 * `der.tag` (MalformedInput)
 */
#define CM_DER_TAG 132

/**
 * `der.length` (MalformedInput)
 */
#define CM_DER_LENGTH 133

/**
 * `der.trailing` (MalformedInput)
 */
#define CM_DER_TRAILING 134

/**
 * `der.value` (MalformedInput)
 */
#define CM_DER_VALUE 135

/**
 * `pem.missing` (MalformedInput)
 */
#define CM_PEM_MISSING 141

/**
 * `pem.label` (MalformedInput)
 */
#define CM_PEM_LABEL 142

/**
 * `pem.multiple` (MalformedInput)
 */
#define CM_PEM_MULTIPLE 143

/**
 * `pem.junk` (MalformedInput)
 */
#define CM_PEM_JUNK 144

/**
 * `pem.base64` (MalformedInput)
 */
#define CM_PEM_BASE64 145

/**
 * `client_data.missing` (MalformedInput)
 */
#define CM_CLIENT_DATA_MISSING 151

/**
 * `client_data.type` (MalformedInput)
 */
#define CM_CLIENT_DATA_TYPE 152

/**
 * `attestation.missing` (MalformedInput)
 */
#define CM_ATTESTATION_MISSING 161

/**
 * `attestation.type` (MalformedInput)
 */
#define CM_ATTESTATION_TYPE 162

/**
 * `attestation.unknown` (MalformedInput)
 */
#define CM_ATTESTATION_UNKNOWN 163

/**
 * `attestation.value` (MalformedInput)
 */
#define CM_ATTESTATION_VALUE 164

/**
 * `assertion.missing` (MalformedInput)
 */
#define CM_ASSERTION_MISSING 171

/**
 * `assertion.type` (MalformedInput)
 */
#define CM_ASSERTION_TYPE 172

/**
 * `assertion.unknown` (MalformedInput)
 */
#define CM_ASSERTION_UNKNOWN 173

/**
 * `assertion.value` (MalformedInput)
 */
#define CM_ASSERTION_VALUE 174

/**
 * `credential.missing` (MalformedInput)
 */
#define CM_CREDENTIAL_MISSING 181

/**
 * `credential.type` (MalformedInput)
 */
#define CM_CREDENTIAL_TYPE 182

/**
 * `credential.unknown` (MalformedInput)
 */
#define CM_CREDENTIAL_UNKNOWN 183

/**
 * `credential.value` (MalformedInput)
 */
#define CM_CREDENTIAL_VALUE 184

/**
 * `challenge.missing` (MalformedInput)
 */
#define CM_CHALLENGE_MISSING 191

/**
 * `challenge.type` (MalformedInput)
 */
#define CM_CHALLENGE_TYPE 192

/**
 * `jwk.missing` (MalformedInput)
 */
#define CM_JWK_MISSING 201

/**
 * `jwk.type` (MalformedInput)
 */
#define CM_JWK_TYPE 202

/**
 * `jwk.value` (MalformedInput)
 */
#define CM_JWK_VALUE 203

/**
 * `cbor.truncated` (MalformedInput)
 */
#define CM_CBOR_TRUNCATED 1001

/**
 * `cbor.indefinite` (MalformedInput)
 */
#define CM_CBOR_INDEFINITE 1002

/**
 * `cbor.break` (MalformedInput)
 */
#define CM_CBOR_BREAK 1003

/**
 * `cbor.tag` (MalformedInput)
 */
#define CM_CBOR_TAG 1004

/**
 * `cbor.float` (MalformedInput)
 */
#define CM_CBOR_FLOAT 1005

/**
 * `cbor.simple` (MalformedInput)
 */
#define CM_CBOR_SIMPLE 1006

/**
 * `cbor.reserved` (MalformedInput)
 */
#define CM_CBOR_RESERVED 1007

/**
 * `cbor.non_canonical` (MalformedInput)
 */
#define CM_CBOR_NON_CANONICAL 1008

/**
 * `cbor.order` (MalformedInput)
 */
#define CM_CBOR_ORDER 1009

/**
 * `cbor.duplicate` (MalformedInput)
 */
#define CM_CBOR_DUPLICATE 1010

/**
 * `cbor.utf8` (MalformedInput)
 */
#define CM_CBOR_UTF8 1011

/**
 * `cbor.key_type` (MalformedInput)
 */
#define CM_CBOR_KEY_TYPE 1012

/**
 * `cbor.trailing` (MalformedInput)
 */
#define CM_CBOR_TRAILING 1013

/**
 * `cbor.shape` (MalformedInput)
 */
#define CM_CBOR_SHAPE 1014

/**
 * `authenticator_data.truncated` (MalformedInput)
 */
#define CM_AUTHENTICATOR_DATA_TRUNCATED 1021

/**
 * `authenticator_data.trailing` (MalformedInput)
 */
#define CM_AUTHENTICATOR_DATA_TRAILING 1022

/**
 * `authenticator_data.credential_id` (MalformedInput)
 */
#define CM_AUTHENTICATOR_DATA_CREDENTIAL_ID 1023

/**
 * `authenticator_data.flags` (MalformedInput)
 */
#define CM_AUTHENTICATOR_DATA_FLAGS 1024

/**
 * `authenticator_data.extensions` (MalformedInput)
 */
#define CM_AUTHENTICATOR_DATA_EXTENSIONS 1025

/**
 * `authenticator_data.missing_credential` (MalformedInput)
 */
#define CM_AUTHENTICATOR_DATA_MISSING_CREDENTIAL 1026

/**
 * `cose.missing` (MalformedInput)
 */
#define CM_COSE_MISSING 1031

/**
 * `cose.type` (MalformedInput)
 */
#define CM_COSE_TYPE 1032

/**
 * `cose.unknown` (MalformedInput)
 */
#define CM_COSE_UNKNOWN 1033

/**
 * `attestation_object.missing` (MalformedInput)
 */
#define CM_ATTESTATION_OBJECT_MISSING 1041

/**
 * `attestation_object.type` (MalformedInput)
 */
#define CM_ATTESTATION_OBJECT_TYPE 1042

/**
 * `attestation_object.unknown` (MalformedInput)
 */
#define CM_ATTESTATION_OBJECT_UNKNOWN 1043

/**
 * `statement.missing` (MalformedInput)
 */
#define CM_STATEMENT_MISSING 1051

/**
 * `statement.type` (MalformedInput)
 */
#define CM_STATEMENT_TYPE 1052

/**
 * `statement.unknown` (MalformedInput)
 */
#define CM_STATEMENT_UNKNOWN 1053

/**
 * `statement.value` (MalformedInput)
 */
#define CM_STATEMENT_VALUE 1054

/**
 * `certificate.version` (MalformedInput)
 */
#define CM_CERTIFICATE_VERSION 1061

/**
 * `certificate.algorithm_mismatch` (MalformedInput)
 */
#define CM_CERTIFICATE_ALGORITHM_MISMATCH 1062

/**
 * `certificate.duplicate_extension` (MalformedInput)
 */
#define CM_CERTIFICATE_DUPLICATE_EXTENSION 1063

/**
 * `certificate.serial` (MalformedInput)
 */
#define CM_CERTIFICATE_SERIAL 1064

/**
 * `certificate.time` (MalformedInput)
 */
#define CM_CERTIFICATE_TIME 1065

/**
 * `certificate.extension` (MalformedInput)
 */
#define CM_CERTIFICATE_EXTENSION 1066

/**
 * `tpm.truncated` (MalformedInput)
 */
#define CM_TPM_TRUNCATED 1071

/**
 * `tpm.trailing` (MalformedInput)
 */
#define CM_TPM_TRAILING 1072

/**
 * `tpm.value` (MalformedInput)
 */
#define CM_TPM_VALUE 1073

/**
 * `jws.shape` (MalformedInput)
 */
#define CM_JWS_SHAPE 1081

/**
 * `jws.header` (MalformedInput)
 */
#define CM_JWS_HEADER 1082

/**
 * `response.missing` (MalformedInput)
 */
#define CM_RESPONSE_MISSING 1091

/**
 * `response.type` (MalformedInput)
 */
#define CM_RESPONSE_TYPE 1092

/**
 * `response.unknown` (MalformedInput)
 */
#define CM_RESPONSE_UNKNOWN 1093

/**
 * `response.value` (MalformedInput)
 */
#define CM_RESPONSE_VALUE 1094

/**
 * `metadata.missing` (MalformedInput)
 */
#define CM_METADATA_MISSING 1101

/**
 * `metadata.type` (MalformedInput)
 */
#define CM_METADATA_TYPE 1102

/**
 * `metadata.value` (MalformedInput)
 */
#define CM_METADATA_VALUE 1103

/**
 * `key.not_private` (InvalidKey)
 */
#define CM_KEY_NOT_PRIVATE 301

/**
 * `key.not_public` (InvalidKey)
 */
#define CM_KEY_NOT_PUBLIC 302

/**
 * `key.mismatch` (InvalidKey)
 */
#define CM_KEY_MISMATCH 303

/**
 * `key.length` (InvalidKey)
 */
#define CM_KEY_LENGTH 304

/**
 * `key.scalar` (InvalidKey)
 */
#define CM_KEY_SCALAR 305

/**
 * `key.point` (InvalidKey)
 */
#define CM_KEY_POINT 306

/**
 * `key.small_order` (InvalidKey)
 */
#define CM_KEY_SMALL_ORDER 307

/**
 * `key.explicit_parameters` (InvalidKey)
 */
#define CM_KEY_EXPLICIT_PARAMETERS 308

/**
 * `key.rsa_private` (InvalidKey)
 */
#define CM_KEY_RSA_PRIVATE 309

/**
 * `key.rsa_exponent` (InvalidKey)
 */
#define CM_KEY_RSA_EXPONENT 310

/**
 * `key.rsa_modulus` (InvalidKey)
 */
#define CM_KEY_RSA_MODULUS 311

/**
 * `key.too_small` (InvalidKey)
 */
#define CM_KEY_TOO_SMALL 312

/**
 * `key.password_required` (InvalidKey)
 */
#define CM_KEY_PASSWORD_REQUIRED 313

/**
 * `key.password_wrong` (InvalidKey)
 */
#define CM_KEY_PASSWORD_WRONG 314

/**
 * `key.not_encrypted` (InvalidKey)
 */
#define CM_KEY_NOT_ENCRYPTED 315

/**
 * `key.algorithm_missing` (InvalidKey)
 */
#define CM_KEY_ALGORITHM_MISSING 316

/**
 * `key.compressed` (InvalidKey)
 */
#define CM_KEY_COMPRESSED 317

/**
 * `key.operations` (InvalidKey)
 */
#define CM_KEY_OPERATIONS 318

/**
 * `key.encoding` (InvalidKey)
 */
#define CM_KEY_ENCODING 319

/**
 * `algorithm.unknown` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_UNKNOWN 401

/**
 * `algorithm.key_type` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_KEY_TYPE 402

/**
 * `algorithm.curve` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_CURVE 403

/**
 * `algorithm.encryption` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_ENCRYPTION 404

/**
 * `algorithm.legacy_encryption` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_LEGACY_ENCRYPTION 405

/**
 * `algorithm.format` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_FORMAT 406

/**
 * `algorithm.multi_prime` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_MULTI_PRIME 407

/**
 * `algorithm.mismatch` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_MISMATCH 408

/**
 * `algorithm.legacy_hash` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_LEGACY_HASH 409

/**
 * `algorithm.attestation_format` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_ATTESTATION_FORMAT 410

/**
 * `algorithm.ecdaa` (UnsupportedAlgorithm)
 */
#define CM_ALGORITHM_ECDAA 411

/**
 * `signature.invalid` (InvalidSignature)
 */
#define CM_SIGNATURE_INVALID 501

/**
 * `client_data.type_mismatch` (ClaimMismatch)
 */
#define CM_CLIENT_DATA_TYPE_MISMATCH 601

/**
 * `client_data.challenge_mismatch` (ClaimMismatch)
 */
#define CM_CLIENT_DATA_CHALLENGE_MISMATCH 602

/**
 * `client_data.origin_mismatch` (ClaimMismatch)
 */
#define CM_CLIENT_DATA_ORIGIN_MISMATCH 603

/**
 * `client_data.cross_origin_mismatch` (ClaimMismatch)
 */
#define CM_CLIENT_DATA_CROSS_ORIGIN_MISMATCH 604

/**
 * `client_data.profile_mismatch` (ClaimMismatch)
 */
#define CM_CLIENT_DATA_PROFILE_MISMATCH 605

/**
 * `attestation.public_key_mismatch` (ClaimMismatch)
 */
#define CM_ATTESTATION_PUBLIC_KEY_MISMATCH 611

/**
 * `credential.kind_mismatch` (ClaimMismatch)
 */
#define CM_CREDENTIAL_KIND_MISMATCH 621

/**
 * `credential.id_mismatch` (ClaimMismatch)
 */
#define CM_CREDENTIAL_ID_MISMATCH 622

/**
 * `assertion.kind_mismatch` (ClaimMismatch)
 */
#define CM_ASSERTION_KIND_MISMATCH 631

/**
 * `assertion.id_mismatch` (ClaimMismatch)
 */
#define CM_ASSERTION_ID_MISMATCH 632

/**
 * `challenge.credential_not_allowed` (ClaimMismatch)
 */
#define CM_CHALLENGE_CREDENTIAL_NOT_ALLOWED 641

/**
 * `client_data.top_origin_mismatch` (ClaimMismatch)
 */
#define CM_CLIENT_DATA_TOP_ORIGIN_MISMATCH 606

/**
 * `client_data.serialization_mismatch` (ClaimMismatch)
 */
#define CM_CLIENT_DATA_SERIALIZATION_MISMATCH 607

/**
 * `authenticator_data.rp_id_mismatch` (ClaimMismatch)
 */
#define CM_AUTHENTICATOR_DATA_RP_ID_MISMATCH 651

/**
 * `authenticator_data.user_presence` (ClaimMismatch)
 */
#define CM_AUTHENTICATOR_DATA_USER_PRESENCE 652

/**
 * `authenticator_data.user_verification` (ClaimMismatch)
 */
#define CM_AUTHENTICATOR_DATA_USER_VERIFICATION 653

/**
 * `authenticator_data.backup_state` (ClaimMismatch)
 */
#define CM_AUTHENTICATOR_DATA_BACKUP_STATE 654

/**
 * `authenticator_data.backup_eligibility_mismatch` (ClaimMismatch)
 */
#define CM_AUTHENTICATOR_DATA_BACKUP_ELIGIBILITY_MISMATCH 655

/**
 * `authenticator_data.sign_count` (ClaimMismatch)
 */
#define CM_AUTHENTICATOR_DATA_SIGN_COUNT 656

/**
 * `response.credential_id_mismatch` (ClaimMismatch)
 */
#define CM_RESPONSE_CREDENTIAL_ID_MISMATCH 661

/**
 * `response.user_handle_mismatch` (ClaimMismatch)
 */
#define CM_RESPONSE_USER_HANDLE_MISMATCH 662

/**
 * `response.algorithm_not_allowed` (ClaimMismatch)
 */
#define CM_RESPONSE_ALGORITHM_NOT_ALLOWED 663

/**
 * `response.format_not_allowed` (ClaimMismatch)
 */
#define CM_RESPONSE_FORMAT_NOT_ALLOWED 664

/**
 * `statement.algorithm_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_ALGORITHM_MISMATCH 671

/**
 * `statement.aaguid_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_AAGUID_MISMATCH 672

/**
 * `statement.aaguid_critical` (ClaimMismatch)
 */
#define CM_STATEMENT_AAGUID_CRITICAL 673

/**
 * `statement.key_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_KEY_MISMATCH 674

/**
 * `statement.version_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_VERSION_MISMATCH 675

/**
 * `statement.magic_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_MAGIC_MISMATCH 676

/**
 * `statement.type_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_TYPE_MISMATCH 677

/**
 * `statement.extra_data_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_EXTRA_DATA_MISMATCH 678

/**
 * `statement.name_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_NAME_MISMATCH 679

/**
 * `statement.challenge_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_CHALLENGE_MISMATCH 680

/**
 * `statement.all_applications` (ClaimMismatch)
 */
#define CM_STATEMENT_ALL_APPLICATIONS 681

/**
 * `statement.authorization` (ClaimMismatch)
 */
#define CM_STATEMENT_AUTHORIZATION 682

/**
 * `statement.key_description` (ClaimMismatch)
 */
#define CM_STATEMENT_KEY_DESCRIPTION 683

/**
 * `statement.nonce_mismatch` (ClaimMismatch)
 */
#define CM_STATEMENT_NONCE_MISMATCH 684

/**
 * `statement.cts_profile` (ClaimMismatch)
 */
#define CM_STATEMENT_CTS_PROFILE 685

/**
 * `statement.timestamp` (ClaimMismatch)
 */
#define CM_STATEMENT_TIMESTAMP 686

/**
 * `jws.algorithm_mismatch` (ClaimMismatch)
 */
#define CM_JWS_ALGORITHM_MISMATCH 689

/**
 * `metadata.rollback` (ClaimMismatch)
 */
#define CM_METADATA_ROLLBACK 691

/**
 * `metadata.expired` (ClaimMismatch)
 */
#define CM_METADATA_EXPIRED 692

/**
 * `leaf.version` (UntrustedAttestation)
 */
#define CM_LEAF_VERSION 1301

/**
 * `leaf.subject` (UntrustedAttestation)
 */
#define CM_LEAF_SUBJECT 1302

/**
 * `leaf.is_ca` (UntrustedAttestation)
 */
#define CM_LEAF_IS_CA 1303

/**
 * `leaf.basic_constraints` (UntrustedAttestation)
 */
#define CM_LEAF_BASIC_CONSTRAINTS 1304

/**
 * `leaf.alternative_name` (UntrustedAttestation)
 */
#define CM_LEAF_ALTERNATIVE_NAME 1305

/**
 * `leaf.vendor` (UntrustedAttestation)
 */
#define CM_LEAF_VENDOR 1306

/**
 * `leaf.extended_key_usage` (UntrustedAttestation)
 */
#define CM_LEAF_EXTENDED_KEY_USAGE 1307

/**
 * `leaf.hostname` (UntrustedAttestation)
 */
#define CM_LEAF_HOSTNAME 1308

/**
 * `trust.no_path` (UntrustedAttestation)
 */
#define CM_TRUST_NO_PATH 1321

/**
 * `trust.no_attestation` (UntrustedAttestation)
 */
#define CM_TRUST_NO_ATTESTATION 1322

/**
 * `trust.name` (UntrustedAttestation)
 */
#define CM_TRUST_NAME 1323

/**
 * `trust.validity` (UntrustedAttestation)
 */
#define CM_TRUST_VALIDITY 1324

/**
 * `trust.not_ca` (UntrustedAttestation)
 */
#define CM_TRUST_NOT_CA 1325

/**
 * `trust.path_length` (UntrustedAttestation)
 */
#define CM_TRUST_PATH_LENGTH 1326

/**
 * `trust.key_usage` (UntrustedAttestation)
 */
#define CM_TRUST_KEY_USAGE 1327

/**
 * `trust.weak_hash` (UntrustedAttestation)
 */
#define CM_TRUST_WEAK_HASH 1328

/**
 * `trust.weak_key` (UntrustedAttestation)
 */
#define CM_TRUST_WEAK_KEY 1329

/**
 * `trust.signature` (UntrustedAttestation)
 */
#define CM_TRUST_SIGNATURE 1330

/**
 * `trust.critical_extension` (UntrustedAttestation)
 */
#define CM_TRUST_CRITICAL_EXTENSION 1331

/**
 * `trust.name_constraints` (UntrustedAttestation)
 */
#define CM_TRUST_NAME_CONSTRAINTS 1332

/**
 * `trust.budget` (UntrustedAttestation)
 */
#define CM_TRUST_BUDGET 1333

/**
 * `trust.depth` (UntrustedAttestation)
 */
#define CM_TRUST_DEPTH 1334

/**
 * `limit.size` (LimitExceeded)
 */
#define CM_LIMIT_SIZE 701

/**
 * `limit.depth` (LimitExceeded)
 */
#define CM_LIMIT_DEPTH 702

/**
 * `limit.count` (LimitExceeded)
 */
#define CM_LIMIT_COUNT 703

/**
 * `limit.kdf_cost` (LimitExceeded)
 */
#define CM_LIMIT_KDF_COST 704

/**
 * `limit.key_size` (LimitExceeded)
 */
#define CM_LIMIT_KEY_SIZE 705

/**
 * `key.closed` (KeyClosed)
 */
#define CM_KEY_CLOSED 801

/**
 * `internal.error` (InternalError)
 */
#define CM_INTERNAL_ERROR 901

/**
 * `argument.type` (ArgumentTypeError)
 */
#define CM_ARGUMENT_TYPE 951

/**
 * `argument.value` (ArgumentValueError)
 */
#define CM_ARGUMENT_VALUE 952

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Verifies the assertion in an entry of the audit log, of a key or of a passkey.
 *
 * @param entry [in] JSON: the answer of `GET /auth/action/logs/{id}`, or its `firstFactorCredential`.
 * @param entry_length [in] its bytes.
 * @param public_key [in, optional] the key the credential was registered with. With 0 the entry vouches for its own
 *     key, and all that is proved is that it agrees with itself: look at the status of what gave the handle.
 * @param expected [in, optional] JSON: `challenge`, `origin`, `rp_id`, `credential_id` (texts),
 *     `require_user_verification` (true or false, which is the default), and as for cm_assertion_verify() `algorithm`,
 *     `padding`, `low_s`, `allow_padded_base64url`. What is absent is not asked. `rp_id` and
 *     `require_user_verification` are asked of passkeys: an entry of a software key signs neither, and passes; look at
 *     `kind` where only passkeys are wanted.
 * @param expected_length [in] its bytes.
 * @param out [out, optional] what was verified, as JSON: `kind` (`Key`, `PasswordProtectedKey`, `RecoveryKey` or
 *     `Fido2`), `credential_id`, `public_key_pem` (texts), `public_key_pinned` (whether the caller gave the key),
 *     `client_data` (Client data of a key), `authenticator_data` (bytes, of a passkey; else null), `hash` (as for
 *     cm_assertion_verify()), `signature` (bytes), `tolerated` (Tolerated); without a NUL. NULL, with `out_length`
 *     NULL too, where only the status is wanted.
 * @param out_length [in, out, optional] the room at `out`; then the size of the text.
 * @return as cm_assertion_verify(), and CM_AUTHENTICATOR_DATA_..., CM_CBOR_..., CM_PEM_..., CM_DER_..., CM_KEY_...,
 *     CM_ATTESTATION_PUBLIC_KEY_MISMATCH for an entry of another key than `public_key`.
 */
cm_status cm_audit_verify(const char *entry,
                          size_t entry_length,
                          cm_public_key public_key,
                          const char *expected,
                          size_t expected_length,
                          uint8_t *out,
                          size_t *out_length);

/**
 * Tells step by step what is right and wrong with an entry of the audit log.
 *
 * @param entry [in] as for cm_audit_verify().
 * @param entry_length [in] its bytes.
 * @param public_key [in, optional] as for cm_audit_verify().
 * @param expected [in, optional] as for cm_audit_verify().
 * @param expected_length [in] its bytes.
 * @param out [out] a Report as JSON, without a NUL. Its steps: `shape`, `kind`, `credential_id`, `public_key`,
 *     `client_data`, `type`, `challenge`, `origin`, `authenticator_data`, `rp_id`, `user_presence`,
 *     `user_verification`, `backup_flags`, `signature`.
 * @param out_length [in, out] the room at `out`; then the size of the text.
 * @return as cm_assertion_explain().
 */
cm_status cm_audit_explain(const char *entry,
                           size_t entry_length,
                           cm_public_key public_key,
                           const char *expected,
                           size_t expected_length,
                           uint8_t *out,
                           size_t *out_length);

/**
 * The reason of the last call that failed on this thread, as JSON: an Error, or the text `null` where no call failed.
 * A call that works does not change it, and neither does this function.
 *
 * @param out [out] the JSON text, without a NUL.
 * @param out_length [in, out] the room at `out`; then the size of the text. 2048 bytes do for nearly every error.
 * @return CM_OK; CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_last_error_json(uint8_t *out,
                             size_t *out_length);

/**
 * Writes client data: the bytes that a key credential signs.
 *
 * @param options [in] JSON: `challenge` (required; text that is written as it is), `type` (`key.get`, which is the
 *     default, or `key.create`), `profile` (whose bytes: `canonical`, which is the default, `docs-2024`,
 *     `docs-unsorted`, `ts-keysigner`, `ts-keysigner-0.3`, `ts-browser`, `ts-browser-2026`, `ts-recovery-2024`,
 *     `nextjs-recovery`, `nextjs-recovery-credential`, `python`, `example-scripts`, `go-v2`, `go-v1`, `go-v1-2023`,
 *     `java`, `ion` or `dfns-api-gen`), `origin` (text), `cross_origin` (true or false).
 * @param options_length [in] its bytes.
 * @param out [out] the client data, without a NUL.
 * @param out_length [in, out] the room at `out`; then their size.
 * @return CM_OK; CM_ARGUMENT_..., CM_LIMIT_..., CM_JSON_...; CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER,
 *     CM_C_OVERLAP.
 */
cm_status cm_client_data_encode(const char *options,
                                size_t options_length,
                                uint8_t *out,
                                size_t *out_length);

/**
 * Reads client data, strictly, and tells their `type` whatever it is: `key.get`, `key.create` or that of a passkey.
 * cm_assertion_verify() and cm_attestation_verify() judge it.
 *
 * @param data [in] the bytes that were signed.
 * @param data_length [in] their count.
 * @param out [out] Client data as JSON, without a NUL.
 * @param out_length [in, out] the room at `out`; then the size of the text.
 * @return CM_OK; CM_JSON_..., CM_CLIENT_DATA_MISSING, CM_CLIENT_DATA_TYPE, CM_LIMIT_...; CM_C_BUFFER_TOO_SMALL,
 *     CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_client_data_decode(const uint8_t *data,
                                size_t data_length,
                                uint8_t *out,
                                size_t *out_length);

/**
 * The names of the profiles whose bytes these client data are, as cm_client_data_encode() has them.
 *
 * @param data [in] the bytes that were signed.
 * @param data_length [in] their count.
 * @param out [out] a JSON list of texts, without a NUL; it may be empty.
 * @param out_length [in, out] the room at `out`; then the size of the text.
 * @return as cm_client_data_decode().
 */
cm_status cm_client_data_profiles(const uint8_t *data,
                                  size_t data_length,
                                  uint8_t *out,
                                  size_t *out_length);

/**
 * The fingerprint that a new key credential signs: of its client data and of its public key. It reads neither of them:
 * whether they are client data and a key is for the caller to know, or for cm_attestation_verify() to tell.
 *
 * @param client_data [in] the client data, of type `key.create`.
 * @param client_data_length [in] their bytes.
 * @param public_key_pem [in] the public key text, to the byte as it is registered.
 * @param public_key_pem_length [in] its bytes.
 * @param out [out] the bytes to sign, which are JSON, without a NUL.
 * @param out_length [in, out] the room at `out`; then their size.
 * @return CM_OK; CM_LIMIT_SIZE, CM_ARGUMENT_VALUE; CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_fingerprint(const uint8_t *client_data,
                         size_t client_data_length,
                         const char *public_key_pem,
                         size_t public_key_pem_length,
                         uint8_t *out,
                         size_t *out_length);

/**
 * Makes the credential that registers a key: the key signs its own public key and the challenge. RSA keys sign with
 * PKCS #1 v1.5; a credential has no way to ask for PSS.
 *
 * @param key [in] the private key.
 * @param options [in] JSON: `challenge` (required; text that is written as it is), `kind` (`Key`, which is the
 *     default, `PasswordProtectedKey` or `RecoveryKey`), `credential_id` (text; 32 random bytes in base64url if it is
 *     absent), `algorithm` (as for cm_signer_new()), `profile`, `origin`, `cross_origin` (as for
 *     cm_client_data_encode()), `public_key_pem` (the text to register, if another than SPKI in PEM),
 *     `attestation_order` (of the members of the attestation data: `docs`, which is the default, or `2026`),
 *     `encrypted_private_key` (text that is stored with the credential; required for a `PasswordProtectedKey`, refused
 *     for a `Key`, and where it holds PEM of a private key in the clear), `name` (text).
 * @param options_length [in] its bytes.
 * @param out [out] the credential as JSON, the `firstFactorCredential` of `POST /auth/registration`, without a NUL.
 * @param out_length [in, out] the room at `out`; then the size of the text. Where the room does not do for the longest
 *     signature, nothing is signed and the size that does is told. 4096 bytes do for a usual one.
 * @return CM_OK; CM_ARGUMENT_..., CM_ALGORITHM_..., CM_LIMIT_..., CM_JSON_..., CM_KEY_...;
 *     CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_credential_create(cm_private_key key,
                               const char *options,
                               size_t options_length,
                               uint8_t *out,
                               size_t *out_length);

/**
 * Verifies an assertion of a key credential.
 *
 * @param assertion [in] the assertion as it was sent, JSON.
 * @param assertion_length [in] its bytes.
 * @param public_key [in] the key the credential was registered with.
 * @param expected [in] JSON: `challenge` (required; the text that was given out), `credential_id` (text), `kind`
 *     (`Key`, `PasswordProtectedKey` or `RecoveryKey`), `profile` (the name of a profile whose bytes the client data
 *     must be), `origin` (text), `cross_origin` (true or false), `algorithm` (the one the credential was registered
 *     with, as for cm_signer_new()), `padding` (`pkcs1v15`, which is the default, or `pss`; for RSA keys), `low_s`
 *     (true refuses an ECDSA signature whose s is in the upper half of the group), `allow_padded_base64url` (true or
 *     false, which is the default). What is absent is not asked, but for `cross_origin`: client data that say true are
 *     refused unless it says true.
 * @param expected_length [in] its bytes.
 * @param out [out, optional] what was verified, as JSON: `kind`, `credential_id` (texts), `client_data` (Client data),
 *     `algorithm` (as the message names it, or null), `hash` (`SHA-256`, `SHA-384` or `SHA-512`; null for EdDSA keys),
 *     `signature` (bytes); without a NUL. NULL, with `out_length` NULL too, where only the status is wanted.
 * @param out_length [in, out, optional] the room at `out`; then the size of the text.
 * @return CM_OK if it verifies. Otherwise the first reason: CM_JSON_..., CM_ASSERTION_..., CM_CLIENT_DATA_...,
 *     CM_BASE64URL_..., CM_ALGORITHM_..., CM_SIGNATURE_INVALID, CM_LIMIT_...; for `expected` CM_ARGUMENT_...,
 *     CM_JSON_..., CM_LIMIT_... and, for an `algorithm` or `padding` that the key does not have, CM_ALGORITHM_...;
 *     CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_assertion_verify(const char *assertion,
                              size_t assertion_length,
                              cm_public_key public_key,
                              const char *expected,
                              size_t expected_length,
                              uint8_t *out,
                              size_t *out_length);

/**
 * Tells step by step what is right and wrong with an assertion.
 *
 * @param assertion [in] as for cm_assertion_verify().
 * @param assertion_length [in] its bytes.
 * @param public_key [in] as for cm_assertion_verify().
 * @param expected [in] as for cm_assertion_verify().
 * @param expected_length [in] its bytes.
 * @param out [out] a Report as JSON, without a NUL. Its steps: `shape`, `kind`, `credential_id`, `client_data`,
 *     `type`, `challenge`, `origin`, `cross_origin`, `profile`, `algorithm`, `signature`.
 * @param out_length [in, out] the room at `out`; then the size of the text.
 * @return CM_OK, whatever the report says, also of a message that is too long to be read; CM_LIMIT_SIZE for one of
 *     more than 1 GiB; for `expected` as cm_assertion_verify();
 *     CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_assertion_explain(const char *assertion,
                               size_t assertion_length,
                               cm_public_key public_key,
                               const char *expected,
                               size_t expected_length,
                               uint8_t *out,
                               size_t *out_length);

/**
 * Verifies a new key credential: that its key signed its own public key and the challenge.
 *
 * @param credential [in] one credential as it was sent, JSON; not the whole registration body.
 * @param credential_length [in] its bytes.
 * @param public_key [in, optional] the key it must register; 0 takes any, so look at the status of what gave
 *     the handle.
 * @param expected [in] JSON, as for cm_assertion_verify(), without `algorithm`: a new credential states its own.
 * @param expected_length [in] its bytes.
 * @param out [out, optional] what was verified, as JSON: `public_key_pem` (text, to the byte as it was signed: store
 *     it), `fingerprint` (text, what was signed), and as for cm_assertion_verify() `kind`, `credential_id`,
 *     `client_data`, `algorithm`, `hash`, `signature`; without a NUL. NULL, with `out_length` NULL too, where only the
 *     status is wanted.
 * @param out_length [in, out, optional] the room at `out`; then the size of the text.
 * @return CM_OK if it verifies. Otherwise the first reason, as for cm_assertion_verify(), and CM_CREDENTIAL_...,
 *     CM_ATTESTATION_..., CM_HEX_..., CM_PEM_..., CM_DER_..., CM_KEY_....
 */
cm_status cm_attestation_verify(const char *credential,
                                size_t credential_length,
                                cm_public_key public_key,
                                const char *expected,
                                size_t expected_length,
                                uint8_t *out,
                                size_t *out_length);

/**
 * Tells step by step what is right and wrong with a new key credential.
 *
 * @param credential [in] as for cm_attestation_verify().
 * @param credential_length [in] its bytes.
 * @param public_key [in, optional] as for cm_attestation_verify().
 * @param expected [in] as for cm_attestation_verify().
 * @param expected_length [in] its bytes.
 * @param out [out] a Report as JSON, without a NUL. Its steps: those of cm_assertion_explain(), and before `algorithm`
 *     `attestation_data` and `public_key`.
 * @param out_length [in, out] the room at `out`; then the size of the text.
 * @return as cm_assertion_explain().
 */
cm_status cm_attestation_explain(const char *credential,
                                 size_t credential_length,
                                 cm_public_key public_key,
                                 const char *expected,
                                 size_t expected_length,
                                 uint8_t *out,
                                 size_t *out_length);

/**
 * Makes a new private key.
 *
 * @param algorithm [in] `ES256`, `ES384`, `ES512`, `ES256K`, `Ed25519`, `Ed448` or `RS256`; also `RSA` and the curves
 *     `P-256`, `P-384`, `P-521` and `secp256k1`.
 * @param algorithm_length [in] its bytes.
 * @param bits [in] the size of an RSA key: 2048, 3072, 4096 or 8192; for other keys it is not looked at.
 * @param key [out] the handle, to be closed with cm_private_key_close(); 0 where the call fails.
 * @return CM_OK; CM_ALGORITHM_UNKNOWN (also for the ML-DSA ones, which are only verified with), CM_ARGUMENT_VALUE for
 *     `bits`, CM_LIMIT_SIZE, CM_LIMIT_COUNT; CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_private_key_generate(const char *algorithm,
                                  size_t algorithm_length,
                                  uint32_t bits,
                                  cm_private_key *key);

/**
 * Loads a private key from PEM: PKCS#8 (RFC 5958), encrypted or not, SEC1 (RFC 5915) or PKCS#1 (RFC 8017).
 *
 * @param pem [in] the text; explanatory text around it is passed over.
 * @param pem_length [in] its bytes.
 * @param password [in, optional] the password, if the key is encrypted; NULL for none.
 * @param password_length [in] its bytes.
 * @param key [out] the handle, to be closed with cm_private_key_close(); 0 where the call fails.
 * @return CM_OK; CM_PEM_..., CM_DER_..., CM_KEY_..., CM_ALGORITHM_..., CM_LIMIT_...; CM_C_NULL_POINTER,
 *     CM_C_OVERLAP.
 */
cm_status cm_private_key_from_pem(const char *pem,
                                  size_t pem_length,
                                  const char *password,
                                  size_t password_length,
                                  cm_private_key *key);

/**
 * Loads a private key from DER: as cm_private_key_from_pem() without the text around it.
 *
 * @param der [in] the bytes.
 * @param der_length [in] their count.
 * @param password [in, optional] the password, if the key is encrypted; NULL for none.
 * @param password_length [in] its bytes.
 * @param key [out] the handle, to be closed with cm_private_key_close(); 0 where the call fails.
 * @return as cm_private_key_from_pem().
 */
cm_status cm_private_key_from_der(const uint8_t *der,
                                  size_t der_length,
                                  const char *password,
                                  size_t password_length,
                                  cm_private_key *key);

/**
 * Loads a private key from a JWK (RFC 7517).
 *
 * @param jwk [in] the JSON text.
 * @param jwk_length [in] its bytes.
 * @param key [out] the handle, to be closed with cm_private_key_close(); 0 where the call fails.
 * @return CM_OK; CM_JSON_..., CM_JWK_..., CM_BASE64URL_..., CM_KEY_..., CM_ALGORITHM_..., CM_LIMIT_...;
 *     CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_private_key_from_jwk(const char *jwk,
                                  size_t jwk_length,
                                  cm_private_key *key);

/**
 * The public key of a private key, as a handle of its own.
 *
 * @param key [in] the private key.
 * @param public_key [out] the handle, to be closed with cm_public_key_close(); 0 where the call fails.
 * @return CM_OK; CM_KEY_CLOSED, CM_LIMIT_COUNT; CM_C_HANDLE_INVALID, CM_C_NULL_POINTER.
 */
cm_status cm_private_key_public(cm_private_key key,
                                cm_public_key *public_key);

/**
 * Writes a private key. The result is a secret: overwrite the buffer when it is no longer needed.
 *
 * @param key [in] the private key.
 * @param encoding [in] `pem`, `der` or `jwk`.
 * @param encoding_length [in] its bytes.
 * @param format [in, optional] `pkcs8`, `sec1` or `pkcs1`; NULL for `pkcs8`. A JWK has no format to choose.
 * @param format_length [in] its bytes.
 * @param password [in, optional] encrypts a PKCS#8 key (PBES2); NULL writes it in the clear.
 * @param password_length [in] its bytes.
 * @param out [out] the encoded key, without a NUL.
 * @param out_length [in, out] the room at `out`; then the size of the result.
 * @return CM_OK; CM_ARGUMENT_VALUE, CM_ALGORITHM_MISMATCH (a format that this kind of key does not have),
 *     CM_KEY_CLOSED, CM_LIMIT_SIZE; CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_private_key_export(cm_private_key key,
                                const char *encoding,
                                size_t encoding_length,
                                const char *format,
                                size_t format_length,
                                const char *password,
                                size_t password_length,
                                uint8_t *out,
                                size_t *out_length);

/**
 * Signs a message. ECDSA gives DER, EdDSA R and s, RSA as many bytes as the modulus has.
 *
 * @param key [in] the private key.
 * @param message [in] the bytes to sign.
 * @param message_length [in] their count.
 * @param hash [in, optional] `SHA-256`, `SHA-384` or `SHA-512`, for EC and RSA keys; NULL for SHA-256.
 * @param hash_length [in] its bytes.
 * @param padding [in, optional] `pkcs1v15` or `pss`, for RSA keys; NULL for `pkcs1v15`.
 * @param padding_length [in] its bytes.
 * @param out [out] the signature.
 * @param out_length [in, out] the room at `out`; then the size of the signature. Where the room does not do for
 *     the longest signature of the key, nothing is signed and that size is told: 75 to 143 bytes for ECDSA, 64 for
 *     Ed25519, 114 for Ed448, as many as the modulus has for RSA (1024 at most).
 * @return CM_OK; CM_ARGUMENT_VALUE, CM_ALGORITHM_MISMATCH, CM_LIMIT_SIZE, CM_KEY_CLOSED; CM_C_BUFFER_TOO_SMALL,
 *     CM_C_HANDLE_INVALID, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_private_key_sign(cm_private_key key,
                              const uint8_t *message,
                              size_t message_length,
                              const char *hash,
                              size_t hash_length,
                              const char *padding,
                              size_t padding_length,
                              uint8_t *out,
                              size_t *out_length);

/**
 * Closes a private key and wipes it, as soon as the calls that use it on other threads have finished. Signers
 * that were made of it can sign no more.
 *
 * @param key [in] the handle.
 * @return CM_OK, CM_C_HANDLE_INVALID, CM_KEY_CLOSED.
 */
cm_status cm_private_key_close(cm_private_key key);

/**
 * Loads a public key from PEM: SPKI (RFC 5280) or PKCS#1 (RFC 8017).
 *
 * @param pem [in] the text.
 * @param pem_length [in] its bytes.
 * @param key [out] the handle, to be closed with cm_public_key_close(); 0 where the call fails.
 * @return as cm_private_key_from_pem().
 */
cm_status cm_public_key_from_pem(const char *pem,
                                 size_t pem_length,
                                 cm_public_key *key);

/**
 * Loads a public key from DER: SPKI (RFC 5280) or PKCS#1 (RFC 8017).
 *
 * @param der [in] the bytes.
 * @param der_length [in] their count.
 * @param key [out] the handle, to be closed with cm_public_key_close(); 0 where the call fails.
 * @return as cm_private_key_from_pem().
 */
cm_status cm_public_key_from_der(const uint8_t *der,
                                 size_t der_length,
                                 cm_public_key *key);

/**
 * Loads a public key from a JWK (RFC 7517).
 *
 * @param jwk [in] the JSON text.
 * @param jwk_length [in] its bytes.
 * @param key [out] the handle, to be closed with cm_public_key_close(); 0 where the call fails.
 * @return as cm_private_key_from_jwk().
 */
cm_status cm_public_key_from_jwk(const char *jwk,
                                 size_t jwk_length,
                                 cm_public_key *key);

/**
 * What there is to say of a public key, as JSON: `algorithm` (`ES256`, `ES384`, `ES512`, `ES256K`, `Ed25519`, `Ed448`,
 * `RS256`, `ML-DSA-44`, `ML-DSA-65` or `ML-DSA-87`), `curve` (`P-256`, `P-384`, `P-521`, `secp256k1`, `Ed25519`,
 * `Ed448`; null for others), `bits` (a number), `fingerprint` (bytes, SHA-256 of the SPKI), `thumbprint` (bytes, RFC
 * 7638), `pem` (text, SPKI).
 *
 * @param key [in] the public key.
 * @param out [out] the JSON text, without a NUL.
 * @param out_length [in, out] the room at `out`; then the size of the text.
 * @return CM_OK; CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER,
 *     CM_C_OVERLAP.
 */
cm_status cm_public_key_describe(cm_public_key key,
                                 uint8_t *out,
                                 size_t *out_length);

/**
 * Writes a public key.
 *
 * @param key [in] the public key.
 * @param encoding [in] `pem`, `der` or `jwk`.
 * @param encoding_length [in] its bytes.
 * @param format [in, optional] `spki` or `pkcs1`; NULL for `spki`. A JWK has no format to choose.
 * @param format_length [in] its bytes.
 * @param out [out] the encoded key, without a NUL.
 * @param out_length [in, out] the room at `out`; then the size of the result.
 * @return CM_OK; CM_ARGUMENT_VALUE, CM_ALGORITHM_MISMATCH (a format that this kind of key does not have),
 *     CM_LIMIT_SIZE; CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_public_key_export(cm_public_key key,
                               const char *encoding,
                               size_t encoding_length,
                               const char *format,
                               size_t format_length,
                               uint8_t *out,
                               size_t *out_length);

/**
 * Verifies a signature over a message.
 *
 * @param key [in] the public key.
 * @param message [in] the bytes that were signed.
 * @param message_length [in] their count.
 * @param signature [in] the signature: DER for ECDSA, R and s for EdDSA, as many bytes as the modulus has for RSA.
 * @param signature_length [in] its bytes.
 * @param hash [in, optional] as for cm_private_key_sign().
 * @param hash_length [in] its bytes.
 * @param padding [in, optional] as for cm_private_key_sign().
 * @param padding_length [in] its bytes.
 * @param low_s [in] not 0 to refuse an ECDSA signature whose s is in the upper half of the group.
 * @return CM_OK if it verifies; CM_SIGNATURE_INVALID whatever is wrong with it; CM_ARGUMENT_VALUE,
 *     CM_ALGORITHM_MISMATCH, CM_LIMIT_SIZE; CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER.
 */
cm_status cm_public_key_verify(cm_public_key key,
                               const uint8_t *message,
                               size_t message_length,
                               const uint8_t *signature,
                               size_t signature_length,
                               const char *hash,
                               size_t hash_length,
                               const char *padding,
                               size_t padding_length,
                               uint32_t low_s);

/**
 * Turns an ECDSA signature from r and s, one after the other (IEEE P1363, JOSE, Web Crypto), to DER, strictly.
 *
 * @param signature [in] r and s, each as long as the field of the curve.
 * @param signature_length [in] its bytes.
 * @param curve [in] `P-256`, `P-384`, `P-521` or `secp256k1`.
 * @param curve_length [in] its bytes.
 * @param out [out] the signature in DER.
 * @param out_length [in, out] the room at `out`; then the size of the signature.
 * @return CM_OK; CM_SIGNATURE_INVALID, CM_ALGORITHM_CURVE, CM_ARGUMENT_VALUE, CM_LIMIT_SIZE;
 *     CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_ecdsa_raw_to_der(const uint8_t *signature,
                              size_t signature_length,
                              const char *curve,
                              size_t curve_length,
                              uint8_t *out,
                              size_t *out_length);

/**
 * Turns an ECDSA signature from DER to r and s, one after the other, strictly.
 *
 * @param signature [in] the signature in DER.
 * @param signature_length [in] its bytes.
 * @param curve [in] as for cm_ecdsa_raw_to_der().
 * @param curve_length [in] its bytes.
 * @param out [out] r and s, each as long as the field of the curve.
 * @param out_length [in, out] the room at `out`; then the size of the signature.
 * @return as cm_ecdsa_raw_to_der().
 */
cm_status cm_ecdsa_der_to_raw(const uint8_t *signature,
                              size_t signature_length,
                              const char *curve,
                              size_t curve_length,
                              uint8_t *out,
                              size_t *out_length);

/**
 * Closes a public key.
 *
 * @param key [in] the handle.
 * @return CM_OK, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED.
 */
cm_status cm_public_key_close(cm_public_key key);

/**
 * Makes a signer of user actions of a private key.
 *
 * @param key [in] the private key; the signer can sign for as long as it is open.
 * @param options [in] JSON: `credential_id` (required; text), `kind` (`Key`, which is the default,
 *     `PasswordProtectedKey` or `RecoveryKey`; it says which list of a challenge must name the credential),
 *     `report_kind` (the kind that assertions state, if another), `algorithm` (what assertions state, and the hash:
 *     `SHA256`, `SHA512`, and for RSA keys also `RSA-SHA256` or `RSA-SHA512`; by default they state nothing and the
 *     hash is SHA-256), `padding` (`pkcs1v15`, which is the default, or `pss`; for RSA keys), `profile`,
 *     `cross_origin` (as for cm_client_data_encode()), `app_origin` (the origin in the client data; text).
 * @param options_length [in] its bytes.
 * @param signer [out] the handle, to be closed with cm_signer_close(); 0 where the call fails.
 * @return CM_OK; CM_ARGUMENT_..., CM_ALGORITHM_..., CM_LIMIT_..., CM_JSON_..., CM_KEY_CLOSED;
 *     CM_C_HANDLE_INVALID, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_signer_new(cm_private_key key,
                        const char *options,
                        size_t options_length,
                        cm_signer *signer);

/**
 * Signs a challenge, once its list of credentials allows this one.
 *
 * @param signer [in] the signer.
 * @param challenge [in] the JSON of the server's answer to `POST /auth/action/init`, as it came.
 * @param challenge_length [in] its bytes.
 * @param out [out] the assertion as JSON, the `firstFactor` of `POST /auth/action`, without a NUL.
 * @param out_length [in, out] the room at `out`; then the size of the assertion. Where the room does not do for the
 *     longest assertion over this challenge, nothing is signed and that size is told. 1024 bytes do for a usual one.
 * @return CM_OK; CM_JSON_..., CM_CHALLENGE_..., CM_LIMIT_..., CM_KEY_CLOSED; CM_C_BUFFER_TOO_SMALL,
 *     CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_signer_sign(cm_signer signer,
                         const char *challenge,
                         size_t challenge_length,
                         uint8_t *out,
                         size_t *out_length);

/**
 * Signs many challenges in one call, on several threads. Each has a status of its own: one that fails stops no other.
 *
 * @param signer [in] the signer.
 * @param challenges [in] the JSON texts, one after the other.
 * @param challenges_length [in] the bytes of all of them.
 * @param offsets [in] `count` + 1 numbers: the text at place i goes from offsets[i] to
 *     offsets[i + 1]. They do not go down.
 * @param count [in] how many challenges there are, at most 1,048,576.
 * @param threads [in] how many threads work on them, the calling one among them, 1 to 1024; 0 for as many as the
 *     environment variable COUNTERMARK_THREADS says (which nobody may change at the same time), or, where that is not
 *     set, one for each processor. They make no difference to what comes out.
 * @param out [out] the assertions, one after the other, without NULs.
 * @param out_length [in, out] the room at `out`; then the size of all of them. Where the room does not do for the
 *     longest assertions over these challenges, nothing is signed and that size is told.
 * @param out_offsets [out] `count` + 1 numbers: where each assertion begins and ends; nothing for one that failed.
 * @param statuses [out] `count` statuses, each as cm_signer_sign() would return it. cm_last_error_json() does not tell
 *     of them. It may be NULL where `count` is 0.
 * @return CM_OK if there is a status for each; CM_ARGUMENT_VALUE for offsets that go down or do not fit, for
 *     `threads`, and for COUNTERMARK_THREADS; CM_LIMIT_COUNT, CM_LIMIT_SIZE, CM_KEY_CLOSED; CM_C_BUFFER_TOO_SMALL,
 *     CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_signer_sign_many(cm_signer signer,
                              const char *challenges,
                              size_t challenges_length,
                              const size_t *offsets,
                              size_t count,
                              uint32_t threads,
                              uint8_t *out,
                              size_t *out_length,
                              size_t *out_offsets,
                              cm_status *statuses);

/**
 * Closes a signer. Its key stays open.
 *
 * @param signer [in] the handle.
 * @return CM_OK, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED.
 */
cm_status cm_signer_close(cm_signer signer);

/**
 * The dotted name of a status, the same as in Python, such as `client_data.challenge_mismatch`; `ok` for CM_OK.
 *
 * @param status any number.
 * @return text with a NUL at its end that lives as long as the library; `"unknown"` for a number that is none
 *     of this library's. Never NULL.
 */
const char *cm_status_code_name(cm_status status);

/**
 * The version of the library.
 *
 * @return text with a NUL at its end that lives as long as the library, such as `"0.1.0"`.
 */
const char *cm_version(void);

/**
 * The version of the ABI that the library has: compare it with `CM_ABI_VERSION` where the library was loaded at run
 * time. It changes only where a program that was built before would no longer work.
 *
 * @return the number.
 */
uint32_t cm_abi_version(void);

/**
 * Makes trust anchors of certificates: roots, intermediates or leaves.
 *
 * @param certificates [in] any number of certificates in PEM, or one in DER. Nothing at all makes a set to which no
 *     attestation leads.
 * @param certificates_length [in] its bytes.
 * @param anchors [out] the handle, to be closed with cm_trust_anchors_close(); 0 where the call fails.
 * @return CM_OK; CM_PEM_..., CM_DER_..., CM_CERTIFICATE_..., CM_ALGORITHM_... (PEM of something else), CM_LIMIT_...;
 *     CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_trust_anchors_new(const char *certificates,
                               size_t certificates_length,
                               cm_trust_anchors *anchors);

/**
 * Closes trust anchors. Calls that use them on other threads finish.
 *
 * @param anchors [in] the handle.
 * @return CM_OK, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED.
 */
cm_status cm_trust_anchors_close(cm_trust_anchors anchors);

/**
 * Verifies the registration of a passkey (WebAuthn section 7.1).
 *
 * @param response [in] JSON: `PublicKeyCredential.toJSON()` of the browser, or a `Fido2` body of the Dfns API.
 * @param response_length [in] its bytes.
 * @param policy [in] JSON. For every ceremony, the first three required:
 *     `challenge`: the text that was given out, or in its place `challenge_b64u`: the bytes, in base64url;
 *     `origin`: the origin that is taken, or a list of several; compared to the byte;
 *     `rp_id`: the id of the relying party, such as `example.com`;
 *     `challenge_form`: how the challenge stands in the client data: `verbatim`, `encoded` (in base64url) or `either`;
 *     by default text `verbatim` and bytes `encoded`, but text `either` way in a `Fido2` body;
 *     `top_origin`: the origins of pages that may embed the call, one or a list; by default any;
 *     `allow_cross_origin`: whether a page of another origin may embed it (false);
 *     `require_user_presence`, `require_user_verification`: refuse without the flag (true);
 *     `credential_id`: the id it must have, in base64url; by default any;
 *     `limited_verification`: the client data must pass WebAuthn 5.8.1.2 too (false);
 *     `allow_sha1`: take signatures with SHA-1 (false);
 *     `strictness`: `interoperable` (the default) lets pass what real devices send and tells of it; or `strict`;
 *     `allow_padded_base64url`: in the response (false).
 *     For registrations:
 *     `algorithms`: a list of the COSE numbers that were offered, such as [-7, -8, -257]; by default every one that is
 *     known, -65535 (RS1) only with `allow_sha1`;
 *     `formats`: the attestation formats that are taken, a list or one of `none`, `packed`, `fido-u2f`, `tpm`,
 *     `android-key`, `android-safetynet`, `apple`, `compound`; by default all;
 *     `at`: the time to judge certificates at, in seconds since 1970, up to the end of the year 9999; required with
 *     trust anchors;
 *     `require_trust`: refuse an attestation that leads to no anchor (true with trust anchors, else false);
 *     `compound_policy`: how many statements of a compound attestation must verify: `all` (the default), `any` or a
 *     number from 1 to 8;
 *     `tpm_vendors`: the TPM manufacturers that are taken, a list or one, such as `id:494E5443`; by default any;
 *     `require_tee`: the trusted environment must hold an Android key (true);
 *     `repair_cose_map_count`: read an Ed25519 key whose map says one entry too few, as some authenticators wrote it
 *     (false).
 * @param policy_length [in] its bytes.
 * @param trust [in, optional] the anchors that the attestation must lead to; 0 judges no trust, so look at the
 *     status of what gave the handle.
 * @param out [out, optional] what was verified, as JSON: `credential_id` (bytes: store them), `public_key` (bytes of
 *     COSE: store them, they are what cm_authentication_verify() takes), `public_key_pem` (text), `algorithm` (the
 *     COSE number), `authenticator_data` (Authenticator data, with the `sign_count` and the flags to store),
 *     `client_data` (Client data of a passkey), `attestation` (Attestation), `transports` (a list of texts),
 *     `authenticator_attachment` (text or null), `client_extensions` (Client extensions), `tolerated` (Tolerated);
 *     without a NUL. NULL, with `out_length` NULL too, where only the status is wanted.
 * @param out_length [in, out, optional] the room at `out`; then the size of the text. 16384 bytes do for a usual one.
 * @return CM_OK if it verifies, otherwise the first reason. For `policy`, before the response is looked at:
 *     CM_ARGUMENT_..., CM_JSON_..., CM_BASE64URL_..., CM_ALGORITHM_..., CM_LIMIT_...; the `argument` of
 *     cm_last_error_json() tells these from those of the response. CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID,
 *     CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
 */
cm_status cm_registration_verify(const char *response,
                                 size_t response_length,
                                 const char *policy,
                                 size_t policy_length,
                                 cm_trust_anchors trust,
                                 uint8_t *out,
                                 size_t *out_length);

/**
 * Tells step by step what is right and wrong with the registration of a passkey.
 *
 * @param response [in] as for cm_registration_verify().
 * @param response_length [in] its bytes.
 * @param policy [in] as for cm_registration_verify().
 * @param policy_length [in] its bytes.
 * @param trust [in, optional] as for cm_registration_verify().
 * @param out [out] a Report as JSON, without a NUL. Its steps: `shape`, `client_data`, `type`, `challenge`, `origin`,
 *     `cross_origin`, `top_origin`, `serialization`, `attestation_object`, `rp_id`, `user_presence`,
 *     `user_verification`, `backup_flags`, `algorithm`, `credential_id`, `attestation`, `trust`.
 * @param out_length [in, out] the room at `out`; then the size of the text.
 * @return CM_OK, whatever the report says; for `policy` and of the library as cm_registration_verify().
 */
cm_status cm_registration_explain(const char *response,
                                  size_t response_length,
                                  const char *policy,
                                  size_t policy_length,
                                  cm_trust_anchors trust,
                                  uint8_t *out,
                                  size_t *out_length);

/**
 * Verifies a login with a passkey (WebAuthn section 7.2).
 *
 * @param response [in] JSON: `PublicKeyCredential.toJSON()` of the browser, or a `Fido2` body of the Dfns API.
 * @param response_length [in] its bytes.
 * @param public_key [in] the COSE key that was stored at registration.
 * @param public_key_length [in] its bytes.
 * @param policy [in] JSON: what cm_registration_verify() has for every ceremony, and `user_handle`: the user whose
 *     credential it is, in base64url; a response that names none passes only where `credential_id` is given;
 *     `sign_count`: the counter that was stored, 0 to 4294967295; by default nothing is compared; `sign_count_policy`:
 *     `require` refuses a counter that does not go up, unless both are 0 (the default); `warn` and `ignore` let it
 *     pass, and the result tells; `backup_eligible`: the flag that was stored; by default nothing is compared;
 *     `appid`: the identifier of the FIDO AppID extension (WebAuthn 10.1.1), whose hash is expected where the client
 *     says that it used it; `allow_payment`: take assertions of Secure Payment Confirmation too (false). The signature
 *     covers neither the credential id nor the user handle, so give what was stored.
 * @param policy_length [in] its bytes.
 * @param out [out, optional] what was verified, as JSON: `credential_id` (bytes), `user_handle` (bytes or null),
 *     `authenticator_data` (Authenticator data, with the `sign_count` to store), `client_data` (Client data of a
 *     passkey), `sign_count_status` (`ok`, `unsupported` where both are 0, `regressed` or `not_checked`), `signature`
 *     (bytes), and as for cm_registration_verify() `transports`, `authenticator_attachment`, `client_extensions`,
 *     `tolerated`; without a NUL. NULL, with `out_length` NULL too, where only the status is wanted.
 * @param out_length [in, out, optional] the room at `out`; then the size of the text.
 * @return as cm_registration_verify(), and for `public_key` CM_CBOR_..., CM_COSE_..., CM_KEY_..., CM_ALGORITHM_...
 *     (CM_ALGORITHM_LEGACY_HASH for an RS1 key without `allow_sha1`), CM_LIMIT_....
 */
cm_status cm_authentication_verify(const char *response,
                                   size_t response_length,
                                   const uint8_t *public_key,
                                   size_t public_key_length,
                                   const char *policy,
                                   size_t policy_length,
                                   uint8_t *out,
                                   size_t *out_length);

/**
 * Tells step by step what is right and wrong with a login with a passkey.
 *
 * @param response [in] as for cm_authentication_verify().
 * @param response_length [in] its bytes.
 * @param public_key [in] as for cm_authentication_verify().
 * @param public_key_length [in] its bytes.
 * @param policy [in] as for cm_authentication_verify().
 * @param policy_length [in] its bytes.
 * @param out [out] a Report as JSON, without a NUL. Its steps: `shape`, `credential_id`, `user_handle`, `client_data`,
 *     `type`, `challenge`, `origin`, `cross_origin`, `top_origin`, `serialization`, `authenticator_data`, `rp_id`,
 *     `user_presence`, `user_verification`, `backup_flags`, `backup_eligibility`, `signature`, `sign_count`.
 * @param out_length [in, out] the room at `out`; then the size of the text.
 * @return CM_OK, whatever the report says; for `policy`, `public_key` and of the library as
 *     cm_authentication_verify().
 */
cm_status cm_authentication_explain(const char *response,
                                    size_t response_length,
                                    const uint8_t *public_key,
                                    size_t public_key_length,
                                    const char *policy,
                                    size_t policy_length,
                                    uint8_t *out,
                                    size_t *out_length);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* COUNTERMARK_H */
