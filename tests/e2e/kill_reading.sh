#!/usr/bin/env bash
# Reading is killed (SIGKILL) at random moments and started again until it is done: what is kept must be, byte for byte, what an undisturbed reading
# keeps, and each start must go on, not begin anew. usage: kill_reading.sh OCTAVO-CLI MODEL; 5 kills, 300 with OCTAVO_LONG_TESTS
set -euo pipefail
program=$1 model=$2
[ -f "$model" ] || { echo "skipped: no default model"; exit 77; }
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
wanted=$([ -n "${OCTAVO_LONG_TESTS:-}" ] && echo 300 || echo 5)
RANDOM=${OCTAVO_SEED:-1}
head -c 40000 < <(cat README.md ARCHITECTURE.md engine/include/octavo/engine/*.h) >"$folder/book.txt" # 11,000 tokens

read_book() { exec "$program" --json --model "$model" --data-dir "$1" read "$folder/book.txt"; }
fail() { echo "FAIL: $*"; cat "$folder/told" "$folder/errors" 2>/dev/null; exit 1; }
number() { grep -o "\"$1\": *[0-9]*" "$folder/told" | head -n 1 | grep -o '[0-9]*$'; }

(read_book "$folder/whole" >"$folder/told" 2>"$folder/errors") || fail "an undisturbed reading failed"
tokens=$(number tokens)

kills=0 scenario=0
while [ "$kills" -lt "$wanted" ]; do
    data=$folder/data$((scenario += 1)) before=$kills
    for ((start = 0; ; ++start)); do
        (read_book "$data" >"$folder/told" 2>"$folder/errors") &
        reader=$!
        if [ "$kills" -lt $((wanted - 1)) ]; then
            sleep "$(awk -v r="$RANDOM" 'BEGIN { print 0.2 + 3 * r / 32768 }')"
        elif [ "$kills" -lt "$wanted" ]; then
            # The last one comes when there is something to go on from, however slow the machine; after it nothing disturbs any more.
            while kill -0 "$reader" 2>/dev/null && ! ls "$data"/readings/*.oct.resume >/dev/null 2>&1; do sleep 0.05; done
        else
            wait "$reader" || fail "a start after $start kills failed"
            break
        fi
        if kill -KILL "$reader" 2>/dev/null; then
            kills=$((kills + 1))
            wait "$reader" 2>/dev/null || true
        else
            wait "$reader" || fail "a start after $start kills failed"
            break
        fi
    done
    [ "$kills" -gt "$before" ] || fail "the book was read before it could be killed"
    [ "$(number reused_tokens)" -gt 0 ] || fail "nothing of $start killed starts was of use"
    [ "$(($(number reused_tokens) + $(number read_tokens)))" = "$tokens" ] || fail "tokens do not add up to $tokens"
    for kept in "$folder"/whole/readings/*; do
        cmp "$kept" "$data/readings/$(basename "$kept")" || fail "another reading was kept"
    done
    [ "$(ls "$data/readings" | wc -l)" = 1 ] || fail "something was left behind: $(ls "$data/readings")"
    rm -rf "$data"
done
echo "$kills kills of $scenario readings of $tokens tokens: nothing lost"
