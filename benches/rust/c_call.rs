//! What a call through the C library costs beyond the core: the same work, asked of the core and of the library as it
//! ships, which is loaded as a program in another language would load it.
//!
//! `cargo bench -p countermark-c --bench c_call`, after `python rust/c/build_backend.py`.
#![allow(clippy::expect_used, clippy::panic, reason = "a bench that cannot be set up has nothing to tell")]

use std::ffi::{CString, c_char, c_void};

use countermark_core::dfns::fingerprint::fingerprint;
use countermark_core::key::private_key::PrivateFormat;
use countermark_core::key::public_key::PublicFormat;
use countermark_core::key::signing::Scheme;
use countermark_core::key::{Algorithm, PrivateKey};
use criterion::{Criterion, criterion_group, criterion_main};

type Fingerprint = unsafe extern "C" fn(*const u8, usize, *const c_char, usize, *mut u8, *mut usize) -> i32;
type FromDer = unsafe extern "C" fn(*const u8, usize, *const c_char, usize, *mut u64) -> i32;
type Sign = unsafe extern "C" fn(
    u64,
    *const u8,
    usize,
    *const c_char,
    usize,
    *const c_char,
    usize,
    *mut u8,
    *mut usize,
) -> i32;

const CLIENT_DATA: &[u8] =
    b"{\"challenge\":\"Y2gtNDdtNnItOWJ2ZmQtOGRvOG9iYmhmNTR0bm9kYg\",\"type\":\"key.create\"}";

/// A function of the shipped library.
fn symbol(name: &str) -> *mut c_void {
    let shipped =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../python/countermark/c_abi/lib/libcountermark.so");
    let path = std::env::var("COUNTERMARK_C_LIBRARY").unwrap_or_else(|_| shipped.to_owned());
    let (path, name) = (CString::new(path).expect("a path"), CString::new(name).expect("a name"));
    // SAFETY: both are texts with a NUL that live through the calls; the library runs nothing when it is loaded.
    let found = unsafe { libc::dlsym(libc::dlopen(path.as_ptr(), libc::RTLD_NOW), name.as_ptr()) };
    assert!(!found.is_null(), "the library is not there: run python rust/c/build_backend.py");
    found
}

fn calls(criterion: &mut Criterion) {
    let key = PrivateKey::generate(Algorithm::Ed25519, 0).expect("a key");
    let pem = key.public_key().to_pem(PublicFormat::Spki).expect("a text");
    let der = key.to_der(PrivateFormat::Pkcs8, None).expect("the key");
    // SAFETY: the types are those of the header.
    let (c_fingerprint, c_load, c_sign) = unsafe {
        (
            std::mem::transmute::<*mut c_void, Fingerprint>(symbol("cm_fingerprint")),
            std::mem::transmute::<*mut c_void, FromDer>(symbol("cm_private_key_from_der")),
            std::mem::transmute::<*mut c_void, Sign>(symbol("cm_private_key_sign")),
        )
    };
    let mut handle = 0;
    let secret = der.expose();
    // SAFETY: as many bytes as the lengths say.
    let loaded = unsafe { c_load(secret.as_ptr(), secret.len(), std::ptr::null(), 0, &raw mut handle) };
    assert_eq!(loaded, 0);

    let mut out = vec![0_u8; 4096];
    let mut group = criterion.benchmark_group("fingerprint");
    group.bench_function("core", |bench| bench.iter(|| fingerprint(CLIENT_DATA, &pem).expect("made")));
    group.bench_function("C", |bench| {
        bench.iter(|| {
            let mut length = out.len();
            let text = pem.as_ptr().cast();
            // SAFETY: as many bytes as the lengths say.
            let status = unsafe {
                let (data, size) = (CLIENT_DATA.as_ptr(), CLIENT_DATA.len());
                c_fingerprint(data, size, text, pem.len(), out.as_mut_ptr(), &raw mut length)
            };
            assert_eq!(status, 0);
            length
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("sign Ed25519");
    group.bench_function("core", |bench| {
        bench.iter(|| key.sign(CLIENT_DATA, Scheme::default()).expect("a signature"));
    });
    group.bench_function("C", |bench| {
        bench.iter(|| {
            let mut length = out.len();
            let (data, size, none) = (CLIENT_DATA.as_ptr(), CLIENT_DATA.len(), std::ptr::null());
            // SAFETY: as many bytes as the lengths say.
            let status =
                unsafe { c_sign(handle, data, size, none, 0, none, 0, out.as_mut_ptr(), &raw mut length) };
            assert_eq!(status, 0);
            length
        });
    });
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
