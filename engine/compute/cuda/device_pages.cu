// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/device_pages.h"

#include "compute/cuda/token_kernels.cuh"

namespace octavo::cuda {

static_assert(kPage == kPageTokens);

PageLayout::PageLayout(const ModelConfig& config, const KvFormat& format)
    : m_layers(config.layers), m_kvHeads(config.kvHeads), m_width(config.headWidth), m_keyPart(kvBytes(format.keys, config.headWidth) * kPageTokens),
      m_valuePart(kvBytes(format.values, config.headWidth) * kPageTokens), m_wholeKeys(format.keys == KvType::Q8_0), m_wholeValues(format.values == KvType::Q8_0)
{
    m_layer = m_kvHeads * (m_keyPart + m_valuePart);
}

CachedPart PageLayout::part(std::uint32_t layer, bool isKeys) const
{
    const bool whole = isKeys ? m_wholeKeys : m_wholeValues;
    return {nullptr, layer * m_layer + (isKeys ? 0 : m_kvHeads * m_keyPart), isKeys ? m_keyPart : m_valuePart, m_width * (whole ? 1 : 2), whole};
}

void PageLayout::convert(Device& device, const std::byte* from, std::byte* to, bool home) const
{
    launch(device, convertPage, dim3(static_cast<unsigned>(m_layers), 2 * m_kvHeads), kPage, 0,
           ConvertPage{from, to, m_keyPart, m_valuePart, m_kvHeads, m_width, m_wholeKeys, m_wholeValues, home});
}

DevicePage::DevicePage(Device& device, const PageLayout& layout, const KvPage& home, bool fresh)
    : m_device(device), m_layout(layout), m_data(device, layout.bytes())
{
    if (fresh) {
        m_device.zero(m_data.data(), layout.bytes());
        return;
    }
    DeviceArray<std::byte> staged(device, layout.bytes());
    m_device.upload(staged.data(), home.bytes(), layout.bytes());
    m_layout.convert(device, staged.data(), m_data.data(), false);
}

void DevicePage::bringHome(std::byte* home)
{
    if (!m_newer)
        return;
    DeviceArray<std::byte> staged(m_device, m_layout.bytes());
    m_layout.convert(m_device, m_data.data(), staged.data(), true);
    m_device.download(home, staged.data(), m_layout.bytes());
    m_newer = false;
}

DevicePage& onDevice(Device& device, const PageLayout& layout, const KvPage& page, bool fresh)
{
    if (!page.elsewhere())
        page.setElsewhere(std::make_unique<DevicePage>(device, layout, page, fresh));
    return static_cast<DevicePage&>(*page.elsewhere());
}

void PageTable::prepare(const KvCache& cache, std::uint64_t first, std::uint64_t end)
{
    const std::size_t pages = (end + kPageTokens - 1) / kPageTokens;
    std::vector<std::byte*> table;
    for (std::size_t n = 0; n < pages; ++n) {
        DevicePage& page = onDevice(m_device, m_layout, cache.page(n), n * kPageTokens >= first);
        if ((n + 1) * kPageTokens > first)
            page.written();
        table.push_back(page.data());
    }
    if (table != m_pages) {
        m_pages = std::move(table);
        m_table.fill(m_pages);
    }
}

} // namespace octavo::cuda
