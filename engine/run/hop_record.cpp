// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/hop_record.h"

#include <algorithm>
#include <cassert>

namespace octavo {

namespace {

bool isIn(const std::vector<std::uint32_t>& chosen, std::uint32_t number)
{
    return chosen.empty() || std::find(chosen.begin(), chosen.end(), number) != chosen.end();
}

bool allBelow(const std::vector<std::uint32_t>& chosen, std::uint32_t limit)
{
    return std::all_of(chosen.begin(), chosen.end(), [limit](std::uint32_t number) { return number < limit; });
}

} // namespace

bool HeadChoice::contains(std::uint32_t layer, std::uint32_t head) const { return isIn(layers, layer) && isIn(heads, head); }
bool HeadChoice::fits(std::uint32_t layerCount, std::uint32_t headCount) const { return allBelow(layers, layerCount) && allBelow(heads, headCount); }

HopRecord HopRecord::withoutSinks() const
{
    HopRecord record = *this;
    const float rest = 1.0f - sinks;
    const float factor = rest > 0 ? 1.0f / rest : 0.0f;
    for (float& span : record.spans)
        span *= factor;
    for (TokenAttention& token : record.top)
        token.weight *= factor;
    record.outside *= factor;
    record.sinks = 0;
    return record;
}

HopRecord HeadHops::mean(const HeadChoice& choice) const
{
    std::vector<double> sums(spanCount, 0.0);
    double sinkSum = 0, outsideSum = 0;
    std::uint32_t count = 0;
    for (std::uint32_t layer = 0; layer < layers; ++layer)
        for (std::uint32_t head = 0; head < heads; ++head) {
            if (!choice.contains(layer, head))
                continue;
            const auto of = spansOf(layer, head);
            for (std::uint32_t n = 0; n < spanCount; ++n)
                sums[n] += of[n];
            sinkSum += sinks[layer * heads + head];
            outsideSum += outside[layer * heads + head];
            ++count;
        }
    assert(count > 0);
    HopRecord record;
    for (const double sum : sums)
        record.spans.push_back(static_cast<float>(sum / count));
    record.sinks = static_cast<float>(sinkSum / count);
    record.outside = static_cast<float>(outsideSum / count);
    return record;
}

std::vector<std::vector<double>> factorize(std::span<const float> weights, std::span<const std::vector<std::uint32_t>> parents,
                                           std::uint32_t coarsestParts)
{
    std::vector<std::vector<double>> levels(parents.size() + 1); // sums first, made relative from the finest up
    levels.back().assign(weights.begin(), weights.end());
    for (std::size_t level = parents.size(); level-- > 0;) {
        const std::vector<std::uint32_t>& parentOf = parents[level];
        assert(parentOf.size() == levels[level + 1].size());
        levels[level].assign(level == 0 ? coarsestParts : parents[level - 1].size(), 0.0);
        for (std::size_t part = 0; part < parentOf.size(); ++part)
            levels[level][parentOf[part]] += levels[level + 1][part];
        for (std::size_t part = 0; part < parentOf.size(); ++part) {
            const double sum = levels[level][parentOf[part]];
            levels[level + 1][part] = sum > 0 ? levels[level + 1][part] / sum : 0.0;
        }
    }
    return levels;
}

} // namespace octavo
