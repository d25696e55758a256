// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/tiny_gguf_writer.h"

namespace octavo::test {

// Random tensors of any weight type, for types that no encoder here writes. tests/engine/conformance/random_blocks.py makes the same
// bytes, so that the two sides of a conformance test need not exchange weights. Both use whole numbers only:
//
//   1. Byte n of the tensor is byte n mod 8, lowest first, of output n / 8 of SplitMix64 (Steele et al., OOPSLA 2014) from `seed`.
//   2. Each floating-point field of each block (all of an F32, F16 or BF16 element, the scales and minima of the others) keeps its
//      random sign and fraction; its exponent becomes the field's own less half the bits of `columns`, rounded down. Beneath the
//      least exponent the field is a subnormal, as the scales of K-quants are in real files.
//
// Weights so made have a root mean square between about 0.7 and 2.4 / √columns, so that products are about as large as their inputs.
struct RandomField {
    std::uint32_t offset;   // bytes from the begin of the block
    std::int32_t exponent;  // of the field in a tensor of one column; the field is ± [1, 2)·2^exponent
};

struct RandomBlockFormat {
    TensorType type;
    std::string_view name;
    std::uint32_t elements;
    std::uint32_t bytes;
    std::uint32_t fieldBytes;
    std::uint32_t fractionBits;
    std::vector<RandomField> fields;
};

inline const std::vector<RandomBlockFormat>& randomBlockFormats()
{
    static const std::vector<RandomBlockFormat> formats = {
        { TensorType::F32, "F32", 1, 4, 4, 23, { { 0, -1 } } },
        { TensorType::F16, "F16", 1, 2, 2, 10, { { 0, -1 } } },
        { TensorType::BF16, "BF16", 1, 2, 2, 7, { { 0, -1 } } },
        { TensorType::Q4_0, "Q4_0", 32, 18, 2, 10, { { 0, -3 } } },
        { TensorType::Q4_1, "Q4_1", 32, 20, 2, 10, { { 0, -4 }, { 2, -1 } } },
        { TensorType::Q5_0, "Q5_0", 32, 22, 2, 10, { { 0, -4 } } },
        { TensorType::Q5_1, "Q5_1", 32, 24, 2, 10, { { 0, -5 }, { 2, -1 } } },
        { TensorType::Q8_0, "Q8_0", 32, 34, 2, 10, { { 0, -7 } } },
        { TensorType::Q2_K, "Q2_K", 256, 84, 2, 10, { { 80, -5 }, { 82, -4 } } },
        { TensorType::Q3_K, "Q3_K", 256, 110, 2, 10, { { 108, -6 } } },
        { TensorType::Q4_K, "Q4_K", 256, 144, 2, 10, { { 0, -9 }, { 2, -6 } } },
        { TensorType::Q5_K, "Q5_K", 256, 176, 2, 10, { { 0, -10 }, { 2, -6 } } },
        { TensorType::Q6_K, "Q6_K", 256, 210, 2, 10, { { 208, -11 } } },
        { TensorType::IQ4_NL, "IQ4_NL", 32, 18, 2, 10, { { 0, -7 } } },
        { TensorType::IQ4_XS, "IQ4_XS", 256, 136, 2, 10, { { 0, -11 } } },
    };
    return formats;
}

inline const RandomBlockFormat& randomBlockFormat(TensorType type)
{
    for (const RandomBlockFormat& format : randomBlockFormats()) {
        if (format.type == type)
            return format;
    }
    throw std::invalid_argument("no such tensor type");
}

inline std::string splitMix64Bytes(std::uint64_t seed, std::size_t count)
{
    std::string bytes(count, '\0');
    for (std::size_t n = 0; n < count; n += 8) {
        std::uint64_t mixed = seed += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        std::memcpy(&bytes[n], &mixed, std::min<std::size_t>(8, count - n));
    }
    return bytes;
}

// `columns` is a multiple of the type's elements.
inline std::string randomBlocks(TensorType type, std::uint64_t columns, std::uint64_t rows, std::uint64_t seed)
{
    const RandomBlockFormat& format = randomBlockFormat(type);
    std::string bytes = splitMix64Bytes(seed, columns / format.elements * format.bytes * rows);
    const std::int32_t halfBits = (std::bit_width(columns) - 1) / 2;
    const std::uint32_t exponentBits = 8 * format.fieldBytes - 1 - format.fractionBits;
    const std::int32_t bias = (1 << (exponentBits - 1)) - 1;
    const std::uint32_t one = 1u << format.fractionBits;
    for (std::size_t block = 0; block < bytes.size(); block += format.bytes)
        for (const RandomField& field : format.fields) {
            std::uint32_t value = 0;
            std::memcpy(&value, &bytes[block + field.offset], format.fieldBytes);
            const std::uint32_t sign = value & 1u << (8 * format.fieldBytes - 1);
            const std::uint32_t fraction = value & (one - 1);
            const std::int32_t exponent = field.exponent - halfBits + bias;
            value = sign | (exponent > 0 ? static_cast<std::uint32_t>(exponent) * one + fraction : (one + fraction) >> (1 - exponent));
            std::memcpy(&bytes[block + field.offset], &value, format.fieldBytes);
        }
    return bytes;
}

// FNV-1a of 64 bits, by which a test tells that the Python side holds the same bytes.
inline std::uint64_t fingerprint(std::string_view bytes)
{
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const char byte : bytes)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
    return hash;
}

} // namespace octavo::test
