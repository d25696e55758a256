// SPDX-License-Identifier: Apache-2.0
#include "memory/kv_cache.h"

#include <algorithm>
#include <new>

namespace octavo {

namespace {
// Vector loads of the last key row may run past a page's end by less than one vector of the widest target.
constexpr std::size_t kOverrun = 64;
} // namespace

KvPage::KvPage(const ModelConfig& config) : m_kvHeads(config.kvHeads), m_partSize(static_cast<std::size_t>(config.headWidth) * kPageTokens)
{
    const std::size_t size = 2 * static_cast<std::size_t>(config.layers) * m_kvHeads * m_partSize + kOverrun;
    m_data.reset(new (std::align_val_t{64}) Half[size]);
    std::fill_n(m_data.get(), size, Half{0}); // unread slots must hold numbers: they are multiplied, then masked
}

Result<void> KvCache::grow(std::uint64_t tokens)
{
    const std::uint64_t needed = (tokens + kPageTokens - 1) / kPageTokens;
    try {
        while (m_pages.size() < needed)
            m_pages.push_back(std::make_shared<KvPage>(m_config));
    } catch (const std::bad_alloc&) {
        return Error{Errc::OutOfMemory, "keys and values", {}, tokens * m_config.kvBytesPerToken(), Engine::availableMemory()};
    }
    return {};
}

} // namespace octavo
