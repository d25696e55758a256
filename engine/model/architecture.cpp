// SPDX-License-Identifier: Apache-2.0
#include "model/architecture.h"

#include <algorithm>

namespace octavo {

namespace {

using Pairing = RopeSettings::Pairing;

constexpr Architecture kArchitectures[] = {
    {"llama", Pairing::Neighbours, false, false}, // Llama 1, 2, 3, 3.1, 3.2, Mistral, TinyLlama, SmolLM2
    {"qwen2", Pairing::Halves, true, false},      // Qwen 2 and 2.5
    {"qwen3", Pairing::Halves, false, true},
};

} // namespace

std::span<const Architecture> architectures() { return kArchitectures; }

const Architecture* findArchitecture(std::string_view name)
{
    const auto found = std::ranges::find(kArchitectures, name, &Architecture::name);
    return found == std::end(kArchitectures) ? nullptr : &*found;
}

} // namespace octavo
