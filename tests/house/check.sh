#!/usr/bin/env bash
# What the compiler cannot check: file sizes, licence lines, the layers' arrows, and that documents name things which exist.
set -euo pipefail
cd "$(dirname "$0")/../.."
failures=0
fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

while IFS= read -r file; do
    lines=$(wc -l <"$file")
    case $file in
    *.h) [ "$lines" -le 300 ] || fail "$file has $lines lines, more than 300: split it by job" ;;
    *) [ "$lines" -le 600 ] || fail "$file has $lines lines, more than 600: split it by job" ;;
    esac
    head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || fail "$file does not begin with its licence"
done < <(find base engine parsers app ui tests -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh')

if grep -rnE '#include *[<"]Q[A-Z]' base engine parsers; then fail "engine/ and parsers/ must not see Qt"; fi
if grep -rnE '#include *[<"]octavo/engine' ui app/include; then fail "ui/ and what it sees of app/ must not see engine/"; fi

for document in README.md ARCHITECTURE.md; do
    # Words in backticks and link targets that look like paths below a top-level folder.
    while IFS= read -r path; do
        [ -e "$path" ] || fail "$document names $path, which does not exist"
    done < <(grep -oE '(`|\]\()(base|engine|parsers|app|ui|tests|resources|cmake|docs)/[A-Za-z0-9_./-]*' "$document" | sed -E 's/^(`|\]\()//' | sort -u)
done

[ "$failures" = 0 ] && echo "the house is in order"
exit $((failures > 0))
