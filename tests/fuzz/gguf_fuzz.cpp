// SPDX-License-Identifier: Apache-2.0
// Any bytes as a GGUF file: header, keys and tensors; then all that Model::open does with a file that parses.
#include <memory>
#include <span>

#include "compute/cpu/cpu_backend.h"
#include "fuzz/require.h"
#include "model/config.h"
#include "model/weights.h"
#include "octavo/engine/chat_template.h"
#include "support/allocation_meter.h"

namespace octavo {
namespace {

using test::require;

// Every accessor for every key, whatever is in it; views are read to their last byte, so that the sanitizer sees where they end.
std::size_t readKeys(const GgufFile& file)
{
    std::size_t seen = 0;
    const auto readText = [&seen](std::string_view text) {
        for (char letter : text)
            seen += static_cast<unsigned char>(letter);
    };
    for (std::string_view key : file.keys()) {
        readText(key);
        require(file.has(key));
        readText(file.stringValue(key).value_or(""));
        seen += file.unsignedValue(key).value_or(0) + file.boolValue(key).value_or(false) + file.floatValue(key).has_value();
        for (std::string_view text : file.stringArray(key).value_or(std::vector<std::string_view> {}))
            readText(text);
        for (std::int64_t number : file.integerArray(key).value_or(std::vector<std::int64_t> {}))
            seen += static_cast<std::size_t>(number);
        seen += file.floatArray(key).value_or(std::vector<float> {}).size();
    }
    return seen;
}

std::size_t readTensors(const GgufFile& file, std::span<const std::byte> bytes)
{
    std::size_t seen = 0;
    std::size_t sum = 0;
    for (const GgufTensor& tensor : file.tensors()) {
        require(file.tensor(tensor.name) == &tensor);
        require(!tensor.data.empty() && tensor.data.data() >= bytes.data() && tensor.data.data() + tensor.data.size() <= bytes.data() + bytes.size());
        sum += tensor.data.size();
        for (std::byte byte : tensor.data)
            seen += static_cast<std::size_t>(byte);
    }
    require(sum <= bytes.size());
    return seen;
}

// As Model::open does it.
void openModel(std::unique_ptr<const GgufFile> file, std::uint64_t size)
{
    static const std::unique_ptr<cpu::CpuBackend> backend = makeCpuBackend(1);
    const test::AllocationMeter meter;
    const auto config = readConfig(*file);
    const auto tokenizer = Tokenizer::fromGguf(*file);
    if (tokenizer) {
        const ChatTemplate chat = ChatTemplate::fromGguf(*file, **tokenizer);
        chat.documentIntro("system");
        chat.questionIntro();
        chat.nextQuestionIntro();
    }
    if (config) {
        const auto weights = bindWeights(std::move(file), *config, *backend);
        require(!weights || (*weights)->layers.size() == config->layers);
    }
    require(meter.bytes() <= test::allowedBytes(size));
}

} // namespace
} // namespace octavo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace octavo;
    const auto bytes = std::as_bytes(std::span(data, size));
    const test::AllocationMeter meter;
    auto file = GgufFile::parse(bytes);
    require(meter.bytes() <= test::allowedBytes(size));
    if (!file)
        return 0;
    require((*file)->fileSize() == size);
    [[maybe_unused]] static volatile std::size_t seen;   // so that no read is optimized away
    seen = readKeys(**file) + readTensors(**file, bytes);
    require(meter.bytes() <= 2 * test::allowedBytes(size));
    openModel(std::move(*file), size);
    return 0;
}
