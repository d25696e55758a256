#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Attention as it is trained, against its formulas written down term by term, and against the published reference where that is there.

    attention_test.py [REFERENCE.py]
Without PyTorch this says that it was skipped (77).
"""
import importlib.util
import math
import os
import pathlib
import sys
import types
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / 'engine' / 'adapt'))
try:
    import torch
    from octavo_adapt.attention import Attention, Plan, Rotary, plan_for
except ImportError as error:
    print(f'skipped: {error}')
    sys.exit(77)

REFERENCE = sys.argv.pop() if len(sys.argv) > 1 and sys.argv[-1].endswith('.py') else ''
HEADS, KV_HEADS, WIDTH, CONTEXT = 4, 2, 8, 40

# dims, tokens, asked, sinks, squeeze. Step c of rows: 2 (8/4), or less where the text is long. Asked tokens lie in one row and across several.
CASES = [((0, 8), 5, 2, 4, 4), ((0, 8), 8, 0, 4, 4), ((0, 8), 9, 1, 4, 4), ((0, 8), 70, 9, 4, 4), ((0, 8), 71, 30, 0, 8), ((0, 4, 8), 77, 11, 2, 4),
         ((0, 2, 2, 4), 61, 5, 1, 2), ((3, 8), 60, 7, 4, 4), ((0, 3, 5), 50, 20, 3, 1)]


def random_text(tokens, seed=1):
    generator = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(heads, tokens, WIDTH, generator=generator, dtype=torch.float64) for heads in (HEADS, KV_HEADS, KV_HEADS))
    return q, k, v, 4 * torch.rand(HEADS, generator=generator, dtype=torch.float64)


def rotary():
    return Rotary(100.0 ** (-torch.arange(0, WIDTH, 2, dtype=torch.float64) / WIDTH))


def score(q, k, distance):
    """Of one query and one key: the query turned by the distance between them."""
    total = 0.0
    for pair, frequency in enumerate(rotary().frequencies.tolist()):
        cosine, sine = math.cos(distance * frequency), math.sin(distance * frequency)
        even, odd = q[2 * pair] * cosine - q[2 * pair + 1] * sine, q[2 * pair] * sine + q[2 * pair + 1] * cosine
        total += even * k[2 * pair] + odd * k[2 * pair + 1]
    return total / math.sqrt(WIDTH)


def weighted(terms):
    """Σ softmax(score)·value of (score, value)."""
    weights = [math.exp(s) for s, _ in terms]
    return sum(w * value for w, (_, value) in zip(weights, terms)) / sum(weights)


def by_terms(plan, q, k, v, gate, asked, is_wide=False):
    tokens, m, c = q.shape[1], plan.row, plan.row_step(q.shape[1], CONTEXT)
    dims, away = ((plan.reach,), plan.reach) if is_wide else (plan.dims, m)
    out = torch.zeros_like(q)
    for head in range(HEADS):
        keys, own = k[head // (HEADS // KV_HEADS)].numpy(), v[head // (HEADS // KV_HEADS)]
        queries, values = q[head].numpy(), own
        for n, reach in enumerate(dims):
            stride, finest, new = math.prod(dims[n + 1:]), n == len(dims) - 1, torch.zeros_like(own)
            for t in range(tokens):
                terms = [(score(queries[t], keys[t - a * stride], a if finest else a * stride // m * c) + (gate[head].item() if a == 0 and not finest else 0),
                          values[t - a * stride]) for a in range(min(reach or tokens, t // stride + 1))]
                if finest:
                    terms += [(score(queries[t], keys[s], away - s), own[s]) for s in range(plan.sinks) if t - s >= away]
                new[t] = weighted(terms)
            values = new
        for t in range(tokens - asked, tokens):
            sharper = max(1.0, math.log(t + 1) / math.log(CONTEXT))
            terms = []
            for u in range(t + 1):
                rows = t // m - u // m
                terms.append((score(queries[t], keys[u], t - u if rows <= 1 else t % m - u % m + c * rows + m - c) * sharper, own[u]))
            values[t] = weighted(terms)
        out[head] = values
    return out


class AttentionTest(unittest.TestCase):
    def test_is_the_formula(self):
        for dims, tokens, asked, sinks, squeeze in CASES:
            with self.subTest(dims=dims, tokens=tokens, asked=asked):
                plan = Plan(dims, sinks=sinks, squeeze=squeeze)
                q, k, v, gate = random_text(tokens)
                found = Attention(plan, rotary(), CONTEXT, tokens, asked, dtype=torch.float64)(0, q, k, v, gate)
                self.assertLess((found - by_terms(plan, q, k, v, gate, asked)).abs().max().item(), 1e-12)

    def test_wide_layers_see_further_in_one_hop(self):
        plan = Plan((0, 8), sinks=2, squeeze=4, reach=20, wide=(1,))
        for tokens, asked in ((15, 3), (71, 0), (71, 30)):
            q, k, v, gate = random_text(tokens)
            attention = Attention(plan, rotary(), CONTEXT, tokens, asked, dtype=torch.float64)
            for layer in range(2):
                self.assertLess((attention(layer, q, k, v, gate) - by_terms(plan, q, k, v, gate, asked, layer == 1)).abs().max().item(), 1e-12)

    def test_asks_some_of_what_there_is_room_for(self):
        q, k, v, gate = random_text(90)
        attention = Attention(Plan((0, 8), squeeze=4), rotary(), CONTEXT, 90, 40, dtype=torch.float64)
        whole = attention(0, q, k, v, gate)
        self.assertLess((attention.asking(q[:, 50:63], k[:, :63], v[:, :63]) - whole[:, 50:63]).abs().max().item(), 1e-12)

    def test_is_the_same_in_any_blocks(self):
        import octavo_adapt.attention as module
        q, k, v, gate = random_text(300)
        plan = Plan((0, 4, 8), squeeze=4)
        whole = Attention(plan, rotary(), CONTEXT, 300, 40, dtype=torch.float64)(0, q, k, v, gate)
        usual = module.MOST_QUERIES, module.MOST_SCORES
        try:
            module.MOST_QUERIES, module.MOST_SCORES = 7, 4000
            self.assertLess((Attention(plan, rotary(), CONTEXT, 300, 40, dtype=torch.float64)(0, q, k, v, gate) - whole).abs().max().item(), 1e-12)
        finally:
            module.MOST_QUERIES, module.MOST_SCORES = usual

    def test_gradients_reach_what_is_trained(self):
        q, k, v, gate = (x.requires_grad_() for x in random_text(12))
        attention = Attention(Plan((0, 4), sinks=2, squeeze=2), rotary(), CONTEXT, 12, 3, dtype=torch.float64)
        self.assertTrue(torch.autograd.gradcheck(lambda *x: attention(0, *x), (q, k, v, gate), fast_mode=True))
        attention(0, q, k, v, gate).sum().backward()
        self.assertTrue((gate.grad != 0).all())

    def test_takes_the_engines_rows(self):
        self.assertEqual([plan_for(context).dims for context in (8192, 131072, 512, 100)], [(0, 1024), (0, 1024), (0, 128), (0, 64)])
        self.assertEqual(str(plan_for(8192, 'Smollm2 135M 8k Instruct', (30, 576))), '0,1024+4096@17,18,20,23')
        self.assertEqual(str(plan_for(8192, 'Smollm2 360M 8k Instruct', (32, 960))), '0,1024')

    @unittest.skipUnless(REFERENCE and os.path.exists(REFERENCE), 'no reference')
    def test_is_the_reference(self):
        spec = importlib.util.spec_from_file_location('octavo_reference', REFERENCE)
        reference = importlib.util.module_from_spec(spec)
        sys.modules['octavo_reference'] = reference     # dataclasses look there
        spec.loader.exec_module(reference)
        model = types.SimpleNamespace(context=CONTEXT, inverse_frequency=rotary().frequencies)
        model.rotate = lambda x, position: reference.Model.rotate(model, x, position)
        for dims, tokens, asked, sinks, squeeze in CASES:
            with self.subTest(dims=dims, tokens=tokens, asked=asked):
                q, k, v, gate = (x.float() for x in random_text(tokens))
                plan = reference.Plan(dims, gate[:, None, None, None], sinks, squeeze)
                expected = reference.tensorized(model, plan)
                if asked:
                    expected = reference.asking(model, expected, plan, asked)
                found = Attention(Plan(dims, sinks=sinks, squeeze=squeeze), rotary(), CONTEXT, tokens, asked)(0, q, k, v, gate)
                self.assertLess((found - expected(0, q, k, v)).abs().max().item(), 1e-5)


if __name__ == '__main__':
    unittest.main()
