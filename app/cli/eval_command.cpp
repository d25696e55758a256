// SPDX-License-Identifier: Apache-2.0
// Quality in figures that anyone can repeat: texts are cut and prompts built exactly as the published reference does it.
#include <cmath>
#include <fstream>
#include <sstream>

#include "assistant/plan_words.h"
#include "cli/cli.h"
#include "octavo/engine/asking.h"

namespace octavo::app::cli {

namespace {

constexpr std::size_t kPerplexityStart = 3000; // tokens of a book's front matter that are passed over
constexpr std::size_t kNeedleStart = 5000;
constexpr std::size_t kScored = 1024;
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
    PlanOptions plan;
};

// A Project Gutenberg text without byte order mark and licence, line ends as "\n", single ones joined to spaces.
Result<std::string> bookText(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return Error{Errc::NotFound, path, {}};
    std::stringstream content;
    content << in.rdbuf();
    std::string text;
    for (const char c : content.str())
        if (c != '\r')
            text += c;
    if (text.starts_with("\xEF\xBB\xBF"))
        text.erase(0, 3);
    const std::size_t head = text.find("*** START");
    const std::size_t tail = text.find("*** END");
    const std::size_t begin = head == std::string::npos ? 0 : head;
    text = text.substr(begin, tail == std::string::npos ? tail : tail - begin);
    std::string joined = text;
    for (std::size_t n = 0; n < text.size(); ++n)
        if (text[n] == '\n' && (n == 0 || text[n - 1] != '\n') && (n + 1 == text.size() || text[n + 1] != '\n'))
            joined[n] = ' ';
    return joined;
}

// Tokens of a book from `start` on, at least `atLeast` of them.
Result<std::vector<TokenId>> bookIds(const Model& model, const std::string& path, std::size_t start, std::uint64_t atLeast)
{
    const auto text = bookText(path);
    if (!text)
        return text.error();
    std::vector<TokenId> ids = model.tokenizer().encode(*text, SpecialTokens::Parse).ids;
    if (ids.size() < start + atLeast)
        return Error{Errc::InvalidArgument, "--tokens", path + " has only " + std::to_string(ids.size()) + " tokens"};
    ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(start));
    return ids;
}

std::string rounded(double value, int digits)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

double meanNll(const std::vector<TokenScore>& scores)
{
    double sum = 0;
    for (const TokenScore& score : scores)
        sum += score.nll;
    return sum / static_cast<double>(scores.size());
}

int perplexity(const Session& session, const Options& options)
{
    if (options.tokens <= kScored)
        return session.fail(Error{Errc::InvalidArgument, "--tokens", "at least 1025"});
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    const auto choice = options.plan.choose(model->config(), options.tokens, 0);
    if (!choice)
        return session.fail(choice.error());
    const ReadPlan plan = readPlanOf(*choice, model->config());
    session.tell(plan);
    const auto ids = bookIds(*model, options.book, kPerplexityStart, options.tokens);
    if (!ids)
        return session.fail(ids.error());
    auto reading = Reading::start(model, choice->plan, options.tokens);
    if (!reading)
        return session.fail(reading.error());
    const auto scores = (*reading)->readAndScore(std::span(*ids).first(options.tokens), options.tokens - kScored, session.stop);
    if (!scores)
        return session.fail(scores.error());
    const double nll = meanNll(*scores);
    return session.done({{"tokens", options.tokens}, {"nll_last_1024", nll}, {"plan", jsonOf(plan)}},
                        "NLL of the last 1024 of " + std::to_string(options.tokens) + " tokens: " + rounded(nll, 4) + " nats");
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
    const auto choice = options.plan.choose(model->config(), options.tokens, 0);
    if (!choice)
        return session.fail(choice.error());
    const ReadPlan plan = readPlanOf(*choice, model->config());
    session.tell(plan);
    const auto filler = bookIds(*model, options.book, kNeedleStart, options.tokens);
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
    };
    add("perplexity", "negative log likelihood of the last 1024 tokens", perplexity);
    add("needle", "is a hidden fact found, at four depths, asking exactly", needle);
}

} // namespace octavo::app::cli
