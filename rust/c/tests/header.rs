//! The header is what the code says. `COUNTERMARK_WRITE=1 cargo test -p countermark-c --test header` writes it.
#![allow(clippy::expect_used, reason = "tests")]

use std::path::Path;

#[test]
fn the_header_is_made_of_this_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let header = root.join("include/countermark.h");
    let made = cbindgen::generate(root).expect("cbindgen");
    let mut text = Vec::new();
    made.write(&mut text);
    if std::env::var_os("COUNTERMARK_WRITE").is_some() {
        std::fs::write(&header, &text).expect("the header is written");
    }
    let kept = std::fs::read(&header).expect("the header is there");
    assert!(kept == text, "{} is not what cbindgen makes; see the head of this test", header.display());
}
