// SPDX-License-Identifier: Apache-2.0
// Tiny random models of every architecture and weight type against transformers (conformance/make_models.py, which says how).
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "octavo/engine/asking.h"
#include "support/paths.h"
#include "support/random_blocks.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

using nlohmann::json;

// Both sides compute in float32 and round keys and values to half precision, so only the order of sums differs, by about
// √512·2^-24 = 1.3e-6 of their size; but a key or value so close to the middle of two halves is then rounded to the other one on one
// side, which moves it by 2^-10 of itself. That happens to some 0.3 % of the 20,000 elements that a model caches, in other places on
// each machine, and moves logits around 1 by some 1e-4 as a rule, and by more where softmax is steep. transformers moves as far when it
// sums in float64 (`noise`, up to 6e-4), so that is the measure. Greedy tokens lead by ten times that, and faults move logits by 0.06
// (an adapter's scale off by a sixteenth) to 2: see TellFaultsApart.
double toleranceOf(const json& expected) { return 4e-4 + 2 * expected["noise"].get<double>(); }

const json& expectations()
{
    static const json all = json::parse(std::ifstream(std::filesystem::path(test::kSourceDir) / "tests/engine/conformance/models.json"));
    return all;
}

test::TensorType typeNamed(const std::string& name)
{
    for (const test::RandomBlockFormat& format : test::randomBlockFormats())
        if (format.name == name)
            return format.type;
    throw std::invalid_argument(name);
}

void setMetadata(test::GgufWriter& writer, const json& metadata)
{
    for (const auto& [key, value] : metadata.items()) {
        if (value.is_string())
            writer.set(key, value.get<std::string>());
        else if (value.is_number_float())
            writer.set(key, value.get<float>());
        else
            writer.set(key, value.get<std::uint32_t>());
    }
}

// The files of one case, and the hash of all weights in them.
class CaseFiles {
public:
    CaseFiles(const json& model, const json& expected)
        : m_seed(expected["seed"].get<std::uint64_t>() * 1000)
    {
        test::GgufWriter writer;
        setMetadata(writer, model["metadata"]);
        test::tinyVocabulary().writeTo(writer);
        const test::TensorType type = typeNamed(expected["type"]);
        for (const json& tensor : model["tensors"])
            addRandom(writer, tensor, tensor[1].size() == 2 ? type : test::TensorType::F32);
        const auto divisors = model["rope_freqs"].get<std::vector<float>>();
        if (!divisors.empty())
            writer.setTensor("rope_freqs.weight", test::TensorType::F32, {divisors.size()}, test::encodeF32(divisors));
        writer.write(file());
        if (model["adapter"].empty())
            return;
        test::GgufWriter adapter;
        setMetadata(adapter, {{"general.type", "adapter"}, {"general.architecture", model["metadata"]["general.architecture"]},
                              {"adapter.type", "lora"}, {"adapter.lora.alpha", model["alpha"]}});
        for (const json& tensor : model["adapter"])
            addRandom(adapter, tensor, typeNamed(tensor[3]));
        m_options.adapters.push_back(m_folder / "adapter.gguf");
        adapter.write(m_options.adapters.back());
    }

    std::filesystem::path file() const { return m_folder / "model.gguf"; }
    const ModelOptions& options() const { return m_options; }
    std::string hash() const
    {
        unsigned char digest[EVP_MAX_MD_SIZE];
        EVP_Digest(m_weights.data(), m_weights.size(), digest, nullptr, EVP_sha256(), nullptr);
        std::ostringstream text;
        for (std::size_t n = 0; n < 8; ++n)
            text << std::hex << std::setw(2) << std::setfill('0') << static_cast<int>(digest[n]);
        return text.str();
    }

private:
    // `tensor` is [name, shape, columns], as make_models.py lists them.
    void addRandom(test::GgufWriter& writer, const json& tensor, test::TensorType type)
    {
        const auto shape = tensor[1].get<std::vector<std::uint64_t>>();
        const auto columns = tensor[2].get<std::uint64_t>();
        const std::uint64_t elements = std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>());
        std::string blocks = test::randomBlocks(type, columns, elements / columns, m_seed++);
        m_weights += blocks;
        writer.setTensor(tensor[0].get<std::string>(), type, shape, std::move(blocks));
    }

    test::TemporaryFolder m_folder;
    ModelOptions m_options;
    std::uint64_t m_seed;
    std::string m_weights;
};

