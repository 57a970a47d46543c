//! Signing challenges, one or many.

use std::ffi::c_char;
use std::sync::Arc;

use countermark_core::batch::{Batch, shared};
use countermark_core::dfns::assertion::Signing;
use countermark_core::dfns::{CredentialKind, Profile, challenge};
use countermark_core::error::{Code, Error, Result as CoreResult};
use countermark_core::format::base64url;
use countermark_core::format::record::Record;
use countermark_core::key::PrivateKey;
use countermark_core::key::signing::Scheme;

use crate::call::{About, Failure, INPUT, Result, enter};
use crate::handles;
use crate::keys::{cm_private_key, most_signature};
use crate::options::Options;
use crate::status::{CM_OK, cm_status};
use crate::writer::string;

/// How one credential signs, as a handle.
pub type cm_signer = u64;

/// A credential and its key. The key is kept as a handle, so that closing it ends the signer as well.
pub(crate) struct Signer {
    signing: Signing,
    key: cm_private_key,
    /// The assertion up to the client data, the text between them and the signature, and the rest.
    parts: [String; 3],
    most_signature: usize,
}

impl Signer {
    fn new(options: &[u8], handle: cm_private_key, key: &PrivateKey) -> CoreResult<Self> {
        let public = key.public_key();
        let mut options = Options::read(options)?;
        let kind = CredentialKind::parse(&options.text_or("kind", "Key")?)?;
        let report_kind = options.optional_text("report_kind")?;
        let padding = options.optional_text("padding")?;
        let padding = Scheme::parse(None, padding.as_deref(), public.algorithm())?.padding;
        let signing = Signing {
            credential_id: options.text("credential_id")?,
            kind,
            reported_kind: report_kind.as_deref().map_or(Ok(kind), CredentialKind::parse)?,
            algorithm: options.optional_text("algorithm")?,
            scheme: Scheme::default(),
            profile: Profile::parse(&options.text_or("profile", "canonical")?)?,
            origin: options.optional_text("app_origin")?,
            cross_origin: options.optional_flag("cross_origin")?,
        };
        options.finish()?;
        let signing = signing.check(public.algorithm(), padding)?;
        let head = format!(
            "{{\"kind\":{},\"credentialAssertion\":{{\"credId\":{},\"clientData\":\"",
            string(signing.reported_kind.name()),
            string(&signing.credential_id),
        );
        let algorithm = signing.algorithm.as_deref().map(|name| format!(",\"algorithm\":{}", string(name)));
        let tail = format!("\"{}}}}}", algorithm.unwrap_or_default());
        let parts = [head, "\",\"signature\":\"".to_owned(), tail];
        Ok(Self { signing, key: handle, parts, most_signature: most_signature(key) })
    }

    /// The client data to sign, if the challenge allows this credential.
    fn accept(&self, text: &[u8]) -> CoreResult<String> {
        let record = Record::from_json(text)?;
        let accepted = challenge::accept(&record, self.signing.kind, &self.signing.credential_id)?;
        self.signing.client_data(accepted)
    }

    /// Bytes of the longest assertion over these client data.
    fn most_assertion(&self, client_data: &str) -> usize {
        // Padded base64url is the longer one, and one profile writes it.
        let encoded = |bytes: usize| bytes.div_ceil(3) * 4;
        self.parts.iter().map(String::len).sum::<usize>()
            + encoded(client_data.len())
            + encoded(self.most_signature)
    }

    /// The assertion over these client data.
    fn sign(&self, key: &PrivateKey, client_data: &str) -> CoreResult<String> {
        let signature = key.sign(client_data.as_bytes(), self.signing.scheme)?;
        let mut out = String::with_capacity(self.most_assertion(client_data));
        let [head, between, tail] = &self.parts;
        let padded = self.signing.profile.padded;
        let mut encode = |text: &str, bytes: &[u8]| {
            out.push_str(text);
            if padded {
                out.push_str(&base64url::encode_padded(bytes));
            } else {
                base64url::encode_into(bytes, &mut out);
            }
        };
        encode(head, client_data.as_bytes());
        encode(between, &signature);
        out.push_str(tail);
        Ok(out)
    }
}

