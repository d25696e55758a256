#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Joins what gpu_check.sh has measured into gpu_check.json, gpu_check.md and cost.png.

    gpu_report.py FOLDER

Reads of FOLDER what is there of machine.json, steps.jsonl, cuda_tests.json (GoogleTest's), attention.json and baselines.json (attention_bench.py),
device_use.csv and suite_*.jsonl (octavo-gpu-bench suite). What is missing is told, not passed over. Needs the standard library only; without matplotlib
there is no picture. Exit status: 0; 1 if a test or check failed or a step did not end well.
"""
import datetime
import json
import pathlib
import sys

GOAL_FLASH, GOAL_FULL, GOAL_DECODE = 40, 4.5, 0.85
LONG = 131072


def read_json(path):
    return json.loads(path.read_text()) if path.is_file() else None


def read_lines(path):
    lines = []
    for line in path.read_text().splitlines() if path.is_file() else ():
        try:
            lines.append(json.loads(line))
        except ValueError:  # cut off by the end of its process
            lines.append({'step': 'unreadable', 'error': line[:200]})
    return lines


def load(folder):
    data = {'machine': read_json(folder / 'machine.json') or {}, 'steps': read_lines(folder / 'steps.jsonl'),
            'tests': tests_of(read_json(folder / 'cuda_tests.json')), 'attention': read_json(folder / 'attention.json'),
            'suites': {path.stem.removeprefix('suite_'): read_lines(path) for path in sorted(folder.glob('suite_*.jsonl'))}}
    baselines = read_json(folder / 'baselines.json')
    if baselines and data['attention']:  # measured by another process, after a kernel broke the first one's device
        measured = {(entry['name'], entry['tokens']) for entry in data['attention']['attention']}
        data['attention']['attention'] += [entry for entry in baselines['attention'] if (entry['name'], entry['tokens']) not in measured]
        for key in ('device', 'copy_bytes_per_second', 'matmul_flops'):
            if key in baselines:
                data['attention'].setdefault(key, baselines[key])
    elif baselines:
        data['attention'] = baselines
    used = [int(word) for line in read_text(folder / 'device_use.csv').splitlines() if (word := line.split(',')[0].strip().split(' ')[0]).isdigit()]
    data['most_device_memory_mib'] = max(used, default=None)
    return data


def read_text(path):
    return path.read_text() if path.is_file() else ''


def tests_of(report):
    if report is None:
        return None
    tests = [(suite['name'] + '.' + test['name'], test) for suite in report['testsuites'] for test in suite['testsuite']]
    return {'passed': sum(test.get('result') == 'COMPLETED' and not test.get('failures') for _, test in tests),
            'failed': [name for name, test in tests if test.get('failures')],
            'skipped': [name for name, test in tests if test.get('result') == 'SKIPPED']}


class Figures:
    """What follows from the measurements."""

    def __init__(self, data):
        attention = data['attention'] or {}
        self.copy = attention.get('copy_bytes_per_second')
        self.matmul = attention.get('matmul_flops')
        self.attention = {(entry['tokens'], entry['name']): entry for entry in attention.get('attention', [])}
        self.curve = attention.get('curve', [])
        self.suites = data['suites']

    def attention_seconds(self, tokens, row):
        """Of one layer of Llama-3-8B's shape; None if it was not measured."""
        entry = self.attention.get((tokens, f'octavo {row}' if row else 'octavo full'))
        if entry is None:
            entry = next((entry for entry in self.curve if entry['tokens'] == tokens and entry['row'] == row), None)
        return entry and entry['seconds']

    def opened(self, suite):
        return next((line for line in self.suites[suite] if line['step'] == 'open' and 'error' not in line), {})

    def reads(self, suite):
        """Finished readings, each with the share of attention and how many times faster it is than full attention."""
        opened = self.opened(suite)
        like_8b = (opened.get('heads'), opened.get('kv_heads'), opened.get('head_width')) == (32, 8, 128)
        done = [dict(line) for line in self.suites[suite] if line['step'] == 'read' and 'seconds' in line and line['tokens'] > 1]
        full = {(line['tokens'], line['kv']): line['seconds'] for line in done if line['full']}
        for line in done:
            layer = self.attention_seconds(line['tokens'], line['row'])
            # The kernels alone, as they were measured beside flash attention: an engine that loses time around them has a smaller share.
            on_device = 'CPU' not in opened.get('device', 'CPU')
            line['attention_share'] = layer * line['layers'] / line['seconds'] if layer and like_8b and on_device else None
            other = full.get((line['tokens'], line['kv']))
            line['times_full'] = other / line['seconds'] if other and not line['full'] else None
        return sorted(done, key=lambda line: (line['kv'], line['full'], line['tokens']))

    def decodes(self, suite):
        done = [dict(line) for line in self.suites[suite] if line['step'] == 'decode' and 'seconds' in line]
        for line in done:
            line['bound_seconds'] = (line['weight_bytes'] + line['kv_bytes']) / self.copy if self.copy else None
            line['of_bound'] = line['bound_seconds'] / line['seconds'] if self.copy else None
            records = line.get('seconds_with_records')
            line['record_cost'] = records / line['seconds'] - 1 if records else None
        return done

    def ratio(self, tokens, slow, fast):
        slow, fast = (self.attention.get((tokens, name)) for name in (slow, fast))
        return slow['seconds'] / fast['seconds'] if slow and fast else None

    def goals(self):
        rows = []

        def add(name, found, wanted, form):
            rows.append({'goal': name, 'wanted': '≥ ' + form.format(wanted), 'found': form.format(found) if found is not None else 'not measured',
                         'met': found is not None and found >= wanted})
        add('attention at 128k, rows of 1024, against flash', self.ratio(LONG, 'flash', 'octavo 1024'), GOAL_FLASH, '{:.1f}×')
        add('full attention at 128k, against flash', self.ratio(LONG, 'flash', 'octavo full'), 1, '{:.2f}×')
        for suite in self.suites:
            opened = self.opened(suite)
            if 0 < opened.get('gpu_layers', 0) < opened.get('layers', 0):
                continue        # what it costs that layers are brought is told, and has no goal
            name = f'{suite}, {self.opened(suite).get("layers", "no")} layers'
            whole = [line['times_full'] for line in self.reads(suite) if line['tokens'] == LONG and line['times_full']]
            add(f'{name}: reading 128k, against full attention', whole[0] if whole else None, GOAL_FULL, '{:.2f}×')
            for line in self.decodes(suite):
                add(f'{name}: decode at {words(line["depth"])}, {line["kv"]}', line['of_bound'], GOAL_DECODE, '{:.0%} of the bound')
        return rows


def words(tokens):
    return f'{tokens // 1024}k' if tokens >= 1024 and tokens % 1024 == 0 else str(tokens)


def cell(value, form):
    return '–' if value is None else form.format(value)


def table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head)]
    return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in rows]) + '\n'