const json& modelNamed(const json& name)
{
    const json& models = expectations()["models"];
    return *std::ranges::find(models, name, [](const json& model) -> const json& { return model["name"]; });
}

// Largest difference of any logit that was kept.
double difference(const std::vector<float>& logits, const json& expected)
{
    double worst = 0;
    for (std::size_t n = 0; n < expected["some"].size(); ++n)
        worst = std::max(worst, std::abs(logits[expectations()["ids"][n].get<std::size_t>()] - expected["some"][n].get<double>()));
    for (const json& top : expected["top"])
        worst = std::max(worst, std::abs(logits[top[0].get<std::size_t>()] - top[1].get<double>()));
    return worst;
}

void expectNoneAbove(const std::vector<float>& logits, const json& top, double tolerance)
{
    const double fifth = top.back()[1];
    const auto above = std::ranges::count_if(logits, [&](float logit) { return logit > fifth + tolerance; });
    EXPECT_LT(above, static_cast<std::ptrdiff_t>(top.size())) << "the five largest are others";
}

// Reads what every model reads, and returns the largest difference on the way; `reading` is left for what follows.
double prefill(std::shared_ptr<const Model> model, const json& expected, std::unique_ptr<Reading>& reading)
{
    const auto ids = expectations()["prefill"].get<std::vector<TokenId>>();
    reading = Reading::start(std::move(model), ReadingPlan::full(), ids.size() + expected["greedy"].size()).value();
    double worst = 0;
    std::size_t begin = 0, kept = 0;
    for (const std::size_t end : expectations()["stops"].get<std::vector<std::size_t>>()) {
        EXPECT_TRUE(reading->read(std::span(ids).subspan(begin, end - begin), {}, {}).ok());
        worst = std::max(worst, difference(*reading->lastLogits(), expected["logits"][kept++]));
        begin = end;
    }
    return worst;
}

class Conformance : public ::testing::TestWithParam<std::size_t> {
protected:
    static void TearDownTestSuite()
    {
        std::map<std::string, std::map<std::string, double>> rows;
        for (const auto& [names, worst] : s_worst)
            rows[names.first][names.second] = worst;
        std::cout << "Largest logit error against " << expectations()["by"].get<std::string>() << ", in units of 1e-6:\n" << std::setw(20) << "";
        for (const test::RandomBlockFormat& format : test::randomBlockFormats())
            std::cout << std::setw(7) << format.name;
        std::cout << '\n';
        for (const auto& [model, types] : rows) {
            std::cout << std::setw(20) << std::left << model << std::right;
            for (const test::RandomBlockFormat& format : test::randomBlockFormats()) {
                const auto found = types.find(std::string(format.name));
                std::cout << std::setw(7);
                found == types.end() ? std::cout << "-" : std::cout << std::lround(found->second * 1e6);
            }
            std::cout << '\n';
        }
    }

    inline static std::map<std::pair<std::string, std::string>, double> s_worst; // [model, type], of this run
};

