#!/usr/bin/env bash
# `octavo-cli eval` with the default model on a made-up book: usage: eval_tasks.sh OCTAVO-CLI MODEL
set -euo pipefail
program=$1 model=$2
[ -f "$model" ] || { echo "skipped: no default model"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for ((line = 0; line < 900; ++line)); do
    echo "On day $line the wind came from the hills and nobody in the village spoke of it. The baker opened his door at $((line % 12)) and the cat went out."
done >"$folder/book.txt"

fail() { echo "FAIL: $*"; exit 1; }
run() { "$program" --json --model "$model" --data-dir "$folder/data" eval "$@" 2>"$folder/errors"; }
trap 'cat "$folder/errors" >&2' ERR
expect() { grep -qF -- "$1" "$2" || fail "no '$1' in: $(cat "$2")"; }

# One fact among 1,500 tokens is found, and the passage that holds it is named as a source.
run tasks "$folder/book.txt" --tasks fact,niah_single_1 --lengths 1536 --samples 2 -o "$folder/run" >"$folder/first"
python3 - "$folder/first" <<'PYTHON'
import json, sys
rows = {row["task"]: row for row in json.load(open(sys.argv[1]))["rows"]}
assert set(rows) == {"fact", "niah_single_1"}, rows
for row in rows.values():
    assert row["samples"] == 2 and row["score"] == 1, row
    assert row["top3_of_right"] == 1 and row["masked_more"] == 1, row
PYTHON
for file in samples.jsonl tasks.md tasks.json tasks.png; do
    [ -s "$folder/run/$file" ] || fail "$file was not written"
done

# A run that was cut off goes on: what is there is not tried again, half a line is.
cp "$folder/run/samples.jsonl" "$folder/whole"
head -c -40 "$folder/whole" >"$folder/run/samples.jsonl"
run tasks "$folder/book.txt" --tasks fact,niah_single_1 --lengths 1536 --samples 2 -o "$folder/run" >"$folder/second"
[ "$(wc -l <"$folder/run/samples.jsonl")" = 5 ] || fail "not four samples after going on"
head -n 4 "$folder/whole" | cmp - <(head -n 4 "$folder/run/samples.jsonl") || fail "samples that were there have changed"

# A folder of another run is not written over.
run tasks "$folder/book.txt" --tasks fact --lengths 1536 --samples 2 --seed 2 -o "$folder/run" >"$folder/other" && fail "another seed went on in the same folder"
expect "other settings" "$folder/other"
run tasks "$folder/book.txt" --tasks qa --lengths 1536 >"$folder/other" && fail "qa without questions"
run tasks "$folder/book.txt" --tasks fact --lengths 1000000 >"$folder/other" && fail "a book that is too short"

# The same tokens after a longer beginning; a text's own bins.
run perplexity "$folder/book.txt" --lengths 1100,2100 --places 2 >"$folder/lengths"
run perplexity "$folder/book.txt" --tokens 2100 --bins >"$folder/bins"
python3 - "$folder/lengths" "$folder/bins" <<'PYTHON'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert [row["tokens"] for row in rows] == [1100, 2100], rows
assert rows[1]["nll_last_1024"] < rows[0]["nll_last_1024"] + 0.05, rows # the longer beginning does no harm
bins = json.load(open(sys.argv[2]))
assert [(b["begin"], b["end"]) for b in bins["bins"]] == [(0, 1024), (1024, 2048), (2048, 2100)], bins
PYTHON

# Time and likelihood beside full attention, in files.
run lengths "$folder/book.txt" --lengths 1100,2100 --full-to 1100 -o "$folder/lengths-run" >"$folder/lengths"
run layers "$folder/book.txt" --tokens 300 --dims 0,64 --reach 128 --count 2 >"$folder/layers"
python3 - "$folder/layers" <<'PYTHON'
import json, sys
found = json.load(open(sys.argv[1]))
best = sorted(sorted(found["layers"], key=lambda row: -row["gain"])[:2], key=lambda row: row["layer"])
assert len(found["layers"]) == 30 and found["dims"] == "0,64+128@" + ",".join(str(row["layer"]) for row in best), found
PYTHON
# What is kept is how documents are read from then on; a file that somebody spoilt is told.
"$program" --json --model "$model" --data-dir "$folder/data" read "$folder/book.txt" 2>"$folder/errors" >"$folder/before"
run layers "$folder/book.txt" --tokens 300 --dims 0,64 --reach 1024 --count 2 --keep >"$folder/layers"
"$program" --json --model "$model" --data-dir "$folder/data" read "$folder/book.txt" 2>"$folder/errors" >"$folder/after"
python3 - "$folder/before" "$folder/layers" "$folder/after" <<'PYTHON'
import json, sys
before, found, after = (json.load(open(path)) for path in sys.argv[1:])
wide = [document["plan"]["wide"] for report in (before, after) for document in report["documents"]]
assert wide[0] != wide[1] == found["dims"].split("+")[1], wide
PYTHON
cp "$folder/data/layers.json" "$folder/layers.json"
echo '{"hash": 4096}' >"$folder/data/layers.json"
run perplexity "$folder/book.txt" --tokens 1100 >"$folder/other" && fail "layers that cannot be understood"
expect layers.json "$folder/other"
mv "$folder/layers.json" "$folder/data/layers.json"
run layers "$folder/book.txt" --tokens 300 --dims 0,64 --reach 9000 >"$folder/other" && fail "wider than the trained context"
# Chapters with a thing to remember in each.
for chapter in 1 2 3; do
    printf '\n\nCHAPTER %s\n\n' "$chapter"
    for ((line = 0; line < 60; ++line)); do
        echo "In chapter $chapter on day $line a ship came home from the north, and the people of the harbour counted its barrels until the evening."
    done
done >"$folder/chapters.txt"
run coverage "$folder/chapters.txt" --tokens 3900 >"$folder/coverage"
run coverage "$folder/chapters.txt" --tokens 100000 >"$folder/other" && fail "a book that is too short for its coverage"
python3 - "$folder/lengths" "$folder/coverage" <<'PYTHON'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert "full" in rows[0] and "full" not in rows[1] and rows[1]["octavo"]["seconds"] > 0, rows
assert abs(rows[0]["full"]["nll_last_1024"] - rows[0]["octavo"]["nll_last_1024"]) < 0.05, rows
coverage = json.load(open(sys.argv[2]))
assert coverage["chapters"] == len(coverage["markers"]) >= 2, coverage
assert coverage["silent"] == sum(not (m["by_whole"] or m["flagged"]) for m in coverage["markers"]), coverage
PYTHON
for file in lengths.md lengths.json lengths.png; do
    [ -s "$folder/lengths-run/$file" ] || fail "$file was not written"
done
echo "eval is in order"
