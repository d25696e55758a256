// SPDX-License-Identifier: Apache-2.0
#include "memory/kv_cache.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace octavo {

namespace {
// Vector loads of the last key row may run past a page's end by less than one vector of the widest target.
constexpr std::size_t kOverrun = 128;
} // namespace

std::byte* KvPage::allocate(std::size_t size) { return new (std::align_val_t{64}) std::byte[size]; }

KvPage::KvPage(const ModelConfig& config, const KvFormat& format)
    : m_format(format), m_kvHeads(config.kvHeads), m_headWidth(config.headWidth),
      m_keyPart(kvBytes(format.keys, config.headWidth) * kPageTokens), m_valuePart(kvBytes(format.values, config.headWidth) * kPageTokens),
      m_size(byteSize(config, format) + kOverrun), m_data(allocate(m_size))
{
    std::memset(m_data.get(), 0, m_size); // unread slots must hold numbers: they are multiplied, then masked
}

KvPage::KvPage(const KvPage& other)
    : m_format(other.m_format), m_kvHeads(other.m_kvHeads), m_headWidth(other.m_headWidth), m_keyPart(other.m_keyPart),
      m_valuePart(other.m_valuePart), m_size(other.m_size), m_data(allocate(m_size))
{
    std::memcpy(m_data.get(), other.m_data.get(), m_size);
}

Result<void> KvCache::grow(std::uint64_t tokens)
{
    const std::uint64_t needed = (tokens + kPageTokens - 1) / kPageTokens;
    try {
        while (m_pages.size() < needed)
            m_pages.push_back(std::make_shared<KvPage>(m_config, m_format));
    } catch (const std::bad_alloc&) {
        return Error{Errc::OutOfMemory, "keys and values", {}, bytesFor(m_config, m_format, tokens), Engine::availableMemory()};
    }
    return {};
}

Result<std::unique_ptr<KvCache>> KvCache::fork(std::uint64_t tokens) const
{
    auto fork = std::make_unique<KvCache>(m_config, m_format);
    const std::size_t whole = tokens / kPageTokens;
    fork->m_pages.assign(m_pages.begin(), m_pages.begin() + static_cast<std::ptrdiff_t>(whole));
    try {
        if (tokens % kPageTokens != 0)
            fork->m_pages.push_back(std::make_shared<KvPage>(page(whole)));
    } catch (const std::bad_alloc&) {
        return Error{Errc::OutOfMemory, "keys and values", {}, pageBytes(), Engine::availableMemory()};
    }
    return fork;
}

} // namespace octavo
