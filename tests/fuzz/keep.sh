#!/usr/bin/env bash
# Adds to the committed corpus of one fuzz target those inputs of build/fuzz/corpus that reach new code: few and small ones, since
# every test run replays them.
#   tests/fuzz/keep.sh TARGET [LARGEST-INPUT-IN-BYTES]
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$1 largest=${2:-1000}
mkdir -p "tests/fuzz/corpus/$target"
exec "build/fuzz/bin/fuzz_$target" -merge=1 -use_counters=0 -max_len="$largest" "tests/fuzz/corpus/$target" "build/fuzz/corpus/$target"
