// SPDX-License-Identifier: Apache-2.0
// A saved reading, damaged as the fuzzer chooses. It is saved by the program itself when it starts, so that the format may change
// and no file of an older one lies about as a seed. All of it is under checksums: what loads must be what was saved.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "fuzz/memory_file.h"
#include "octavo/engine/reading.h"
#include "support/allocation_meter.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

using test::require;

constexpr std::uint64_t kPlanned = 64;
constexpr std::size_t kRead = 9;

class SavedReading {
public:
    SavedReading()
    {
        const test::TemporaryFolder folder;
        const auto modelFile = folder / "tiny.gguf";
        test::writeTinyLlama(modelFile, { .layers = 1, .hidden = 32, .feedForward = 32, .heads = 2, .kvHeads = 1 });
        m_model = *Model::open(modelFile, *Engine::create({ .threads = 1 }));
        for (TokenId id = 0; id < static_cast<TokenId>(kRead); ++id)
            m_ids.push_back(test::kTinyFirstByte + id);
        const auto reading = Reading::start(m_model, kPlan, kPlanned).value();
        require(reading->read(m_ids, {}, {}).ok());
        m_logits = *reading->lastLogits();
        const auto file = folder / "saved.oct";
        require(reading->save(file, {}).ok());
        std::ifstream in(file, std::ios::binary);
        m_bytes.assign(std::istreambuf_iterator<char>(in), {});
        // A good file loads, or damaging it would test nothing.
        require(check(m_bytes));
    }

    const std::string& bytes() const { return m_bytes; }

    // Whether the file loads; if so, it must be the same reading, or the begin of it.
    bool check(const std::string& file)
    {
        m_file.write(std::as_bytes(std::span(file)));
        const test::AllocationMeter meter;
        const auto reusable = Reading::reusableTokens(m_file.path(), *m_model, kPlan, kPlanned, m_ids);
        require(!reusable || *reusable <= kRead);
        const auto loaded = Reading::load(m_file.path(), m_model, kPlan, kPlanned, m_ids, {});
        require(meter.bytes() <= test::allowedBytes(m_bytes.size()));   // whatever the damaged one says
        if (!loaded)
            return false;
        require(std::ranges::equal((*loaded)->ids(), std::span(m_ids).first((*loaded)->tokens())));
        if (const auto logits = (*loaded)->lastLogits())
            require(*logits == m_logits);
        return true;
    }

private:
    inline static const ReadingPlan kPlan { .dims = { 0, 8 } };

    std::shared_ptr<const Model> m_model;
    std::vector<TokenId> m_ids;
    std::vector<float> m_logits;
    std::string m_bytes;
    test::MemoryFile m_file;
};

// One change at a place: bytes are overwritten, put in, taken out, or all from there on is cut off.
void damage(FuzzedDataProvider& data, std::string& file)
{
    const std::size_t at = data.ConsumeIntegralInRange<std::size_t>(0, file.size());
    switch (data.ConsumeIntegralInRange<int>(0, 3)) {
    case 0: {
        const std::string bytes = data.ConsumeRandomLengthString(16).substr(0, file.size() - at);
        file.replace(at, bytes.size(), bytes);
        break;
    }
    case 1: file.insert(at, data.ConsumeRandomLengthString(64)); break;
    case 2: file.erase(at, data.ConsumeIntegral<std::uint16_t>()); break;
    case 3: file.resize(at); break;
    }
}

} // namespace
} // namespace octavo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace octavo;
    static SavedReading saved;
    FuzzedDataProvider provider(data, size);
    std::string file = saved.bytes();
    do
        damage(provider, file);
    while (provider.remaining_bytes() > 0);
    saved.check(file);
    return 0;
}
