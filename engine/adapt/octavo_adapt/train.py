# SPDX-License-Identifier: Apache-2.0
"""The training loop: steps that follow from the settings alone, a state on disk to go on from, and what is said along the way."""
from contextlib import nullcontext
from dataclasses import asdict, dataclass
import json
import math
import os
import pickle
import resource
import signal
import sys
import time
import zipfile

import numpy as np
import torch

from . import Failure
from .adapter_file import save_adapter
from .attention import Plan, full_attention
from .data import Corpus, Interview, Sample, Samples, TALK_ROOM
from .files import write_whole
from .model import Adapter, Model, fresh_adapter

WARM_UP = 0.05              # of the steps, in which the rate rises; then it falls along a cosine to a tenth
GATE_RATE = 20.0            # times the rate: gates are near 4 and have a few nats to go, entries of the pairs are near 0.02
LONGEST_NORM = 1.0          # of all gradients together


@dataclass(frozen=True)
class Settings:
    """What the result follows from, beside the model and the texts."""
    lengths: tuple
    steps: int
    step_tokens: int        # tokens of a step: several short samples or one long one
    rank: int
    alpha: float
    rate: float
    asked: int              # last tokens of a book's sample
    read_weight: float      # of the mean loss of read tokens
    asked_weight: float     # of the mean loss of asked tokens
    fact_share: float       # of samples
    for_asking: bool        # whether asked tokens alone are changed: learnt from documents with facts, which are read without adapter
    teacher: bool           # whether texts are foreseen as the model itself foresees them with full attention, within its trained context
    seed: int
    plan: Plan

    def length(self, step: int) -> int:
        return self.lengths[step * len(self.lengths) // self.steps]

    def samples(self, step: int) -> int:
        return max(1, self.step_tokens // self.length(step))

    def rate_at(self, step: int) -> float:
        warm = max(1, round(self.steps * WARM_UP))
        if step < warm:
            return self.rate * (step + 1) / warm
        return self.rate * (0.55 + 0.45 * math.cos(math.pi * (step - warm) / max(1, self.steps - warm)))


class Stopped(Exception):
    pass


class Stop:
    """Ctrl+C and SIGTERM. Whoever polls is stopped before the next layer; the step at hand is dropped."""

    def __init__(self):
        self.wanted = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._want)

    def _want(self, *_):
        self.wanted = True

    def poll(self):
        if self.wanted:
            raise Stopped


def losses(model: Model, adapter, sample: Sample, plan: Plan, poll=lambda: None, exact=False, teacher=False):
    """Loss in nats [T-1] of each token but the first; which of them were read and count; which were asked and count. `exact`: in float32 on a GPU too.

    The loss is the NLL. With `teacher`, where the sample fits into the trained context, it is the divergence from the model without adapter and with full
    attention, but for what a fact's answer says: what is learnt then is to read in hops, not to write like the texts (Hinton et al. 2015)."""
    ids = torch.from_numpy(sample.ids).long().to(model.device)
    with nullcontext() if exact else model.autocast():
        hidden = model.hidden(ids, plan, sample.asked, adapter, poll)
    asked = np.arange(1, len(sample.ids)) >= len(sample.ids) - sample.asked
    masks = (torch.from_numpy(mask & sample.counted[1:]).to(model.device) for mask in (~asked, asked))
    taught = len(ids) - 1 - sample.answers if teacher and len(ids) <= model.config.context else 0
    loss = []
    if taught:
        with torch.no_grad(), nullcontext() if exact else model.autocast():
            full = model.hidden(ids, full_attention(len(ids)), 0, None, poll)
        loss.append(model.divergence(hidden[:taught], full[:taught]))
    if taught < len(ids) - 1:
        loss.append(model.nll(hidden[taught:-1], ids[taught + 1:]))
    return (torch.cat(loss), *masks)


def interview_losses(model: Model, adapter, interview: Interview, plan: Plan, poll=lambda: None):
    """For each conversation the NLL of its taught tokens, and the divergence of its kept ones from the model without adapter, summed."""
    with model.autocast():
        text = model.read(torch.from_numpy(interview.document).long().to(model.device), plan, TALK_ROOM, poll)
    for talk in interview.talks:
        ids = torch.from_numpy(talk.ids).long().to(model.device)
        taught, kept = (torch.from_numpy(np.flatnonzero(mask[1:])).to(model.device) for mask in (talk.taught, talk.kept))
        with model.autocast():
            hidden = model.ask(text, ids, adapter, poll)
            with torch.no_grad():
                before = model.ask(text, ids, None, poll) if len(kept) else None
        told = model.nll(hidden[taught], ids[taught + 1]).sum() if len(taught) else torch.zeros(())
        strayed = model.divergence(hidden[kept], before[kept]).sum() if len(kept) else torch.zeros(())
        yield told, strayed


def mean(values, mask):
    """0 where nothing is to be counted."""
    return (values * mask).sum() / mask.sum().clamp(min=1)


class Training:
    def __init__(self, model: Model, corpus: Corpus, settings: Settings, out, stop: Stop):
        self.model, self.corpus, self.settings, self.out, self.stop = model, corpus, settings, out, stop
        self.samples = Samples(corpus, settings.asked, settings.fact_share, settings.seed, settings.for_asking)
        for length in settings.lengths:
            self.samples.check(length)
        fresh = fresh_adapter(model.config, settings.rank, settings.alpha, settings.plan.gate, settings.seed, settings.for_asking)
        self.adapter = Adapter(fresh.alpha, {name: tensor.to(model.device).requires_grad_() for name, tensor in fresh.tensors.items()}, fresh.for_asking)
        gates = [tensor for name, tensor in self.adapter.tensors.items() if name == 'octavo.gate']
        pairs = [tensor for name, tensor in self.adapter.tensors.items() if name != 'octavo.gate']
        self.optimizer = torch.optim.AdamW([{'params': pairs, 'factor': 1.0}, {'params': gates, 'factor': GATE_RATE}], betas=(0.9, 0.99), weight_decay=0.0)
        self.step = 0

    # Nothing random is left between steps (Samples), so step, adapter and the optimizer's moments are all of the state. It is read as tensors and
    # words only, since a state may come from anybody; PyTorch 1.13 reads no single floats that way, so settings are one text.

    @property
    def state_path(self):
        return f'{self.out}.state'

    def identity(self) -> dict:
        """What a state must have been made with, to be gone on from."""
        settings = asdict(self.settings)
        settings['plan'] = str(settings['plan'])
        return {'model': self.corpus.model_sha256, 'texts': self.corpus.identity(), **settings, 'lengths': list(self.settings.lengths)}

    def save_state(self):
        state = {'identity': json.dumps(self.identity()), 'step': self.step, 'moments': self.optimizer.state_dict()['state'],
                 'adapter': {name: tensor.detach() for name, tensor in self.adapter.tensors.items()}}
        write_whole(self.state_path, lambda partial: torch.save(state, partial))

    def load_state(self):
        try:
            state = torch.load(self.state_path, map_location='cpu', weights_only=True)
            begun = json.loads(state['identity'])
        except (OSError, RuntimeError, ValueError, KeyError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
            raise Failure(f'{self.state_path} cannot be read ({str(error).splitlines()[0]}); delete it to begin anew.') from None
        ours = json.loads(json.dumps(self.identity()))
        other = [name for name in ours if begun.get(name) != ours[name]]
        if other:
            raise Failure(f'{self.state_path} was begun with other {", ".join(other)}; name the same, or another --out.')
        with torch.no_grad():
            for name, tensor in self.adapter.tensors.items():
                tensor.copy_(state['adapter'][name])
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {'state': state['moments']})
        self.step = state['step']

    def save_adapter(self):
        settings = self.settings
        facts = {'model_sha256': self.corpus.model_sha256, 'model': os.path.basename(str(self.model.path)), 'dims': str(settings.plan),
                 'sinks': settings.plan.sinks, 'squeeze': settings.plan.squeeze, 'rank': settings.rank, 'seed': settings.seed, 'steps': self.step,
                 'planned_steps': settings.steps, 'lengths': list(settings.lengths), 'step_tokens': settings.step_tokens, 'rate': settings.rate,
                 'asked': settings.asked, 'for_asking': settings.for_asking, 'read_weight': settings.read_weight, 'asked_weight': settings.asked_weight, 'fact_share': settings.fact_share, 'teacher': settings.teacher,
                 'texts': [text.name for text in self.corpus.texts], 'texts_sha256': [text.sha256 for text in self.corpus.texts]}
        save_adapter(self.adapter, self.model.config, facts, self.out, self.corpus.model_hash)

    def take_step(self) -> dict:
        """Counts only if it comes to its end: before that, nothing has changed."""
        settings, length = self.settings, self.settings.length(self.step)
        count = settings.samples(self.step)
        self.optimizer.zero_grad(set_to_none=True)
        learnt = self._learn_from_interviews(length, count) if settings.for_asking else self._learn_from_samples(length, count)
        norm = torch.nn.utils.clip_grad_norm_(list(self.adapter.tensors.values()), LONGEST_NORM).item()
        if not math.isfinite(norm):
            raise Failure(f'The gradients of step {self.step} are not finite; begin anew with a smaller --rate.')
        rate = settings.rate_at(self.step)
        for group in self.optimizer.param_groups:
            group['lr'] = rate * group['factor']
        self.optimizer.step()
        self.step += 1
        return {'step': self.step, 'steps': settings.steps, 'length': length, 'samples': count, 'read_loss': learnt[0], 'asked_loss': learnt[1], 'rate': rate,
                'gradient_norm': norm, 'tokens': length * count}

    def _learn_from_samples(self, length: int, count: int) -> tuple:
        settings, read, asked = self.settings, 0.0, 0.0
        for number in range(count):
            nll, is_read, is_asked = losses(self.model, self.adapter, self.samples.sample(length, self.step, number), settings.plan, self.stop.poll, teacher=settings.teacher)
            read_loss, asked_loss = mean(nll, is_read), mean(nll, is_asked)
            ((settings.read_weight * read_loss + settings.asked_weight * asked_loss) / count).backward()
            read, asked = read + read_loss.item() / count, asked + asked_loss.item() / count
        return read, asked

    def _learn_from_interviews(self, length: int, count: int) -> tuple:
        """What is lost while reading is how far answers to open questions stray."""
        settings, read, asked = self.settings, 0.0, 0.0
        for number in range(count):
            interview = self.samples.interview(length, self.step, number)
            taught, kept = (count * sum(int(mask[1:].sum()) for mask in masks) for masks in zip(*((talk.taught, talk.kept) for talk in interview.talks)))
            for told, strayed in interview_losses(self.model, self.adapter, interview, settings.plan, self.stop.poll):
                (settings.read_weight * strayed / kept + settings.asked_weight * told / taught).backward()
                read, asked = read + strayed.item() / kept, asked + told.item() / taught
        return read, asked

    def run(self, minutes: float, save_every: float) -> str:
        """Trains to the last step, for `minutes` (0: no limit) but at least one step, or until a stop; saves; says which of them it was: done, minutes, stopped."""
        begin = saved = time.monotonic()
        longest = 0.0
        end = 'done'
        try:
            while self.step < self.settings.steps:
                started = time.monotonic()
                if minutes and longest and started + longest > begin + 60 * minutes:    # a step that would end late is not begun
                    end = 'minutes'
                    break
                report = self.take_step()
                seconds = time.monotonic() - started
                longest, gate = max(longest, seconds), self.adapter.tensors.get('octavo.gate')
                say(report | {'seconds': seconds, 'tokens_per_second': report['tokens'] / seconds, 'peak_bytes': peak_bytes(self.model.device),
                              'gate_mean': gate.mean().item() if gate is not None else None})
                if time.monotonic() - saved > save_every:
                    self.save_state()
                    saved = time.monotonic()
        except Stopped:
            end = 'stopped'
        self.save_state()
        self.save_adapter()
        return end


def peak_bytes(device) -> int:
    if device.type == 'cuda':
        return torch.cuda.max_memory_allocated(device)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def say(report: dict):
    """A line of JSON on stdout; for people one line on stderr, which replaces itself on a terminal."""
    print(json.dumps(report), flush=True)
    line = (f'step {report["step"]}/{report["steps"]}, {report["samples"]} × {report["length"]} tokens: loss {report["read_loss"]:.3f} read, '
            f'{report["asked_loss"]:.3f} asked; {report["tokens_per_second"]:.0f} tokens/s, {report["peak_bytes"] / 2 ** 30:.1f} GiB')
    print(f'\r\033[K{line}' if sys.stderr.isatty() else line, end='' if sys.stderr.isatty() else '\n', file=sys.stderr, flush=True)
