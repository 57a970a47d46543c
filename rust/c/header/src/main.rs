//! Makes `rust/c/include/countermark.h` of the code in `rust/c/src`. A program of its own, so that it is compiled
//! without the code it reads: `cargo run -p countermark-c-header` writes, `-- --check` compares.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no folder above")?;
    let header = package.join("include/countermark.h");
    // The sources alone: asking Cargo for the rest of the package would ask it for the whole workspace.
    let config = cbindgen::Config::from_root_or_default(package);
    let builder = cbindgen::Builder::new().with_config(config).with_src(package.join("src/lib.rs"));
    let mut made = Vec::new();
    builder.generate()?.write(&mut made);
    if std::env::args().any(|argument| argument == "--check") {
        if std::fs::read(&header)? == made {
            return Ok(());
        }
        return Err("the header is not what the code says: run cargo run -p countermark-c-header".into());
    }
    Ok(std::fs::write(&header, &made)?)
}
