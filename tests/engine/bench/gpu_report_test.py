#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The report of gpu_check.sh on made-up measurements: what it derives, and that it tells what is missing."""
import json
import pathlib
import subprocess
import sys
import tempfile

REPORT = pathlib.Path(__file__).resolve().parents[3] / 'engine' / 'bench' / 'gpu_report.py'
COPY = 4e12
WEIGHTS, KV = 4_000_000_000, 16_000_000_000


def speed(name, tokens, row, seconds):
    return {'name': name, 'tokens': tokens, 'row': row, 'form': 'fp16', 'seconds': seconds, 'rounds': [seconds], 'flops': 1e12,
            'limit_seconds': seconds / 2}


def read(tokens, row, seconds):
    return {'step': 'read', 'tokens': tokens, 'plan': f'row {row}', 'full': row == 0, 'row': row, 'kv': 'f16', 'runs': [seconds], 'seconds': seconds,
            'tokens_per_second': tokens / seconds, 'kv_bytes': 1, 'curve': [[4096, 0.1]], 'layers': 32}


def measurements():
    attention = {'device': {'name': 'A Card', 'torch': '2', 'cuda': '13', 'cudnn': 9}, 'copy_bytes_per_second': COPY, 'matmul_flops': 7e14,
                 'attention': [speed('octavo 1024', 131072, 1024, 0.01), speed('octavo full', 131072, 0, 0.3), speed('flash', 131072, 0, 0.5)],
                 'curve': [speed('octavo 1024', 4096, 1024, 0.001)], 'not_run': ['cost at 524288'], 'errors': [],
                 'checks': [{'name': 'rows of 1024', 'error': 0.001, 'bound': 0.01, 'ok': True}]}
    opened = {'step': 'open', 'device': 'A Card', 'layers': 32, 'hidden': 4096, 'heads': 32, 'kv_heads': 8, 'head_width': 128, 'feed_forward': 14336,
              'vocabulary': 128256, 'weight_bytes': WEIGHTS, 'seconds': 1, 'warm_seconds': 1}
    decode = {'step': 'decode', 'depth': 131072, 'kv': 'f16', 'plan': 'row 1024', 'tokens': 64, 'seconds': 0.00625, 'tokens_per_second': 160,
              'seconds_with_records': 0.006875, 'spans': 512, 'weight_bytes': WEIGHTS, 'kv_bytes': KV, 'finite': True}
    lost = {'step': 'read', 'tokens': 524288, 'plan': 'full kv f16', 'not_run': 'out of time', 'tokens_read': 4096}
    tests = {'testsuites': [{'name': 'Cuda', 'testsuite': [{'name': 'Good', 'result': 'COMPLETED'}, {'name': 'Skipped', 'result': 'SKIPPED'}]}]}
    return {'attention.json': attention, 'cuda_tests.json': tests, 'machine.json': {'name': 'A Card', 'driver': '1', 'commit': 'abc'},
            'suite_q4_k_m.jsonl': [opened, read(131072, 1024, 2), read(131072, 0, 10), decode, lost],
            'suite_half_kept.jsonl': [opened | {'gpu_layers': 16}, read(131072, 1024, 3), decode],
            'steps.jsonl': [{'step': 'cuda_tests', 'status': 0, 'seconds': 3}]}


def report(files):
    """Status, JSON and Markdown of the report on these files."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for file, content in files.items():
            lines = content if file.endswith('.jsonl') else [content]
            (folder / file).write_text(''.join(line if isinstance(line, str) else json.dumps(line) + '\n' for line in lines))
        (folder / 'device_use.csv').write_text('1024 MiB, 1980 MHz\n40960 MiB, 1980 MHz\n[N/A], cut o')
        status = subprocess.run([sys.executable, '-B', REPORT, folder], check=False).returncode
        return status, json.loads((folder / 'gpu_check.json').read_text()), (folder / 'gpu_check.md').read_text()


def main():
    status, data, text = report(measurements())
    assert status == 0
    goals = {goal['goal']: (goal['found'], goal['met']) for goal in data['goals']}
    assert goals['attention at 128k, rows of 1024, against flash'] == ('50.0×', True), goals
    assert goals['full attention at 128k, against flash'] == ('1.67×', True), goals
    assert goals['q4_k_m, 32 layers: reading 128k, against full attention'] == ('5.00×', True), goals
    assert not any('half_kept' in goal for goal in goals) and 'half_kept' in text, 'what is brought is told, and held against no goal'
    assert goals['q4_k_m, 32 layers: decode at 128k, f16'] == ('80% of the bound', False), goals   # 20 GB at 4 TB/s are 5 ms of 6.25
    rows = data['derived']['q4_k_m']['reads']
    assert abs(rows[0]['attention_share'] - 32 * 0.01 / 2) < 1e-9 and abs(rows[1]['attention_share'] - 32 * 0.3 / 10) < 1e-9
    assert abs(data['derived']['q4_k_m']['decodes'][0]['record_cost'] - 0.1) < 1e-9
    assert data['most_device_memory_mib'] == 40960
    for words in ('A Card', '| 128k |', 'the test Cuda.Skipped was skipped', 'cost at 524288: not run', 'after 4096 tokens',
                  '1 passed, 0 failed, 1 skipped'):
        assert words in text, words

    files = measurements()
    files['cuda_tests.json']['testsuites'][0]['testsuite'][0]['failures'] = [{'failure': 'no'}]
    files['attention.json']['checks'][0] = {'name': 'rows of 1024', 'error': None, 'bound': 0.01, 'ok': False}
    files['suite_q4_k_m.jsonl'] += [{'step': 'decode', 'depth': 5, 'error': 'device memory', 'code': 14}, '{"step": "re']
    status, data, text = report(files)
    assert status == 1
    for words in ('the test Cuda.Good failed', 'wrong: rows of 1024', 'decode 5: device memory', 'WRONG', 'unreadable'):
        assert words in text, words

    # A kernel broke the device: what it is measured against comes from a second process.
    files = measurements()
    files['baselines.json'] = dict(files['attention.json'])
    files['attention.json'] = {'attention': [], 'curve': [], 'checks': [], 'not_run': [], 'errors': ['the device broke']}
    files['steps.jsonl'].append({'step': 'attention', 'status': 3, 'seconds': 9})
    status, data, text = report(files)
    assert status == 1 and 'attention ended with status 3' in text and 'the device broke' in text and data['attention']['copy_bytes_per_second'] == COPY

    status, data, text = report({})
    assert status == 1
    for words in ('the tests left no report', 'attention was not measured', 'no model was measured'):
        assert words in text, words
    print('the report says what was measured, and what was not')
    return 0


if __name__ == '__main__':
    sys.exit(main())
