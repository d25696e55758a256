// SPDX-License-Identifier: Apache-2.0
// Makes a model of random weights and measures reading and asking with it, a JSON object on a line for each step. gpu_check.sh runs it.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "bench/measure.h"
#include "bench/synthetic_model.h"

namespace octavo::bench {

namespace {

constexpr int kFailed = 1, kWrongUse = 2;
constexpr std::uint64_t kTellingTokens = 2048; // a shorter reading does not foretell what longer ones take

constexpr const char* kUsage = R"(usage:
  octavo-gpu-bench model FILE [--form q4_k_m|bf16] [--layers N] [--hidden N] [--heads N] [--kv-heads N] [--head-width N]
                   [--feed-forward N] [--vocabulary N] [--context N] [--threads N]      writes a model of random weights
  octavo-gpu-bench read   --model FILE [--device cpu|cuda|auto] [--tokens N] [--dims 0,1024|0] [--kv f16|q8_0] [--repeat R] [--budget SECONDS]
  octavo-gpu-bench decode --model FILE [--device …] [--depth N] [--tokens N] [--dims …] [--kv …] [--budget SECONDS]
  octavo-gpu-bench suite  --model FILE [--device …] [--lengths 8192,32768,131072] [--full 8192,32768,131072] [--depths 0,32768,131072]
                   [--dims 0,1024] [--kv f16,q8_0] [--repeat R] [--tokens N] [--gpu-layers N] [--budget SECONDS]
suite reads each of --lengths by rows, decodes after those in --depths, and reads those in --full with full attention; of --kv, the first is for all,
the others for the longest depth only. What the budget does not allow is told as not run.
)";

// The words after a command: a file that may come first, then --key value.
class Arguments {
public:
    Arguments(int argc, char** argv, int from)
    {
        if (from < argc && std::string_view(argv[from]).substr(0, 2) != "--")
            file = argv[from++];
        for (; from < argc; from += 2) {
            if (from + 1 == argc || std::string_view(argv[from]).substr(0, 2) != "--")
                m_wrong = argv[from];
            else
                m_values[argv[from] + 2] = argv[from + 1];
        }
    }

    std::string text(const std::string& key, std::string otherwise)
    {
        const auto found = m_values.find(key);
        if (found == m_values.end())
            return otherwise;
        std::string value = std::move(found->second);
        m_values.erase(found);
        return value;
    }

    template <class T>
    T number(const std::string& key, T otherwise)
    {
        const std::vector<T> values = numbers<T>(key, {otherwise});
        if (values.size() == 1)
            return values.front();
        m_wrong = "--" + key;
        return otherwise;
    }

    template <class T>
    std::vector<T> numbers(const std::string& key, std::vector<T> otherwise)
    {
        const std::string all = text(key, "-");
        if (all == "-")
            return otherwise;
        std::vector<T> values;
        for (const std::string& word : words(all)) {
            T value{};
            const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
            if (error != std::errc() || end != word.data() + word.size())
                m_wrong = "--" + key;
            values.push_back(value);
        }
        return values;
    }

    std::vector<KvFormat> formats(const std::string& otherwise)
    {
        std::vector<KvFormat> formats;
        for (const std::string& word : words(text("kv", otherwise))) {
            const auto format = KvFormat::named(word);
            if (!format)
                m_wrong = "--kv";
            formats.push_back(format.value_or(KvFormat{}));
        }
        if (formats.empty())
            m_wrong = "--kv";
        return formats;
    }

    // What was not understood, or not asked for by the command; empty: nothing.
    std::string wrong() const { return !m_wrong.empty() || m_values.empty() ? m_wrong : "--" + m_values.begin()->first; }

    std::string file;

private:
    static std::vector<std::string> words(std::string_view list)
    {
        std::vector<std::string> words;
        while (!list.empty()) {
            const std::size_t comma = std::min(list.find(','), list.size());
            words.emplace_back(list.substr(0, comma));
            list.remove_prefix(std::min(comma + 1, list.size()));
        }
        return words;
    }

