#!/usr/bin/env bash
# Takes the texts of the window into the translations beside this file, or into those named. ./dev translations calls it.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
lupdate=$(command -v /usr/lib/qt6/bin/lupdate lupdate | head -n 1)
[ $# -gt 0 ] || set -- "$root"/resources/translations/*.ts
# The tables of keys and settings mark their texts with TEXT. Functions of a namespace have its name as their context, which lupdate warns of.
"$lupdate" -silent -no-obsolete -locations none -tr-function-alias QT_TR_NOOP+=TEXT "$root/ui" "$root/app" -ts "$@" \
    2> >(grep -v 'lacks Q_OBJECT macro' >&2)
