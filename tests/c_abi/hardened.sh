#!/usr/bin/env bash
# The hostile calls, and many at once on threads, where a crash that did not happen is seen as well:
#
#     tests/c_abi/hardened.sh valgrind    the library as it ships, under memcheck: 0 errors, 0 leaks
#     tests/c_abi/hardened.sh asan        a build with AddressSanitizer, into a target folder of its own
#
# Run by hand or by a job for it: the first takes minutes, the second compiles everything once more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
tests=(python -m pytest -q -p no:cacheprovider tests/c_abi/test_hostile.py tests/c_abi/test_options.py tests/c_abi/test_many.py)
# Every object in memory of its own, so that a byte read or written beside it is seen.
export PYTHONMALLOC=malloc

case "${1:-}" in
  valgrind)
    memcheck=(valgrind --leak-check=full --show-leak-kinds=definite,indirect --num-callers=40
      --errors-for-leak-kinds=definite,indirect --error-limit=no --max-threads=1100)
    # Without the interpreter first: what a program in C leaves behind.
    read -r -a flags < <(python -m countermark.c_abi --cflags --libs)
    cc -g tests/c_abi/consumers/c/sign.c -o "$work/sign" "${flags[@]}"
    python tests/c_abi/consumers/inputs.py "$work"
    "${memcheck[@]}" --error-exitcode=99 "$work/sign" "$work/key.pem" "$work/challenge.json"
    # The interpreter and its extensions have findings of their own; ours are those with the library in the stack.
    "${memcheck[@]}" --log-file="$work/memcheck.log" "${tests[@]}"
    if grep -q libcountermark "$work/memcheck.log"; then
      cat "$work/memcheck.log"
      exit 1
    fi
    grep 'ERROR SUMMARY' "$work/memcheck.log"
    echo "none of them is the library's"
    ;;
  asan)
    target="${CARGO_TARGET_DIR:-$PWD/rust/target}/asan"
    host="$(rustc -vV | sed -n 's/^host: //p')"
    # Without optimising across crates, which would take longer and show no more.
    (cd rust && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address CARGO_PROFILE_RELEASE_LTO=off \
      CARGO_TARGET_DIR="$target" cargo rustc --release --locked --package countermark-c --crate-type cdylib \
      --target "$host")
    # The interpreter is not built with it, so the runtime comes first by itself. Leaks of the interpreter are many;
    # valgrind tells those apart. Without the rounds of forks: the allocator of the runtime itself keeps locks that a
    # fork leaves held, so that now and then a child waits in malloc for ever.
    COUNTERMARK_C_LIBRARY="$target/$host/release/libcountermark.so" \
      ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 \
      LD_PRELOAD="$(cc -print-file-name=libasan.so)" "${tests[@]}" \
      --deselect tests/c_abi/test_hostile.py::test_children_have_the_handles_of_their_parents
    ;;
  *)
    printf 'usage: %s valgrind|asan\n' "$0" >&2
    exit 2
    ;;
esac
