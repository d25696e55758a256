// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/kv_format.h"

namespace octavo {

namespace {

constexpr std::string_view kNames[] = {"f16", "q8_0"};

std::optional<KvType> typeNamed(std::string_view name)
{
    for (std::uint8_t n = 0; n < std::size(kNames); ++n)
        if (kNames[n] == name)
            return static_cast<KvType>(n);
    return std::nullopt;
}

std::string nameOf(KvType type) { return std::string(kNames[static_cast<std::uint8_t>(type)]); }

} // namespace

std::string KvFormat::toString() const { return keys == values ? nameOf(keys) : nameOf(keys) + "/" + nameOf(values); }

std::optional<KvFormat> KvFormat::named(std::string_view name)
{
    const std::size_t cut = name.find('/');
    const auto keys = typeNamed(name.substr(0, cut));
    const auto values = cut == name.npos ? keys : typeNamed(name.substr(cut + 1));
    return keys && values ? std::optional(KvFormat{*keys, *values}) : std::nullopt;
}

} // namespace octavo
