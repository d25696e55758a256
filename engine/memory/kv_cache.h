// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "memory/half.h"
#include "octavo/engine/model.h"

namespace octavo {

inline constexpr std::uint32_t kPageTokens = 256;

// Keys and values of up to 256 tokens, all layers, in half precision. Keys are transposed, so that the scores of neighbouring
// tokens fall into neighbouring lanes without a reduction, and turned to their place in their row (0…row−1): every other
// position they can have is one more turn by a multiple of a row.
//   keys   [layer][kvHead][headWidth][256]
//   values [layer][kvHead][256][headWidth]
class KvPage {
public:
    explicit KvPage(const ModelConfig& config);

    Half* keys(std::uint32_t layer, std::uint32_t kvHead) { return m_data.get() + part(layer, 0, kvHead); }
    Half* values(std::uint32_t layer, std::uint32_t kvHead) { return m_data.get() + part(layer, 1, kvHead); }
    const Half* keys(std::uint32_t layer, std::uint32_t kvHead) const { return m_data.get() + part(layer, 0, kvHead); }
    const Half* values(std::uint32_t layer, std::uint32_t kvHead) const { return m_data.get() + part(layer, 1, kvHead); }

    std::byte* bytes() { return reinterpret_cast<std::byte*>(m_data.get()); }
    const std::byte* bytes() const { return reinterpret_cast<const std::byte*>(m_data.get()); }
    static std::uint64_t byteSize(const ModelConfig& config) { return config.kvBytesPerToken() * kPageTokens; }

private:
    std::size_t part(std::uint32_t layer, std::uint32_t which, std::uint32_t kvHead) const
    {
        return ((static_cast<std::size_t>(layer) * 2 + which) * m_kvHeads + kvHead) * m_partSize;
    }

    struct Free {
        void operator()(Half* data) const { ::operator delete[](data, std::align_val_t{64}); }
    };
    std::uint32_t m_kvHeads;
    std::size_t m_partSize;              // headWidth · 256
    std::unique_ptr<Half[], Free> m_data;
};

// The keys and values of one sequence of tokens, in pages that never move. Token t lies in page t / 256, slot t % 256.
// Threads: grow() alone; slots of tokens that were read may be read from any thread.
class KvCache {
public:
    explicit KvCache(const ModelConfig& config) : m_config(config) {}

    // Makes room for `tokens` in all. Errors: OutOfMemory (bytes).
    Result<void> grow(std::uint64_t tokens);

    KvPage& page(std::size_t index) { return *m_pages[index]; }
    const KvPage& page(std::size_t index) const { return *m_pages[index]; }
    std::size_t pageCount() const { return m_pages.size(); }
    std::uint64_t bytes() const { return m_pages.size() * KvPage::byteSize(m_config); }
    const ModelConfig& config() const { return m_config; }

    // A cache that shares the pages of this one: what this gains later, the other does not see.
    std::unique_ptr<const KvCache> snapshot() const { return std::make_unique<const KvCache>(*this); }

private:
    ModelConfig m_config;
    std::vector<std::shared_ptr<KvPage>> m_pages;
};

} // namespace octavo
