# SPDX-License-Identifier: Apache-2.0
"""Writes dequantization.bin, what gguf-py makes of blocks of every weight type, for tests/engine/dequantize_test.cpp.

Run beside random_blocks.py with numpy and gguf installed (written with gguf 0.19.0). Numbers in the file are little endian. For each type:
    u32     type, number of blocks
    bytes   the blocks: bytes of SplitMix64 seeded with the type, the floating-point fields then replaced by special values in turn
    f32     their elements
    u64     FNV-1a of the elements of BULK blocks of SplitMix64 seeded with 1000 + type, all NaNs written as 0x7FC00000
"""
import pathlib
import struct

import numpy as np
from gguf import GGMLQuantizationType
from gguf.quants import dequantize
from random_blocks import FORMATS, fingerprint, splitmix64_bytes

BULK = 500


def special_values(field_bytes: int, fraction_bits: int) -> list[int]:
    """Zero, the least and the largest subnormal, the least and the largest normal, infinity, and NaNs, of both signs."""
    sign = 1 << (8 * field_bytes - 1)
    one = 1 << fraction_bits
    infinity = sign - one
    values = [0, 1, one - 1, one, infinity - 1, infinity, infinity + 1, infinity + one // 2, sign - 1]
    return values + [sign | value for value in values]


def special_blocks(name: str, seed: int) -> np.ndarray:
    _, size, field_bytes, fraction_bits, fields = FORMATS[name]
    special = np.array(special_values(field_bytes, fraction_bits), dtype=f"<u{field_bytes}")
    blocks = splitmix64_bytes(seed, len(special) * size).reshape(-1, size)
    for n, offset in enumerate(fields):
        # A second field meets each special value of the first with another one.
        blocks[:, offset : offset + field_bytes] = np.roll(special, 5 * n).reshape(-1, 1).view(np.uint8)
    return blocks


def floats_of(blocks: np.ndarray, kind: GGMLQuantizationType) -> np.ndarray:
    with np.errstate(all="ignore"):
        return dequantize(blocks, kind).astype("<f4")


with open(pathlib.Path(__file__).parent / "dequantization.bin", "wb") as out:
    for name, (_, size, *_) in FORMATS.items():
        kind = GGMLQuantizationType[name]
        blocks = special_blocks(name, kind.value)
        bulk = floats_of(splitmix64_bytes(1000 + kind.value, BULK * size).reshape(-1, size), kind)
        bulk = np.where(np.isnan(bulk), np.uint32(0x7FC00000).view(np.float32), bulk)
        out.write(struct.pack("<II", kind.value, len(blocks)))
        out.write(blocks.tobytes())
        out.write(floats_of(blocks, kind).tobytes())
        out.write(struct.pack("<Q", fingerprint(bulk)))