TEST_P(Conformance, LogitsAndGreedyTokensAreThoseOfTransformers)
{
    const json& expected = expectations()["cases"][GetParam()];
    const CaseFiles files(modelNamed(expected["model"]), expected);
    ASSERT_EQ(files.hash(), expected["weights"]) << "the two sides do not hold the same weights";
    const auto model = Model::open(files.file(), *Engine::create({2, Precision::Float32}), files.options());
    ASSERT_TRUE(model.ok()) << model.error().subject << ' ' << model.error().detail;

    std::unique_ptr<Reading> reading;
    double worst = prefill(*model, expected, reading);
    expectNoneAbove(*reading->lastLogits(), expected["logits"][2]["top"], toleranceOf(expected));
    const auto best = [](const std::vector<float>& logits) { return static_cast<TokenId>(std::ranges::max_element(logits) - logits.begin()); };
    const Reading* readings[] = {reading.get()};
    const auto asking = Asking::over(readings, {});
    ASSERT_TRUE(asking.ok());
    const auto greedy = expected["greedy"].get<std::vector<TokenId>>();
    std::vector<TokenId> written{best(*reading->lastLogits())};
    std::vector<float> logits;
    for (std::size_t n = 0; n < greedy.size(); ++n) {
        ASSERT_EQ(written[n], greedy[n]) << "token " << n;
        ASSERT_TRUE((*asking)->prefill({&written[n], 1}, {}).ok());
        logits = (*asking)->lastLogits();
        written.push_back(best(logits));
    }
    worst = std::max(worst, difference(logits, expected["logits"].back()));
    EXPECT_LE(worst, toleranceOf(expected));
    s_worst[{expected["model"], expected["type"]}] = worst;
}

// What would go wrong if a setting were overlooked must be far beyond the tolerance, or the table above would prove nothing.
TEST(ConformanceModels, TellFaultsApart)
{
    struct Fault {
        const char* model;
        const char* what;
        void (*commit)(json& model);
    };
    const Fault faults[] = {
        {"llama, rope_freqs", "divisors", [](json& model) { model["rope_freqs"] = json::array(); }},
        {"llama, linear", "factor", [](json& model) { model["metadata"].erase("llama.rope.scaling.factor"); }},
        {"llama, YaRN", "ramp", [](json& model) { model["metadata"]["llama.rope.scaling.type"] = "linear"; }},
        {"llama, YaRN", "temperature", [](json& model) { model["metadata"]["llama.rope.scaling.attn_factor"] = 1 / (0.1 * std::log(4.0) + 1); }},
        {"llama, LoRA", "adapter", [](json& model) { model["adapter"] = json::array(); }},
        {"llama, LoRA", "scale", [](json& model) { model["alpha"] = 17.0; }},
        {"llama, biases", "biases",
         [](json& model) { std::erase_if(model["tensors"].get_ref<json::array_t&>(), [](const json& tensor) { return tensor[0] == "blk.0.attn_q.bias"; }); }},
        {"qwen2", "pairing",
         [](json& model) {
             json renamed;
             for (const auto& [key, value] : model["metadata"].items())
                 renamed[key.starts_with("qwen2.") ? "llama." + key.substr(6) : key] = value;
             renamed["general.architecture"] = "llama";
             model["metadata"] = renamed;
         }},
    };
    for (const auto& [name, what, commit] : faults) {
        const json& cases = expectations()["cases"];
        const json& expected = *std::ranges::find_if(cases, [&](const json& entry) { return entry["model"] == name && entry["type"] == "F32"; });
        json model = modelNamed(name);
        commit(model);
        const CaseFiles files(model, expected);
        const auto opened = Model::open(files.file(), *Engine::create({2, Precision::Float32}), files.options());
        ASSERT_TRUE(opened.ok()) << name << ", " << what << ": " << opened.error().detail;
        std::unique_ptr<Reading> reading;
        EXPECT_GT(prefill(*opened, expected, reading), 10 * toleranceOf(expected)) << name << ", " << what;
    }
}

std::string caseName(const ::testing::TestParamInfo<std::size_t>& info)
{
    const json& expected = expectations()["cases"][info.param];
    std::string name = expected["model"].get<std::string>() + "_" + expected["type"].get<std::string>();
    std::ranges::replace_if(name, [](unsigned char letter) { return !std::isalnum(letter); }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Models, Conformance, ::testing::Range<std::size_t>(0, expectations()["cases"].size()), caseName);

} // namespace
} // namespace octavo
