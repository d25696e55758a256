#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All GPU tests and figures by one command, in two halves, so that a machine with a GPU needs neither Octavo's libraries nor a network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
    cat <<TEXT
gpu_check.sh                      both halves in turn on this machine; results in build/gpu_check/results
gpu_check.sh pack DIR             builds the benchmark, the GPU tests and the plugin (nvcc, no GPU needed) and puts them with their libraries into DIR
gpu_check.sh run DIR OUT [quick]  on a machine with a GPU, python3 with PyTorch, and CUDA's libraries: tests and measures, builds nothing, and writes
                                  OUT/gpu_check.json, OUT/gpu_check.md and OUT/cost.png. Under 8 minutes; quick under 4
gpu_check.sh sanitize DIR OUT [FILTER]  the GPU tests (those that FILTER names, as GoogleTest has it) under compute-sanitizer's memcheck and racecheck
OCTAVO_CHECK_DEVICE=cpu OCTAVO_CHECK_SMALL=1 rehearse the second half without a GPU, with a tiny model.
TEXT
}

max_mib=40                        # what is carried to the other machine

say() { printf '== %s\n' "$*" >&2; }

# Not carried are libraries that a machine with a GPU has by itself: the C and C++ runtimes, the driver, and CUDA's, which are too large.
is_carried() {
    case $(basename "$1") in
    ld-linux* | libc.so* | libm.so* | libdl.so* | librt.so* | libpthread.so* | libstdc++.so* | libgcc_s.so*) return 1 ;;
    libcuda.so* | libnvidia* | libcublas* | libnvrtc*) return 1 ;;
    esac
}

