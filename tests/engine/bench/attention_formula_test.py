#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The formula that GPU kernels are checked against, written down a second time, term by term. Needs numpy; without it this says that it was skipped."""
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / 'engine' / 'bench'))
try:
    import numpy as np
except ImportError:
    print('skipped: no numpy')
    sys.exit(77)
import attention_formula as formula


def by_terms(q, k, v, row, sinks, gate, scale):
    tokens, heads, _ = q.shape
    group = heads // k.shape[1]
    out, counted = np.zeros_like(q), 0
    for head in range(heads):
        kv = head // group
        values = v[:, kv]
        for stride, reach, finest in ([(row, tokens, False)] if row else []) + [(1, row or tokens, True)]:
            new = np.zeros_like(values)
            for t in range(tokens):
                terms = []
                for a in range(reach):
                    if a * stride <= t:
                        score = q[t, head] @ k[t - a * stride, kv] * scale + (gate if a == 0 and not finest else 0)
                        terms.append((math.exp(score), values[t - a * stride]))
                counted += len(terms)
                if finest and row:
                    terms += [(math.exp(q[t, head] @ k[s, kv] * scale), v[s, kv]) for s in range(sinks) if t - s >= row]
                new[t] = sum(w * value for w, value in terms) / sum(w for w, _ in terms)
            values = new
        out[:, head] = values
    return out, counted // heads


def main():
    random = np.random.default_rng(1)
    for tokens, row in ((1, 8), (7, 8), (8, 8), (9, 8), (50, 8), (64, 16), (33, 0), (20, 1)):
        q, k, v = (random.standard_normal((tokens, heads, 6)) for heads in (4, 2, 2))
        sinks = min(3, row)
        expected, counted = by_terms(q, k, v, row, sinks, 1.5, 0.4)
        found = formula.attention(np, q, k, v, row, sinks, 1.5, 0.4)
        assert np.abs(found - expected).max() < 1e-12, (tokens, row)
        assert formula.pairs(tokens, row) == counted, (tokens, row, formula.pairs(tokens, row), counted)
        for token in {0, tokens // 2, tokens - 1}:
            for head in range(4):
                at = formula.attention_at(np, np.asarray, q, k, v, token, head, row, sinks, 1.5, 0.4)
                assert np.abs(at - expected[token, head]).max() < 1e-12, (tokens, row, token, head)
    # performance.md's figure for 128k tokens and 32 layers, hop by hop: about 200 GB.
    assert abs(32 * formula.moved_bytes(131072, 1024, 32, 8, 128) / 1e9 - 200) < 5
    print('the formula and its terms agree')
    return 0


if __name__ == '__main__':
    sys.exit(main())
