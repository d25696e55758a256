#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trains an adapter on a machine with a GPU that has neither Octavo nor a network, in parts of some minutes each, and evaluates it on a book that it was not trained on.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
    cat <<TEXT
gpu_run.sh pack DIR MODEL.gguf HELD-OUT.txt BOOK.txt…
    puts what is needed into DIR: the tool, gguf, the texts as tokens, and the model in parts of $part_mib MiB, for machines that take no larger files.
    Needs octavo-cli (./dev build) and a Python with numpy and gguf (./dev test makes one; or OCTAVO_ADAPT_PYTHON).
gpu_run.sh run DIR OUT [MINUTES]
    on a machine with a GPU and python3 with PyTorch and numpy: trains for MINUTES (default 25), going on from OUT or DIR/adapter.gguf.state if one is there,
    then evaluates (about a minute more) and leaves in OUT: adapter.gguf, adapter.gguf.state, train.jsonl, adapt.json, adapt.md.
    Shorter parts: run it again with the state of the part before in OUT or in DIR; train.jsonl there goes on, too.
OCTAVO_ADAPT_OPTIONS gives more options to \`train\` (the same for all parts), OCTAVO_ADAPT_LENGTHS the lengths that are evaluated.
OCTAVO_ADAPT_DEVICE=cpu rehearses the second half without a GPU.
TEXT
}

part_mib=40
say() { printf '== %s\n' "$*" >&2; }

pack() { # DIR MODEL HELD-OUT BOOK…
    local dir model held_out root python
    mkdir -p "$1"
    dir=$(cd "$1" && pwd)
    [ -f "$dir/commit.txt" ] || [ -z "$(ls -A "$dir")" ] || { echo "$dir holds something else; it is not emptied" >&2; return 1; }
    model=$2 held_out=$3
    shift 3
    root=$(cd "$here/../.." && pwd)
    python=${OCTAVO_ADAPT_PYTHON:-$root/build/python/bin/python3}
    rm -rf "${dir:?}"/*
    (cd "$root" && git describe --always --dirty 2>/dev/null || echo unknown) >"$dir/commit.txt"
    cp "$here/gpu_run.sh" "$dir/"
    mkdir "$dir/python"
    cp -r "$here/octavo_adapt" "$dir/python/"
    "$python" - "$dir/python" <<'PYTHON' # gguf and the pure Python that it imports, from where they are installed
import importlib.util, os, shutil, sys
for name in ('gguf', 'tqdm', 'yaml'):
    source = importlib.util.find_spec(name).submodule_search_locations[0]
    shutil.copytree(source, os.path.join(sys.argv[1], name), ignore=shutil.ignore_patterns('__pycache__', '*.so', 'scripts'))
PYTHON
    say "cutting texts into tokens"
    PYTHONPATH=$here "$python" -m octavo_adapt tokenize --model "$model" --facts --text "$@" --out "$dir/train.npz"
    PYTHONPATH=$here "$python" -m octavo_adapt tokenize --model "$model" --facts --text "$held_out" --out "$dir/held_out.npz"
    split --bytes "${part_mib}M" --numeric-suffixes "$model" "$dir/model.gguf.part"
    find "$dir" -name __pycache__ -prune -exec rm -rf {} +
    sha256sum "$model" | cut -d ' ' -f 1 >"$dir/model.sha256"
    say "$dir: $(du -sm "$dir" | cut -f1) MiB"
}

whole_model() { # DIR
    local model=$1/model.gguf
    [ -f "$model" ] || cat "$1"/model.gguf.part* >"$model"
    echo "$(cat "$1/model.sha256")  $model" | sha256sum --check --status ||
        { rm -f "$model"; echo "The parts of the model in $1 are not all there, or not as they were packed; bring them again." >&2; return 1; }
}

run() { # DIR OUT [MINUTES]
    local dir out minutes=${3:-25} device=${OCTAVO_ADAPT_DEVICE:-cuda} name status=0 options=()
    dir=$(cd "$1" && pwd)
    mkdir -p "$2"
    out=$(cd "$2" && pwd)
    python3 -c 'import torch, numpy' || { echo "python3 on this machine lacks PyTorch or numpy." >&2; return 1; }
    whole_model "$dir"
    for name in adapter.gguf.state train.jsonl; do
        [ -f "$out/$name" ] || [ ! -f "$dir/$name" ] || cp "$dir/$name" "$out/"
    done
    read -ra options <<<"${OCTAVO_ADAPT_OPTIONS:-}"
    export PYTHONPATH=$dir/python PYTHONDONTWRITEBYTECODE=1
    say "training for $minutes minutes"
    python3 -m octavo_adapt train --model "$dir/model.gguf" --corpus "$dir/train.npz" --out "$out/adapter.gguf" --device "$device" --minutes "$minutes" --resume \
        --facts 0.3 "${options[@]}" >>"$out/train.jsonl" || status=$?
    [ "$status" = 0 ] || return "$status"
    say "evaluating"
    python3 -m octavo_adapt evaluate --model "$dir/model.gguf" --corpus "$dir/held_out.npz" --adapter "$out/adapter.gguf" --device "$device" --facts \
        --length "${OCTAVO_ADAPT_LENGTHS:-2048,4096,8192,16384,32768,65536,131072}" --report "$out/adapt"
    say "$out/adapt.md"
}

case ${1:-} in
pack) [ $# -ge 5 ] || { usage >&2; exit 2; }; pack "${@:2}" ;;
run) [ $# = 3 ] || [ $# = 4 ] || { usage >&2; exit 2; }; run "${@:2}" ;;
*) usage >&2; exit 2 ;;
esac
