// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <functional>

namespace octavo {

namespace {
constexpr std::uint32_t kMaxDimension = 1u << 20;
constexpr std::size_t kMaxHops = 8;
} // namespace

bool WideLayers::contains(std::uint32_t layer) const { return std::binary_search(layers.begin(), layers.end(), layer); }

std::string WideLayers::toString() const
{
    std::string text;
    for (const std::uint32_t layer : layers)
        text += (text.empty() ? std::to_string(reach) + '@' : ",") + std::to_string(layer);
    return text;
}

Result<WideLayers> WideLayers::parse(const std::string& text)
{
    WideLayers wide;
    std::vector<std::uint32_t> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (char border = '@';; border = ',') {
        const auto [behind, wrong] = std::from_chars(at, end, numbers.emplace_back());
        const bool isLast = behind == end && numbers.size() > 1;
        if (wrong != std::errc() || (!isLast && (behind == end || *behind != border)))
            return Error{Errc::InvalidArgument, "wide layers", "such as 4096@17,18: how many tokens they see, and their numbers"};
        if (isLast)
            break;
        at = behind + 1;
    }
    wide.reach = numbers.front();
    wide.layers.assign(numbers.begin() + 1, numbers.end());
    return wide;
}

std::uint64_t ReadingPlan::row(std::uint64_t plannedTokens) const
{
    return dims.back() ? dims.back() : std::max<std::uint64_t>(plannedTokens, 1);
}

std::uint64_t ReadingPlan::stride(std::uint32_t hop) const
{
    std::uint64_t stride = 1;
    for (std::size_t finer = hop + 1; finer < dims.size(); ++finer)
        stride *= dims[finer];
    return stride;
}

std::uint64_t ReadingPlan::rowStep(std::uint64_t plannedTokens, std::uint64_t context) const
{
    const std::uint64_t m = row(plannedTokens);
    const std::uint64_t rows = std::max<std::uint64_t>(1, (plannedTokens + m - 1) / m);
    const std::uint64_t room = context > 2 * m ? (context - 2 * m) / rows : 0;
    return std::max<std::uint64_t>(1, std::min(m / squeeze, room));
}

std::uint64_t ReadingPlan::keysPerToken(std::uint64_t tokens) const
{
    std::uint64_t keys = 0;
    for (std::uint32_t hop = 0; hop < hops(); ++hop) {
        const std::uint64_t reachable = (tokens + stride(hop) - 1) / stride(hop);
        keys += dims[hop] ? std::min<std::uint64_t>(dims[hop], reachable) : reachable;
    }
    return keys;
}

ReadingPlan ReadingPlan::ofWideLayers() const { return {{wide.reach}, gate, sinks, squeeze, kv, {}}; }

Result<void> ReadingPlan::check() const
{
    const auto wrong = [](const char* setting, const char* range) { return Error{Errc::InvalidArgument, setting, range}; };
    if (dims.empty() || dims.size() > kMaxHops)
        return wrong("dims", "1 to 8 dimensions");
    for (std::size_t n = 0; n < dims.size(); ++n)
        if ((dims[n] == 0 && n > 0) || dims[n] > kMaxDimension)
            return wrong("dims", "each 1 to 1048576; only the first may be 0, which means as many as needed");
    if (!std::isfinite(gate))
        return wrong("gate", "a finite number");
    if (dims.back() && sinks > dims.back())
        return wrong("sinks", "at most a row");
    if (squeeze == 0)
        return wrong("squeeze", "at least 1");
    if (wide.layers.empty() != (wide.reach == 0) || std::adjacent_find(wide.layers.begin(), wide.layers.end(), std::greater_equal()) != wide.layers.end())
        return wrong("wide layers", "a reach and layers in ascending order");
    if (wide.reach > 0 && (dims.size() < 2 || dims.back() == 0 || wide.reach < dims.back() || wide.reach > kMaxDimension))
        return wrong("wide layers", "a row to 1048576 tokens, beside at least two dimensions");
    return {};
}

std::string ReadingPlan::toString() const
{
    if (isFull() && dims[0] == 0)
        return "full kv " + kv.toString();
    std::string text = "tensorized ";
    for (std::size_t n = 0; n < dims.size(); ++n)
        text += (n ? "x" : "") + std::to_string(dims[n]);
    if (wide.reach > 0)
        text += " wide " + wide.toString();
    char rest[80];
    std::snprintf(rest, sizeof rest, " gate %g sinks %u squeeze %u", static_cast<double>(gate), sinks, squeeze);
    return text + rest + " kv " + kv.toString();
}

} // namespace octavo
