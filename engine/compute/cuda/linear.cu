// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/linear.h"

#include <algorithm>
#include <cassert>

#include "compute/cuda/linear_kernels.cuh"

namespace octavo::cuda {

namespace {

unsigned groupBlocks(std::uint64_t columns) { return static_cast<unsigned>((columns / kGroup + kUnpackThreads - 1) / kUnpackThreads); }

// One launch for all parts, which have one type; or one for each row of x, where a block's shared memory does not do for all.
template <class Block, FewMode kMode>
void launchFew(Device& device, FewRows p)
{
    if (p.count > 1 && fewShared<Block, kMode>(p.count, p.columns) > device.sharedPerBlock()) {
        FewRows one = p;
        one.count = 1;
        for (std::uint32_t n = 0; n < p.count; ++n) {
            launchFew<Block, kMode>(device, one);
            one.halves = one.halves ? one.halves + p.columns : nullptr;
            one.singles = one.singles ? one.singles + p.columns : nullptr;
            one.out = one.out ? one.out + p.outRow : nullptr;
            one.sum = one.sum ? one.sum + p.outRow : nullptr;
        }
        return;
    }
    const std::uint32_t rows = kMode == FewMode::Gated ? p.rows[0] : p.rows[0] + p.rows[1] + p.rows[2];
    const dim3 grid(std::min<unsigned>((rows + kFewThreads / kWarp - 1) / (kFewThreads / kWarp), kFewBlocks * static_cast<unsigned>(device.multiprocessors())));
    launch(device, p.count == 1 ? multiplyFew<Block, 1, kMode> : multiplyFew<Block, Linear::kFewRows, kMode>, grid, kFewThreads,
           fewShared<Block, kMode>(p.count, p.columns), p);
}

template <FewMode kMode>
void launchFew(Device& device, GgmlType type, const FewRows& p)
{
    const bool known = withLayout(type, [&](auto block) { launchFew<decltype(block), kMode>(device, p); });
    assert(known && "Model::open refuses types without kernels");
    static_cast<void>(known);
}

FewRows rowsOf(const DeviceWeight& weight, const __half* x, std::size_t count, float* y)
{
    FewRows p;
    p.data[0] = weight.data;
    p.rowBytes = weight.rowBytes;
    p.rows[0] = static_cast<std::uint32_t>(weight.rows);
    p.columns = static_cast<std::uint32_t>(weight.columns);
    p.count = static_cast<std::uint32_t>(count);
    p.halves = x;
    p.sum = y;
    p.outRow = p.rows[0];
    return p;
}

} // namespace

std::uint64_t deviceRowBytes(GgmlType type, std::uint64_t columns)
{
    constexpr std::uint64_t kAlignment = 16;
    const BlockLayout layout = *blockLayout(type);
    return (columns / layout.elements * layout.bytes + kAlignment - 1) / kAlignment * kAlignment;
}

void Linear::embed(const DeviceWeight& table, const std::int32_t* ids, std::size_t count, float* x)
{
    withLayout(table.type, [&](auto block) {
        launch(m_device, embedRows<decltype(block)>, dim3(groupBlocks(table.columns), static_cast<unsigned>(count)), kUnpackThreads, 0, table.data, table.rowBytes,
               static_cast<std::uint32_t>(table.columns), ids, x);
    });
}

// [Σ rows][columns]; halves are used where they stand.
const __half* Linear::unpack(std::span<const DeviceWeight> weights)
{
    const std::uint64_t columns = weights[0].columns;
    if (weights.size() == 1 && weights[0].type == GgmlType::F16 && weights[0].rowBytes == columns * sizeof(__half))
        return reinterpret_cast<const __half*>(weights[0].data);
    std::uint64_t rows = 0;
    for (const DeviceWeight& weight : weights)
        rows += weight.rows;
    m_unpacked.reserve(rows * columns);
    __half* to = m_unpacked.data();
    constexpr std::uint64_t kMostRows = 65535; // of a grid
    for (const DeviceWeight& weight : weights)
        for (std::uint64_t row = 0; row < weight.rows; row += kMostRows) {
            const std::uint64_t count = std::min(kMostRows, weight.rows - row);
            withLayout(weight.type, [&](auto block) {
                launch(m_device, unpackRows<decltype(block)>, dim3(groupBlocks(columns), static_cast<unsigned>(count)), kUnpackThreads, 0,
                       weight.data + row * weight.rowBytes, weight.rowBytes, static_cast<std::uint32_t>(columns), to);
            });
            to += count * columns;
        }
    return m_unpacked.data();
}

void Linear::many(std::span<const DeviceWeight> weights, const __half* x, std::size_t count, __half* y)
{
    std::uint64_t rows = 0;
    for (const DeviceWeight& weight : weights)
        rows += weight.rows;
    m_product.multiply(unpack(weights), x, rows, weights[0].columns, count, y);
}

void Linear::manyFloat(const DeviceWeight& weight, const __half* x, std::size_t count, float* y, bool add)
{
    m_product.multiply(unpack({&weight, 1}), x, weight.rows, weight.columns, count, y, add);
}

void Linear::fewNormed(std::span<const DeviceWeight> weights, const float* x, const float* norm, float epsilon, std::size_t count, __half* y)
{
    std::uint32_t outRow = 0;
    for (const DeviceWeight& weight : weights)
        outRow += static_cast<std::uint32_t>(weight.rows);
    for (std::size_t n = 0; n < weights.size();) { // neighbours of one type in one launch
        FewRows p;
        p.rowBytes = weights[n].rowBytes;
        p.columns = static_cast<std::uint32_t>(weights[n].columns);
        p.count = static_cast<std::uint32_t>(count);
        p.singles = x;
        p.norm = norm;
        p.epsilon = epsilon;
        p.out = y;
        p.outRow = outRow;
        const GgmlType type = weights[n].type;
        for (int part = 0; part < kMostParts && n < weights.size() && weights[n].type == type; ++part, ++n) {
            p.data[part] = weights[n].data;
            p.rows[part] = static_cast<std::uint32_t>(weights[n].rows);
            y += weights[n].rows;
        }
        launchFew<FewMode::Plain>(m_device, type, p);
    }
}

void Linear::fewGated(const DeviceWeight& gate, const DeviceWeight& up, const float* x, const float* norm, float epsilon, std::size_t count, __half* y)
{
    assert(gate.type == up.type);
    FewRows p;
    p.data[0] = gate.data;
    p.data[1] = up.data;
    p.rowBytes = gate.rowBytes;
    p.rows[0] = static_cast<std::uint32_t>(gate.rows);
    p.columns = static_cast<std::uint32_t>(gate.columns);
    p.count = static_cast<std::uint32_t>(count);
    p.singles = x;
    p.norm = norm;
    p.epsilon = epsilon;
    p.out = y;
    p.outRow = p.rows[0];
    launchFew<FewMode::Gated>(m_device, gate.type, p);
}

void Linear::fewAdd(const DeviceWeight& weight, const __half* x, std::size_t count, float* y)
{
    FewRows p = rowsOf(weight, x, count, y);
    p.add = true;
    launchFew<FewMode::Plain>(m_device, weight.type, p);
}

void Linear::fewExact(const DeviceWeight& weight, const __half* x, std::size_t count, float* y)
{
    launchFew<FewMode::Exact>(m_device, weight.type, rowsOf(weight, x, count, y));
}

} // namespace octavo::cuda