def milliseconds(entry):
    value = entry and entry['seconds'] * 1000
    return cell(value, '{:.3f}' if value is not None and value < 10 else '{:.1f}')


def attention_table(figures):
    names = ['octavo 1024', 'octavo 4096', 'octavo full', 'flash', 'cudnn']
    rows = []
    for tokens in sorted({tokens for tokens, _ in figures.attention}):
        entries = {name: figures.attention.get((tokens, name)) for name in names}
        limits = [entry and entry['limit_seconds'] / entry['seconds'] for entry in (entries['octavo 1024'], entries['octavo full'])]
        pairs = [('flash', 'octavo 1024'), ('cudnn', 'octavo 1024'), ('flash', 'octavo 4096'), ('cudnn', 'octavo 4096'), ('flash', 'octavo full')]
        ratios = [cell(figures.ratio(tokens, slow, fast), '{:.2f}×') for slow, fast in pairs]
        rows.append([words(tokens)] + [milliseconds(entries[name]) for name in names] + ratios + [cell(limit, '{:.0%}') for limit in limits])
    return table(['tokens', '(∞,1024) ms', '(∞,4096) ms', 'full ms', 'flash ms', 'cuDNN ms', 'flash / 1024', 'cuDNN / 1024', 'flash / 4096',
                  'cuDNN / 4096', 'flash / full', '1024 of its limit', 'full of its limit'], rows)


