#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# gpu_run.sh without a GPU, on a tiny model: what is packed suffices by itself, a second part goes on where the first ended, and a torn model is told.
#     gpu_run_test.sh PYTHON OCTAVO-CLI
set -euo pipefail
python=$1 cli=$2
here=$(cd "$(dirname "$0")" && pwd)
"$python" -c 'import torch, numpy, gguf' 2>/dev/null || { echo "skipped: no PyTorch, numpy or gguf"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*"; exit 1; }
export PYTHONDONTWRITEBYTECODE=1 OCTAVO_CLI=$cli OCTAVO_ADAPT_PYTHON=$python OCTAVO_ADAPT_DEVICE=cpu OCTAVO_ADAPT_LENGTHS=1024,1500 PATH="$(dirname "$python"):$PATH"
export OCTAVO_ADAPT_OPTIONS="--length 1024 --steps 3 --rank 2 --dims 0,128"
PYTHONPATH=$here "$python" -c 'import sys; from tiny_model import *; write_tiny_model(sys.argv[1] + "/tiny.gguf"); write_book(sys.argv[1] + "/book.txt")' "$work"

"$here/../../../engine/adapt/gpu_run.sh" pack "$work/packed" "$work/tiny.gguf" "$work/book.txt" "$work/book.txt"
rm "$work/tiny.gguf"
"$work/packed/gpu_run.sh" run "$work/packed" "$work/one" 0.0001
cp "$work/one/adapter.gguf.state" "$work/one/train.jsonl" "$work/packed/"
"$work/packed/gpu_run.sh" run "$work/packed" "$work/two" 9
[ "$(ls "$work/two" | xargs)" = "adapt.json adapt.md adapter.gguf adapter.gguf.state train.jsonl" ] || fail "left are $(ls "$work/two" | xargs)"
[ "$(grep -o '"step": [0-9]*, "steps"' "$work/two/train.jsonl" | tr -dc '0-9\n' | xargs)" = "1 1 2 3 3" ] || fail "the second part did not go on from the first"
grep -q '"steps": 3' "$work/two/adapt.json" || fail "the report does not know how it was trained"

rm "$work/packed/model.gguf"
echo >>"$work/packed/model.gguf.part00"
"$work/packed/gpu_run.sh" run "$work/packed" "$work/three" 1 2>"$work/err" && fail "a torn model was trained"
grep -q parts "$work/err" || fail "a torn model is not told"
echo "what is packed trains in parts and is evaluated"
