# SPDX-License-Identifier: Apache-2.0
"""Reading and asking attention of one layer, as the engine computes them (octavo/engine/plan.h, octavo/engine/asking.h), in PyTorch with gradients.

Scores exist for a block of queries at a time, never [tokens, tokens]. T tokens, H query heads, G key/value heads, D head width; queries [H,T,D], keys and
values [G,T,D], before rotation, neighbouring elements (2i, 2i+1) turning together.
"""
from dataclasses import dataclass, replace
import math

import torch
from torch import Tensor
import torch.nn.functional as functional

MASKED = -1e30
MOST_SCORES = 1 << 25       # of one block, all heads together: 128 MiB in float32
MOST_QUERIES = 512          # of one block: more would score more keys that the mask throws away, fewer leave a GPU idle
MOST_QUERIES_ON_CPU = 128   # a quarter faster there
SHORTEST_ROW, LONGEST_ROW = 64, 1024


@dataclass(frozen=True)
class Plan:
    """How a sequence is folded: `dims` coarsest first, the first 0 for as many as needed; the last is a row."""
    dims: tuple = (0, 1024)
    gate: float = 6.0       # added to a token's own logit in every hop but the finest, where an adapter brings none
    sinks: int = 4          # first tokens, always visible to the finest hop
    squeeze: int = 64       # far away, a row counts as row/squeeze positions (fewer if the text is very long)
    reach: int = 0          # tokens that the wide layers see, in one hop
    wide: tuple = ()        # the wide layers

    def __str__(self):
        wide = f'+{self.reach}@{",".join(map(str, self.wide))}' if self.wide else ''
        return ','.join(map(str, self.dims)) + wide

    @property
    def row(self) -> int:
        return self.dims[-1]

    def row_step(self, tokens: int, context: int) -> int:
        """Positions that a whole far row counts."""
        rows = -(-tokens // self.row)
        return max(1, min(self.row // self.squeeze, max(0, context - 2 * self.row) // rows))


def most_queries(device) -> int:
    return MOST_QUERIES if device.type == 'cuda' else min(MOST_QUERIES, MOST_QUERIES_ON_CPU)


def full_attention(tokens: int) -> Plan:
    """One row that is as long as the text: every token sees all before it, at true distances."""
    return Plan((0, tokens))


def plan_for(context: int, name: str = '', shape: tuple = ()) -> Plan:
    """What the engine takes for a model of this trained context, name and (layers, width of states): rowFor and wideLayersFor in engine/attention/plan_choice.cpp."""
    row = 1 << max(0, (context // 3).bit_length() - 1)
    plan = Plan((0, min(max(row, SHORTEST_ROW), LONGEST_ROW)))
    return replace(plan, reach=4096, wide=(17, 18, 20, 23)) if name.startswith('Smollm2 135M') and shape == (30, 576) else plan


class Rotary:
    """Rotary positions: `frequencies` [D/2], in radians per position. Angles are computed in float64, since positions reach 10^6."""

    def __init__(self, frequencies: Tensor):
        self.frequencies = frequencies.double()

    def turns(self, positions: Tensor, dtype: torch.dtype):
        """Cosines and sines [T,D/2] of each pair's angle at `positions` [T]."""
        angles = positions.double()[:, None] * self.frequencies.to(positions.device)
        return angles.cos().to(dtype), angles.sin().to(dtype)


def turn(x: Tensor, turns) -> Tensor:
    """x [...,T,D] turned by `turns` [T,D/2]."""
    cosines, sines = turns
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cosines - odd * sines, even * sines + odd * cosines), -1).flatten(-2)


def part(turns, begin: int, end: int):
    return turns[0][begin:end], turns[1][begin:end]


class Attention:
    """Attention over one text of `tokens` tokens, the last `asked` of which attend exactly to all before them; one object serves all layers.

    The asked tokens are the question and answer of a conversation that was planned together with the reading: row_step follows from `tokens`.
    """

    def __init__(self, plan: Plan, rotary: Rotary, context: int, tokens: int, asked: int, device='cpu', dtype=torch.float32):
        assert 0 <= asked < tokens
        self.plan, self.rotary, self.tokens, self.read, self.dtype = plan, rotary, tokens, tokens - asked, dtype
        row, step = plan.row, plan.row_step(tokens, context)
        position = torch.arange(tokens, device=device)
        self.position = position
        self.true = rotary.turns(position, dtype)
        self.at_most = {reach: rotary.turns(position[:self.read].clamp(max=reach), dtype) for reach in {row, plan.reach or row}}     # of queries, to the sinks
        self.coarse = []                                                                # (stride, reach in keys, turns of the rows)
        for n, reach in enumerate(plan.dims[:-1]):
            stride = math.prod(plan.dims[n + 1:])
            if stride < self.read:                                                      # else one key per query: the identity
                rows = -(-self.read // stride)
                turns = rotary.turns(torch.arange(rows, device=device) * (stride // row * step), dtype)
                self.coarse.append((stride, reach or rows, turns))
        self.step, self.squeezed, self.far_turns = step, position % row + step * (position // row), {}
        self.sharpening = (torch.log(position.double() + 1) / math.log(context)).clamp(min=1).to(dtype)

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor, gate: Tensor) -> Tensor:
        """[H,T,D]; `gate` [H]."""
        read = self.reading(layer, q[:, :self.read], k[:, :self.read], v[:, :self.read], gate)
        return read if self.read == self.tokens else torch.cat((read, self.asking(q[:, self.read:], k, v)), 1)

    def reading(self, layer: int, q: Tensor, k: Tensor, v: Tensor, gate: Tensor) -> Tensor:
        """[H,R,D] of the tokens that are read."""
        group, is_wide = q.shape[0] // k.shape[0], layer in self.plan.wide
        k, v = k.repeat_interleave(group, 0), v.repeat_interleave(group, 0)
        values, reach = v, self.plan.reach if is_wide else self.plan.row
        for stride, rows, turns in () if is_wide else self.coarse:
            values = hop(q, k, values, turns, stride, rows, gate=gate)
        sinks = min(self.plan.sinks, self.read)
        seen = Sinks(turn(q * q.shape[-1] ** -0.5, self.at_most[reach]), turn(k[:, :sinks], part(self.true, 0, sinks)), v[:, :sinks], reach)
        return hop(q, k, values, part(self.true, 0, self.read), 1, reach, sinks=seen)

    def asking(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """[H,n,D] of the first n asked tokens; q are theirs alone, k and v of all tokens up to them. Keys of a query's own row and the row before are at true
        distances, those before at squeezed ones: the same turn of the query for both, since within a row of queries true and squeezed places differ by a constant."""
        (heads, count, width), groups, row = q.shape, k.shape[0], self.plan.row
        q = turn(q * (width ** -0.5 * self.sharpening[self.read:self.read + count, None]), part(self.true, self.read, self.read + count))
        q, near = q.reshape(groups, heads // groups, count, width), turn(k, part(self.true, 0, k.shape[1]))
        most = max(1, MOST_SCORES // (heads * k.shape[1]))
        blocks, begin = [], self.read
        while begin < self.read + count:
            end = min(begin + most, (begin // row + 1) * row, self.read + count)     # a block stays inside one row
            border = max(0, (begin // row - 1) * row)
            keys = torch.cat((turn(k[:, :border], self._far(begin // row, border)), near[:, border:end]), 1)
            queries = q[:, :, begin - self.read:end - self.read]
            score = (queries.flatten(1, 2) @ keys.transpose(1, 2)).unflatten(1, queries.shape[1:3])     # heads of a group share their keys
            score = score.masked_fill(self.position[None, :end] > self.position[begin:end, None], MASKED)
            blocks.append((torch.softmax(score, -1).flatten(1, 2) @ v[:, :end]).unflatten(1, queries.shape[1:3]))
            begin = end
        return torch.cat(blocks, 2).reshape(heads, count, width)

    def _far(self, row_number: int, border: int):
        """Turns of the keys before `border` for queries in this row."""
        if row_number not in self.far_turns:
            self.far_turns[row_number] = self.rotary.turns(self.squeezed[:border] + (row_number - 1) * (self.plan.row - self.step), self.dtype)
        return self.far_turns[row_number]


@dataclass
class Sinks:
    """The first tokens, with their own values, as tokens see them that are at least `reach` (a row, in wide layers more) away: at that distance."""
    queries: Tensor         # [H,T,D], scaled and turned
    keys: Tensor            # [H,S,D], turned
    values: Tensor          # [H,S,D]
    reach: int

    def scores(self, begin: int, end: int) -> Tensor:
        """[H,1,end-begin,S]."""
        score = self.queries[:, begin:end] @ self.keys.transpose(1, 2)
        token = torch.arange(begin, end, device=score.device)[:, None]
        near = token - torch.arange(self.keys.shape[1], device=score.device)[None] < self.reach
        return score.masked_fill(near, MASKED)[:, None]


def hop(q, k, values, turns, stride: int, reach: int, gate=None, sinks=None) -> Tensor:
    """One hop along one dimension: each token attends to the `reach` tokens at distances 0, stride, 2·stride, …; q, k, values and result [H,T,D]."""
    heads, tokens, width = q.shape
    rows = -(-tokens // stride)

    def fold(x):
        return functional.pad(x, (0, 0, 0, rows * stride - tokens)).view(heads, rows, stride, width).transpose(1, 2)    # [H,stride,rows,D]

    q, k, values = turn(fold(q * width ** -0.5), turns), turn(fold(k), turns), fold(values)
    at = torch.arange(rows, device=q.device)
    block = max(1, min(most_queries(q.device), rows, MOST_SCORES // (heads * stride * min(rows, reach))))
    blocks = []
    for begin in range(0, rows, block):
        end, first = min(rows, begin + block), max(0, begin - reach + 1)
        distance = at[begin:end, None] - at[None, first:end]
        score = q[:, :, begin:end] @ k[:, :, first:end].transpose(2, 3)
        if gate is not None:
            score = score + gate[:, None, None, None] * (distance == 0)
        score = score.masked_fill((distance < 0) | (distance >= reach), MASKED)
        if sinks is None:
            blocks.append(torch.softmax(score, -1) @ values[:, :, first:end])
            continue
        count = sinks.keys.shape[1]
        weights = torch.softmax(torch.cat((sinks.scores(begin, end), score), -1), -1)
        blocks.append(weights[..., :count] @ sinks.values[:, None] + weights[..., count:] @ values[:, :, first:end])
    return torch.cat(blocks, 2).transpose(1, 2).reshape(heads, rows * stride, width)[:, :tokens]
