// SPDX-License-Identifier: Apache-2.0
#include "memory/kv_cache.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace octavo {

namespace {

// Zeroes, since unread slots must hold numbers: they are multiplied, then masked. Large pages get them from the system when they are first touched,
// which never happens where a page lives in a device's memory.
std::shared_ptr<std::byte[]> allocate(std::size_t size)
{
    constexpr std::size_t kAlignment = 64;
    void* data = std::calloc(size + kAlignment, 1);
    void* aligned = data;
    std::size_t space = size + kAlignment;
    if (!data || !std::align(kAlignment, size, aligned, space))
        throw std::bad_alloc();
    return {static_cast<std::byte*>(aligned), [data](std::byte*) { std::free(data); }};
}

} // namespace

KvPage::KvPage(const ModelConfig& config, const KvFormat& format, std::shared_ptr<std::byte[]> data)
    : m_format(format), m_layers(config.layers), m_kvHeads(config.kvHeads), m_headWidth(config.headWidth),
      m_keyPart(kvBytes(format.keys, config.headWidth) * kPageTokens), m_valuePart(kvBytes(format.values, config.headWidth) * kPageTokens),
      m_data(std::move(data))
{
}

KvPage::KvPage(const ModelConfig& config, const KvFormat& format) : KvPage(config, format, allocate(byteSize(config, format) + kOverrun)) {}

KvPage::KvPage(const KvPage& other)
    : m_format(other.m_format), m_layers(other.m_layers), m_kvHeads(other.m_kvHeads), m_headWidth(other.m_headWidth), m_keyPart(other.m_keyPart),
      m_valuePart(other.m_valuePart), m_data(allocate(size()))
{
    std::memcpy(m_data.get(), other.bytes(), size());
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
