// SPDX-License-Identifier: Apache-2.0
#include "bench/measure.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "model/weights.h"
#include "octavo/engine/asking.h"

namespace octavo::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kRoom = 1024;           // tokens that are decoded after a reading, at most
constexpr std::uint64_t kFirstCurvePoint = 4096;
constexpr std::uint64_t kPassage = 256;         // tokens of a span that hop records are summed over
constexpr std::uint64_t kWarmTokens = 4;        // decoded before the first that counts
constexpr std::uint64_t kTokensInTurn = 8;      // decoded one way before the other has its turn

double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Any but the special ones, which are the last of a made-up vocabulary.
std::vector<TokenId> randomIds(const Model& model, std::uint64_t count, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::vector<TokenId> ids(count);
    for (TokenId& id : ids)
        id = static_cast<TokenId>(random() % (model.config().vocabulary - 2));
    return ids;
}

bool allFinite(const std::vector<float>& values)
{
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

// One way of decoding, and what its tokens took.
struct Way {
    std::unique_ptr<Asking> asking;
    std::vector<double> seconds;

    Result<void> addTokens(const std::vector<TokenId>& ids)
    {
        for (const TokenId id : ids) {
            const auto begin = Clock::now();
            if (const auto added = asking->prefill({&id, 1}, {}); !added)
                return added.error();
            finite = allFinite(asking->lastLogits()) && finite;
            seconds.push_back(secondsSince(begin));
        }
        return {};
    }

    Result<void> generateTokens(std::uint64_t count)
    {
        Sampler greedy({});
        auto last = Clock::now();
        std::vector<double> gaps;
        const auto answer = asking->generate(greedy, count, [&](const AnswerToken&) {
            gaps.push_back(secondsSince(last));
            last = Clock::now();
        }, {});
        if (!answer)
            return answer.error();
        if (gaps.size() > 1) // before the first no token was added
            seconds.insert(seconds.end(), gaps.begin() + 1, gaps.end());
        return {};
    }

    bool finite = true;
};

Result<Way> wayOver(const Reading& reading, std::vector<TokenSpan> spans)
{
    const Reading* readings[] = {&reading};
    auto asking = Asking::over(readings, {.spans = std::move(spans), .room = kRoom});
    if (!asking)
        return asking.error();
    Way way{std::move(*asking), {}};
    if (const auto warm = way.addTokens(randomIds(reading.model(), kWarmTokens, 7)); !warm)
        return warm.error();
    way.seconds.clear();
    return way;
}

std::vector<TokenSpan> passages(std::uint64_t tokens)
{
    std::vector<TokenSpan> spans;
    for (std::uint64_t begin = 0; begin < tokens; begin += kPassage)
        spans.push_back({begin, std::min(begin + kPassage, tokens)});
    return spans;
}

} // namespace

double median(std::vector<double> values)
{
    if (values.empty())
        return 0;
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Result<std::shared_ptr<Engine>> openEngine(const std::string& device, std::optional<std::uint32_t> gpuLayers)
{
    const auto choice = deviceNamed(device);
    return choice ? Engine::create({0, Precision::Int8, *choice, gpuLayers}) : Error{Errc::InvalidArgument, "device", "auto, cpu or cuda"};
}

std::uint64_t weightBytes(const Model& model)
{
    const GgufFile& file = *model.weights().file;
    std::uint64_t bytes = 0;
    for (const GgufTensor& tensor : file.tensors())
        if (tensor.name != "token_embd.weight" || !file.tensor("output.weight"))
            bytes += tensor.data.size();
    return bytes;
}

Result<ReadRun> readOnce(const std::shared_ptr<const Model>& model, const ReadingPlan& plan, std::uint64_t tokens, const TimeBudget& budget)
{
    ReadRun run;
    auto reading = Reading::start(model, plan, tokens + kRoom);
    if (!reading)
        return reading.error();
    run.reading = std::move(*reading);
    const std::vector<TokenId> ids = randomIds(*model, tokens, tokens);
    std::stop_source stop;
    const auto begin = Clock::now();
    const auto read = run.reading->read(ids, [&](const ReadingProgress& progress) {
        if (std::has_single_bit(progress.done) && progress.done >= kFirstCurvePoint)
            run.curve.emplace_back(progress.done, progress.seconds);
        if (budget.left() < 0)
            stop.request_stop();
    }, stop.get_token());
    if (!read && read.error().code != Errc::Stopped)
        return read.error();
    // Logits are here only when all that came before is done, even where work is handed to a device.
    const auto logits = run.reading->tokens() ? run.reading->lastLogits() : std::vector<float>{};
    if (!logits)
        return logits.error();
    run.seconds = secondsSince(begin);
    run.whole = read.ok();
    if (!allFinite(*logits))
        return Error{Errc::InvalidArgument, "logits", "are not finite after reading"};
    return run;
}

JsonLine readLine(const Model& model, const ReadingPlan& plan, std::uint64_t tokens, const std::vector<ReadRun>& runs)
{
    std::vector<double> seconds;
    for (const ReadRun& run : runs)
        if (run.whole)
            seconds.push_back(run.seconds);
    const ReadRun& last = runs.back();
    JsonLine line("read");
    line.add("tokens", tokens).add("plan", plan.toString()).add("full", plan.isFull()).add("row", plan.isFull() ? 0u : plan.dims.back());
    line.add("kv", plan.kv.toString()).add("runs", seconds);
    if (seconds.empty()) // how far it came says more than nothing
        line.add("not_run", "out of time").add("tokens_read", last.reading->tokens()).add("seconds_used", last.seconds);
    else
        line.add("seconds", median(seconds)).add("tokens_per_second", static_cast<double>(tokens) / median(seconds));
    line.add("kv_bytes", last.reading->kvBytes()).add("curve", last.curve).add("layers", model.config().layers);
    return line.add("host_bytes_free", Engine::availableMemory());
}

Result<JsonLine> decode(const Reading& reading, std::uint64_t tokens, const TimeBudget& budget)
{
    const std::uint64_t depth = reading.tokens();
    auto plain = wayOver(reading, {});
    auto generated = wayOver(reading, {});
    auto recorded = wayOver(reading, passages(depth));
    for (const auto* way : {&plain, &generated, &recorded})
        if (!*way)
            return way->error();
    const bool records = depth >= kPassage;
    tokens = std::min(tokens, kRoom - 2 * kWarmTokens);
    for (std::uint64_t done = 0; done < tokens && (done == 0 || budget.left() > 0); done += kTokensInTurn) {
        const std::vector<TokenId> ids = randomIds(reading.model(), std::min(kTokensInTurn, tokens - done), done);
        auto added = plain->addTokens(ids);
        if (added && records)
            added = recorded->addTokens(ids);
        if (added)
            added = generated->generateTokens(ids.size() + 1);
        if (!added)
            return added.error();
    }
    const std::uint64_t perToken = reading.model().config().kvBytesPerToken(reading.plan().kv);
    JsonLine line("decode");
    line.add("depth", depth).add("kv", reading.plan().kv.toString()).add("plan", reading.plan().toString());
    line.add("tokens", plain->seconds.size()).add("seconds", median(plain->seconds)).add("tokens_per_second", 1 / median(plain->seconds));
    if (records)
        line.add("seconds_with_records", median(recorded->seconds)).add("spans", passages(depth).size());
    if (!generated->seconds.empty())
        line.add("seconds_generating", median(generated->seconds));
    line.add("weight_bytes", weightBytes(reading.model())).add("kv_bytes", perToken * depth);
    return line.add("finite", plain->finite && recorded->finite);
}

} // namespace octavo::bench
