// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "compute/cpu/linear_product.h"

namespace octavo::cpu {

// A part of one product that one thread computes: outputs [output, output + outputs) for rows [row, row + rows) of x.
struct ProductTask {
    const LinearProduct* product = nullptr;
    std::size_t output = 0;
    std::size_t outputs = 0;
    std::size_t row = 0;
    std::size_t rows = 0;
};

// Products cut into `width` outputs a task; all rows of x in one part or `parts`.
inline std::vector<ProductTask> cutProducts(std::span<const LinearProduct> products, std::size_t width, std::size_t count, std::size_t parts)
{
    const std::size_t rowsPerPart = (count + parts - 1) / parts;
    std::vector<ProductTask> tasks;
    for (const LinearProduct& product : products)
        for (std::size_t output = 0; output < product.weight->rows; output += width)
            for (std::size_t row = 0; row < count; row += rowsPerPart)
                tasks.push_back({&product, output, std::min<std::size_t>(width, product.weight->rows - output), row, std::min(rowsPerPart, count - row)});
    return tasks;
}

// As above, for panels of `width` outputs that are unpacked first. Few panels leave threads idle at the end: then the rows of x are split too,
// although each part unpacks again.
inline std::vector<ProductTask> cutIntoPanels(std::span<const LinearProduct> products, std::size_t width, std::size_t count, int threads)
{
    std::size_t panels = 0;
    for (const LinearProduct& product : products)
        panels += (product.weight->rows + width - 1) / width;
    return cutProducts(products, width, count, panels < 8 * static_cast<std::size_t>(threads) && count >= 128 ? 2 : 1);
}

// Hands over results [rows][leading] that could not be written in place.
inline void addResults(const ProductTask& task, const float* results, std::size_t leading)
{
    for (std::size_t n = 0; n < task.rows; ++n)
        for (std::size_t j = 0; j < task.outputs; ++j) {
            float& y = task.product->y[(task.row + n) * task.product->weight->rows + task.output + j];
            y = task.product->accumulate ? y + results[n * leading + j] : results[n * leading + j];
        }
}

} // namespace octavo::cpu
