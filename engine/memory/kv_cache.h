// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "memory/half.h"
#include "octavo/engine/kv_format.h"
#include "octavo/engine/model.h"

namespace octavo {

inline constexpr std::uint32_t kPageTokens = 256;

// Keys or values of one layer and head in a page, from one slot on. Element d of the n-th token stands in data at
//   keys    d·256 + n          values  n·headWidth + d
// as half or as int8 by `type`; the scale of its block, for Q8_0 only, in scales at (d / 32)·256 + n.
template <class Byte, class Scale>
struct KvSlotsOf {
    KvType type = KvType::F16;
    Byte* data = nullptr;
    Scale* scales = nullptr;
};
using KvSlots = KvSlotsOf<const std::byte, const Half>;
using WritableKvSlots = KvSlotsOf<std::byte, Half>;

// Values of the token behind, in the same page.
inline KvSlots nextValues(const KvSlots& values, std::size_t headWidth)
{
    return {values.type, values.data + headWidth * (values.type == KvType::F16 ? sizeof(Half) : 1), values.scales ? values.scales + 1 : nullptr};
}

// A page's copy in a device's memory, where its newest tokens may stand first.
class PageElsewhere {
public:
    virtual ~PageElsewhere() = default;
    // Makes `home`, the page's bytes, complete. Threads: any, one at a time with forward passes.
    virtual void bringHome(std::byte* home) = 0;
};

// Keys and values of up to 256 tokens, all layers. Keys are transposed, so that the scores of neighbouring tokens fall into
// neighbouring lanes without a reduction, and turned to their place in their row (0…row−1): every other position they can have is
// one more turn by a multiple of a row.
//   per layer:  keys [kvHead] { data [headWidth][256], scales [blocks][256] },  values [kvHead] { data [256][headWidth], scales [blocks][256] }
class KvPage {
public:
    KvPage(const ModelConfig& config, const KvFormat& format);
    // Over byteSize() bytes and kOverrun more that lie somewhere else, aligned to 64.
    KvPage(const ModelConfig& config, const KvFormat& format, std::shared_ptr<std::byte[]> data);
    KvPage(const KvPage& other);

    WritableKvSlots keys(std::uint32_t layer, std::uint32_t kvHead, std::uint32_t slot) { return slots<WritableKvSlots>(m_data.get(), layer, kvHead, slot, true); }
    WritableKvSlots values(std::uint32_t layer, std::uint32_t kvHead, std::uint32_t slot) { return slots<WritableKvSlots>(m_data.get(), layer, kvHead, slot, false); }
    KvSlots keys(std::uint32_t layer, std::uint32_t kvHead, std::uint32_t slot) const { return slots<KvSlots>(m_data.get(), layer, kvHead, slot, true); }
    KvSlots values(std::uint32_t layer, std::uint32_t kvHead, std::uint32_t slot) const { return slots<KvSlots>(m_data.get(), layer, kvHead, slot, false); }

    // All of it, complete; slots are so only after this has been called where there is a copy elsewhere.
    std::byte* bytes() { return std::as_const(*this).complete(); }
    const std::byte* bytes() const { return complete(); }

    // The copy of the device that works with this page; null: none. It dies with the page.
    PageElsewhere* elsewhere() const { return m_elsewhere.get(); }
    void setElsewhere(std::unique_ptr<PageElsewhere> copy) const { m_elsewhere = std::move(copy); }
    static std::uint64_t byteSize(const ModelConfig& config, const KvFormat& format) { return config.kvBytesPerToken(format) * kPageTokens; }