    std::map<std::string, std::string> m_values;
    std::string m_wrong;
};

int wrongUse(const std::string& word)
{
    std::fprintf(stderr, "%s is not understood\n%s", word.c_str(), kUsage);
    return kWrongUse;
}

JsonLine& addError(JsonLine& line, const Error& error)
{
    line.add("error", error.subject + (error.detail.empty() ? "" : " ") + error.detail).add("code", static_cast<int>(error.code));
    return error.needed ? line.add("needed", error.needed).add("room", error.room) : line;
}

int fail(std::string_view step, const Error& error)
{
    JsonLine line(step);
    addError(line, error).print();
    return kFailed;
}

// The plan of the reading that a dims list, a way to keep keys and values, mean.
ReadingPlan planOf(const std::vector<std::uint32_t>& dims, const KvFormat& kv)
{
    ReadingPlan plan = dims.size() == 1 ? ReadingPlan::full() : ReadingPlan{};
    plan.dims = dims;
    plan.kv = kv;
    return plan;
}

// One open model, the budget, and the steps that print their line.
class Bench {
public:
    static Result<Bench> open(const std::string& file, const std::string& device, std::optional<std::uint32_t> gpuLayers, double budget)
    {
        Bench bench(budget);
        auto engine = openEngine(device, gpuLayers);
        if (!engine)
            return engine.error();
        const double begin = bench.m_budget.used();
        auto model = Model::open(file, *engine);
        if (!model)
            return model.error();
        bench.m_model = std::move(*model);
        const double opened = bench.m_budget.used();
        // Brings the weights to where they are computed with, and lets libraries choose their kernels.
        const auto warm = readOnce(bench.m_model, ReadingPlan{}, 2048, bench.m_budget);
        if (!warm)
            return warm.error();
        const ModelConfig& config = bench.m_model->config();
        JsonLine line("open");
        line.add("device", bench.m_model->device()).add("model", config.name).add("file_bytes", bench.m_model->fileSize());
        line.add("weight_bytes", weightBytes(*bench.m_model)).add("layers", config.layers);
        line.add("gpu_layers", bench.m_model->gpuLayers()).add("hidden", config.hidden);
        line.add("heads", config.heads).add("kv_heads", config.kvHeads).add("head_width", config.headWidth);
        line.add("feed_forward", config.feedForward).add("vocabulary", config.vocabulary);
        line.add("seconds", opened - begin).add("warm_seconds", bench.m_budget.used() - opened);
        line.add("host_bytes_free", Engine::availableMemory()).print();
        return bench;
    }

    // The last reading, for more; null if there is none.
    std::unique_ptr<Reading> read(const ReadingPlan& plan, std::uint64_t tokens, std::uint32_t repeat)
    {
        // It takes that at least: with full attention each token costs more, the longer the text is.
        const double expected = m_secondsPerToken[plan.isFull()] * static_cast<double>(tokens);
        if (expected >= m_budget.left())
            return notRun("read", plan, tokens);
        std::vector<ReadRun> runs;
        for (std::uint32_t n = 0; n < repeat; ++n) {
            if (n > 0 && runs.back().seconds > m_budget.left() / 2) // what comes later counts for more than another look
                break;
            if (n > 0)
                runs.back().reading.reset(); // two of them may not fit
            auto run = readOnce(m_model, plan, tokens, m_budget);
            if (!run)
                return failed("read", plan, tokens, run.error());
            runs.push_back(std::move(*run));
            if (!runs.back().whole)
                break;
        }
        readLine(*m_model, plan, tokens, runs).print();
        if (const std::uint64_t done = runs.back().reading->tokens(); done >= kTellingTokens)
            m_secondsPerToken[plan.isFull()] = runs.back().seconds / static_cast<double>(done);
        return runs.back().whole ? std::move(runs.back().reading) : nullptr;
    }

    void decode(const Reading& reading, std::uint64_t tokens)
    {
        if (m_budget.left() <= 0) {
            notRun("decode", reading.plan(), reading.tokens());
            return;
        }
        const auto line = bench::decode(reading, tokens, m_budget);
        if (line)
            line->print();
        else
            failed("decode", reading.plan(), reading.tokens(), line.error());
    }

    bool allWell() const { return m_allWell; }

private:
    explicit Bench(double budget) : m_budget(budget) {}

    std::unique_ptr<Reading> notRun(std::string_view step, const ReadingPlan& plan, std::uint64_t tokens)
    {
        lineFor(step, plan, tokens).add("not_run", "out of time").print();
        return nullptr;
    }

    std::unique_ptr<Reading> failed(std::string_view step, const ReadingPlan& plan, std::uint64_t tokens, const Error& error)
    {
        m_allWell = false;
        JsonLine line = lineFor(step, plan, tokens);
        addError(line, error).print();
        return nullptr;
    }

    static JsonLine lineFor(std::string_view step, const ReadingPlan& plan, std::uint64_t tokens)
    {
        JsonLine line(step);
        line.add(step == "decode" ? "depth" : "tokens", tokens).add("plan", plan.toString()).add("full", plan.isFull());
        return line.add("row", plan.isFull() ? 0u : plan.dims.back()).add("kv", plan.kv.toString());
    }

