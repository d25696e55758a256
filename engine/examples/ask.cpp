// SPDX-License-Identifier: Apache-2.0
// Reads a text file with a local Llama and asks one question about it, with the engine alone:
//     ask MODEL.gguf BOOK.txt "Who is Ishmael?"
#include <cstdio>
#include <fstream>
#include <iterator>

#include "octavo/engine/asking.h"

using namespace octavo;

namespace {

int fail(const Error& error)
{
    std::fprintf(stderr, "%s %s (error %d)\n", error.subject.c_str(), error.detail.c_str(), static_cast<int>(error.code));
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::fprintf(stderr, "usage: ask MODEL.gguf BOOK.txt QUESTION\n");
        return 2;
    }
    auto engine = Engine::create({});
    if (!engine)
        return fail(engine.error());
    auto model = Model::open(argv[1], *engine);
    if (!model)
        return fail(model.error());
    std::ifstream in(argv[2], std::ios::binary);
    const std::string book((std::istreambuf_iterator<char>(in)), {});

    // The prompt is the model's chat format around the book; only Octavo's own words may hold special tokens.
    const Tokenizer& tokenizer = (*model)->tokenizer();
    const ChatTemplate& chat = (*model)->chat();
    if (chat.format() == ChatTemplate::Format::Unknown)
        return fail({Errc::UnsupportedChatTemplate, argv[1], "tokenizer.chat_template"});
    std::vector<TokenId> ids = tokenizer.encode(chat.documentIntro("You are a helpful assistant."), SpecialTokens::Parse).ids;
    const std::vector<TokenId> body = tokenizer.encode(book, SpecialTokens::Literal).ids;
    ids.insert(ids.end(), body.begin(), body.end());
    std::vector<TokenId> question = turnTokens(tokenizer, chat.questionIntro(), argv[3]);
    const std::vector<TokenId> answerIntro = tokenizer.encode(chat.answerIntro(), SpecialTokens::Parse).ids;
    question.insert(question.end(), answerIntro.begin(), answerIntro.end());

    constexpr std::uint64_t kRoom = 1024; // tokens for question and answer
    auto reading = Reading::start(*model, ReadingPlan(), ids.size() + kRoom);
    if (!reading)
        return fail(reading.error());
    const auto progress = [](const ReadingProgress& p) { std::fprintf(stderr, "\rread %llu of %llu tokens", (unsigned long long)p.done, (unsigned long long)p.total); };
    if (const auto read = (*reading)->read(ids, progress, {}); !read)
        return fail(read.error());
    std::fprintf(stderr, "\n");

    const Reading* readings[] = {reading->get()};
    AskingOptions options;
    options.room = kRoom;
    auto asking = Asking::over(readings, options);
    if (!asking)
        return fail(asking.error());
    if (const auto asked = (*asking)->prefill(question, {}); !asked)
        return fail(asked.error());
    Sampler sampler({.repetitionPenalty = 1.1f});
    const auto answer = (*asking)->generate(sampler, 200, [](const AnswerToken& token) {
        std::fwrite(token.bytes.data(), 1, token.bytes.size(), stdout);
        std::fflush(stdout);
    }, {});
    std::printf("\n");
    return answer ? 0 : fail(answer.error());
}
