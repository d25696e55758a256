#!/usr/bin/env bash
# Takes pictures of the real window under Xvfb into FOLDER; ./dev screenshots builds first and calls this.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:?usage: tests/e2e/screenshots.sh FOLDER}
program=build/dev/bin/octavo_screenshots
[ -x "$program" ] || { echo "$program is not built; run ./dev screenshots" >&2; exit 1; }
exec xvfb-run --auto-servernum --server-args="-screen 0 1440x900x24 -dpi 96" env QT_QPA_PLATFORM=xcb "$program" "$folder"