pack() { # DIR
    local dir root build program library
    mkdir -p "$1"
    dir=$(cd "$1" && pwd)
    [ -f "$dir/commit.txt" ] || [ -z "$(ls -A "$dir")" ] || { echo "$dir holds something else; it is not emptied" >&2; return 1; }
    root=$(cd "$here/../.." && pwd)
    build=${OCTAVO_CHECK_BUILD:-$root/build/gpu} # apart, since it is built without Qt
    [ -f "$build/build.ninja" ] || (cd "$root" && cmake --preset dev -B "$build" -DOCTAVO_DESKTOP=OFF >/dev/null)
    local wanted=(octavo-gpu-bench) target
    for target in octavo_cuda cuda_tests; do
        if ninja -C "$build" -t query "$target" >/dev/null 2>&1; then
            wanted+=("$target")
        else
            say "no target $target: built without nvcc?"
        fi
    done
    cmake --build "$build" --target "${wanted[@]}" >&2
    rm -rf "${dir:?}"/*
    for program in "$build/bin/octavo-gpu-bench" "$build/bin/cuda_tests" "$build/lib/liboctavo_cuda.so" "$build/bin/liboctavo_cuda.so"; do
        [ -f "$program" ] || continue
        cp "$program" "$dir/"
        while read -r library; do
            if is_carried "$library"; then cp -Ln "$library" "$dir/"; fi
        done < <(ldd "$program" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }')
    done
    strip --strip-unneeded "$dir"/*
    cp "$here"/{gpu_check.sh,gpu_report.py,attention_bench.py,attention_formula.py} "$dir/"
    (cd "$root" && git describe --always --dirty 2>/dev/null || echo unknown) >"$dir/commit.txt"
    local mib
    mib=$(du -sm "$dir" | cut -f1)
    say "$dir: $mib MiB"
    [ "$mib" -le "$max_mib" ] || { echo "$dir has $mib MiB, more than $max_mib" >&2; return 1; }
}

# Where Octavo's programs find what was packed, and CUDA's libraries: the toolkit's, or those that came with PyTorch. Not for Python: PyTorch has its own.
find_libraries() { # DIR
    local paths=$1 folder
    for folder in /usr/local/cuda/lib64 /usr/local/cuda/targets/*/lib; do
        if [ -d "$folder" ]; then paths+=:$folder; fi
    done
    folder=$(python3 -c 'import importlib.util, pathlib
spec = importlib.util.find_spec("nvidia")
roots = spec.submodule_search_locations if spec else ()
print(":".join(sorted({str(path.parent) for root in roots for path in pathlib.Path(root).rglob("libcublas*.so*")})))' || true)
    if [ -n "$folder" ]; then paths+=:$folder; fi
    libraries=LD_LIBRARY_PATH=$paths${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
}

# Runs a step, at most so many seconds, and notes how it ended. What comes after is run all the same.
step() { # NAME SECONDS COMMAND…
    local name=$1 limit=$2 begin=$SECONDS status=0
    shift 2
    say "$name"
    timeout --kill-after=5 "$limit" "$@" || status=$?
    printf '{"step": "%s", "status": %d, "seconds": %d}\n' "$name" "$status" $((SECONDS - begin)) >>"$out/steps.jsonl"
    [ "$status" = 0 ] || say "$name ended with status $status"
    return "$status"
}

machine_facts() {
    local facts
    facts=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | head -n 1 || true)
    python3 -c 'import json, sys
words = [word.strip() for word in sys.argv[1].split(",")] + [""] * 3
print(json.dumps({"name": words[0], "driver": words[1], "memory": words[2], "commit": sys.argv[2]}))' \
        "$facts" "$(cat "$dir/commit.txt")" >"$out/machine.json"
}

measure_model() { # FORM BUDGET MODEL-OPTIONS -- SUITE-OPTIONS
    local form=$1 budget=$2 shape=()
    shift 2
    while [ "$1" != -- ]; do
        shape+=("$1")
        shift
    done
    shift
    local file=$work/$form.gguf
    step "model_$form" 60 env "$libraries" "$dir/octavo-gpu-bench" model "$file" --form "$form" "${shape[@]}" >"$out/model_$form.jsonl" || return 0
    # The budget ends what is begun; the limit is for what hangs.
    step "suite_$form" $((budget + 30)) \
        env "$libraries" "$dir/octavo-gpu-bench" suite --model "$file" --device "$device" --budget "$budget" "$@" >"$out/suite_$form.jsonl" || true
    if [ "$form" = q4_k_m ]; then
        step suite_half_kept 50 env "$libraries" "$dir/octavo-gpu-bench" suite --model "$file" --device "$device" --gpu-layers 16 --budget 25 \
            --lengths 8192,32768 --full 8192 --depths 0 --repeat 1 --tokens 16 >"$out/suite_half_kept.jsonl" || true
    fi
    rm -f "$file"
}

run() { # DIR OUT [quick]
    dir=$(cd "$1" && pwd)
    mkdir -p "$2"
    out=$(cd "$2" && pwd)
    device=${OCTAVO_CHECK_DEVICE:-cuda}
    local quick=${3:-} begin=$SECONDS tests_limit=120 attention_budget=60
    if [ "$quick" ]; then tests_limit=60 attention_budget=35; fi
    rm -f "$out"/{steps.jsonl,suite_*.jsonl,attention.json,baselines.json,cuda_tests.json,device_use.csv}
    find_libraries "$dir"
    work=$(mktemp -d)
    trap 'rm -rf "$work"; [ -z "${watcher_id:-}" ] || kill "$watcher_id" 2>/dev/null || true' EXIT
    machine_facts
    if command -v nvidia-smi >/dev/null; then
        nvidia-smi --query-gpu=memory.used,clocks.sm,power.draw,temperature.gpu --format=csv,noheader --loop-ms=500 \
            >"$out/device_use.csv" 2>/dev/null &
        watcher_id=$!
    fi

    if [ -x "$dir/cuda_tests" ]; then
        step cuda_tests "$tests_limit" env "$libraries" "$dir/cuda_tests" --gtest_output=json:"$out/cuda_tests.json" --gtest_brief=1 \
            >"$out/cuda_tests.log" 2>&1 || tail -n 30 "$out/cuda_tests.log" >&2
    fi
    if [ "$device" != cpu ]; then
        local status=0
        step attention $((attention_budget + 40)) python3 "$dir/attention_bench.py" "$dir/liboctavo_cuda.so" "$out/attention.json" \
            ${quick:+--quick} --budget "$attention_budget" || status=$?
        # A broken device is the process's, not the machine's: what Octavo is measured against is had by another one.
        if [ "$status" -gt 1 ]; then
            step baselines 60 python3 "$dir/attention_bench.py" "$dir/liboctavo_cuda.so" "$out/baselines.json" --quick --no-octavo --budget 30 || true
        fi
    fi
    if [ "${OCTAVO_CHECK_SMALL:-}" ]; then
        local tiny=(--layers 2 --hidden 256 --heads 4 --kv-heads 2 --head-width 64 --feed-forward 512 --vocabulary 4000)
        measure_model q4_k_m 60 "${tiny[@]}" -- --lengths 4096,8192 --full 4096,8192 --depths 0,8192 --kv f16,q8_0 --repeat 2 --tokens 16
        measure_model bf16 30 "${tiny[@]}" -- --lengths 4096 --full 4096 --depths 0 --repeat 1 --tokens 16
    elif [ "$quick" ]; then
        measure_model q4_k_m 70 -- --repeat 1 --tokens 32
        measure_model bf16 20 --layers 8 -- --lengths 8192,32768 --full 32768 --depths 0,32768 --repeat 1 --tokens 32
    else
        measure_model q4_k_m 120 -- --kv f16,q8_0 --repeat 3
        # A quarter of the layers says as much of bf16 products, leaves room for 512k tokens, and takes a quarter of the time.
        measure_model bf16 60 --layers 8 -- --lengths 4096,8192,32768,131072,524288 --repeat 2
    fi
    if [ -n "${watcher_id:-}" ]; then kill "$watcher_id" 2>/dev/null || true; fi
    local status=0
    python3 "$dir/gpu_report.py" "$out" || status=$?
    say "$((SECONDS - begin)) s; $out/gpu_check.md"
    return "$status"
}

sanitize() { # DIR OUT [FILTER]
    dir=$(cd "$1" && pwd)
    mkdir -p "$2"
    out=$(cd "$2" && pwd)
    find_libraries "$dir"
    local tool failed=0
    for tool in memcheck racecheck; do
        env "$libraries" compute-sanitizer --tool "$tool" --error-exitcode 9 "$dir/cuda_tests" --gtest_filter="${3:-*}" --gtest_brief=1 \
            >"$out/$tool.log" 2>&1 || failed=1
        tail -n 3 "$out/$tool.log"
    done
    return "$failed"
}

case ${1:-both} in
both)
    folder=$(cd "$here/../.." && pwd)/build/gpu_check
    pack "$folder/packed"
    run "$folder/packed" "$folder/results"
    ;;
pack) [ $# = 2 ] || { usage >&2; exit 2; }; pack "$2" ;;
run) [ $# = 3 ] || [ $# = 4 ] || { usage >&2; exit 2; }; run "$2" "$3" "${4:-}" ;;
sanitize) [ $# = 3 ] || [ $# = 4 ] || { usage >&2; exit 2; }; sanitize "$2" "$3" "${4:-*}" ;;
*) usage >&2; exit 2 ;;
esac
