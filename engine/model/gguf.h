// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "octavo/engine/result.h"

namespace octavo {

// ggml's type numbers, as they stand in files. Numbers are the format's, never reused. Not all of them can be computed with
// (Backend::supports); the others are here so that a file that holds them is refused by their name.
enum class GgmlType : std::uint32_t {
    F32 = 0, F16 = 1, Q4_0 = 2, Q4_1 = 3, Q5_0 = 6, Q5_1 = 7, Q8_0 = 8, Q8_1 = 9, Q2_K = 10, Q3_K = 11, Q4_K = 12, Q5_K = 13, Q6_K = 14,
    Q8_K = 15, IQ2_XXS = 16, IQ2_XS = 17, IQ3_XXS = 18, IQ1_S = 19, IQ4_NL = 20, IQ3_S = 21, IQ2_S = 22, IQ4_XS = 23, I8 = 24, I16 = 25,
    I32 = 26, I64 = 27, F64 = 28, IQ1_M = 29, BF16 = 30, TQ1_0 = 34, TQ2_0 = 35, MXFP4 = 39, NVFP4 = 40,
};

// Elements and bytes of one block of a type; nothing for types this reader does not know.
struct BlockLayout {
    std::uint32_t elements;
    std::uint32_t bytes;
};
std::optional<BlockLayout> blockLayout(GgmlType type);
std::string_view typeName(GgmlType type);

// One tensor in a mapped file. `shape` is in GGUF order: fastest dimension first, so a matrix of `rows` rows of
// `columns` elements has shape {columns, rows}. `data` lies inside the mapping and is as long as the shape needs.
struct GgufTensor {
    std::string name;
    GgmlType type;
    std::vector<std::uint64_t> shape;
    std::span<const std::byte> data;
};

// Maps one GGUF file (version 2 or 3, little endian) and finds its keys and tensors by name in O(1).
// Every offset, count and length is checked against the file before use, so a hostile file gives an Error, never a crash;
// counts that the file could not hold are refused before memory is taken for them.
// Threads: const calls are safe from any thread. Lifetime: views and spans die with the object. Move-only.
class GgufFile {
public:
    // Errors: NotFound, NotAFile, Unreadable, NotGguf, UnsupportedVersion, Truncated, BadMetadata, BadTensor.
    static Result<std::unique_ptr<const GgufFile>> open(const std::filesystem::path& path);
    ~GgufFile();

    const std::filesystem::path& path() const;
    std::uint32_t version() const;
    std::uint64_t fileSize() const;

    // Nothing if the key is absent or of another kind; integers of any width convert when they fit.
    std::optional<std::uint64_t> unsignedValue(std::string_view key) const;
    std::optional<double> floatValue(std::string_view key) const;
    std::optional<bool> boolValue(std::string_view key) const;
    std::optional<std::string_view> stringValue(std::string_view key) const;
    // Arrays; nothing if absent or of another element kind.
    std::optional<std::vector<std::string_view>> stringArray(std::string_view key) const;
    std::optional<std::vector<std::int64_t>> integerArray(std::string_view key) const;
    std::optional<std::vector<float>> floatArray(std::string_view key) const;
    bool has(std::string_view key) const;

    const GgufTensor* tensor(std::string_view name) const;   // null if absent
    std::span<const GgufTensor> tensors() const;

private:
    struct Contents;
    explicit GgufFile(std::unique_ptr<Contents> contents);
    std::unique_ptr<Contents> m_contents;
};

} // namespace octavo
