#!/usr/bin/env bash
# `octavo-cli ask --verify` and `--without` with the default model: usage: ask_looks.sh OCTAVO-CLI MODEL
set -euo pipefail
program=$1 model=$2
[ -f "$model" ] || { echo "skipped: no default model"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
    printf '# Harbour\n\n## The keeper\n\n'
    for day in $(seq 1 12); do printf 'On day %s the boats went out early, and the wind blew from the west until the evening came.\n\n' "$day"; done
    printf 'The secret number of the harbour is 7291, as the keeper wrote into his book.\n\n## The mill\n\n'
    for day in $(seq 1 12); do printf 'On day %s the miller ground the corn of the village, and his daughter sang at the window.\n\n' "$day"; done
} >"$folder/harbour.md"
ask() { "$program" --json --model "$model" --data-dir "$folder/data" ask "$folder/harbour.md" -q "What is the secret number of the harbour?" --max-tokens 24 "$@" 2>"$folder/errors"; }
fail() { echo "FAIL: $1"; cat "$folder/answer" "$folder/errors"; exit 1; }

ask --verify >"$folder/answer"
grep -q 7291 "$folder/answer" || fail "the number is not in the answer"
python3 - "$folder/answer" <<'PYTHON' || fail "the passage that the answer needs is not told as such"
import json, sys
sources = json.load(open(sys.argv[1]))["sources"]
needed = [s for s in sources[:2] if "7291" in s["text"]]   # the heading with the harbour in it may come before
assert len(needed) == 1 and needed[0]["marks"], "the passage is not among the first, or no sentence is marked with it"
assert needed[0]["verified"]["matters"] and needed[0]["verified"]["drop"] > 0.5, needed[0]
assert not any(s["verified"]["matters"] for s in sources if s is not needed[0]), "another is said to matter"
PYTHON
ask --without "the keeper" >"$folder/answer"
grep -q 7291 "$folder/answer" && fail "what was hidden was seen"
grep -q 'The keeper' "$folder/answer" || fail "the note does not say what was left out"
if ask --without nowhere >"$folder/answer"; then fail "a part that is not there was left out"; fi
grep -q nowhere "$folder/errors" "$folder/answer" || fail "it is not told which part"
