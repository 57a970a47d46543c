#!/bin/sh
# Builds libcountermark and installs it for C and for pkg-config:
#
#     rust/c/install.sh [PREFIX]        PREFIX is /usr/local if it is not given; DESTDIR is honoured.
#
# A short script rather than cargo-c: that would be one more tool to compile before anything is built, and
# what it does beyond this (versioned names) waits for an ABI that is declared stable.
set -eu
prefix="${1:-/usr/local}"
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/.." && pwd)"
target="${CARGO_TARGET_DIR:-$root/target}"
(cd "$root" && cargo build --release --locked --package countermark-c)
version="$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)"
to="${DESTDIR:-}$prefix"
mkdir -p "$to/lib/pkgconfig" "$to/include"
for library in libcountermark.so libcountermark.dylib libcountermark.a; do
  if [ -f "$target/release/$library" ]; then
    install -m 644 "$target/release/$library" "$to/lib/$library"
  fi
done
install -m 644 "$here/include/countermark.h" "$to/include/countermark.h"
cat >"$to/lib/pkgconfig/countermark.pc" <<END
prefix=$prefix
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: countermark
Description: Credential and request signing for Dfns-style APIs, and passkey verification
Version: $version
Libs: -L\${libdir} -lcountermark
Libs.private: -lpthread -ldl -lm -lgcc_s
Cflags: -I\${includedir}
END
