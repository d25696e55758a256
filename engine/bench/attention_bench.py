#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Attention of one layer on a GPU: Octavo's kernels against their formula, then beside PyTorch's flash attention and cuDNN's, round by round in turn.

    attention_bench.py LIBRARY OUT.json [--quick] [--budget SECONDS] [--no-octavo]

OUT.json is written anew after each step: a kernel that breaks the device takes the process with it, but not what was measured before.
Needs PyTorch. Exit status: 0; 1 if a check failed; 3 if the device broke.
"""
import argparse
import ctypes
import json
import math
import os
import statistics
import sys
import time

import torch
import torch.nn.functional as functional
from torch.nn.attention import SDPBackend, sdpa_kernel

import attention_formula as formula

HEADS, KV_HEADS, WIDTH = 32, 8, 128
SINKS, GATE = 4, 4.0
LONGEST = 131072
HALF_STEP = 2.0 ** -11  # the relative error of a number in half precision


class Octavo:
    """The C interface of liboctavo_cuda.so."""

    def __init__(self, path):
        library = ctypes.CDLL(os.path.abspath(path))
        self.attention = library.octavo_cuda_attention
        self.attention.restype = ctypes.c_int
        self.attention.argtypes = [ctypes.c_void_p] * 5 + [ctypes.c_uint64] + [ctypes.c_uint32] * 5 + [ctypes.c_float] * 2 + [ctypes.c_void_p]
        self.scratch_bytes = library.octavo_cuda_attention_scratch
        self.scratch_bytes.restype = ctypes.c_uint64
        self.scratch_bytes.argtypes = [ctypes.c_uint64] + [ctypes.c_uint32] * 4

    def prepare(self, q, k, v, row):
        """A function that runs one call, and its result [tokens][heads][width]."""
        tokens, heads, width = q.shape
        kv_heads = k.shape[1]
        out = torch.full_like(q, float('nan'))  # what a kernel forgets to write is seen
        scratch = torch.empty(max(1, self.scratch_bytes(tokens, heads, kv_heads, width, row)), dtype=torch.uint8, device=q.device)

        def run():
            error = self.attention(q.data_ptr(), k.data_ptr(), v.data_ptr(), out.data_ptr(), scratch.data_ptr(), tokens, heads, kv_heads, width, row,
                                   SINKS if row else 0, GATE if row else 0.0, width ** -0.5, torch.cuda.current_stream().cuda_stream)
            if error:
                raise RuntimeError(f'octavo_cuda_attention: CUDA error {error}')
        return run, out


def random_text(tokens, heads, kv_heads, width, seed=1):
    generator = torch.Generator(device='cuda').manual_seed(seed)
    return [torch.randn(tokens, count, width, generator=generator, device='cuda', dtype=torch.float16) for count in (heads, kv_heads, kv_heads)]


def sdpa(q, k, v, backend):
    """A function that runs one causal call of PyTorch's attention forced to a backend, its result, and in what form the backend took the text."""
    q = q.transpose(0, 1)[None]
    failure = None
    for gqa in (True, False):
        keys, values = (x.transpose(0, 1)[None] for x in (k, v))
        if not gqa:
            keys, values = (x.repeat_interleave(q.shape[1] // x.shape[1], dim=1) for x in (keys, values))
        options = {'enable_gqa': True} if gqa else {}

        def run(keys=keys, values=values, options=options):
            with sdpa_kernel(backend):
                return functional.scaled_dot_product_attention(q, keys, values, is_causal=True, **options)
        try:
            out = run()
            torch.cuda.synchronize()
            return run, out[0].transpose(0, 1), 'fp16, ' + ('grouped queries' if gqa else 'expanded keys')
        except (RuntimeError, TypeError) as error:
            failure = error
    raise RuntimeError(first_line(failure))


def seconds_of(run, times):
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    for _ in range(times):
        run()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) / 1000 / times


def in_turn(contenders, rounds):
    """Seconds of each of `contenders` (name: (function, at most so many rounds)) in each round."""
    times, seconds = {}, {name: [] for name in contenders}
    for name, (run, _) in contenders.items():
        run()
        times[name] = max(1, min(50, int(0.004 / seconds_of(run, 1))))  # a few milliseconds, far above the events' resolution
    for number in range(rounds):
        for name, (run, most) in contenders.items():
            if number < most:
                seconds[name].append(seconds_of(run, times[name]))
    return seconds


def first_line(error):
    return (str(error).splitlines() or [''])[0]


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.begin = time.monotonic()
        self.rounds = 3 if arguments.quick else 5
        self.result = {'checks': [], 'attention': [], 'curve': [], 'not_run': [], 'errors': []}
        self.octavo = None
        if not arguments.no_octavo:
            try:
                self.octavo = Octavo(arguments.library)
            except (OSError, AttributeError) as error:
                self.result['errors'].append(f'no Octavo kernels: {error}')

    def write(self):
        partial = self.arguments.out + '.partial'
        with open(partial, 'w', encoding='utf-8') as file:
            json.dump(self.result, file, indent=1)
        os.replace(partial, self.arguments.out)

    def step(self, name, function, *values):
        if time.monotonic() - self.begin > self.arguments.budget:
            self.result['not_run'].append(name)
        else:
            begin = time.monotonic()
            try:
                function(*values)
            except Exception as error:  # what else is measured counts more than this step
                self.result['errors'].append(f'{name}: {type(error).__name__}: {first_line(error)}')
                if name.startswith('check'):
                    self.result['checks'].append({'name': name, 'ok': False})  # what could not be checked is not good
            self.result.setdefault('step_seconds', {})[name] = time.monotonic() - begin
        self.write()
        torch.cuda.synchronize()  # fails here if a kernel broke the device
        torch.cuda.empty_cache()

    def machine(self):
        properties = torch.cuda.get_device_properties(0)
        self.result['device'] = {'name': properties.name, 'memory_bytes': properties.total_memory, 'processors': properties.multi_processor_count,
                                 'capability': f'{properties.major}.{properties.minor}', 'torch': torch.__version__, 'cuda': torch.version.cuda,
                                 'cudnn': torch.backends.cudnn.version()}
        source = torch.randint(0, 256, (2 << 30,), dtype=torch.uint8, device='cuda')  # gigabytes, far past the L2
        target = torch.empty_like(source)
        a, b = (torch.randn(8192, 8192, device='cuda', dtype=torch.float16) for _ in range(2))
        seconds = in_turn({'copy': (lambda: target.copy_(source), 99), 'matmul': (lambda: a @ b, 99)}, 2 * self.rounds)
        self.result['copy_bytes_per_second'] = 2 * source.numel() / statistics.median(seconds['copy'])
        self.result['matmul_flops'] = 2 * 8192 ** 3 / statistics.median(seconds['matmul'])

    def note_check(self, name, error, bound):
        self.result['checks'].append({'name': name, 'error': error if math.isfinite(error) else None, 'bound': bound, 'ok': error <= bound})

    def note_distance(self, name, found, expected, size):
        """`size` is what comes out with each value's magnitude in its place: the unit in which rounding shows.

        Rounded to half are the hop values, the weights of each hop and the result, by HALF_STEP each; what is left of six is for sums in single
        precision and approximate exponentials. A sink forgotten, or a token too many, is several times that.
        """
        self.note_check(name, ((found.double() - expected).abs() / size).max().item(), 6 * HALF_STEP)

    def note_likeness(self, name, found, other):
        """Root mean squares of the second half, where single values are small; each side rounds its weights and its result."""
        half = found.shape[0] // 2
        one, two = (x[half:].float() for x in (found, other))
        self.note_check(name, ((one - two).square().mean().sqrt() / two.square().mean().sqrt()).item(), 4 * HALF_STEP)

    def check_whole(self, tokens, heads, kv_heads, width, row):
        q, k, v = random_text(tokens, heads, kv_heads, width)
        run, out = self.octavo.prepare(q, k, v, row)
        run()
        expected, size = (formula.attention(torch, q.double(), k.double(), values.double(), row, SINKS, GATE, width ** -0.5)
                          for values in (v, v.abs()))
        self.note_distance(f'{tokens} tokens, {heads}/{kv_heads} heads of {width}, ' + (f'rows of {row}' if row else 'full'), out, expected, size)

    def check_places(self, tokens, row):
        """Single tokens of a long text, where 32 bits no longer count its elements."""
        q, k, v = random_text(tokens, HEADS, KV_HEADS, WIDTH)
        run, out = self.octavo.prepare(q, k, v, row)
        run()
        how = f'rows of {row}' if row else 'full'
        for token, head in ((tokens - 1, HEADS - 1), (tokens // 2 + 17, 0), (row, HEADS // 2)):
            expected, size = (formula.attention_at(torch, torch.Tensor.double, q, k, values, token, head, row, SINKS, GATE, WIDTH ** -0.5)
                              for values in (v, v.abs()))
            self.note_distance(f'token {token} of {tokens}, head {head}, {how}', out[token, head], expected, size)
        if not torch.isfinite(out).all():
            self.result['checks'].append({'name': f'all of {tokens} tokens, {how}, are finite', 'ok': False})

    def compare(self, tokens):
        q, k, v = random_text(tokens, HEADS, KV_HEADS, WIDTH)
        contenders, facts = {}, {}
        full = None
        for name, backend in (('flash', SDPBackend.FLASH_ATTENTION), ('cudnn', SDPBackend.CUDNN_ATTENTION)):
            try:
                run, result, form = sdpa(q, k, v, backend)
            except RuntimeError as error:
                self.result['errors'].append(f'{name} at {tokens}: {error}')
                continue
            full = result if full is None else full
            contenders[name], facts[name] = (run, self.rounds), {'row': 0, 'form': form}
        for row in (1024, 4096, 0) if self.octavo else ():
            name = f'octavo {row}' if row else 'octavo full'
            run, out = self.octavo.prepare(q, k, v, row)
            try:
                run()
            except RuntimeError as error:  # the others are measured all the same
                self.result['errors'].append(f'{name} at {tokens}: {first_line(error)}')
                continue
            contenders[name], facts[name] = (run, self.rounds if row else 3), {'row': row, 'form': 'fp16, grouped queries'}
            if not row and full is not None:
                self.note_likeness(f'{tokens} tokens, full, against PyTorch', out, full)
        full = None
        for name, seconds in in_turn(contenders, self.rounds).items():
            self.note_speed('attention', name, tokens, seconds, **facts[name])

    def measure_alone(self, tokens):
        q, k, v = random_text(tokens, HEADS, KV_HEADS, WIDTH)
        run, _ = self.octavo.prepare(q, k, v, 1024)
        seconds = in_turn({'octavo 1024': (run, self.rounds)}, self.rounds)['octavo 1024']
        self.note_speed('curve', 'octavo 1024', tokens, seconds, row=1024)

    def note_speed(self, table, name, tokens, rounds, row, form='fp16, grouped queries'):
        seconds = statistics.median(rounds)
        flop = 4 * WIDTH * HEADS * formula.pairs(tokens, row)
        limit = max(flop / self.result['matmul_flops'],
                    formula.moved_bytes(tokens, row, HEADS, KV_HEADS, WIDTH) / self.result['copy_bytes_per_second'])
        self.result[table].append({'name': name, 'tokens': tokens, 'row': row, 'form': form, 'seconds': seconds, 'rounds': rounds,
                                   'flops': flop / seconds, 'limit_seconds': limit})

    def run(self):
        self.step('device', self.machine)
        if self.octavo:
            for row in (1024, 256, 0):
                for width in (128, 64):
                    self.step(f'check of rows of {row}, width {width}', self.check_whole, 3000, 8, 2, width, row)
        for tokens in (LONGEST, 32768, 8192):
            self.step(f'attention at {tokens}', self.compare, tokens)
        if self.octavo:
            for row in (1024, 0):
                self.step(f'check at {LONGEST}, ' + (f'rows of {row}' if row else 'full'), self.check_places, LONGEST, row)
            for power in range(12, 18 if self.arguments.quick else 20):
                self.step(f'cost at {2 ** power}', self.measure_alone, 2 ** power)
            if not self.arguments.quick:
                self.step('check at 524288', self.check_places, 524288, 1024)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('library')
    parser.add_argument('out')
    parser.add_argument('--quick', action='store_true', help='three rounds, up to 128k tokens')
    parser.add_argument('--budget', type=float, default=60, help='seconds after which no further step is begun')
    parser.add_argument('--no-octavo', action='store_true', help='only what Octavo is measured against')
    bench = Bench(parser.parse_args())
    try:
        bench.run()
    except RuntimeError as error:
        bench.result['errors'].append(f'the device broke: {first_line(error)}')
        bench.write()
        return 3
    checks = bench.result['checks']
    checked = bool(checks) or bench.arguments.no_octavo
    return 0 if checked and all(check['ok'] for check in checks) else 1


if __name__ == '__main__':
    sys.exit(main())
