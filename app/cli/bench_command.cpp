// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <chrono>

#include "assistant/plan_words.h"
#include "cli/bench_compare.h"
#include "cli/cli.h"
#include "octavo/engine/asking.h"

namespace octavo::app::cli {

namespace {

struct Options {
    std::uint64_t tokens = 512;
    std::uint64_t written = kDecodedTokens;
    PlanOptions plan;
};

// Arbitrary but fixed ids: speed does not depend on them.
std::vector<TokenId> someIds(const Model& model, std::uint64_t count)
{
    std::vector<TokenId> ids(count);
    for (std::uint64_t n = 0; n < count; ++n)
        ids[n] = static_cast<TokenId>((1000 + n * 7919 % 20000) % model.config().vocabulary);
    return ids;
}

std::uint64_t peakBytes()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

int bench(const Session& session, const Options& options, bool decode)
{
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    const std::vector<TokenId> ids = someIds(*model, std::max<std::uint64_t>(1, options.tokens));
    const auto choice = options.plan.choose(*model, ids.size(), options.written);
    if (!choice)
        return session.fail(choice.error());
    const ReadPlan plan = readPlanOf(*choice, model->config());
    session.tell(plan);
    {
        auto warm = Reading::start(model, choice->plan, 64); // brings the weights into memory
        const auto read = warm ? (*warm)->read(someIds(*model, 64), {}, session.stop) : Result<void>(warm.error());
        if (!read)
            return session.fail(read.error());
    }
    auto reading = Reading::start(model, choice->plan, ids.size() + options.written);
    if (!reading)
        return session.fail(reading.error());
    auto begin = std::chrono::steady_clock::now();
    if (const auto read = (*reading)->read(ids, {}, session.stop); !read)
        return session.fail(read.error());
    const auto rateSince = [&begin](std::size_t count) {
        return static_cast<double>(count) / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    const double prefillRate = rateSince(ids.size());
    double rate = prefillRate;
    if (decode) {
        const Reading* readings[] = {reading->get()};
        auto asking = Asking::over(readings, {});
        if (!asking)
            return session.fail(asking.error());
        begin = std::chrono::steady_clock::now();
        for (std::size_t n = 0; n < options.written; ++n) {
            const TokenId id = static_cast<TokenId>(2000 + n);
            if (const auto added = (*asking)->prefill({&id, 1}, session.stop); !added)
                return session.fail(added.error());
            (*asking)->lastLogits();
        }
        rate = rateSince(options.written);
    }
    const std::string attention = plan.attention.toStdString();
    char text[160];
    std::snprintf(text, sizeof text, "%s %s %llu tokens, %s attention, %s: %.1f tokens/s", decode ? "decode" : "prefill", decode ? "at" : "of",
                  static_cast<unsigned long long>(options.tokens), attention.c_str(), model->device().c_str(), rate);
    return session.done({{"tokens", options.tokens},
                         {"tokens_per_second", rate},
                         {"prefill_tokens_per_second", prefillRate},
                         {"attention", attention},
                         {"plan", jsonOf(plan)},
                         {"device", model->device()},
                         {"threads", model->engine().threads()},
                         {"peak_bytes", peakBytes()}},
                        text);
}

} // namespace

void addBenchCommand(CLI::App& program, Session& session, int& exitCode)
{
    CLI::App* command = program.add_subcommand("bench", "measure speed");
    command->require_subcommand(1);
    command->fallthrough();
    for (const bool decode : {false, true}) {
        auto options = std::make_shared<Options>();
        CLI::App* job = command->add_subcommand(decode ? "decode" : "prefill", decode ? "writing, after so many tokens" : "reading so many tokens");
        job->add_option("--tokens", options->tokens, decode ? "tokens read before" : "tokens to read");
        if (decode)
            job->add_option("--write", options->written, "tokens to write")->check(CLI::PositiveNumber);
        options->plan.addTo(*job);
        job->callback([&session, &exitCode, options, decode] { exitCode = bench(session, *options, decode); });
    }
    auto options = std::make_shared<CompareOptions>();
    CLI::App* compare = command->add_subcommand("compare", "both beside llama.cpp, in turn, as one table");
    compare->add_option("--peer", options->peer, "a Python that has llama-cpp-python")->required();
    compare->add_option("--prefill", options->prefill, "lengths to read")->delimiter(',');
    compare->add_option("--decode-at", options->decode, "lengths to write after")->delimiter(',');
    compare->add_option("--longest", options->longest, "tokens that llama.cpp is made to read; its time for longer texts is extrapolated");
    compare->add_option("--flash", options->flash, "llama.cpp's flash attention")->check(CLI::IsMember({"both", "on", "off"}));
    compare->add_option("--rounds", options->rounds, "measurements of each, of which the median counts")->check(CLI::Range(1, 99));
    compare->add_option("--kv", options->kv, "how Octavo keeps keys and values");
    compare->add_option("--book", options->book, "a plain text, to measure also how far quality moves from float arithmetic");
    compare->add_option("--quality", options->quality, "lengths for that")->delimiter(',');
    compare->callback([&session, &exitCode, options] { exitCode = compareWithPeer(session, *options); });
}

} // namespace octavo::app::cli
