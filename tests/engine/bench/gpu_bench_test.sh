#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# octavo-gpu-bench on the CPU with tiny models of random weights: what it makes opens, is the same each time, and gives finite logits; a budget ends it.
#     gpu_bench_test.sh OCTAVO-GPU-BENCH
set -euo pipefail
bench=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*"; exit 1; }
shape=(--layers 2 --hidden 256 --heads 4 --kv-heads 2 --head-width 64 --feed-forward 512 --vocabulary 600)

for form in q4_k_m bf16; do
    "$bench" model "$work/$form.gguf" --form $form "${shape[@]}"
    "$bench" model "$work/again.gguf" --form $form "${shape[@]}" --threads 1 >/dev/null
    cmp "$work/$form.gguf" "$work/again.gguf" || fail "$form is another file the second time"
    "$bench" suite --model "$work/$form.gguf" --device cpu --lengths 1500 --full 1024 --depths 0,1500 --kv f16,q8_0 --repeat 1 --tokens 8 >"$work/out"
    cat "$work/out"
    [ "$(grep -c '"step": "read".*"seconds"' "$work/out")" = 5 ] || fail "not five readings"   # of 1, 1024 and 1500 tokens, in full, with q8_0
    [ "$(grep -c '"step": "decode".*"seconds".*"finite": true' "$work/out")" = 3 ] || fail "not three depths with finite logits"
done
"$bench" suite --model "$work/bf16.gguf" --device cpu --lengths 2048,1000000 --full 1000000 --depths 0 --repeat 1 --budget 1 >"$work/out"
[ "$(grep -c 'out of time' "$work/out")" = 2 ] || fail "the budget did not end a million tokens"

"$bench" model "$work/wrong.gguf" --hidden 100 && fail "blocks of 256 in rows of 100"
[ ! -e "$work/wrong.gguf" ] || fail "something was left behind"
"$bench" read --model "$work/none.gguf" && fail "a model that is not there"
"$bench" read --model "$work/bf16.gguf" --kv f12 2>/dev/null && fail "an unknown way to keep keys and values"
echo "the benchmark measures what it makes"
