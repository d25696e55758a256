// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace octavo {

// How one number of a key or value is kept. Numbers stand in files and are never reused.
enum class KvType : std::uint8_t {
    F16 = 0,    // half precision, relative error 2^-11
    Q8_0 = 1,   // blocks of 32 neighbours of one token and head (the last may be shorter): a half-precision scale, then whole numbers −127…127
};

// How a reading keeps its keys and its values. A plain value.
struct KvFormat {
    KvType keys = KvType::F16;
    KvType values = KvType::F16;

    // "f16", "q8_0", or keys and values apart: "q8_0/f16". Part of a saved reading's identity.
    std::string toString() const;
    // The reverse; nothing for other names.
    static std::optional<KvFormat> named(std::string_view name);

    bool operator==(const KvFormat&) const = default;
};

inline constexpr std::uint32_t kKvBlock = 32;   // elements that share one scale of Q8_0

inline std::uint32_t kvBlocks(std::uint32_t headWidth) { return (headWidth + kKvBlock - 1) / kKvBlock; }

// Bytes that the keys, or the values, of one token and one head take.
inline std::uint64_t kvBytes(KvType type, std::uint32_t headWidth)
{
    return type == KvType::F16 ? 2ull * headWidth : headWidth + 2ull * kvBlocks(headWidth);
}

} // namespace octavo
