# SPDX-License-Identifier: Apache-2.0
"""Reading and asking attention of one layer, as the engine computes them (octavo/engine/plan.h, octavo/engine/asking.h), in PyTorch with gradients.

Scores exist for a block of queries at a time, never [tokens, tokens]. T tokens, H query heads, G key/value heads, D head width; queries [H,T,D], keys and
values [G,T,D], before rotation, neighbouring elements (2i, 2i+1) turning together.
"""
from dataclasses import dataclass
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


def plan_for(context: int) -> Plan:
    """The rows that the engine takes for a model of this trained context (rowFor in engine/attention/plan_choice.cpp)."""
    row = 1 << max(0, (context // 3).bit_length() - 1)
    return Plan((0, min(max(row, SHORTEST_ROW), LONGEST_ROW)))


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
        self.plan, self.tokens, self.read = plan, tokens, tokens - asked
        row, step = plan.row, plan.row_step(tokens, context)
        position = torch.arange(tokens, device=device)
        self.position = position
        self.true = rotary.turns(position, dtype)
        self.at_most_a_row = rotary.turns(position[:self.read].clamp(max=row), dtype)   # of queries, to the sinks
        self.coarse = []                                                                # (stride, reach in keys, turns of the rows)
        for n, reach in enumerate(plan.dims[:-1]):
            stride = math.prod(plan.dims[n + 1:])
            if stride < self.read:                                                      # else one key per query: the identity
                rows = -(-self.read // stride)
                turns = rotary.turns(torch.arange(rows, device=device) * (stride // row * step), dtype)
                self.coarse.append((stride, reach or rows, turns))
        squeezed = position % row + step * (position // row)
        self.far_keys = rotary.turns(squeezed, dtype)
        self.far_queries = rotary.turns(squeezed + row - step, dtype)
        self.sharpening = (torch.log(position.double() + 1) / math.log(context)).clamp(min=1).to(dtype)

    def __call__(self, q: Tensor, k: Tensor, v: Tensor, gate: Tensor) -> Tensor:
        """[H,T,D]; `gate` [H]."""
        group = q.shape[0] // k.shape[0]
        k, v = k.repeat_interleave(group, 0), v.repeat_interleave(group, 0)
        read = self._read(q[:, :self.read], k[:, :self.read], v[:, :self.read], gate)
        return torch.cat([read] + self._asked(q, k, v), 1)

    def _read(self, q, k, v, gate):
        values = v
        for stride, reach, turns in self.coarse:
            values = hop(q, k, values, turns, stride, reach, gate=gate)
        sinks = min(self.plan.sinks, self.read)
        seen = Sinks(turn(q * q.shape[-1] ** -0.5, self.at_most_a_row), turn(k[:, :sinks], part(self.true, 0, sinks)), v[:, :sinks], self.plan.row)
        return hop(q, k, values, part(self.true, 0, self.read), 1, self.plan.row, sinks=seen)

    def _asked(self, q, k, v):
        """Blocks [H,n,D] of the asked tokens. Keys of a query's own row and the row before are at true distances, those before at squeezed ones."""
        if self.read == self.tokens:
            return []
        row, blocks = self.plan.row, []
        q = q[:, self.read:] * (q.shape[-1] ** -0.5 * self.sharpening[self.read:, None])
        near_q, near_k = turn(q, part(self.true, self.read, self.tokens)), turn(k, self.true)
        far_q, far_k = turn(q, part(self.far_queries, self.read, self.tokens)), turn(k, self.far_keys)
        most = max(1, min(most_queries(q.device), MOST_SCORES // (q.shape[0] * self.tokens)))
        begin = self.read
        while begin < self.tokens:
            end = min(begin + most, (begin // row + 1) * row, self.tokens)     # a block stays inside one row
            border = max(0, (begin // row - 1) * row)
            lo, hi = begin - self.read, end - self.read
            score = torch.cat((far_q[:, lo:hi] @ far_k[:, :border].transpose(1, 2), near_q[:, lo:hi] @ near_k[:, border:end].transpose(1, 2)), -1)
            score = score.masked_fill(self.position[None, :end] > self.position[begin:end, None], MASKED)
            blocks.append(torch.softmax(score, -1) @ v[:, :end])
            begin = end
        return blocks


@dataclass
class Sinks:
    """The first tokens, with their own values, as tokens see them that are at least a row away: at the distance of a row."""
    queries: Tensor         # [H,T,D], scaled and turned
    keys: Tensor            # [H,S,D], turned
    values: Tensor          # [H,S,D]
    row: int

    def scores(self, begin: int, end: int) -> Tensor:
        """[H,1,end-begin,S]."""
        score = self.queries[:, begin:end] @ self.keys.transpose(1, 2)
        token = torch.arange(begin, end, device=score.device)[:, None]
        near = token - torch.arange(self.keys.shape[1], device=score.device)[None] < self.row
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
