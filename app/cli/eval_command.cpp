// SPDX-License-Identifier: Apache-2.0
// Quality in figures that anyone can repeat: texts are cut and prompts built exactly as the published reference does it.
#include <algorithm>
#include <cmath>

#include "assistant/plan_words.h"
#include "cli/cli.h"
#include "cli/eval_coverage.h"
#include "cli/eval_layers.h"
#include "cli/eval_lengths.h"
#include "cli/eval_tasks.h"
#include "eval/eval_book.h"
#include "eval/mean_nll.h"
#include "eval/task_maker.h"
#include "octavo/engine/asking.h"

namespace octavo::app::cli {

namespace {

constexpr std::size_t kNeedleStart = 5000;
constexpr std::size_t kAsked = 64;             // last tokens of a needle prompt, which attend exactly

struct Needle {
    double depth;
    const char* key;
    const char* city;
};
constexpr Needle kNeedles[] = {{0.10, "48213", "Lisbon"}, {0.35, "90576", "Marseille"}, {0.60, "13864", "Helsinki"}, {0.85, "75029", "Toledo"}};

struct Options {
    std::string book;
    std::uint64_t tokens = 4096;
    std::vector<std::uint64_t> lengths;   // perplexity: the same last tokens after each of these
    unsigned places = 1;                  // of the book, in that case
    bool bins = false;                    // perplexity by position
    PlanOptions plan;
};

std::string rounded(double value, int digits)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

// By position: bins that double, from the first 1024 tokens on.
nlohmann::json binsOf(const std::vector<TokenScore>& scores, std::string& text)
{
    nlohmann::json bins = nlohmann::json::array();
    for (std::uint64_t begin = 0, end = kScored; begin <= scores.size(); begin = end, end *= 2) {
        // scores[n] is of token n + 1: the first has nothing before it.
        const auto first = std::max<std::uint64_t>(begin, 1) - 1, last = std::min<std::uint64_t>(end - 1, scores.size());
        if (first >= last)
            break;
        const double nll = meanNll(std::span(scores).subspan(first, last - first));
        bins.push_back({{"begin", begin}, {"end", last + 1}, {"nll", nll}});
        text += "\n  tokens " + std::to_string(begin) + " to " + std::to_string(last + 1) + ": " + rounded(nll, 4);
    }
    return bins;
}

int perplexity(const Session& session, const Options& options)
{
    if (options.tokens <= kScored)
        return session.fail(Error{Errc::InvalidArgument, "--tokens", "at least 1025"});
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    const auto choice = options.plan.choose(*model, options.tokens, 0);
    if (!choice)
        return session.fail(choice.error());
    const ReadPlan plan = readPlanOf(*choice, model->config());
    session.tell(plan);
    const auto ids = evalBookIds(*model, options.book, kPerplexityStart, options.tokens);
    if (!ids)
        return session.fail(ids.error());
    const auto scores = scoresOf(model, choice->plan, std::span(*ids).first(options.tokens), options.bins ? 1 : options.tokens - kScored, session.stop);
    if (!scores)
        return session.fail(scores.error());
    const double nll = meanNll(std::span(*scores).last(kScored));
    nlohmann::json object{{"tokens", options.tokens}, {"nll_last_1024", nll}, {"plan", jsonOf(plan)}};
    std::string text = "NLL of the last 1024 of " + std::to_string(options.tokens) + " tokens: " + rounded(nll, 4) + " nats";
    if (options.bins)
        object["bins"] = binsOf(*scores, text);
    return session.done(object, text);
}

// What a longer beginning is worth: the same tokens, scored after ever more of what stands before them. Other comparisons of lengths
// compare different texts.
int perplexityByLength(const Session& session, const Options& options)
{
    const std::uint64_t longest = *std::max_element(options.lengths.begin(), options.lengths.end());
    if (*std::min_element(options.lengths.begin(), options.lengths.end()) <= kScored)
        return session.fail(Error{Errc::InvalidArgument, "--lengths", "at least 1025 each"});
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    const auto ids = evalBookIds(*model, options.book, kPerplexityStart, longest + (options.places - 1) * kScored);
    if (!ids)
        return session.fail(ids.error());
    nlohmann::json rows = nlohmann::json::array();
    std::string text;
    for (const std::uint64_t tokens : options.lengths) {
        const auto choice = options.plan.choose(*model, tokens, 0);
        if (!choice)
            return session.fail(choice.error());
        double sum = 0;
        for (unsigned place = 0; place < options.places; ++place) {
            session.progress(std::to_string(tokens) + " tokens, place " + std::to_string(place + 1) + " of " + std::to_string(options.places));
            // Ends are spread over the book, the first where the longest beginning just fits.
            const std::uint64_t end = options.places == 1 ? longest : longest + (ids->size() - longest) * place / (options.places - 1);
            const auto scores = scoresOf(model, choice->plan, std::span(*ids).subspan(end - tokens, tokens), tokens - kScored, session.stop);
            if (!scores)
                return session.fail(scores.error());
            sum += meanNll(*scores);
        }
        rows.push_back({{"tokens", tokens}, {"nll_last_1024", sum / options.places}, {"plan", jsonOf(readPlanOf(*choice, model->config()))}});
        text += (text.empty() ? "" : "\n") + std::to_string(tokens) + " tokens: NLL of the last 1024 " + rounded(sum / options.places, 4) + " nats";
    }
    session.endProgress();
    return session.done({{"places", options.places}, {"rows", rows}}, text);
}

struct NeedlePrompt {
    std::vector<TokenId> ids;
    std::size_t answerTokens = 0;
};

// A fact hidden in a book, the question, and the right answer.
NeedlePrompt needlePrompt(const Tokenizer& tokenizer, const std::vector<TokenId>& filler, std::uint64_t tokens, const Needle& needle)
{
    const auto encode = [&](const std::string& text) { return tokenizer.encode(text, SpecialTokens::Parse).ids; };
    const std::string key = needle.key, city = needle.city;
    const auto intro = encode("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nRead the book below. "
                              "There is one important fact hidden in it.\n\n");
    const auto fact = encode("\n\nThe secret number of " + city + " is " + key + ". Remember it. " + key + " is the secret number of " + city + ".\n\n");
    const auto question = encode("\n\nWhat is the secret number of " + city + "?<|im_end|>\n<|im_start|>assistant\nThe secret number of " + city + " is");
    const auto answer = encode(" " + key);
    const std::size_t room = tokens - intro.size() - fact.size() - question.size() - answer.size();
    const auto at = static_cast<std::size_t>(static_cast<double>(room) * needle.depth);
    NeedlePrompt prompt{{}, answer.size()};
    const auto add = [&](auto begin, auto end) { prompt.ids.insert(prompt.ids.end(), begin, end); };
    add(intro.begin(), intro.end());
    add(filler.begin(), filler.begin() + static_cast<std::ptrdiff_t>(at));
    add(fact.begin(), fact.end());
    add(filler.begin() + static_cast<std::ptrdiff_t>(at), filler.begin() + static_cast<std::ptrdiff_t>(room));
    add(question.begin(), question.end());
    add(answer.begin(), answer.end());
    return prompt;
}

int needle(const Session& session, const Options& options)
{
    if (options.tokens < 512)
        return session.fail(Error{Errc::InvalidArgument, "--tokens", "at least 512"});
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    const auto choice = options.plan.choose(*model, options.tokens, 0);
    if (!choice)
        return session.fail(choice.error());
    const ReadPlan plan = readPlanOf(*choice, model->config());
    session.tell(plan);
    const auto filler = evalBookIds(*model, options.book, kNeedleStart, options.tokens);
    if (!filler)
        return session.fail(filler.error());

    nlohmann::json depths = nlohmann::json::array();
    std::string text;
    double sum = 0;
    for (const Needle& hidden : kNeedles) {
        session.progress("reading with a fact at depth " + rounded(hidden.depth, 2));
        const NeedlePrompt prompt = needlePrompt(model->tokenizer(), *filler, options.tokens, hidden);
        const std::span<const TokenId> ids = prompt.ids;
        auto reading = Reading::start(model, choice->plan, options.tokens);
        if (!reading)
            return session.fail(reading.error());
        if (const auto read = (*reading)->read(ids.first(ids.size() - kAsked), {}, session.stop); !read)
            return session.fail(read.error());
        const Reading* readings[] = {reading->get()};
        AskingOptions askingOptions;
        askingOptions.room = kAsked;
        auto asking = Asking::over(readings, askingOptions);
        if (!asking)
            return session.fail(asking.error());
        const auto scores = (*asking)->prefillAndScore(ids.last(kAsked), kAsked - prompt.answerTokens, session.stop);
        if (!scores)
            return session.fail(scores.error());
        const std::span<const TokenId> answer = ids.last(prompt.answerTokens);
        double right = 0;
        for (std::size_t n = 0; n < answer.size(); ++n)
            right += (*scores)[n].best == answer[n];
        const double digits = right / static_cast<double>(answer.size());
        const double nll = meanNll(*scores);
        sum += nll;
        depths.push_back({{"depth", hidden.depth}, {"digits_right", digits}, {"nll", nll}});
        text += "depth " + rounded(hidden.depth, 2) + ": " + rounded(100 * digits, 0) + " % of the answer right, NLL " + rounded(nll, 3) + "\n";
    }
    session.endProgress();
    const double mean = sum / std::size(kNeedles);
    return session.done({{"tokens", options.tokens}, {"depths", depths}, {"mean_nll", mean}, {"plan", jsonOf(plan)}}, text + "mean NLL " + rounded(mean, 3));
}

} // namespace

void addEvalCommand(CLI::App& program, Session& session, int& exitCode)
{
    CLI::App* command = program.add_subcommand("eval", "measure quality on a book");
    command->require_subcommand(1);
    command->fallthrough();
    const auto add = [&](const char* name, const char* what, int (*run)(const Session&, const Options&)) {
        auto options = std::make_shared<Options>();
        CLI::App* job = command->add_subcommand(name, what);
        job->add_option("book", options->book, "a plain text")->required();
        job->add_option("--tokens", options->tokens, "length of the text read");
        options->plan.addTo(*job);
        job->callback([&session, &exitCode, options, run] { exitCode = run(session, *options); });
        return std::pair(job, options);
    };
    const auto [job, options] = add("perplexity", "negative log likelihood of the last 1024 tokens", [](const Session& with, const Options& asked) {
        return asked.lengths.empty() ? perplexity(with, asked) : perplexityByLength(with, asked);
    });
    job->add_option("--lengths", options->lengths, "the same last tokens after each of these lengths, with commas between")->delimiter(',')->excludes("--tokens");
    job->add_option("--places", options->places, "with --lengths: how many places of the book to take the mean of")->check(CLI::Range(1, 1000));
    job->add_flag("--bins", options->bins, "score all tokens, and tell the mean by position")->excludes("--lengths");
    add("needle", "is a hidden fact found, at four depths, asking exactly", needle);

    auto tasks = std::make_shared<EvalTasksOptions>();
    CLI::App* tried = command->add_subcommand("tasks", "find, join and count what is hidden in long texts: RULER's tasks and facts in a book");
    tried->add_option("book", tasks->book, "a plain text: haystack and source of words")->required();
    tried->add_option("--tasks", tasks->tasks, "with commas between; all if absent")->delimiter(',')->check(CLI::IsMember(TaskMaker::names()));
    tried->add_option("--lengths", tasks->lengths, "tokens of text, question and answer, with commas between")->delimiter(',');
    tried->add_option("--samples", tasks->samples, "of each task at each length")->check(CLI::Range(1, 100000));
    tried->add_option("--seed", tasks->seed, "the same seed makes the same tasks");
    tried->add_option("--questions", tasks->questions, "for the task qa: lines of JSON, {\"document\": …, \"question\": …, \"answers\": […]}");
    tried->add_option("-o,--output", tasks->folder, "folder for samples, table and plot; a run that was stopped goes on from there");
    tasks->plan.addTo(*tried);
    tried->callback([&session, &exitCode, tasks] { exitCode = evalTasks(session, *tasks); });

    auto lengths = std::make_shared<EvalLengthsOptions>();
    CLI::App* measured = command->add_subcommand("lengths", "reading time and negative log likelihood against length, beside full attention");
    measured->add_option("book", lengths->book, "a plain text")->required();
    measured->add_option("--lengths", lengths->lengths, "in tokens, with commas between; the last tokens are the same at each")->delimiter(',');
    measured->add_option("--full-to", lengths->fullTo, "the longest that is read with full attention, too");
    measured->add_option("--places", lengths->places, "of the book, to take the mean of")->check(CLI::Range(1, 1000));
    measured->add_option("-o,--output", lengths->folder, "folder for table and plot");
    lengths->plan.addTo(*measured);
    measured->callback([&session, &exitCode, lengths] { exitCode = evalLengths(session, *lengths); });

    auto layers = std::make_shared<EvalLayersOptions>();
    CLI::App* looked = command->add_subcommand("layers", "which layers look back most: --dims with those that are worth reading wide");
    looked->add_option("book", layers->book, "a plain text")->required();
    looked->add_option("--tokens", layers->tokens, "of the book, within the trained context");
    looked->add_option("--reach", layers->reach, "tokens that a wide layer sees");
    looked->add_option("--count", layers->count, "of layers to choose")->check(CLI::Range(1, 1000));
    looked->add_flag("--keep", layers->keep, "read documents with them from now on, in the window too");
    layers->plan.addTo(*looked);
    looked->callback([&session, &exitCode, layers] { exitCode = evalLayers(session, *layers); });

    auto coverage = std::make_shared<EvalCoverageOptions>();
    CLI::App* summarized = command->add_subcommand("coverage", "summarize a book with a thing to remember in every chapter: is it named, or the chapter said to be passed over?");
    summarized->add_option("book", coverage->book, "a plain text")->required();
    summarized->add_option("--tokens", coverage->tokens, "of the book, from its beginning; whole chapters are taken")->check(CLI::Range(1024, 1 << 30));
    summarized->add_option("--seed", coverage->seed, "the same seed makes the same things");
    coverage->plan.addTo(*summarized);
    summarized->callback([&session, &exitCode, coverage] { exitCode = evalCoverage(session, *coverage); });
}

} // namespace octavo::app::cli
