//! A batch allocates what its results take, and a few times a chunk: counted over the whole process, so this file
//! holds one test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::alloc::System;
use std::sync::Arc;

use countermark_core::batch::{Batch, Pool};
use countermark_core::crypto::Curve;
use countermark_core::crypto::ec::EcPrivateKey;
use countermark_core::crypto::ed25519::Ed25519PrivateKey;
use countermark_core::dfns::assertion::{self, AssertionExpectation, Signing};
use countermark_core::dfns::expectation::Expectation;
use countermark_core::dfns::{CredentialKind, Profile};
use countermark_core::error::Result;
use countermark_core::format::base64url::Padding;
use countermark_core::format::record::Record;
use countermark_core::key::signing::Scheme;
use countermark_core::key::{Algorithm, PrivateKey};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ITEMS: usize = 2_000;
/// The items and the results of a chunk each have a place of their own; threads that end together take the last
/// items one by one.
const PER_CHUNK: usize = 2;
/// What a call takes whatever its size, and by how much ECDSA varies: the backend makes a buffer shorter where a
/// signature is.
const BESIDES: usize = 150;

/// Allocations of something, those again of growing or shrinking included.
fn allocations(work: impl FnOnce()) -> usize {
    let region = Region::new(COUNTED);
    work();
    let change = region.change();
    change.allocations + change.reallocations
}

/// What as many single calls and one batch of them allocate: the first is the results and what the backend does.
fn counted<O: Send + 'static>(
    pool: Option<(&Pool, usize)>,
    work: impl Fn(&mut usize) -> Result<O> + Send + Sync + 'static,
) -> (usize, usize) {
    let work = Arc::new(work);
    let single = allocations(|| assert!((0..ITEMS).all(|mut item| work(&mut item).is_ok())));
    let shared = Arc::clone(&work);
    let mut batch = Batch::new(pool, ITEMS, move |item| shared(item));
    let together = allocations(|| {
        for item in 0..ITEMS {
            batch.push(item);
        }
        batch.work();
    });
    assert!(batch.results().all(|(_, result)| result.is_ok()));
    (single, together)
}

fn keys() -> Vec<PrivateKey> {
    let ec = |curve| PrivateKey::Ec(EcPrivateKey::generate(curve).unwrap());
    vec![
        ec(Curve::P256),
        ec(Curve::Secp256k1),
        PrivateKey::Ed25519(Ed25519PrivateKey::from_seed(&[7; 32]).unwrap()),
        PrivateKey::generate(Algorithm::Rs256, 2048).unwrap(),
    ]
}

#[test]
fn a_batch_allocates_its_results_and_no_more() {
    let pool = Pool::new(1).unwrap();
    // Threads that have not signed yet make what they keep for themselves.
    let warm = PrivateKey::Ec(EcPrivateKey::generate(Curve::Secp256k1).unwrap());
    let public = warm.public_key();
    let signed = warm.sign(b"message", Scheme::default()).unwrap();
    for helpers in [0, 1] {
        let (public, signed) = (public.clone(), signed.clone());
        counted(Some((&pool, helpers)), move |_| {
            public.verify(b"message", &signed, Scheme::default(), false)
        });
    }
    for helpers in [0, 1] {
        let chunks = if helpers == 0 { ITEMS / 32 } else { ITEMS / 32 + 2 * 8 * 8 };
        let most = PER_CHUNK * chunks + BESIDES;
        for key in keys() {
            let key = Arc::new(key);
            let name = key.algorithm().name();
            let own = Arc::clone(&key);
            let signing = counted(Some((&pool, helpers)), move |_| own.sign(b"message", Scheme::default()));
            let public = key.public_key();
            let signature = key.sign(b"message", Scheme::default()).unwrap();
            let verifying = counted(Some((&pool, helpers)), move |_| {
                public.verify(b"message", &signature, Scheme::default(), false)
            });
            println!(
                "{name}, {helpers} helpers: signing {signing:?}, verifying {verifying:?}, at most {most} more"
            );
            assert!(signing.1 <= signing.0 + most, "{name} signs");
            assert!(verifying.1 <= verifying.0 + most, "{name} verifies");
        }
        let (single, together) = assertions(&pool, helpers);
        println!("assertions, {helpers} helpers: {single}, {together}");
        assert!(together <= single + most, "assertions");
        assert_eq!(single / ITEMS, ASSERTION, "of a single assertion");
    }
}

/// For an assertion given as JSON text: its members, what is decoded of it, and the steps it was judged by.
const ASSERTION: usize = 30;

fn assertions(pool: &Pool, helpers: usize) -> (usize, usize) {
    let key = PrivateKey::Ec(EcPrivateKey::generate(Curve::P256).unwrap());
    let signing = Signing {
        credential_id: "cr-1".to_owned(),
        kind: CredentialKind::Key,
        reported_kind: CredentialKind::Key,
        algorithm: None,
        scheme: Scheme::default(),
        profile: Profile::parse("canonical").unwrap(),
        origin: None,
        cross_origin: None,
    };
    let signing = signing.check(key.algorithm(), None).unwrap();
    let client_data = signing.client_data("a challenge").unwrap();
    let signature = key.sign(client_data.as_bytes(), signing.scheme).unwrap();
    let text = |data: &[u8]| signing.profile.to_base64url(data);
    let json = format!(
        r#"{{"kind":"Key","credentialAssertion":{{"credId":"cr-1","clientData":"{}","signature":"{}"}}}}"#,
        text(client_data.as_bytes()),
        text(&signature)
    );
    let public_key = key.public_key();
    counted(Some((pool, helpers)), move |_| {
        let expected = AssertionExpectation {
            common: Expectation {
                challenge: "a challenge",
                credential_id: Some("cr-1"),
                kind: None,
                profile: None,
                origin: None,
                cross_origin: None,
                padding: None,
                low_s: false,
                padded_base64url: Padding::Forbidden,
            },
            public_key: &public_key,
            algorithm: None,
        };
        assertion::verify(Record::from_json(json.as_bytes()), &expected).map(|_| ())
    })
}
