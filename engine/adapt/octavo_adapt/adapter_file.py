# SPDX-License-Identifier: Apache-2.0
"""Adapters as the engine opens them (Model::open in octavo/engine/model.h): GGUF with low-rank pairs, gates, alpha, and how they were trained."""
import gguf
import numpy as np
import torch

from . import Failure
from .files import write_whole
from .model import Adapter, Config, PROJECTIONS, floats_of, open_gguf, value

FACTS = 'octavo.adapt.'     # prefix of what a person may want to know of the training; the engine does not read it


def save_adapter(adapter: Adapter, config: Config, facts: dict, path, model_hash=''):
    """Pairs in half precision, gates whole. `model_hash`: of the model that it was made for (octavo.adapter.model), as the engine computes it. `facts`: names to numbers, words, or lists of one of them; nothing that differs between two equal runs, so that equal runs make equal files."""
    def write(partial):
        writer = gguf.GGUFWriter(partial, config.architecture)
        writer.add_type('adapter')
        writer.add_string('adapter.type', 'lora')
        writer.add_float32('adapter.lora.alpha', adapter.alpha)
        if model_hash:
            writer.add_string('octavo.adapter.model', model_hash)
            writer.add_name(config.name + (', for asking' if adapter.for_asking else ', for reading and asking'))
        if adapter.for_asking:
            writer.add_string('octavo.adapter.scope', 'asking')
        for name, fact in facts.items():
            add = {bool: writer.add_bool, int: writer.add_uint64, float: writer.add_float32, str: writer.add_string, list: writer.add_array}[type(fact)]
            add(FACTS + name, fact)
        for name, tensor in adapter.tensors.items():
            writer.add_tensor(name, np.ascontiguousarray(tensor.detach().to(torch.float32 if name == 'octavo.gate' else torch.float16).cpu().numpy()))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    write_whole(path, write)


def training_facts(path) -> dict:
    """What save_adapter was told."""
    reader = open_gguf(path)
    return {name[len(FACTS):]: value(reader, name) for name in reader.fields if name.startswith(FACTS)}


def load_adapter(path, config: Config, model_sha256: str, device='cpu') -> Adapter:
    """One that was made by save_adapter, for this model."""
    reader = open_gguf(path)
    if value(reader, 'adapter.type') != 'lora' or value(reader, 'general.architecture') != config.architecture:
        raise Failure(f'{path} is not a LoRA adapter for a model of the architecture {config.architecture}.')
    made_for = value(reader, FACTS + 'model_sha256', model_sha256)
    if made_for != model_sha256:
        raise Failure(f'{path} was trained for another model file (SHA-256 {made_for[:12]}…); name that model.')
    known = {f'blk.{layer}.{name}.weight' for layer in range(config.layers) for name in PROJECTIONS}
    tensors = {}
    for tensor in reader.tensors:
        if tensor.name != 'octavo.gate' and tensor.name.rsplit('.', 1)[0] not in known:
            raise Failure(f'{path} changes {tensor.name}, which is not one of the tensors that are trained here.')
        tensors[tensor.name] = torch.from_numpy(floats_of(tensor, path)).to(device)
    return Adapter(float(value(reader, 'adapter.lora.alpha', 0.0)), tensors, value(reader, 'octavo.adapter.scope') == 'asking')
