# SPDX-License-Identifier: Apache-2.0
"""What an adapter is worth on texts it was not trained on: NLL by length while reading and while asking, and facts found, each beside no adapter."""
import json
import statistics

import numpy as np
import torch

from . import Failure
from .attention import Plan
from .data import Corpus, HELD_OUT_FACTS, Sample, ask_facts
from .files import write_whole
from .model import Adapter, Model
from .train import losses, mean

START = 3000            # tokens of a book's front matter that are passed over, as `octavo-cli eval perplexity` does where the text is long enough
SCORED = 1024           # last tokens
FACT_SAMPLES = 4        # of each length


def perplexity_sample(ids: np.ndarray, length: int, asked: bool) -> Sample:
    start = min(START, len(ids) - length)
    counted = np.zeros(length, bool)
    counted[-SCORED:] = True
    return Sample(ids[start:start + length], min(SCORED, length // 2) if asked else 0, counted)


@torch.no_grad()
def nll_of(model: Model, adapter, sample: Sample, plan: Plan) -> float:
    """Mean over the counted tokens at the end: the asked ones, or all where none is asked. In float32, unlike training."""
    nll, is_read, is_asked = losses(model, adapter, sample, plan, exact=True)
    return mean(nll, is_asked if sample.asked else is_read).item()


def evaluate(model: Model, adapters: dict, corpus: Corpus, lengths, plan: Plan, say):
    """One row for each text and length that it has: {"text", "length", "read": {name: nll}, "asked": {…}, "facts": {…}}; `say` is called with each, and with
    {"text", "length", "tokens"} for a length that the text does not have."""
    rows = []
    for text in corpus.texts:
        for length in lengths:
            if len(text.ids) < length:
                say({'text': text.name, 'length': length, 'tokens': len(text.ids)})
                continue
            row = {'text': text.name, 'length': length}
            for kind, samples in samples_of(corpus, text.ids, length).items():
                row[kind] = {name: statistics.fmean(nll_of(model, adapter, sample, plan) for sample in samples) for name, adapter in adapters.items()}
            rows.append(row)
            say(row)
    if not rows:
        raise Failure(f'None of the texts has {min(lengths)} tokens; give longer texts or shorter lengths.')
    return rows


def samples_of(corpus: Corpus, ids: np.ndarray, length: int) -> dict:
    samples = {'read': [perplexity_sample(ids, length, False)], 'asked': [perplexity_sample(ids, length, True)]}
    if corpus.facts:
        held_out, random = corpus.facts[-HELD_OUT_FACTS:], np.random.default_rng(length)
        piece = perplexity_sample(ids, length, False).ids
        samples['facts'] = [ask_facts(corpus, piece, [held_out[n] for n in random.choice(len(held_out), 4, replace=False)], random)
                            for _ in range(FACT_SAMPLES)]
    return samples


def save_report(rows: list, facts: dict, path):
    """PATH.json and PATH.md."""
    report = {**facts, 'rows': rows}
    names = list(rows[0]['read'])
    kinds = [kind for kind in ('read', 'asked', 'facts') if kind in rows[0]]
    lines = ['# Adaptation', '', 'NLL in nats, lower is better. Read: the last 1024 tokens, read. Asked: the same, asking exactly. Facts: right answers about planted facts.', '',
             '| text | tokens | ' + ' | '.join(f'{kind}, {name}' for kind in kinds for name in names) + ' |', '|---|---:|' + '---:|' * len(kinds) * len(names)]
    lines += [f'| {row["text"]} | {row["length"]} | ' + ' | '.join(f'{row[kind][name]:.3f}' for kind in kinds for name in names) + ' |' for row in rows]
    lines += ['', *(f'- {name}: {fact}' for name, fact in facts.items()), '']
    for ending, text in (('json', json.dumps(report, indent=1) + '\n'), ('md', '\n'.join(lines))):
        def write(partial, text=text):
            with open(partial, 'w', encoding='utf-8') as file:
                file.write(text)
        write_whole(f'{path}.{ending}', write)


def adapters_beside_none(adapter) -> dict:
    return {'no adapter': None} | ({} if adapter is None else {'adapter': adapter})
