#!/usr/bin/env bash
# Runs one fuzz target on its corpus, then for SECONDS on new inputs. Exits with 77 (skipped) where the target was not built.
#   tests/fuzz/fuzz.sh TARGET SECONDS [LIBFUZZER-OPTION…]
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$1 seconds=$2
program=build/fuzz/bin/fuzz_$target
if [ ! -x "$program" ]; then
    echo "SKIPPED: $program is not there; it needs clang: cmake --preset fuzz && cmake --build --preset fuzz"
    exit 77
fi
found=build/fuzz/corpus/$target
mkdir -p "$found"
options=()
most_mb=1
[ "$target" != archive ] || most_mb=100 # an archive may well expand a hundredfold
[ ! -f "tests/fuzz/$target.dict" ] || options+=(-dict="tests/fuzz/$target.dict")
# A failure is also: one piece of memory of more than 1 MB (archive: 100 MB), more than 1 GB of all together, an input that takes longer than 10 s.
exec "$program" "$found" "tests/fuzz/corpus/$target" "${options[@]}" -max_total_time="$seconds" -malloc_limit_mb=$most_mb -rss_limit_mb=1024 -timeout=10 \
    -artifact_prefix=build/fuzz/ -print_final_stats=1 "${@:3}"
