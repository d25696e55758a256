// SPDX-License-Identifier: Apache-2.0
// Any bytes as an adapter of a small model.
#include <span>

#include "compute/cpu/cpu_backend.h"
#include "fuzz/require.h"
#include "model/adapter.h"
#include "model/config.h"
#include "support/allocation_meter.h"
#include "support/tiny_gguf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace octavo;
    using test::require;
    static const std::string model = test::tinyLlama({ .layers = 1, .hidden = 32, .feedForward = 32, .heads = 2, .kvHeads = 1 }).bytes();
    static const std::unique_ptr<cpu::CpuBackend> backend = makeCpuBackend(1);

    const auto adapter = GgufFile::parse(std::as_bytes(std::span(data, size)));
    if (!adapter)
        return 0;
    auto file = GgufFile::parse(std::as_bytes(std::span(model))).value();
    ModelConfig config = readConfig(*file).value();
    const auto weights = bindWeights(std::move(file), config, *backend).value();
    ContentHash all, asking;
    const test::AllocationMeter meter;
    if (applyAdapter(**adapter, config, *weights, all, asking))
        require(config.gates.empty() || config.gates.size() == std::size_t { config.heads } * config.layers);
    require(meter.bytes() <= test::allowedBytes(size));
    return 0;
}
