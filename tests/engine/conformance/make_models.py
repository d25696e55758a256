# SPDX-License-Identifier: Apache-2.0
"""Writes models.json: what tiny random models of every architecture and weight type must say, by transformers and gguf.

    python tests/engine/conformance/make_models.py     (needs torch, transformers, gguf and numpy)

Weights are not kept: this script and tests/engine/conformance_test.cpp make the same bytes (random_blocks.py), and a hash of them
proves it. The test builds its GGUF files from the metadata and tensors listed in models.json alone. Here gguf unpacks the blocks
and transformers runs them in float32; only its cache is rounded to half precision, as the engine's is, so that what is left to
differ is the order of float32 sums. What that amounts to, transformers shows itself: `noise` is how far its logits move when it sums
in float64.
"""
import copy
import functools
import hashlib
import json
import math
import pathlib
from dataclasses import dataclass, field

import gguf
import numpy as np
import torch
import transformers

from random_blocks import FORMATS, random_blocks

VOCABULARY = 300
LAYERS = 2
PREFILL = [(7 * n * n + 31 * n + 5) % VOCABULARY for n in range(24)]
STOPS = [16, 21, 24]                         # prefill in these steps; logits are kept after each
GREEDY = 32
LOGITS = list(range(0, VOCABULARY, 43))      # ids whose logits are kept, beside the five largest
# Seeds are passed over until every greedy token leads the next by so much, far more than rounding, or the tokens would test luck;
# and until there are some different ones.
MARGIN = 0.005
DIFFERENT = 5

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64}


