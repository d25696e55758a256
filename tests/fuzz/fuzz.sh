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

# The parsers' seeds are the documents of the corpus. They may take more than others: they run in a process of their own, which has 3 GB and ends
# after one file, so that what a library keeps is no leak.
most_mb=1 all_mb=1024
options=()
dictionary=$target
documents=()
case $target in
archive) most_mb=100 ;; # an archive may well expand a hundredfold
pdf | html | rtf) documents=("*.$target") ;;
epub | docx | odt) documents=("*.$target") dictionary=xml ;;
container) documents=("bundle.*" "traversal.zip") ;;
notebook) documents=("*.ipynb") ;;
subtitles) documents=("*.srt" "*.vtt") ;;
mail) documents=("*.eml" "*.mhtml") ;;
mailbox) documents=("*.mbox") dictionary=mail ;;
esac
if [ ${#documents[@]} -gt 0 ]; then
    most_mb=512 all_mb=2560
    seeds=
    for name in "${documents[@]}"; do
        # Larger ones take the time that is for new inputs.
        seeds+=$(find tests/data/documents -name "$name" -size +0 -size -26k -printf '%p,')
    done
    options+=(-seed_inputs="${seeds%,}" -max_len=262144 -detect_leaks=0)
    export ASAN_OPTIONS=detect_leaks=0 # nor at the end, where fontconfig still has what it keeps
fi
[ ! -f "tests/fuzz/$dictionary.dict" ] || options+=(-dict="tests/fuzz/$dictionary.dict")
found=build/fuzz/corpus/$target
mkdir -p "$found"
folders=("$found")
[ ! -d "tests/fuzz/corpus/$target" ] || folders+=("tests/fuzz/corpus/$target")
# A failure is also: one piece of memory of more than 1 MB (archive: 100 MB, parsers: 512 MB), more than 1 GB of all together (parsers: 2.5 GB), an input that
# takes longer than 10 s. libFuzzer would end with 77, too, which means skipped here.
exec "$program" "${folders[@]}" "${options[@]}" -max_total_time="$seconds" -malloc_limit_mb=$most_mb -rss_limit_mb=$all_mb -timeout=10 -error_exitcode=1 \
    -artifact_prefix=build/fuzz/ -print_final_stats=1 "${@:3}"
