#!/usr/bin/env bash
# The real program on a disk that is small, full, or read-only, with too little memory, and with a model that is deleted while it reads: each ends in one
# clear sentence, and all works again once the cause is gone. usage: bad_disk.sh OCTAVO-CLI MODEL
set -euo pipefail
program=$1 model=$2
[ -f "$model" ] || { echo "skipped: no default model"; exit 77; }
if [ -z "${OCTAVO_OWN_MOUNTS:-}" ]; then
    # A mount table of its own, as root or as a person who may be root in a namespace.
    for own in "unshare -m" "unshare -Urm"; do
        if $own true 2>/dev/null; then OCTAVO_OWN_MOUNTS=1 exec $own "$0" "$@"; fi
    done
    echo "skipped: mounts of its own are not allowed here"
    exit 77
fi
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
disk=$folder/disk
trap 'umount "$disk" 2>/dev/null || true; rm -rf "$folder"' EXIT
mkdir "$disk"
mount -t tmpfs -o size=120m tmpfs "$disk" 2>/dev/null || { echo "skipped: no tmpfs may be mounted here"; exit 77; }
head -c 40000 < <(cat README.md ARCHITECTURE.md engine/include/octavo/engine/*.h) >"$folder/book.txt" # 10,000 tokens: 150 MB of keys and values
head -c 3000 README.md >"$folder/page.txt"

fail() { echo "FAIL: $*"; cat "$folder/told" "$folder/errors" 2>/dev/null; exit 1; }
# octavo STATUS WORD ARGS…: ends with STATUS and a sentence that has WORD in it.
octavo() {
    local status=0
    "$program" --model "${used_model:-$model}" --data-dir "$disk/data" "${@:3}" >"$folder/told" 2>"$folder/errors" || status=$?
    [ "$status" = "$1" ] || fail "octavo-cli ${*:3} ended with $status instead of $1"
    grep -q "$2" "$folder/told" "$folder/errors" || fail "octavo-cli ${*:3} says nothing of “$2”"
    [ "$status" = 0 ] || [ "$(grep -c '^octavo-cli: .*[.]$' "$folder/errors")" = 1 ] || fail "not one sentence"
}
fill() { dd if=/dev/zero of="$disk/filler" bs=64k 2>/dev/null || true; }
small() { "$program" --model "$model" --data-dir "$disk/data" --json ask "$folder/page.txt" -q "What is it?" --max-tokens 4; }
sound() { octavo 0 "is sound" library check; }

small >/dev/null || fail "a page on a small disk"
octavo 0 "not kept" read "$folder/book.txt" # more than the disk holds: told, and read all the same
echo "too small for a book: $(tail -n 1 "$folder/errors")"
sound

fill
octavo 1 "full" ask "$folder/page.txt" -q "And now?" --max-tokens 4
echo "full: $(cat "$folder/errors")"
rm "$disk/filler"
sound
mount -o remount,size=1400m "$disk"

# Full while a book is read and kept that had room when it began.
head -c 18000 "$folder/book.txt" >"$folder/chapter.txt" # 50 MB
"$program" --model "$model" --data-dir "$disk/data" read "$folder/chapter.txt" >"$folder/told" 2>"$folder/errors" &
reader=$!
for ((n = 0; n < 200; ++n)); do
    [ "$(find "$disk/data/readings" -newer "$folder/chapter.txt" -name '*.oct' | wc -l)" -gt 0 ] && break
    sleep 0.02
done
fill
status=0
wait "$reader" || status=$?
[ "$status" -le 1 ] || fail "a disk that fills up ends the reading with $status"
grep -q full "$folder/errors" || fail "nothing tells that the disk is full"
echo "fills up while reading: $(tail -n 1 "$folder/errors")"
rm -f "$disk/filler"
sound
octavo 0 "tokens" read "$folder/chapter.txt"
echo "room again: $(tail -n 1 "$folder/told")"

mount -o remount,ro "$disk"
octavo 1 "cannot be" ask "$folder/page.txt" -q "And now?" --max-tokens 4
echo "read-only: $(cat "$folder/errors")"
mount -o remount,rw "$disk"
sound

told=0 limits="200 300 400 500 600" # MB of address space: from less than the model takes to nearly enough
if ldd "$program" | grep -qE 'lib(asan|tsan)'; then limits="" told=1; fi # sanitizers map terabytes
for megabytes in $limits; do
    status=0
    (ulimit -v $((megabytes * 1024)) && exec "$program" --model "$model" --threads 1 --data-dir "$disk/data" read "$folder/book.txt") >"$folder/told" 2>"$folder/errors" || status=$?
    [ "$status" -le 1 ] || fail "$megabytes MB of address space end with $status"
    [ "$status" = 0 ] && continue
    told=$((told + 1))
    [ "$(grep -c '^octavo-cli: .*[.]$' "$folder/errors")" = 1 ] || fail "not one sentence with $megabytes MB"
    echo "$megabytes MB of memory: $(grep '^octavo-cli' "$folder/errors")"
done
[ "$told" -gt 0 ] || fail "no limit of memory was too small"
sound

# A model that is deleted while it is used, and before the next start.
cp "$model" "$folder/model.gguf"
used_model=$folder/model.gguf
"$program" --model "$used_model" --data-dir "$disk/data" ask "$folder/book.txt" -q "What is it?" --max-tokens 4 >"$folder/told" 2>"$folder/errors" &
reader=$!
sleep 1
rm "$used_model"
wait "$reader" || fail "a model that was deleted in use"
octavo 1 "model.gguf" ask "$folder/page.txt" -q "And now?" --max-tokens 4
echo "model deleted: $(cat "$folder/errors")"
used_model=
small >/dev/null || fail "a page after all that"
sound
echo "all of it works again"