@dataclass(eq=False)
class Model:
    name: str                                # as the test names it
    architecture: str
    hf: type                                 # transformers' class
    config: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    heads: int = 4
    kv_heads: int = 2
    width: int = 64
    biases: tuple = ()
    tied: bool = False
    head_norms: bool = False
    adapter: bool = False
    types: tuple = tuple(FORMATS)
    hidden: int = 256
    feed_forward: int = 512
    epsilon: float = 1e-5

    def tensors(self):
        """[name, shape in GGUF's order, columns that random_blocks is told], in file order, which numbers the seeds.

        The columns set the size of weights: norms are to be around 1, biases around 0.1."""
        def matrix(name, columns, rows):
            return name, (columns, rows), columns

        queries, keys = self.heads * self.width, self.kv_heads * self.width
        yield matrix("token_embd.weight", self.hidden, VOCABULARY)
        yield "output_norm.weight", (self.hidden,), 1
        if not self.tied:
            yield matrix("output.weight", self.hidden, VOCABULARY)
        for n in range(LAYERS):
            matrices = {"attn_q": (self.hidden, queries), "attn_k": (self.hidden, keys), "attn_v": (self.hidden, keys),
                        "attn_output": (queries, self.hidden), "ffn_gate": (self.hidden, self.feed_forward),
                        "ffn_up": (self.hidden, self.feed_forward), "ffn_down": (self.feed_forward, self.hidden)}
            for name, (columns, rows) in matrices.items():
                yield matrix(f"blk.{n}.{name}.weight", columns, rows)
                if name in self.biases:
                    yield f"blk.{n}.{name}.bias", (rows,), 64
            for norm in ("attn_norm", "ffn_norm"):
                yield f"blk.{n}.{norm}.weight", (self.hidden,), 1
            if self.head_norms:
                for norm in ("attn_q_norm", "attn_k_norm"):
                    yield f"blk.{n}.{norm}.weight", (self.width,), 1

    def adapter_tensors(self):
        """As tensors(), and the type of each; two for each adapted matrix."""
        if not self.adapter:
            return
        rank = 32
        shapes = {name: shape for name, shape, _ in self.tensors()}
        for matrix, types in {"blk.0.attn_q.weight": ("F32", "F16"), "blk.0.ffn_down.weight": ("BF16", "F32"),
                              "blk.1.attn_output.weight": ("Q8_0", "Q8_0"), "output.weight": ("F16", "BF16")}.items():
            columns, rows = shapes[matrix]
            yield matrix + ".lora_a", (columns, rank), columns, types[0]
            yield matrix + ".lora_b", (rank, rows), rank, types[1]

    def all_metadata(self):
        prefix = self.architecture
        facts = {"block_count": LAYERS, "context_length": 512, "embedding_length": self.hidden, "feed_forward_length": self.feed_forward,
                 "attention.head_count": self.heads, "attention.head_count_kv": self.kv_heads,
                 "attention.layer_norm_rms_epsilon": self.epsilon, "rope.freq_base": 10000.0}
        if self.width * self.heads != self.hidden:
            facts |= {"attention.key_length": self.width, "attention.value_length": self.width}
        return {f"{prefix}.{key}": value for key, value in (facts | self.metadata).items()}

    def rope_freqs(self):
        """As conversion to GGUF writes them for rope_type llama3: what each pair's frequency is divided by."""
        rope = self.config.get("rope_parameters", {})
        if rope.get("rope_type") != "llama3":
            return []
        divisors = []
        for pair in range(self.width // 2):
            wavelength = 2 * math.pi * 10000.0 ** (2 * pair / self.width)
            turns = rope["original_max_position_embeddings"] / wavelength
            smooth = (turns - rope["low_freq_factor"]) / (rope["high_freq_factor"] - rope["low_freq_factor"])
            smooth = min(1.0, max(0.0, smooth))
            divisors.append(float(np.float32(1 / ((1 - smooth) / rope["factor"] + smooth))))
        return divisors

    @functools.cache
    def hf_model(self):
        rope = {"rope_type": "default", "rope_theta": 10000.0} | self.config.get("rope_parameters", {})
        config = self.hf.config_class(
            vocab_size=VOCABULARY, hidden_size=self.hidden, intermediate_size=self.feed_forward, num_hidden_layers=LAYERS,
            num_attention_heads=self.heads, num_key_value_heads=self.kv_heads, head_dim=self.width, rms_norm_eps=self.epsilon,
            tie_word_embeddings=self.tied, attn_implementation="eager",
            **({"max_position_embeddings": 512} | self.config | {"rope_parameters": rope}))
        return self.hf(config).to(torch.float32).eval()


LLAMA = transformers.LlamaForCausalLM
MODELS = [
    Model("llama", "llama", LLAMA),
    Model("llama, tied output", "llama", LLAMA, tied=True),
    Model("llama, biases", "llama", LLAMA, {"attention_bias": True}, biases=("attn_q", "attn_k", "attn_v", "attn_output")),
    Model("llama, rope_freqs", "llama", LLAMA, {"rope_parameters": LLAMA3}),
    Model("llama, linear", "llama", LLAMA, {"rope_parameters": {"rope_type": "linear", "factor": 4.0}},
          {"rope.scaling.type": "linear", "rope.scaling.factor": 4.0}),
    Model("llama, YaRN", "llama", LLAMA,
          {"rope_parameters": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}, "max_position_embeddings": 128},
          {"rope.scaling.type": "yarn", "rope.scaling.factor": 4.0, "rope.scaling.original_context_length": 32, "context_length": 128}),
    Model("Mistral", "llama", transformers.MistralForCausalLM, {"sliding_window": None}, heads=8, kv_heads=2, width=32),
    Model("qwen2", "qwen2", transformers.Qwen2ForCausalLM, biases=("attn_q", "attn_k", "attn_v"), epsilon=1e-6),
    Model("qwen3", "qwen3", transformers.Qwen3ForCausalLM, heads=4, kv_heads=1, width=128, head_norms=True, epsilon=1e-6),
    Model("llama, LoRA", "llama", LLAMA, adapter=True, types=("F32", "Q8_0")),
]
ALPHA = 16.0                                 # of the adapter

HF_NAMES = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
            "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm", "attn_norm": "input_layernorm",
            "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}


def hf_name(name):
    whole = {"token_embd.weight": "model.embed_tokens.weight", "output.weight": "lm_head.weight", "output_norm.weight": "model.norm.weight"}
    if name in whole:
        return whole[name]
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{HF_NAMES[part]}.{kind}"