    TimeBudget m_budget;
    std::shared_ptr<const Model> m_model;
    double m_secondsPerToken[2] = {0, 0}; // of the last reading by rows, and with full attention
    bool m_allWell = true;
};

int makeModel(Arguments arguments)
{
    SyntheticShape shape;
    const auto form = weightFormNamed(arguments.text("form", "q4_k_m"));
    if (!form || arguments.file.empty())
        return wrongUse(form ? "a model without a file" : "--form");
    shape.form = *form;
    for (const auto& [key, size] : {std::pair{"layers", &shape.layers}, {"hidden", &shape.hidden}, {"heads", &shape.heads},
                                    {"kv-heads", &shape.kvHeads}, {"head-width", &shape.headWidth}, {"feed-forward", &shape.feedForward},
                                    {"vocabulary", &shape.vocabulary}, {"context", &shape.context}})
        *size = arguments.number(key, *size);
    const auto threads = arguments.number("threads", 0u);
    if (!arguments.wrong().empty())
        return wrongUse(arguments.wrong());
    const auto made = writeSyntheticModel(arguments.file, shape, threads);
    if (!made)
        return fail("model", made.error());
    JsonLine("model").add("form", nameOf(shape.form)).add("layers", shape.layers).add("bytes", made->bytes).add("seconds", made->seconds).print();
    return 0;
}

int measure(const std::string& command, Arguments arguments)
{
    const std::string file = arguments.text("model", ""), device = arguments.text("device", "auto");
    const auto budget = arguments.number("budget", 600.0);
    const int gpuLayers = arguments.number("gpu-layers", -1);
    const auto dims = arguments.numbers<std::uint32_t>("dims", {0, 1024});
    const std::vector<KvFormat> formats = arguments.formats("f16");
    const bool suite = command == "suite";
    const auto repeat = arguments.number("repeat", suite ? 3u : 1u);
    const auto tokens = arguments.number<std::uint64_t>("tokens", command == "read" ? 8192 : 64);
    const auto depth = command == "decode" ? arguments.number<std::uint64_t>("depth", 0) : tokens;
    using Lengths = std::vector<std::uint64_t>;
    const Lengths usual = {8192, 32768, 131072};
    Lengths lengths = suite ? arguments.numbers("lengths", usual) : Lengths{};
    const Lengths full = suite ? arguments.numbers("full", usual) : Lengths{};
    const Lengths depths = suite ? arguments.numbers("depths", Lengths{0, 32768, 131072}) : Lengths{};
    if (file.empty() || !arguments.file.empty())
        return wrongUse(arguments.file.empty() ? command + " without --model" : arguments.file);
    if (!arguments.wrong().empty())
        return wrongUse(arguments.wrong());

    auto bench = Bench::open(file, device, gpuLayers < 0 ? std::nullopt : std::optional(static_cast<std::uint32_t>(gpuLayers)), budget);
    if (!bench)
        return fail("open", bench.error());
    const ReadingPlan plan = planOf(dims, formats.front());
    if (!suite) {
        const auto reading = bench->read(plan, std::max<std::uint64_t>(depth, 1), repeat);
        if (reading && command == "decode")
            bench->decode(*reading, tokens);
        return bench->allWell() ? 0 : kFailed;
    }
    const auto among = [](const Lengths& list, std::uint64_t length) { return std::ranges::find(list, length) != list.end(); };
    if (among(depths, 0)) // a reading of nothing cannot be asked
        if (const auto reading = bench->read(plan, 1, 1))
            bench->decode(*reading, tokens);
    lengths.insert(lengths.end(), full.begin(), full.end());
    lengths.insert(lengths.end(), depths.begin(), depths.end());
    std::ranges::sort(lengths);
    lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
    std::erase(lengths, 0u);
    for (const std::uint64_t length : lengths) {
        const auto reading = bench->read(plan, length, repeat);
        if (reading && among(depths, length))
            bench->decode(*reading, tokens);
    }
    // The longest last, since it may use up what time there is.
    for (const std::uint64_t length : lengths)
        if (among(full, length))
            bench->read(planOf({0}, formats.front()), length, length == full.back() ? 1 : repeat);
    const std::uint64_t deepest = depths.empty() ? 0 : *std::ranges::max_element(depths);
    for (std::size_t n = 1; n < formats.size() && deepest > 0; ++n) {
        const auto reading = bench->read(planOf(dims, formats[n]), deepest, 1);
        if (reading)
            bench->decode(*reading, tokens);
    }
    return bench->allWell() ? 0 : kFailed;
}

} // namespace

} // namespace octavo::bench

int main(int argc, char** argv)
{
    using namespace octavo::bench;
    const std::string command = argc > 1 ? argv[1] : "";
    if (command == "model")
        return makeModel(Arguments(argc, argv, 2));
    if (command == "read" || command == "decode" || command == "suite")
        return measure(command, Arguments(argc, argv, 2));
    return wrongUse(command.empty() ? "no command" : command);
}
