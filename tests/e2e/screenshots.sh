#!/usr/bin/env bash
# Takes pictures of the real window under Xvfb into FOLDER: twelve scenes in light and dark, English and Chinese, at 100 % and 150 %, and a sheet of
# them for each. ./dev screenshots builds first, calls this, and keeps the sheets and the picture of the README in docs/.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:?usage: tests/e2e/screenshots.sh FOLDER}
program=build/dev/bin/octavo_screenshots
[ -x "$program" ] || { echo "$program is not built; run ./dev screenshots" >&2; exit 1; }
for language in en zh_CN; do
    for scale in 1 1.5; do
        screen=$([ "$scale" = 1 ] && echo 1440x900 || echo 2160x1350)
        xvfb-run --auto-servernum --server-args="-screen 0 ${screen}x24 -dpi 96" env QT_QPA_PLATFORM=xcb QT_SCALE_FACTOR="$scale" "$program" "$folder" "$language"
    done
done
