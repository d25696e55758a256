#!/usr/bin/env bash
# `octavo-cli bench compare` with a llama.cpp that only pretends: usage: bench_compare.sh OCTAVO-CLI MODEL
set -euo pipefail
program=$1 model=$2
[ -f "$model" ] || { echo "skipped: no default model"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Called as PYTHON -c SCRIPT MODEL TOKENS DECODED THREADS FLASH; n tokens take it n/1000 + n²/1000000 seconds, with flash attention half as long.
cat >"$folder/peer" <<'PEER'
#!/usr/bin/env bash
echo "$4 $5 $7" >>"$(dirname "$0")/calls"
awk -v n="$4" -v decoded="$5" -v flash="$7" 'BEGIN {
    rate = 1 / (0.001 + n / 1000000) * (flash == "on" ? 2 : 1)
    printf "{\"prefill\": %f, %s\"peak_bytes\": 1048576}\n", rate, (decoded > 0 ? "\"decode\": 10, " : "")
}'
PEER
printf '#!/bin/sh\necho "not what was asked for" >&2\nexit 1\n' >"$folder/broken"
chmod +x "$folder/peer" "$folder/broken"

compare() { "$program" --model "$model" --data-dir "$folder/data" bench compare "$@" --rounds 1 2>"$folder/errors"; }
trap 'cat "$folder/errors" >&2' ERR
expect() { grep -qF -- "$1" "$2" || { echo "FAIL: no '$1' in:"; cat "$2"; exit 1; }; }

compare --peer "$folder/peer" --prefill 32,64,128 --decode-at 0,64 --longest 64 >"$folder/table"
expect '| prefill | 64 | 940 / 1880 | ' "$folder/table"
expect '| prefill | 128 | (887) / (1773) | ' "$folder/table" # 1 / (0.001 + 0.000128)
expect '| decode | 64 | 10 / 10 | ' "$folder/table"
expect '| decode | 0 | 10 / 10 | ' "$folder/table"
[ "$(sort -u "$folder/calls" | wc -l)" = 6 ] || { echo "FAIL: the peer was called for:"; cat "$folder/calls"; exit 1; } # 0, 32 and 64 tokens, two settings
if grep -q '^128 ' "$folder/calls"; then echo "FAIL: more was read than --longest"; exit 1; fi

if compare --peer "$folder/broken" --prefill 32 >"$folder/table"; then echo "FAIL: a peer that fails was not told"; exit 1; fi
expect 'not what was asked for' "$folder/errors"
echo "tables, extrapolation and failure as expected"