def reading_table(reads):
    return table(['tokens', 'attention', 'KV', 'seconds', 'tokens/s', 'runs', 'share of attention', 'faster than full'],
                 [[words(line['tokens']), 'full' if line['full'] else f'(∞,{line["row"]})', line['kv'], f'{line["seconds"]:.3f}',
                   f'{line["tokens_per_second"]:.0f}', str(len(line['runs'])), cell(line['attention_share'], '{:.1%}'),
                   cell(line['times_full'], '{:.2f}×')] for line in reads])


def decode_table(decodes):
    return table(['depth', 'KV', 'ms a token', 'tokens/s', 'bound ms', 'of the bound', 'hop records cost', 'generating, ms'],
                 [[words(line['depth']), line['kv'], f'{line["seconds"] * 1000:.3f}', f'{line["tokens_per_second"]:.1f}',
                   cell(line['bound_seconds'] and line['bound_seconds'] * 1000, '{:.3f}'), cell(line['of_bound'], '{:.0%}'),
                   cell(line['record_cost'], '{:+.1%}'),
                   cell(line['seconds_generating'] * 1000 if 'seconds_generating' in line else None, '{:.3f}')] for line in decodes])


def troubles(data):
    """What did not end well or was not done, in words."""
    found = [f'{step["step"]} ended with status {step["status"]}' for step in data['steps'] if step.get('status')]
    if data['tests'] is None:
        found.append('the tests left no report')
    else:
        found += [f'the test {name} failed' for name in data['tests']['failed']]
        found += [f'the test {name} was skipped' for name in data['tests']['skipped']]
    if data['attention'] is None:
        found.append('attention was not measured')
    else:
        found += data['attention']['errors'] + [f'{step}: not run, out of time' for step in data['attention']['not_run']]
        found += [f'wrong: {check["name"]}' for check in data['attention']['checks'] if not check['ok']]
    if not data['suites']:
        found.append('no model was measured')
    for suite, lines in data['suites'].items():
        for line in lines:
            what = f'{suite}: {line["step"]} {line.get("tokens", line.get("depth", ""))} {line.get("plan", "")}'.rstrip()
            if 'error' in line:
                found.append(f'{what}: {line["error"]}')
            elif 'not_run' in line:
                found.append(f'{what}: not run, {line["not_run"]}' + (f' after {line["tokens_read"]} tokens' if 'tokens_read' in line else ''))
            elif line.get('finite') is False:
                found.append(f'{what}: logits are not finite')
    return found


def markdown(data, figures, picture):
    machine, attention = data['machine'], data['attention'] or {}
    device = attention.get('device', {})
    parts = [f'# GPU check: {device.get("name") or machine.get("name") or "no GPU was seen"}, {data["date"]}\n']
    facts = [['driver', machine.get('driver', '–')], ['commit', machine.get('commit', '–')],
             ['PyTorch, CUDA, cuDNN', ', '.join(str(device.get(key, '–')) for key in ('torch', 'cuda', 'cudnn'))],
             ['copy (read + write)', cell(figures.copy and figures.copy / 1e12, '{:.2f} TB/s')],
             ['matrix product 8192³, half', cell(figures.matmul and figures.matmul / 1e12, '{:.0f} TFLOP/s')],
             ['most device memory in use', cell(data['most_device_memory_mib'] and data['most_device_memory_mib'] / 1024, '{:.1f} GiB')]]
    parts.append(table(['', ''], facts))
    goals = [[goal['goal'], goal['wanted'], goal['found'], 'yes' if goal['met'] else 'no'] for goal in data['goals']]
    parts += ['## Goals\n', table(['goal', 'wanted', 'found', ''], goals)]
    tests = data['tests']
    parts.append('## Tests\n')
    parts.append(f'{tests["passed"]} passed, {len(tests["failed"])} failed, {len(tests["skipped"])} skipped.\n' if tests else 'No report.\n')
    if data['steps']:
        parts.append(table(['step', 'seconds', 'status'], [[step['step'], f'{step["seconds"]:.0f}', str(step['status'])] for step in data['steps']]))
    if attention.get('checks'):
        parts.append(table(['attention against its formula', 'largest error, relative', 'bound', ''],
                           [[check['name'], cell(check.get('error'), '{:.2g}'), cell(check.get('bound'), '{:.2g}'), 'good' if check['ok'] else 'WRONG']
                            for check in attention['checks']]))
    parts += ['## Attention of one layer, causal, heads 32/8 of 128\n', attention_table(figures)]
    forms = sorted({f'{name}: {entry["form"]}' for (_, name), entry in figures.attention.items()})
    parts.append('Medians of rounds in turn. ' + '; '.join(forms) + ('. ' if forms else '') + 'The limit is the larger of products at the measured '
                 'matrix rate and bytes at the measured copy rate, hop by hop.\n')
    for suite in data['suites']:
        opened = figures.opened(suite)
        parts.append(f'## Whole model, {suite}\n')
        if opened:
            parts.append(f'{opened["device"]}; {opened["layers"]} layers, hidden {opened["hidden"]}, feed-forward {opened["feed_forward"]}, '
                         f'vocabulary {opened["vocabulary"]}; weights {opened["weight_bytes"] / 1e9:.2f} GB without the embedding; '
                         f'opened in {opened["seconds"]:.1f} s, warm in {opened["warm_seconds"]:.1f} s. '
                         'Share of attention: its kernels as measured above, times the layers.\n')
        parts += [reading_table(figures.reads(suite)), decode_table(figures.decodes(suite))]
        parts.append('The bound of decoding: weights and all keys and values once, at the copy rate.\n')
    parts += ['## Cost against length\n', table(['tokens', '(∞,1024), one layer, ms', 'ns a token'],
                                                [[words(entry['tokens']), milliseconds(entry), f'{entry["seconds"] / entry["tokens"] * 1e9:.1f}']
                                                 for entry in figures.curve])]
    parts.append('![cost against length](cost.png)\n' if picture else 'No picture: matplotlib is missing.\n')
    parts.append('## Not done, or wrong\n')
    parts.append('\n'.join(f'- {trouble}' for trouble in data['troubles']) + '\n' if data['troubles'] else 'Nothing.\n')
    return '\n'.join(parts)


