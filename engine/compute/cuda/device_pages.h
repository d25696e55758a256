// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "compute/cuda/device.h"
#include "compute/cuda/fragments.cuh"
#include "memory/kv_cache.h"

namespace octavo::cuda {

// Where keys and values stand in a page on the device: parts as in KvPage, but keys too as [token][width], and scales as [token][block].
class PageLayout {
public:
    PageLayout(const ModelConfig& config, const KvFormat& format);

    CachedPart keys(std::uint32_t layer) const { return part(layer, true); }
    CachedPart values(std::uint32_t layer) const { return part(layer, false); }
    std::uint64_t bytes() const { return m_layers * m_layer; }

    // Between the forms of KvPage and of the device; both on the device.
    void convert(Device& device, const std::byte* from, std::byte* to, bool home) const;

private:
    CachedPart part(std::uint32_t layer, bool isKeys) const;

    std::uint64_t m_layers, m_layer; // number, bytes of one
    std::uint32_t m_kvHeads, m_width;
    std::uint64_t m_keyPart, m_valuePart; // bytes of one head
    bool m_wholeKeys, m_wholeValues;
};

// A page in the device's memory. What is computed is written here; the host's copy is made complete when somebody asks for it.
class DevicePage final : public PageElsewhere {
public:
    // With the page's content, or zeroes where `fresh`.
    DevicePage(Device& device, const PageLayout& layout, const KvPage& home, bool fresh);

    std::byte* data() const { return m_data.data(); }
    void written() { m_newer = true; }
    void bringHome(std::byte* home) override;

private:
    Device& m_device;
    PageLayout m_layout;
    DeviceArray<std::byte> m_data;
    bool m_newer = false;
};

// The page on the device, brought there if need be. `fresh`: nothing was ever written into it. Errors: OutOfDeviceMemory.
DevicePage& onDevice(Device& device, const PageLayout& layout, const KvPage& page, bool fresh = false);

// The pages of a cache that grows, as kernels see them.
class PageTable {
public:
    PageTable(Device& device, const ModelConfig& config, const KvFormat& format) : m_device(device), m_layout(config, format), m_table(device) {}

    // Makes room for tokens [first, end): they will be written. Pages that begin with them are new.
    void prepare(const KvCache& cache, std::uint64_t first, std::uint64_t end);

    CachedPart keys(std::uint32_t layer) const { return withPages(m_layout.keys(layer)); }
    CachedPart values(std::uint32_t layer) const { return withPages(m_layout.values(layer)); }
    const PageLayout& layout() const { return m_layout; }

private:
    CachedPart withPages(CachedPart part) const
    {
        part.pages = m_table.data();
        return part;
    }

    Device& m_device;
    PageLayout m_layout;
    std::vector<std::byte*> m_pages;
    DeviceArray<std::byte*> m_table;
};

} // namespace octavo::cuda
