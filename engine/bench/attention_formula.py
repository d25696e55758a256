# SPDX-License-Identifier: Apache-2.0
"""Reading attention of one layer by its formula (octavo/engine/plan.h), without rotation, for arrays of numpy or of torch.

Written with what both share, so that the formula can be tested where there is no torch. Arrays are float64: queries [tokens][heads][width], keys and
values [tokens][kvHeads][width]. exp() needs no maximum taken off: scores of the test's random numbers stay far below 700.
"""
import math


def pairs(tokens, row):
    """Pairs of a query and a key per head; row 0: full attention."""
    if row == 0:
        return tokens * (tokens + 1) // 2
    head = min(tokens, row)
    near = head * (head + 1) // 2 + (tokens - head) * row
    rows, rest = divmod(tokens, row)
    return near + row * rows * (rows + 1) // 2 + rest * (rows + 1)


def moved_bytes(tokens, row, heads, kv_heads, width):
    """Bytes of half-precision numbers that must move at least: each hop reads queries, keys and values once and writes its result."""
    queries, keys = heads * width, kv_heads * width
    finest = queries + keys + (queries if row else keys) + queries
    coarse = queries + keys + keys + queries if row else 0
    return 2 * tokens * (finest + coarse)


def attention(xp, q, k, v, row, sinks, gate, scale):
    """All tokens. `xp` is the module numpy or torch."""
    heads = q.shape[1]
    of_head = [head // (heads // k.shape[1]) for head in range(heads)]
    k, v = k[:, of_head], v[:, of_head]
    values = v * 1
    if row:
        for column in range(min(row, q.shape[0])):
            weights = xp.tril(xp.exp(xp.einsum('ahd,bhd->hab', q[column::row], k[column::row]) * scale))
            weights = weights + (math.exp(gate) - 1) * (weights - xp.tril(weights, -1))
            values[column::row] = xp.einsum('hab,bhd->ahd', weights / weights.sum(-1)[..., None], v[column::row])
    out = q * 0
    for head in range(heads):
        exponentials = xp.exp(q[:, head] @ k[:, head].T * scale)
        weights = xp.tril(exponentials)
        if not row:
            out[:, head] = weights @ values[:, head] / weights.sum(-1)[:, None]
            continue
        weights = weights - xp.tril(weights, -row)
        far = xp.tril(exponentials[:, :sinks], -row)  # tokens a row away or farther see the first ones, and what these were before any hop
        out[:, head] = (weights @ values[:, head] + far @ v[:sinks, head]) / (weights.sum(-1) + far.sum(-1))[:, None]
    return out


def attention_at(xp, to_double, q, k, v, token, head, row, sinks, gate, scale):
    """One token and head of a text that may be too long for attention(); arrays of any type, which `to_double` makes float64."""
    key_head = head // (q.shape[1] // k.shape[1])

    def coarse(at):
        weights = xp.exp(to_double(k[at % row:at + 1:row, key_head]) @ to_double(q[at, head]) * scale)
        weights[-1] *= math.exp(gate)
        return weights @ to_double(v[at % row:at + 1:row, key_head]) / weights.sum()

    first = max(0, token + 1 - row) if row else 0
    exponentials = xp.exp(to_double(k[:token + 1, key_head]) @ to_double(q[token, head]) * scale)
    total = exponentials[first:].sum()
    if not row:
        return exponentials @ to_double(v[:token + 1, key_head]) / total
    out = sum(exponentials[at] * coarse(at) for at in range(first, token + 1))
    for sink in range(min(sinks, max(0, token + 1 - row))):
        total = total + exponentials[sink]
        out = out + exponentials[sink] * to_double(v[sink, key_head])
    return out / total
