// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/int8_products.h"

#include <algorithm>

#include "compute/cpu/int8_kernels.h"
#include "compute/cpu/product_tasks.h"

namespace octavo::cpu {

namespace {

// Outputs per task when there are few rows: long stretches of weights, or each begins by waiting for memory (64 outputs: 210 tokens/s,
// 192: 255, SmolLM2-135M on two threads of Zen 4), but two a thread at least.
constexpr std::size_t kFewestOutputs = 64;
constexpr std::size_t kMostOutputs = 1024;
constexpr std::size_t kQuantizeTask = 1 << 14; // inputs per task

Int8Rows rowsFrom(const Int8Rows& rows, std::size_t columns, std::size_t row, std::size_t column = 0)
{
    const std::size_t at = row * columns + column;
    Int8Rows from{rows.quants + at * int8ElementBytes(), rows.scales + at / kInt8Block, rows.sums + at / kInt8Block, rows.halfSums + at / kInt8MinGroup};
    if (rows.fours) {
        from.fours = rows.fours + row * int8Fours(columns) * 4 * kInt8Block * int8ElementBytes();
        from.fourScales = rows.fourScales + row * int8Fours(columns) * 8;
    }
    return from;
}

} // namespace

Int8Rows Int8Products::quantize(const float* x, std::size_t columns, std::size_t count, bool fewRows)
{
    m_quants.resize(std::max(m_quants.size(), (count * columns + kInt8Padding) * int8ElementBytes()));
    m_scales.resize(std::max(m_scales.size(), count * columns / kInt8Block + kInt8Padding));
    m_sums.resize(m_scales.size());
    m_halfSums.resize(std::max(m_halfSums.size(), count * columns / kInt8MinGroup + kInt8Padding));
    Int8Rows rows{m_quants.data(), m_scales.data(), m_sums.data(), m_halfSums.data()};
    if (fewRows) {
        m_fours.resize(std::max(m_fours.size(), count * int8Fours(columns) * 4 * kInt8Block * int8ElementBytes()));
        m_fourScales.assign(count * int8Fours(columns) * 8, 0.0f);
        rows.fours = m_fours.data();
        rows.fourScales = m_fourScales.data();
    }
    const std::size_t perTask = std::max<std::size_t>(1, kQuantizeTask / columns);
    m_pool.forEach((count + perTask - 1) / perTask, {}, [&](std::size_t task, std::size_t) {
        for (std::size_t n = task * perTask; n < std::min(count, (task + 1) * perTask); ++n)
            quantizeRow(x + n * columns, columns, rowsFrom(rows, columns, n));
    });
    return rows;
}

void Int8Products::multiply(std::span<const LinearProduct> products, const float* x, std::size_t count, bool fewRows, const std::stop_token& stop)
{
    const std::size_t columns = products[0].weight->columns;
    const Int8Rows quantized = quantize(x, columns, count, fewRows);
    if (!fewRows)
        return multiplyPanels(products, quantized, count, stop);
    std::size_t outputs = 0;
    for (const LinearProduct& product : products)
        outputs += product.weight->rows;
    const std::size_t perTask = std::clamp(outputs / (2 * static_cast<std::size_t>(m_pool.threads())), kFewestOutputs, kMostOutputs);
    const std::vector<ProductTask> tasks = cutProducts(products, perTask, count, count);
    m_pool.forEach(tasks.size(), stop, [&](std::size_t index, std::size_t) {
        const ProductTask& task = tasks[index];
        const Weight& weight = *task.product->weight;
        multiplyRow(weight, task.output, task.outputs, rowsFrom(quantized, columns, task.row), task.product->y + task.row * weight.rows + task.output,
                    task.product->accumulate);
    });
}

void Int8Products::multiplyPanels(std::span<const LinearProduct> products, const Int8Rows& x, std::size_t count, const std::stop_token& stop)
{
    const std::size_t columns = products[0].weight->columns;
    const std::vector<ProductTask> tasks = cutIntoPanels(products, kInt8Panel, count, m_pool.threads());
    for (Worker& worker : m_workers) {
        worker.quants.resize(kInt8Panel * kInt8Depth * int8ElementBytes());
        worker.strip.resize(kInt8Strip * kInt8Depth);
        worker.scales.resize(kInt8PanelGroups * kInt8Panel);
        worker.offsets.resize(kInt8PanelGroups * kInt8Panel);
        worker.results.resize(std::max(worker.results.size(), count * kInt8Panel));
    }
    m_pool.forEach(tasks.size(), stop, [&](std::size_t index, std::size_t workerIndex) {
        const ProductTask& task = tasks[index];
        const Weight& weight = *task.product->weight;
        Worker& worker = m_workers[workerIndex];
        Int8Panel panel{worker.quants.data(), worker.scales.data(), worker.offsets.data()};
        float* y = task.product->y + task.row * weight.rows + task.output;
        // Fewer outputs than a panel's go through scratch: whole vectors would run into the next row's results, which another thread may be writing.
        const bool direct = task.outputs == kInt8Panel;
        float* target = direct ? y : worker.results.data();
        const std::size_t leading = direct ? weight.rows : kInt8Panel;
        for (std::size_t column = 0; column < columns; column += kInt8Depth) {
            const std::size_t depth = std::min(kInt8Depth, columns - column);
            packPanel(weight, task.output, task.outputs, column, depth, worker.strip.data(), panel);
            multiplyPanel(rowsFrom(x, columns, task.row, column), columns, panel, depth, target, leading, task.rows,
                          column > 0 || (direct && task.product->accumulate));
        }
        if (!direct)
            addResults(task, target, leading);
    });
}

} // namespace octavo::cpu
