// SPDX-License-Identifier: Apache-2.0
// Weights that are no numbers, infinite, huge or noise: the model reads, is asked and answers, whatever nonsense.
#include <gtest/gtest.h>

#include <random>

#include "octavo/engine/asking.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

using test::TensorType;

constexpr std::uint32_t kWide = 32;
constexpr std::uint32_t kNarrow = 16;   // of keys and values: two heads share one
constexpr test::TinyLlamaOptions kSmall { .layers = 1, .hidden = kWide, .feedForward = kWide, .heads = 2, .kvHeads = 1 };

// All matrices of one type, their bytes given by `byte`, called for each in turn.
template <class Byte>
test::GgufWriter modelOf(TensorType type, std::size_t blockElements, std::size_t blockBytes, Byte byte)
{
    test::GgufWriter writer = test::tinyLlama(kSmall);
    const auto matrix = [&](const std::string& name, std::uint64_t columns, std::uint64_t rows) {
        std::string data(columns * rows / blockElements * blockBytes, '\0');
        for (char& one : data)
            one = static_cast<char>(byte());
        writer.setTensor(name, type, { columns, rows }, data);
    };
    matrix("token_embd.weight", kWide, test::kTinyVocabulary);
    for (const char* square : { "attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down" })
        matrix("blk.0." + std::string(square) + ".weight", kWide, kWide);
    for (const char* narrow : { "attn_k", "attn_v" })
        matrix("blk.0." + std::string(narrow) + ".weight", kWide, kNarrow);
    return writer;
}

void readAskAnswer(const std::filesystem::path& file, const std::shared_ptr<Engine>& engine)
{
    const auto model = Model::open(file, engine);
    ASSERT_TRUE(model.ok()) << model.error().detail;
    const std::vector<TokenId> ids { 1, 4, 100, 7, 5, 4, 9, 270, 30, 31 };
    const auto reading = Reading::start(*model, { .dims = { 0, 4 }, .sinks = 1 }, 32);
    ASSERT_TRUE(reading.ok());
    ASSERT_TRUE((*reading)->readAndScore(ids, 1, {}).ok());
    const Reading* const readings[] = { reading->get() };
    const auto asking = Asking::over(readings, { .spans = { { 0, 4 }, { 4, 10 } }, .topTokens = 3, .room = 16 });
    ASSERT_TRUE(asking.ok() && (*asking)->prefill(std::span(ids).first(3), {}).ok());
    Sampler sampler({ .temperature = 1, .topK = 0, .repetitionPenalty = 1.1f });
    const auto answer = (*asking)->generate(sampler, 8, [](const AnswerToken& token) { EXPECT_EQ(token.hops->top.size(), 3u); }, {});
    ASSERT_TRUE(answer.ok());
    for (TokenId id : answer->ids)
        EXPECT_LT(static_cast<std::uint32_t>(id), (*model)->config().vocabulary);
}

TEST(HostileWeights, GiveNonsenseAndNoCrash)
{
    const struct {
        TensorType type;
        std::size_t blockElements;
        std::size_t blockBytes;
    } types[] = { { TensorType::F32, 1, 4 }, { TensorType::F16, 1, 2 }, { TensorType::Q4_0, 32, 18 }, { TensorType::Q4_1, 32, 20 },
        { TensorType::Q8_0, 32, 34 } };
    const test::TemporaryFolder folder;
    const auto file = folder / "hostile.gguf";
    const auto engine = *Engine::create({ .threads = 2 });
    for (const auto& [type, blockElements, blockBytes] : types) {
        // 0xFF: NaN in every float; 0x7C: infinite halves; 0x7B: huge ones; 0x00: nothing at all.
        for (unsigned same : { 0xFFu, 0x7Cu, 0x7Bu, 0x00u }) {
            SCOPED_TRACE(::testing::Message() << "type " << static_cast<int>(type) << ", bytes " << same);
            modelOf(type, blockElements, blockBytes, [same] { return same; }).write(file);
            readAskAnswer(file, engine);
        }
        for (std::uint32_t seed = 0; seed < 8; ++seed) {
            SCOPED_TRACE(::testing::Message() << "type " << static_cast<int>(type) << ", seed " << seed);
            std::mt19937 random(seed);
            modelOf(type, blockElements, blockBytes, [&random] { return random() >> 24; }).write(file);
            readAskAnswer(file, engine);
        }
    }
}

} // namespace
} // namespace octavo
