// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/cpu_backend.h"

#include <algorithm>
#include <cstring>

#include "compute/cpu/asking_attention.h"
#include "compute/cpu/forward_pass.h"
#include "compute/cpu/int8_kernels.h"
#include "compute/cpu/kernels.h"
#include "compute/cpu/product_tasks.h"
#include "compute/cpu/reading_attention.h"
#include "compute/cpu/wide_attention.h"

namespace octavo::cpu {

namespace {

// Weights are unpacked, a block of kPanel outputs × kDepth inputs at a time, into a panel that stays in L2 while all rows of x pass by.
constexpr std::size_t kPanel = 64;
constexpr std::size_t kDepth = 256;
constexpr std::size_t kStrip = 16;   // outputs unpacked together, so that the transposed stores fill cache lines
// From this many rows on, unpacking once beats dotting each row straight from the quantized blocks.
constexpr std::size_t kFewRows = 4;
constexpr std::size_t kRowTask = 32; // outputs per task when there are few rows
constexpr std::size_t kElementTask = 1 << 15;

const std::byte* rowAt(const Weight& weight, std::size_t row, std::size_t column)
{
    const BlockLayout layout = *blockLayout(weight.type);
    return weight.data + row * weight.rowBytes + column / layout.elements * layout.bytes;
}

// panel [depth][kPanel] = weight rows [row, row + outputs), columns [column, column + depth), transposed; missing outputs are zero.
void unpackPanel(const Weight& weight, std::size_t row, std::size_t outputs, std::size_t column, std::size_t depth, float* strip, float* panel)
{
    for (std::size_t begin = 0; begin < kPanel; begin += kStrip) {
        for (std::size_t n = 0; n < kStrip; ++n) {
            if (begin + n < outputs)
                dequantize(weight.type, rowAt(weight, row + begin + n, column), depth, strip + n * kDepth);
            else
                std::fill_n(strip + n * kDepth, depth, 0.0f);
        }
        for (std::size_t k = 0; k < depth; ++k)
            for (std::size_t n = 0; n < kStrip; ++n)
                panel[k * kPanel + begin + n] = strip[n * kDepth + k];
    }
}

} // namespace

CpuBackend::CpuBackend(int threads, Precision precision) : m_pool(threads), m_precision(precision), m_int8(m_pool), m_scratch(m_pool.threads()) {}

std::string CpuBackend::name() const
{
    return "CPU, " + std::to_string(m_pool.threads()) + (m_pool.threads() == 1 ? " thread, " : " threads, ") + targetName();
}

bool CpuBackend::supports(GgmlType type) const { return hasKernels(type); }

void CpuBackend::embed(const Weight& table, std::span<const TokenId> ids, float* x)
{
    for (std::size_t n = 0; n < ids.size(); ++n)
        dequantize(table.type, rowAt(table, static_cast<std::size_t>(ids[n]), 0), table.columns, x + n * table.columns);
}

void CpuBackend::rmsNorm(const float* x, const float* weight, std::size_t count, std::size_t width, float epsilon, float* out)
{
    const std::size_t perTask = std::max<std::size_t>(1, kElementTask / width);
    m_pool.forEach((count + perTask - 1) / perTask, {}, [&](std::size_t task, std::size_t) {
        for (std::size_t n = task * perTask; n < std::min(count, (task + 1) * perTask); ++n)
            cpu::rmsNorm(x + n * width, weight, width, epsilon, out + n * width);
    });
}

void CpuBackend::addBias(const float* bias, std::size_t count, std::size_t width, float* y)
{
    const std::size_t perTask = std::max<std::size_t>(1, kElementTask / width);
    m_pool.forEach((count + perTask - 1) / perTask, {}, [&](std::size_t task, std::size_t) {
        for (std::size_t n = task * perTask; n < std::min(count, (task + 1) * perTask); ++n)
            addScaled(bias, 1.0f, width, y + n * width);
    });
}

void CpuBackend::arrangeHeads(float* x, std::size_t count, std::size_t heads, std::size_t headWidth, const HeadArrangement& how)
{
    if (!how.norm && !how.interleave)
        return;
    const std::size_t perTask = std::max<std::size_t>(1, kElementTask / headWidth);
    const std::size_t all = count * heads;
    m_pool.forEach((all + perTask - 1) / perTask, {}, [&](std::size_t task, std::size_t worker) {
        std::vector<float>& halves = m_scratch[worker];
        halves.resize(std::max(halves.size(), headWidth));
        for (std::size_t n = task * perTask; n < std::min(all, (task + 1) * perTask); ++n) {
            float* head = x + n * headWidth;
            if (how.norm)
                cpu::rmsNorm(head, how.norm, headWidth, how.normEpsilon, head);
            if (!how.interleave)
                continue;
            std::copy_n(head, headWidth, halves.data());
            for (std::size_t i = 0; i < headWidth / 2; ++i) {
                head[2 * i] = halves[i];
                head[2 * i + 1] = halves[headWidth / 2 + i];
            }
        }
    });
}

void CpuBackend::siluMultiply(float* gate, const float* up, std::size_t size)
{
    m_pool.forEach((size + kElementTask - 1) / kElementTask, {}, [&](std::size_t task, std::size_t) {
        const std::size_t begin = task * kElementTask;
        cpu::siluMultiply(gate + begin, up + begin, std::min(kElementTask, size - begin));
    });
}

// Of few rows on this thread alone: the products are so small that sharing them out costs more than they do. 240 rounds of all threads for each token made
// SmolLM2-135M write 257 tokens/s instead of 350.
void CpuBackend::addLowRank(const LowRank& adapter, const float* x, std::size_t count, RowOrder order, float* y, const std::stop_token& stop)
{
    const Weight down = adapter.down.weight(), up = adapter.up.weight();
    if (count < kFewRows && order == RowOrder::Fastest) {
        for (std::size_t n = 0; n < count; ++n)
            for (std::size_t rank = 0; rank < down.rows; ++rank)
                addScaled(&adapter.upAcross[rank * up.rows], dot(down.type, down.data + rank * down.rowBytes, x + n * down.columns, down.columns), up.rows, y + n * up.rows);
        return;
    }
    std::vector<float> narrowed(count * down.rows);
    const LinearProduct first[] = {{&down, narrowed.data()}};
    linear(first, x, count, order, stop);
    const LinearProduct second[] = {{&up, y, true}};
    linear(second, narrowed.data(), count, order, stop);
}

void CpuBackend::linear(std::span<const LinearProduct> products, const float* x, std::size_t count, RowOrder order, std::stop_token stop)
{
    const bool few = count < kFewRows && order == RowOrder::Fastest;
    const auto inWholeNumbers = [this](const LinearProduct& product) { return m_precision == Precision::Int8 && hasInt8Products(product.weight->type); };
    std::vector<LinearProduct> all(products.begin(), products.end());
    const auto floats = std::stable_partition(all.begin(), all.end(), inWholeNumbers);
    if (floats != all.begin())
        m_int8.multiply({all.begin(), floats}, x, count, few, stop);
    if (floats == all.end())
        return;
    if (few)
        multiplyFew({floats, all.end()}, x, count, stop);
    else
        multiplyMany({floats, all.end()}, x, count, stop);
}

void CpuBackend::multiplyFew(std::span<const LinearProduct> products, const float* x, std::size_t count, const std::stop_token& stop)
{
    const std::size_t columns = products[0].weight->columns;
    const std::vector<ProductTask> tasks = cutProducts(products, kRowTask, count, 1);
    m_pool.forEach(tasks.size(), stop, [&](std::size_t index, std::size_t) {
        const ProductTask& task = tasks[index];
        const Weight& weight = *task.product->weight;
        for (std::size_t row = task.output; row < task.output + task.outputs; ++row)
            for (std::size_t n = 0; n < count; ++n) {
                const float result = dot(weight.type, weight.data + row * weight.rowBytes, x + n * columns, columns);
                float& y = task.product->y[n * weight.rows + row];
                y = task.product->accumulate ? y + result : result;
            }
    });
}

void CpuBackend::multiplyMany(std::span<const LinearProduct> products, const float* x, std::size_t count, const std::stop_token& stop)
{
    const std::size_t columns = products[0].weight->columns;
    const std::vector<ProductTask> tasks = cutIntoPanels(products, kPanel, count, m_pool.threads());
    for (std::vector<float>& scratch : m_scratch)
        scratch.resize(std::max(scratch.size(), kStrip * kDepth + kDepth * kPanel + count * kPanel));
    m_pool.forEach(tasks.size(), stop, [&](std::size_t index, std::size_t worker) {
        const ProductTask& task = tasks[index];
        const Weight& weight = *task.product->weight;
        float* strip = m_scratch[worker].data();
        float* panel = strip + kStrip * kDepth;
        float* y = task.product->y + task.row * weight.rows + task.output;
        // Odd output counts go through scratch: whole vectors would run into the next row's results, which another thread may be writing.
        const bool direct = task.outputs % kColumnStep == 0;
        float* target = direct ? y : panel + kDepth * kPanel;
        const std::size_t leading = direct ? weight.rows : kPanel;
        for (std::size_t column = 0; column < columns; column += kDepth) {
            const std::size_t depth = std::min(kDepth, columns - column);
            unpackPanel(weight, task.output, task.outputs, column, depth, strip, panel);
            multiply(x + task.row * columns + column, columns, panel, kPanel, target, leading, task.rows, roundUp(task.outputs), depth,
                     column > 0 || (direct && task.product->accumulate));
        }
        if (!direct)
            addResults(task, target, leading);
    });
}

std::uint64_t CpuBackend::availableMemory() const { return Engine::availableMemory(); }

std::unique_ptr<ForwardPass> CpuBackend::forwardPass(const Model& model, PassKind kind) { return std::make_unique<CpuForwardPass>(model, *this, kind); }

std::unique_ptr<HopValues> CpuBackend::hopValues(const ReadingPlan& plan, const ModelConfig& config)
{
    return std::make_unique<HostHopValues>(plan, config);
}

std::unique_ptr<ReadingAttention> CpuBackend::readingAttention(const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row,
                                                               std::uint64_t rowStep, const Rotary& rotary, KvCache& cache, HopValues& hopValues)
{
    HostHopValues& values = dynamic_cast<HostHopValues&>(hopValues);
    if (plan.wide.reach > 0)
        return std::make_unique<CpuWideReadingAttention>(m_pool, m_precision, shape, plan, row, rowStep, rotary, cache, values);
    return std::make_unique<CpuReadingAttention>(m_pool, m_precision, shape, plan, row, rowStep, rotary, cache, values);
}

std::unique_ptr<AskingAttention> CpuBackend::askingAttention(const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                                             const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own)
{
    return std::make_unique<CpuAskingAttention>(m_pool, m_precision, shape, layers, geometry, rotary, std::move(readings), own);
}

} // namespace octavo::cpu

namespace octavo {

std::unique_ptr<cpu::CpuBackend> makeCpuBackend(int threads, Precision precision) { return std::make_unique<cpu::CpuBackend>(threads, precision); }

} // namespace octavo
