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

#include "model/ggml_type.h"
#include "octavo/engine/result.h"

namespace octavo {

// One tensor in a mapped file. `shape` is in GGUF order: fastest dimension first, so a matrix of `rows` rows of
// `columns` elements has shape {columns, rows}. `data` lies inside the mapping, is as long as the shape needs, and no other
// tensor's data.
struct GgufTensor {
    std::string name;
    GgmlType type;
    std::vector<std::uint64_t> shape;
    std::span<const std::byte> data;
};

// Maps one GGUF file (version 2 or 3, little endian) and finds its keys and tensors by name in O(1).
// Every offset, count and length is checked against the file before use, so a hostile file gives an Error, never a crash;
// counts that the file could not hold are refused before memory is taken for them, and so are tensors that share data.
// Threads: const calls are safe from any thread. Lifetime: views and spans die with the object. Move-only.
class GgufFile {
public:
    // Errors: NotFound, NotAFile, Unreadable, NotGguf, UnsupportedVersion, Truncated, BadMetadata, BadTensor.
    static Result<std::unique_ptr<const GgufFile>> open(const std::filesystem::path& path);
    // A file that stands in memory, for tests that make many: the same checks and errors. `bytes` outlive the object; path() is "memory".
    static Result<std::unique_ptr<const GgufFile>> parse(std::span<const std::byte> bytes);
    ~GgufFile();

    const std::filesystem::path& path() const;
    std::uint32_t version() const;
    std::uint64_t fileSize() const;
    std::vector<std::string_view> keys() const;   // in no order

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
    static Result<std::unique_ptr<const GgufFile>> read(std::unique_ptr<Contents> contents);
    explicit GgufFile(std::unique_ptr<Contents> contents);
    std::unique_ptr<Contents> m_contents;
};

} // namespace octavo
