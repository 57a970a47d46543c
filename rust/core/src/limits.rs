//! Every bound on input and work, each with its reason. A value over a bound is refused before it costs.

/// base64url or hexadecimal text: twice the JSON bound, so that whatever we accept we can also encode.
pub const ENCODED_TEXT: usize = 2 * 1024 * 1024;
/// One JSON document. A recovery challenge holds a whole request body; 1 MiB is far above any seen.
pub const JSON_TEXT: usize = 1024 * 1024;
/// Members of a top-level JSON object; protocol objects have fewer than twenty.
pub const JSON_MEMBERS: usize = 1024;
/// Digits before the point of a JSON number: the reader's own bound, which is Python's as well.
pub const JSON_DIGITS: usize = 4300;
/// A challenge string, in bytes of UTF-8.
pub const CHALLENGE: usize = 1024 * 1024;
/// A credential id, in characters.
pub const CREDENTIAL_ID: usize = 1024;
/// PEM text. An RSA-8192 private key takes 6.4 KiB; the rest is room for explanatory text.
pub const PEM_TEXT: usize = 128 * 1024;
/// One DER structure handed to a key parser.
pub const DER: usize = 64 * 1024;
/// One certificate. Those that attest take 1 to 2 KiB; one with ML-DSA-87 key and signature would take 8 KiB.
pub const CERTIFICATE: usize = 16 * 1024;
/// Extensions of a certificate, which are compared with one another; real ones have about ten.
pub const CERTIFICATE_EXTENSIONS: usize = 64;
/// Attributes of a name in a certificate; real ones have fewer than ten.
pub const NAME_ATTRIBUTES: usize = 64;
/// Certificates handed to one path validation.
pub const PATH_CERTIFICATES: usize = 8;
/// Certificates of a path below its anchor.
pub const PATH_DEPTH: usize = 6;
/// Signatures that one path validation verifies, so that names that lead in circles stay cheap.
pub const PATH_SIGNATURES: usize = 32;
/// Trust anchors in one set; the FIDO metadata name fewer than a thousand.
pub const TRUST_ANCHORS: usize = 4096;
/// PEM text of certificates: the largest set of anchors, each a KiB of DER or two.
pub const PEM_CERTIFICATES: usize = 16 * 1024 * 1024;
/// Bits of an RSA key that only an old trust anchor may have.
pub const RSA_LEGACY_MIN_BITS: usize = 1024;
/// PEM text of a public key inside attestation data.
pub const PUBLIC_KEY_PEM: usize = 16 * 1024;
/// A password. Hashing it is linear, so the bound only stops mistakes such as a file in its place.
pub const PASSWORD: usize = 64 * 1024;
/// PBKDF2 iterations of an encrypted key: about a second of one core.
pub const PBKDF2_ITERATIONS: u32 = 2_000_000;
/// Memory of scrypt, 128·N·r bytes.
pub const SCRYPT_MEMORY: u64 = 128 * 1024 * 1024;
/// Work of scrypt, N·r·p.
pub const SCRYPT_WORK: u64 = 1 << 21;
/// Blocks that scrypt mixes, r·p, which take 128 bytes each beside that memory; usual is 8.
pub const SCRYPT_BLOCKS: u64 = 1 << 14;
/// Salt of a key derivation.
pub const KDF_SALT: usize = 1024;
/// Smallest RSA modulus, in bits: NIST SP 800-131A disallows less.
pub const RSA_MIN_BITS: usize = 2048;
/// Largest RSA modulus, in bits: the backend signs up to here.
pub const RSA_MAX_BITS: usize = 8192;
/// Largest RSA public exponent, in bits: a longer one only makes verification expensive.
pub const RSA_EXPONENT_BITS: usize = 33;
/// Entries of a credential allow-list.
pub const ALLOW_LIST: usize = 10_000;
/// One CBOR item: an attestation object with a chain of certificates or post-quantum keys stays under 20 KiB.
pub const CBOR: usize = 64 * 1024;
/// Nesting of CBOR: CTAP2 allows 4 levels, a compound attestation with certificates needs 5.
pub const CBOR_DEPTH: usize = 8;
/// Array entries and map pairs of one CBOR item, at all levels together; the largest seen has 40.
pub const CBOR_ENTRIES: usize = 4096;
/// A credential id, in bytes (WebAuthn section 4, "Credential ID").
pub const WEBAUTHN_CREDENTIAL_ID: usize = 1023;
/// Certificates of an attestation statement; the longest real chain has four.
pub const CERTIFICATES: usize = 8;
/// The signature of an attestation statement or assertion: that of ML-DSA-87 takes 4,627 bytes.
pub const SIGNATURE: usize = 8 * 1024;
/// A FIDO metadata BLOB, and the JSON text in it; the public one has 10 MiB.
pub const METADATA_TEXT: usize = 32 * 1024 * 1024;
/// Entries of a FIDO metadata BLOB; the public one has a few hundred.
pub const METADATA_ENTRIES: usize = 20_000;
/// Status reports, certificates or key identifiers of one metadata entry; real ones have up to thirty.
pub const METADATA_LIST: usize = 1024;
/// Keys or paths that one batch keeps for items that have the same; some of a KiB or two each.
pub const FINDINGS: usize = 4096;
/// Bytes that these are known by: as many chains of two certificates.
pub const FINDINGS_BYTES: usize = 8 * 1024 * 1024;
/// Threads of a batch: more than any machine has cores for; a mistyped number must not exhaust the system.
pub const THREADS: usize = 1024;
/// Characters of an error message.
pub const MESSAGE: usize = 200;
/// Characters of foreign input quoted in an error message.
pub const QUOTE: usize = 32;
