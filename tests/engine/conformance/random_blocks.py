# SPDX-License-Identifier: Apache-2.0
"""Random tensors of any weight type, byte for byte those of tests/support/random_blocks.h, where the method stands."""
import numpy as np

# name: elements and bytes of a block, bytes and fraction bits of its floating-point fields, {offset of a field: its exponent}
FORMATS = {
    "F32": (1, 4, 4, 23, {0: -1}),
    "F16": (1, 2, 2, 10, {0: -1}),
    "BF16": (1, 2, 2, 7, {0: -1}),
    "Q4_0": (32, 18, 2, 10, {0: -3}),
    "Q4_1": (32, 20, 2, 10, {0: -4, 2: -1}),
    "Q5_0": (32, 22, 2, 10, {0: -4}),
    "Q5_1": (32, 24, 2, 10, {0: -5, 2: -1}),
    "Q8_0": (32, 34, 2, 10, {0: -7}),
    "Q2_K": (256, 84, 2, 10, {80: -5, 82: -4}),
    "Q3_K": (256, 110, 2, 10, {108: -6}),
    "Q4_K": (256, 144, 2, 10, {0: -9, 2: -6}),
    "Q5_K": (256, 176, 2, 10, {0: -10, 2: -6}),
    "Q6_K": (256, 210, 2, 10, {208: -11}),
    "IQ4_NL": (32, 18, 2, 10, {0: -7}),
    "IQ4_XS": (256, 136, 2, 10, {0: -11}),
}


def splitmix64_bytes(seed: int, count: int) -> np.ndarray:
    """The first `count` bytes of SplitMix64 from `seed`, each output lowest byte first."""
    steps = np.arange(1, (count + 7) // 8 + 1, dtype=np.uint64)
    mixed = np.uint64(seed % 2**64) + steps * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed.astype("<u8").view(np.uint8)[:count].copy()


def random_blocks(name: str, columns: int, rows: int, seed: int) -> np.ndarray:
    """uint8 [rows][bytes of a row], as gguf.quants.dequantize takes it; `columns` is a multiple of the type's elements."""
    elements, size, field_bytes, fraction_bits, fields = FORMATS[name]
    blocks = splitmix64_bytes(seed, columns // elements * size * rows).reshape(-1, size)
    sign_bit = 8 * field_bytes - 1
    bias = (1 << (sign_bit - fraction_bits - 1)) - 1
    one = 1 << fraction_bits
    for offset, exponent in fields.items():
        values = blocks[:, offset : offset + field_bytes].copy().view(f"<u{field_bytes}")
        sign = values & (1 << sign_bit)
        fraction = values & (one - 1)
        biased = exponent - (columns.bit_length() - 1) // 2 + bias
        values = sign | (biased * one + fraction if biased > 0 else (one + fraction) >> (1 - biased))
        blocks[:, offset : offset + field_bytes] = values.astype(f"<u{field_bytes}").view(np.uint8)
    return blocks.reshape(rows, -1)


def fingerprint(data: np.ndarray) -> int:
    """FNV-1a of 64 bits."""
    value = 0xCBF29CE484222325
    for byte in data.tobytes():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


if __name__ == "__main__":   # the table in tests/engine/random_blocks_test.cpp
    for name in FORMATS:
        print(f'    {{ TensorType::{name}, 0x{fingerprint(random_blocks(name, 768, 3, 2026)):016X} }},')