/// Makes a signer of user actions of a private key.
///
/// @param key [in] the private key; the signer can sign for as long as it is open.
/// @param options [in] JSON: `credential_id` (required; text), `kind` (`Key`, which is the default,
///     `PasswordProtectedKey` or `RecoveryKey`; it says which list of a challenge must name the credential),
///     `report_kind` (the kind that assertions state, if another), `algorithm` (what assertions state, and the hash:
///     `SHA256`, `SHA512`, and for RSA keys also `RSA-SHA256` or `RSA-SHA512`; by default they state nothing and the
///     hash is SHA-256), `padding` (`pkcs1v15`, which is the default, or `pss`; for RSA keys), `profile`,
///     `cross_origin` (as for cm_client_data_encode()), `app_origin` (the origin in the client data; text).
/// @param options_length [in] its bytes.
/// @param signer [out] the handle, to be closed with cm_signer_close(); 0 where the call fails.
/// @return CM_OK; CM_ARGUMENT_..., CM_ALGORITHM_..., CM_LIMIT_..., CM_JSON_..., CM_KEY_CLOSED;
///     CM_C_HANDLE_INVALID, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_signer_new(
    key: cm_private_key,
    options: *const c_char,
    options_length: usize,
    signer: *mut cm_signer,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let handle = call.handle(signer, "signer", &[(options.cast(), options_length)])?;
            let options = call.json(options, options_length, "options")?;
            let private = handles::find::<PrivateKey>(key, "key")?;
            let signer = Signer::new(options, key, &private).about("options")?;
            handle.write(&[handles::keep(Arc::new(signer))?])
        })
    }
}

/// Signs a challenge, once its list of credentials allows this one.
///
/// @param signer [in] the signer.
/// @param challenge [in] the JSON of the server's answer to `POST /auth/action/init`, as it came.
/// @param challenge_length [in] its bytes.
/// @param out [out] the assertion as JSON, the `firstFactor` of `POST /auth/action`, without a NUL.
/// @param out_length [in, out] the room at `out`; then the size of the assertion. Where the room does not do for the
///     longest assertion over this challenge, nothing is signed and that size is told. 1024 bytes do for a usual one.
/// @return CM_OK; CM_JSON_..., CM_CHALLENGE_..., CM_LIMIT_..., CM_KEY_CLOSED; CM_C_BUFFER_TOO_SMALL,
///     CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_signer_sign(
    signer: cm_signer,
    challenge: *const c_char,
    challenge_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let challenge = call.json(challenge, challenge_length, "challenge")?;
            let out = call.output(out, out_length)?;
            let signer = handles::find::<Signer>(signer, "signer")?;
            let key = handles::find::<PrivateKey>(signer.key, "signer")?;
            let client_data = signer.accept(challenge).about("challenge")?;
            out.require(signer.most_assertion(&client_data))?;
            out.write(signer.sign(&key, &client_data)?.as_bytes())
        })
    }
}

/// Challenges of one call.
const MANY: usize = 1 << 20;