def halves(values, heads):
    """From GGUF's neighbouring pairs to Hugging Face's halves, along the rows of a query or key projection."""
    shape = values.shape
    return values.reshape(heads, shape[0] // heads // 2, 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


class HalfCache(transformers.DynamicCache):
    """Keeps keys and values in half precision; keys before YaRN's factor, which transformers has multiplied in already."""

    def __init__(self, config, factor):
        super().__init__(config=config)
        self.factor = factor

    def update(self, keys, values, *arguments, **named):
        rounded = (keys / self.factor).half().to(keys.dtype) * self.factor
        return super().update(rounded, values.half().to(values.dtype), *arguments, **named)


def build(model, type_name, seed):
    """The Hugging Face model and the hash of all weights' bytes."""
    digest = hashlib.sha256()
    floats = {}

    def make(name, shape, columns, kind):
        blocks = random_blocks(kind, columns, math.prod(shape) // columns, seed * 1000 + len(floats))
        digest.update(blocks.tobytes())
        values = gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType[kind])
        floats[name] = values.astype(np.float32).reshape(shape[::-1])

    for name, shape, columns in model.tensors():
        make(name, shape, columns, type_name if len(shape) == 2 else "F32")
    base = list(floats)
    for tensor in model.adapter_tensors():
        make(*tensor)

    state = {}
    for name in base:
        values = floats[name]
        if name + ".lora_a" in floats:
            a, b = (floats[name + half].astype(np.float64) for half in (".lora_a", ".lora_b"))
            values = (values + ALPHA / a.shape[0] * b @ a).astype(np.float32)
        if model.architecture == "llama" and (".attn_q." in name or ".attn_k." in name):
            values = halves(values, model.heads if ".attn_q." in name else model.kv_heads)
        state[hf_name(name)] = torch.from_numpy(np.ascontiguousarray(values))
    if model.tied:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    built = model.hf_model()
    built.load_state_dict(state, strict=True)
    return built, digest.hexdigest()[:16]


@torch.no_grad()
def run(built, tokens):
    """Logits after each of STOPS and at the end, and the greedy tokens; `tokens` are followed where given."""
    cache = HalfCache(built.config, built.model.rotary_emb.attention_scaling)
    kept, begin = [], 0
    for end in STOPS:
        logits = built(torch.tensor([PREFILL[begin:end]]), past_key_values=cache).logits[0, -1]
        kept.append(logits)
        begin = end
    greedy, lead = [], math.inf
    for n in range(GREEDY):
        (first, second), ids = logits.topk(2)
        lead = min(lead, (first - second).item())
        greedy.append(tokens[n] if tokens else ids[0].item())
        logits = built(torch.tensor([[greedy[-1]]]), past_key_values=cache).logits[0, -1]
    return torch.stack(kept + [logits]), greedy, lead


def judge(model, type_name, seed):
    built, digest = build(model, type_name, seed)
    logits, greedy, lead = run(built, None)
    if lead < MARGIN or len(set(greedy)) < DIFFERENT:
        return None
    exact, _, _ = run(copy.deepcopy(built).double(), greedy)
    return {"model": model.name, "type": type_name, "seed": seed, "weights": digest, "noise": round((logits - exact).abs().max().item(), 6),
            "logits": [facts(row) for row in logits], "greedy": greedy}


def facts(logits):
    top = logits.topk(5)
    return {"some": [round(logits[n].item(), 5) for n in LOGITS],
            "top": [[n, round(value, 5)] for n, value in zip(top.indices.tolist(), top.values.tolist())]}


def main():
    torch.set_num_threads(1)
    cases = []
    for model in MODELS:
        for type_name in model.types:
            seed = 1
            while (case := judge(model, type_name, seed)) is None:
                seed += 1
            cases.append(case)
            print(f"{model.name:20} {type_name:7} seed {seed}: {len(set(case['greedy']))} different tokens, noise {case['noise']:.1e}", flush=True)
    listed = [{"name": model.name, "metadata": {"general.architecture": model.architecture} | model.all_metadata(),
               "tensors": list(model.tensors()), "rope_freqs": model.rope_freqs(), "adapter": list(model.adapter_tensors()),
               "alpha": ALPHA} for model in MODELS]
    out = {"by": f"transformers {transformers.__version__}, gguf-py, torch {torch.__version__.split('+')[0]}", "prefill": PREFILL,
           "stops": STOPS, "ids": LOGITS, "models": listed, "cases": cases}
    # One model or case a line, so that a change of one shows as one.
    text = ",\n".join(
        f'"{key}":' + ("[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in value) + "\n]"
                       if key in ("models", "cases") else json.dumps(value, separators=(",", ":"))) for key, value in out.items())
    path = pathlib.Path(__file__).with_name("models.json")
    path.write_text("{\n" + text + "\n}\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
