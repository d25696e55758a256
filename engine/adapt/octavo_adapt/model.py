# SPDX-License-Identifier: Apache-2.0
"""A Llama, Qwen 2 or Qwen 3 from a GGUF file, frozen, in float32, run with the attention of octavo_adapt.attention and with an adapter's shares.

T tokens, H query heads, G key/value heads, D head width. Weights keep their names and their order of rows in the file.
"""
from contextlib import nullcontext
from dataclasses import dataclass
import math

import gguf
import numpy as np
import torch
from torch import Tensor
import torch.nn.functional as functional
from torch.utils.checkpoint import checkpoint

from . import Failure
from .attention import Attention, Plan, Rotary

KEPT_SCORES = 1 << 29       # of asked tokens, all layers together: 2 GiB; past that they are computed again on the way back
SCORED_AT_ONCE = 1024       # tokens whose logits exist together: 192 MiB with a vocabulary of 49152
PAIRS_OF_HALVES = {'llama': False, 'qwen2': True, 'qwen3': True}    # architecture: elements (i, i + D/2) turn together, else (2i, 2i+1)
PROJECTIONS = ('attn_q', 'attn_k', 'attn_v', 'attn_output')         # what an adapter may have shares of


@dataclass(frozen=True)
class Config:
    name: str
    architecture: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    width: int              # D
    context: int            # trained, in tokens
    epsilon: float

    def shape(self, projection: str):
        """Outputs and inputs of one of PROJECTIONS."""
        queries, keys = self.heads * self.width, self.kv_heads * self.width
        return {'attn_q': (queries, self.hidden), 'attn_k': (keys, self.hidden), 'attn_v': (keys, self.hidden), 'attn_output': (self.hidden, queries)}[projection]


@dataclass
class Adapter:
    """Trained tensors under the names they have in the file: low-rank pairs, NAME.lora_a [rank, inputs] and NAME.lora_b [outputs, rank], and octavo.gate [layers, H].

    A pair adds alpha/rank · B(A x) to what its projection gives (Hu et al. 2021). One that is for asking alone changes asked tokens only, and readings stay the
    model's own (as with activated LoRA: Greenewald et al. 2025, arXiv 2504.12397).
    """
    alpha: float
    tensors: dict
    for_asking: bool = False

    def add(self, name: str, x: Tensor, y: Tensor) -> Tensor:
        a = self.tensors.get(name + '.lora_a')
        if a is None:
            return y
        scale = self.alpha / a.shape[0] if self.alpha else 1.0
        return y + scale * functional.linear(functional.linear(x, a), self.tensors[name + '.lora_b'])


def fresh_adapter(config: Config, rank: int, alpha: float, gate: float, seed: int, for_asking: bool = False) -> Adapter:
    """One that changes nothing yet: A as PyTorch begins a linear layer, B zero, gates the plan's. Asking has no gates."""
    random = torch.Generator().manual_seed(seed)
    tensors = {} if for_asking else {'octavo.gate': torch.full((config.layers, config.heads), float(gate))}
    for layer in range(config.layers):
        for projection in PROJECTIONS:
            outputs, inputs = config.shape(projection)
            name = f'blk.{layer}.{projection}.weight'
            tensors[name + '.lora_a'] = (2 * torch.rand(rank, inputs, generator=random) - 1) / math.sqrt(inputs)
            tensors[name + '.lora_b'] = torch.zeros(outputs, rank)
    return Adapter(alpha, tensors, for_asking)


@dataclass
class TextRead:
    """A text that was read without adapter, to be asked about any number of times."""
    attention: Attention
    states: Tensor          # [R, hidden]
    keys: list              # of each layer [G,R,D], not turned
    values: list


