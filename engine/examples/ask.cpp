// SPDX-License-Identifier: Apache-2.0
// Reads a text file with a local Llama, asks one question about it and tells where the answer looked, with the engine alone. What was read is kept
// in READING.oct: the next time nothing is read again, and of a text with a new end only that.
//     ask MODEL.gguf BOOK.txt "Who is Ishmael?" READING.oct
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "octavo/engine/asking.h"
#include "octavo/engine/plan_choice.h"

using namespace octavo;

namespace {
constexpr std::uint64_t kRoom = 1024; // tokens for question and answer

int fail(const Error& error)
{
    std::fprintf(stderr, "%s %s (error %d)\n", error.subject.c_str(), error.detail.c_str(), static_cast<int>(error.code));
    return 1;
}
} // namespace

int main(int argc, char** argv)
{
    if (argc != 5)
        return std::fprintf(stderr, "usage: ask MODEL.gguf BOOK.txt QUESTION READING.oct\n"), 2;
    const auto engine = Engine::create({});
    if (!engine)
        return fail(engine.error());
    const auto model = Model::open(argv[1], *engine);
    if (!model)
        return fail(model.error());
    const Tokenizer& tokenizer = (*model)->tokenizer();
    const ChatTemplate& chat = (*model)->chat();
    if (chat.format() == ChatTemplate::Format::Unknown)
        return fail({Errc::UnsupportedChatTemplate, argv[1], "tokenizer.chat_template"});

    // The prompt is the model's chat format around the book; only Octavo's own words may hold special tokens.
    std::ifstream in(argv[2], std::ios::binary);
    const std::string book((std::istreambuf_iterator<char>(in)), {});
    std::vector<TokenId> ids = tokenizer.encode(chat.documentIntro("You are a helpful assistant."), SpecialTokens::Parse).ids;
    const std::uint64_t intro = ids.size();
    const TokenizedText body = tokenizer.encode(book, SpecialTokens::Literal);
    ids.insert(ids.end(), body.ids.begin(), body.ids.end());
    std::vector<TokenId> question = turnTokens(tokenizer, chat.questionIntro(), argv[3]);
    const std::vector<TokenId> answerIntro = tokenizer.encode(chat.answerIntro(), SpecialTokens::Parse).ids;
    question.insert(question.end(), answerIntro.begin(), answerIntro.end());

    const ReadingPlan plan = choosePlan((*model)->config(), ids.size(), kRoom, Engine::availableMemory()).plan;
    auto reading = Reading::load(argv[4], *model, plan, ids.size() + kRoom, ids, {});
    if (!reading)
        reading = Reading::start(*model, plan, ids.size() + kRoom);
    if (!reading)
        return fail(reading.error());
    std::fprintf(stderr, "%s: %zu tokens to read, %zu MB in all\n", plan.toString().c_str(), ids.size() - (*reading)->tokens(),
                 static_cast<std::size_t>(Reading::cost((*model)->config(), plan, ids.size() + kRoom).total() >> 20));
    if (const auto read = (*reading)->read(std::span(ids).subspan((*reading)->tokens()), {}, {}); !read)
        return fail(read.error());
    if (const auto saved = (*reading)->save(argv[4], {}); !saved)
        return fail(saved.error());

    const Reading* readings[] = {reading->get()};
    const auto asking = Asking::over(readings, {.spans = {{intro, ids.size()}}, .topTokens = 1, .room = kRoom});
    if (!asking)
        return fail(asking.error());
    if (const auto asked = (*asking)->prefill(question, {}); !asked)
        return fail(asked.error());
    TokenAttention heaviest;
    Sampler sampler({.repetitionPenalty = 1.1f});
    const auto answer = (*asking)->generate(sampler, 100, [&](const AnswerToken& token) {
        std::printf("%.*s", static_cast<int>(token.bytes.size()), token.bytes.data());
        heaviest = std::max(heaviest, token.hops->top[0], [](const TokenAttention& a, const TokenAttention& b) { return a.weight < b.weight; });
    }, {});
    const std::uint64_t begin = body.begins[heaviest.token - intro];
    std::printf("\nLooked most at: %s\n", book.substr(begin - std::min<std::uint64_t>(begin, 40), 80).c_str());
    return answer ? 0 : fail(answer.error());
}