/// Signs many challenges in one call, on several threads. Each has a status of its own: one that fails stops no other.
///
/// @param signer [in] the signer.
/// @param challenges [in] the JSON texts, one after the other.
/// @param challenges_length [in] the bytes of all of them.
/// @param offsets [in] `count` + 1 numbers: the text at place i goes from offsets[i] to
///     offsets[i + 1]. They do not go down.
/// @param count [in] how many challenges there are, at most 1,048,576.
/// @param threads [in] how many threads work on them, the calling one among them, 1 to 1024; 0 for as many as the
///     environment variable COUNTERMARK_THREADS says (which nobody may change at the same time), or, where that is not
///     set, one for each processor. They make no difference to what comes out.
/// @param out [out] the assertions, one after the other, without NULs.
/// @param out_length [in, out] the room at `out`; then the size of all of them. Where the room does not do for the
///     longest assertions over these challenges, nothing is signed and that size is told.
/// @param out_offsets [out] `count` + 1 numbers: where each assertion begins and ends; nothing for one that failed.
/// @param statuses [out] `count` statuses, each as cm_signer_sign() would return it. cm_last_error_json() does not tell
///     of them. It may be NULL where `count` is 0.
/// @return CM_OK if there is a status for each; CM_ARGUMENT_VALUE for offsets that go down or do not fit, for
///     `threads`, and for COUNTERMARK_THREADS; CM_LIMIT_COUNT, CM_LIMIT_SIZE, CM_KEY_CLOSED; CM_C_BUFFER_TOO_SMALL,
///     CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_signer_sign_many(
    signer: cm_signer,
    challenges: *const c_char,
    challenges_length: usize,
    offsets: *const usize,
    count: usize,
    threads: u32,
    out: *mut u8,
    out_length: *mut usize,
    out_offsets: *mut usize,
    statuses: *mut cm_status,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            if count > MANY {
                let error = Error::new(Code::LimitCount, "more than 1,048,576 challenges");
                return Err(Failure::Core(error, Some("count")));
            }
            let challenges = call.raw_text(challenges, challenges_length, "challenges", INPUT)?;
            let offsets = call.numbers(offsets, count + 1, "offsets")?;
            let out = call.output(out, out_length)?;
            let out_offsets = call.slots(out_offsets, count + 1, "out_offsets")?;
            let told = if count == 0 { None } else { Some(call.slots(statuses, count, "statuses")?) };
            let asked = Some(usize::try_from(threads).unwrap_or(usize::MAX)).filter(|threads| *threads != 0);
            let threads =
                shared::threads(asked, || std::env::var_os(shared::THREADS_VARIABLE)).about("threads")?;
            let signer = handles::find::<Signer>(signer, "signer")?;
            let key = handles::find::<PrivateKey>(signer.key, "signer")?;
            let refused = || {
                let message = "offsets must not go down and must stay within the challenges";
                Failure::Core(Error::new(Code::ArgumentValue, message), Some("offsets"))
            };
            // Where there are no challenges, there still is one offset.
            if offsets.first().is_some_and(|first| *first > challenges.len()) {
                return Err(refused());
            }
            let texts = offsets
                .iter()
                .zip(offsets.iter().skip(1))
                .map(|(from, to)| challenges.get(*from..*to).ok_or_else(refused));
            let texts = texts.collect::<Result<Vec<&[u8]>>>()?;
            // Client data can be many times what they are made of, so they are kept no longer than it takes to see how
            // long an assertion they make, and made again where they are signed.
            let lengths =
                texts.iter().filter_map(|text| Some(signer.most_assertion(&signer.accept(text).ok()?)));
            let most = lengths.sum();
            out.require(most)?;
            let texts = texts.into_iter().map(<[u8]>::to_vec).collect();
            let mut all = String::with_capacity(most);
            let mut ends = Vec::with_capacity(count + 1);
            let mut outcomes = Vec::with_capacity(count);
            ends.push(0);
            for assertion in sign_all(signer, key, texts, threads) {
                outcomes.push(assertion.map_or_else(
                    |error| error.code().number().into(),
                    |assertion| {
                        all.push_str(&assertion);
                        CM_OK
                    },
                ));
                ends.push(all.len());
            }
            out_offsets.write(&ends)?;
            if let Some(told) = told {
                told.write(&outcomes)?;
            }
            out.write(all.as_bytes())
        })
    }
}

/// The assertions over these challenges, in order, made by as many threads.
fn sign_all(
    signer: Arc<Signer>,
    key: Arc<PrivateKey>,
    challenges: Vec<Vec<u8>>,
    threads: usize,
) -> impl Iterator<Item = CoreResult<String>> {
    let helpers = threads.min(challenges.len()).saturating_sub(1);
    let pool = shared::pool(helpers);
    let work = move |challenge: &mut Vec<u8>| signer.sign(&key, &signer.accept(challenge)?);
    let mut batch = Batch::new(pool.as_deref().map(|pool| (pool, helpers)), challenges.len(), work);
    challenges.into_iter().for_each(|challenge| batch.push(challenge));
    batch.work();
    batch.results().map(|(_, assertion)| assertion)
}

/// Closes a signer. Its key stays open.
///
/// @param signer [in] the handle.
/// @return CM_OK, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED.
#[unsafe(no_mangle)]
pub extern "C" fn cm_signer_close(signer: cm_signer) -> cm_status {
    // SAFETY: no pointer is handed over.
    unsafe { enter(|_| handles::close::<Signer>(signer, "signer")) }
}