def draw(figures, path):
    """False without matplotlib."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use('Agg')
    from matplotlib import pyplot
    picture, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5))
    lines = {}
    for entry in figures.curve + list(figures.attention.values()):
        lines.setdefault(entry['name'], {})[entry['tokens']] = entry['seconds'] * 1000
    for name, points in lines.items():
        left.plot(sorted(points), [points[tokens] for tokens in sorted(points)], marker='o', label=name)
    left.set_title('Attention, one layer, heads 32/8 of 128')
    left.set_ylabel('milliseconds')
    for suite in figures.suites:
        lines = {}
        for line in figures.reads(suite):
            points = lines.setdefault(f'{suite}, {"full" if line["full"] else "rows of %d" % line["row"]}, {line["kv"]}', {})
            points.update({tokens: seconds for tokens, seconds in line['curve'] if tokens not in points})  # on the way to the end
            points[line['tokens']] = line['seconds']
        for name, points in lines.items():
            right.plot(sorted(points), [points[tokens] for tokens in sorted(points)], marker='o', label=name)
    right.set_title('Reading, whole model')
    right.set_ylabel('seconds')
    for axes in (left, right):
        axes.set_xscale('log', base=2)
        axes.set_yscale('log')
        axes.set_xlabel('tokens')
        axes.grid(True, which='major', alpha=0.3)
        if axes.get_lines():
            axes.xaxis.set_major_formatter(lambda tokens, _: words(int(tokens)))
            axes.legend()
    picture.tight_layout()
    picture.savefig(path, dpi=110)
    return True


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[1])
    data = load(folder)
    figures = Figures(data)
    data['date'] = datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%d %H:%M UTC')
    data['goals'] = figures.goals()
    data['troubles'] = troubles(data)
    data['derived'] = {suite: {'reads': figures.reads(suite), 'decodes': figures.decodes(suite)} for suite in data['suites']}
    picture = draw(figures, folder / 'cost.png')
    (folder / 'gpu_check.json').write_text(json.dumps(data, indent=1, ensure_ascii=False) + '\n')
    (folder / 'gpu_check.md').write_text(markdown(data, figures, picture))
    bad_steps = any(step.get('status') for step in data['steps'])
    wrong = data['attention'] is None or not all(check['ok'] for check in data['attention']['checks'])
    return 1 if bad_steps or wrong or data['tests'] is None or data['tests']['failed'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