    // Vector loads of the last row may run past a page's end by less than one vector of the widest target.
    static constexpr std::uint64_t kOverrun = 128;

private:
    template <class Slots, class Byte>
    Slots slots(Byte* data, std::uint32_t layer, std::uint32_t kvHead, std::uint32_t slot, bool isKeys) const
    {
        const KvType type = isKeys ? m_format.keys : m_format.values;
        const std::size_t part = isKeys ? m_keyPart : m_valuePart;
        const std::size_t elementBytes = type == KvType::F16 ? sizeof(Half) : 1;
        Byte* begin = data + layer * m_kvHeads * (m_keyPart + m_valuePart) + (isKeys ? 0 : m_kvHeads * m_keyPart) + kvHead * part;
        using Scale = std::remove_pointer_t<decltype(Slots::scales)>;
        return {type, begin + (isKeys ? slot : std::size_t{slot} * m_headWidth) * elementBytes,
                type == KvType::F16 ? nullptr : reinterpret_cast<Scale*>(begin + std::size_t{m_headWidth} * kPageTokens) + slot};
    }

    std::byte* complete() const
    {
        if (m_elsewhere)
            m_elsewhere->bringHome(m_data.get());
        return m_data.get();
    }
    std::size_t size() const { return m_layers * m_kvHeads * (m_keyPart + m_valuePart) + kOverrun; }

    KvFormat m_format;
    std::uint32_t m_layers;
    std::uint32_t m_kvHeads;
    std::uint32_t m_headWidth;
    std::size_t m_keyPart;               // bytes of one head's keys in one layer, scales included
    std::size_t m_valuePart;
    std::shared_ptr<std::byte[]> m_data; // its own, or a stretch of a file in memory
    mutable std::unique_ptr<PageElsewhere> m_elsewhere; // a copy changes nothing of what the page holds
};

// The keys and values of one sequence of tokens, in pages that never move. Token t lies in page t / 256, slot t % 256.
// Threads: grow() alone; slots of tokens that were read may be read from any thread.
class KvCache {
public:
    explicit KvCache(const ModelConfig& config, const KvFormat& format = {}) : m_config(config), m_format(format) {}

    // Makes room for `tokens` in all. Errors: OutOfMemory (bytes).
    Result<void> grow(std::uint64_t tokens);

    // Adds a page that is there already; see KvPage.
    void addPage(std::shared_ptr<std::byte[]> data) { m_pages.push_back(std::make_shared<KvPage>(m_config, m_format, std::move(data))); }

    // Makes all pages complete in the host's memory, which CPU kernels read.
    void bringHome() const
    {
        for (const auto& page : m_pages)
            page->bytes();
    }

    // One page of another cache of the same format, shared with it, in the place of this one's own.
    void takePage(std::size_t index, const KvCache& other) { m_pages[index] = other.m_pages[index]; }

    // Keeps only the pages that the first `tokens` tokens need.
    void shrink(std::uint64_t tokens) { m_pages.resize(std::min<std::size_t>(m_pages.size(), (tokens + kPageTokens - 1) / kPageTokens)); }

    KvPage& page(std::size_t index) { return *m_pages[index]; }
    const KvPage& page(std::size_t index) const { return *m_pages[index]; }
    std::size_t pageCount() const { return m_pages.size(); }
    std::uint64_t bytes() const { return m_pages.size() * pageBytes(); }
    std::uint64_t pageBytes() const { return KvPage::byteSize(m_config, m_format); }
    // What a cache of so many tokens takes: exactly what bytes() will say.
    static std::uint64_t bytesFor(const ModelConfig& config, const KvFormat& format, std::uint64_t tokens)
    {
        return (tokens + kPageTokens - 1) / kPageTokens * KvPage::byteSize(config, format);
    }
    const ModelConfig& config() const { return m_config; }
    const KvFormat& format() const { return m_format; }

    // A cache that shares the pages of this one: what this gains later, the other does not see.
    std::unique_ptr<const KvCache> snapshot() const { return std::make_unique<const KvCache>(*this); }

    // A cache of the first `tokens` tokens that may grow on its own: whole pages are shared, a page begun is copied.
    // Errors: OutOfMemory.
    Result<std::unique_ptr<KvCache>> fork(std::uint64_t tokens) const;

private:
    ModelConfig m_config;
    KvFormat m_format;
    std::vector<std::shared_ptr<KvPage>> m_pages;
};

} // namespace octavo