class Model:
    def __init__(self, path, device='cpu'):
        reader = open_gguf(path)
        self.path, self.device = path, torch.device(device)
        self.config = read_config(reader, path)
        self.weights = {tensor.name: torch.from_numpy(floats_of(tensor, path)).to(self.device) for tensor in reader.tensors}
        self.rotary = Rotary(frequencies(reader, self.config, self.weights.get('rope_freqs.weight'), path))

    def attention(self, plan: Plan, tokens: int, asked: int) -> Attention:
        return Attention(plan, self.rotary, self.config.context, tokens, asked, self.device)

    def hidden(self, ids: Tensor, plan: Plan, asked: int, adapter=None, poll=lambda: None) -> Tensor:
        """Final normed states [T, hidden] of ids [T]; the last `asked` attend exactly. Gradients flow to the adapter alone. `poll` is called before each layer
        and may raise."""
        if adapter is not None and adapter.for_asking:
            text = self.read(ids[:len(ids) - asked], plan, asked, poll)
            return torch.cat((text.states, self.ask(text, ids[len(ids) - asked:], adapter, poll))) if asked else text.states
        attention, adapter = self.attention(plan, len(ids), asked), adapter or Adapter(0, {})
        gates = self._gates(plan, adapter)

        def attend(layer, q, k, v):
            return attention(layer, q, k, v, gates[layer])
        return self._states(ids, attend, adapter, poll)

    @torch.no_grad()
    def read(self, ids: Tensor, plan: Plan, room: int, poll=lambda: None) -> TextRead:
        """A text of ids [R], without adapter, with room for so many asked tokens."""
        attention, nothing = self.attention(plan, len(ids) + room, room), Adapter(0, {})
        gates, text = self._gates(plan, nothing), TextRead(attention, None, [], [])

        def attend(layer, q, k, v):
            text.keys.append(k)
            text.values.append(v)
            return attention.reading(layer, q, k, v, gates[layer])
        text.states = self._states(ids, attend, nothing, poll)
        return text

    def ask(self, text: TextRead, ids: Tensor, adapter=None, poll=lambda: None) -> Tensor:
        """Final normed states [n, hidden] of ids [n], which stand behind the text and attend exactly; n is at most its room."""
        def attend(layer, q, k, v):
            return text.attention.asking(q, torch.cat((text.keys[layer], k), 1), torch.cat((text.values[layer], v), 1))
        scores = self.config.layers * self.config.heads * len(ids) * (len(text.states) + len(ids))
        return self._states(ids, attend, adapter or Adapter(0, {}), poll, again=scores > KEPT_SCORES)

    def _gates(self, plan: Plan, adapter: Adapter) -> Tensor:
        gates = adapter.tensors.get('octavo.gate')
        return torch.full((self.config.layers, self.config.heads), float(plan.gate), device=self.device) if gates is None else gates

    def _states(self, ids: Tensor, attend, adapter: Adapter, poll, again=True) -> Tensor:
        """`again`: of each layer only its input is kept, and the rest computed again on the way back."""
        x = self.weights['token_embd.weight'][ids]
        for layer in range(self.config.layers):
            def run(x, layer=layer):
                poll()
                return self._layer(layer, x, attend, adapter)
            x = checkpoint(run, x, use_reentrant=False, preserve_rng_state=False) if again and torch.is_grad_enabled() else run(x)
        return self._norm(x, 'output_norm')

    def nll(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Negative log likelihood in nats [n] of `targets` [n] after the states [n, hidden]; logits exist for SCORED_AT_ONCE of them at a time."""
        def score(states, wanted):
            return functional.cross_entropy(self.logits(states), wanted, reduction='none')
        return in_parts(score, hidden, targets)

    def divergence(self, hidden: Tensor, taught: Tensor) -> Tensor:
        """Kullback-Leibler divergence in nats [n] of the next token's distributions: how much the states `hidden` [n, hidden] lose against `taught` [n, hidden]."""
        def score(states, teacher):
            told, learnt = (functional.log_softmax(self.logits(of), -1) for of in (teacher, states))
            return functional.kl_div(learnt, told, reduction='none', log_target=True).sum(-1)
        return in_parts(score, hidden, taught)

    def logits(self, states: Tensor) -> Tensor:
        return functional.linear(states, self.weights.get('output.weight', self.weights['token_embd.weight']))

    def autocast(self):
        """For hidden(): training multiplies in bfloat16 where the device does, but for attention. Logits in bfloat16 would be off by a tenth of a nat."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.device.type == 'cuda' or cpu_multiplies_bfloat16() else nullcontext()

    def _norm(self, x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.config.epsilon) * self.weights[name + '.weight']

    def _linear(self, x, name, adapter):
        return adapter.add(name + '.weight', x, functional.linear(x, self.weights[name + '.weight'], self.weights.get(name + '.bias')))

    def _heads(self, x, name, heads, adapter):
        """[heads,T,D] of x [T,hidden]; queries and keys with neighbours paired, whichever way the file pairs them."""
        out = self._linear(x, name, adapter).float().view(len(x), heads, self.config.width)
        if name + '_norm.weight' in self.weights:
            out = self._norm(out, name + '_norm')
        if PAIRS_OF_HALVES[self.config.architecture] and not name.endswith('attn_v'):
            out = out.unflatten(-1, (2, -1)).transpose(-1, -2).flatten(-2)
        return out.transpose(0, 1)

    def _layer(self, layer, x, attend, adapter):
        block = f'blk.{layer}.'
        h = self._norm(x, block + 'attn_norm')
        q, k, v = (self._heads(h, block + name, heads, adapter) for name, heads in
                   (('attn_q', self.config.heads), ('attn_k', self.config.kv_heads), ('attn_v', self.config.kv_heads)))
        with torch.autocast(self.device.type, enabled=False):       # bfloat16 scores would be off by several percent of their weights
            attended = attend(layer, q, k, v)
        x = x + self._linear(attended.transpose(0, 1).flatten(1), block + 'attn_output', adapter)
        h = self._norm(x, block + 'ffn_norm')
        inner = functional.silu(self._linear(h, block + 'ffn_gate', adapter)) * self._linear(h, block + 'ffn_up', adapter)
        return x + self._linear(inner, block + 'ffn_down', adapter)


def cpu_multiplies_bfloat16() -> bool:
    """Linux on x86 tells; elsewhere float32 is taken."""
    try:
        with open('/proc/cpuinfo', encoding='ascii', errors='replace') as file:
            return 'avx512_bf16' in file.read()
    except OSError:
        return False


def in_parts(score, *tensors: Tensor) -> Tensor:
    """`score` of the tensors' rows, SCORED_AT_ONCE of them at a time, computed again on the way back."""
    parts = zip(*(tensor.split(SCORED_AT_ONCE) for tensor in tensors))
    if not torch.is_grad_enabled():
        return torch.cat([score(*part) for part in parts])
    return torch.cat([checkpoint(score, *part, use_reentrant=False, preserve_rng_state=False) for part in parts])


def open_gguf(path):
    try:
        return gguf.GGUFReader(path)
    except (OSError, ValueError, IndexError) as error:
        raise Failure(f'{path} cannot be read as a GGUF file: {error}.') from None


def value(reader, key, otherwise=None):
    field = reader.fields.get(key)
    return otherwise if field is None else field.contents()


def read_config(reader, path) -> Config:
    architecture = value(reader, 'general.architecture')
    if architecture not in PAIRS_OF_HALVES:
        raise Failure(f'{path} is of the architecture {architecture}; adapters can be trained for {", ".join(PAIRS_OF_HALVES)}.')

    def get(key, otherwise=None):
        found = value(reader, f'{architecture}.{key}', otherwise)
        if found is None:
            raise Failure(f'{path} lacks {architecture}.{key}; get the model file anew.')
        return found

    heads, hidden = get('attention.head_count'), get('embedding_length')
    return Config(value(reader, 'general.name', ''), architecture, get('block_count'), hidden, heads, get('attention.head_count_kv', heads), get('attention.key_length', hidden // heads),
                  get('context_length'), get('attention.layer_norm_rms_epsilon'))


def frequencies(reader, config: Config, divisors, path) -> Tensor:
    """Of each pair, in radians per position."""
    prefix = config.architecture + '.rope.'
    kind = value(reader, prefix + 'scaling.type', 'linear')
    if kind not in ('linear', 'none'):
        raise Failure(f'{path} stretches its positions by {kind}, which training does not know; take a model with plain, linear or Llama 3 positions.')
    factor = 1.0 if kind == 'none' else value(reader, prefix + 'scaling.factor', value(reader, prefix + 'scale_linear', 1.0))
    pairs = torch.arange(0, config.width, 2, dtype=torch.float64)
    plain = value(reader, prefix + 'freq_base', 10000.0) ** (-pairs / config.width) / factor
    return plain if divisors is None else plain / divisors.double().cpu()


def floats_of(tensor, path) -> np.ndarray:
    """A GGUF tensor in float32, of the shape that PyTorch has for it."""
    try:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
    except NotImplementedError:
        raise Failure(f'{path} keeps {tensor.name} as {tensor.tensor_type.name}, which cannot be unpacked here; take the model in another form.') from None
    return np.array(values, np.float32).reshape(tuple(int(size) for size in reversed(tensor.shape)))
