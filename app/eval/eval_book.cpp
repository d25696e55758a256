// SPDX-License-Identifier: Apache-2.0
#include "eval/eval_book.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace octavo::app {

Result<std::string> evalBookText(const std::string& path)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return Error{Errc::NotAFile, path, {}};
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

Result<std::vector<TokenId>> evalBookIds(const Model& model, const std::string& path, std::size_t start, std::uint64_t atLeast)
{
    const auto text = evalBookText(path);
    if (!text)
        return text.error();
    std::vector<TokenId> ids = model.tokenizer().encode(*text, SpecialTokens::Parse).ids;
    if (ids.size() < start + atLeast)
        return Error{Errc::InvalidArgument, "--tokens", path + " has only " + std::to_string(ids.size()) + " tokens"};
    ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(start));
    return ids;
}

Result<std::vector<TokenScore>> scoresOf(const std::shared_ptr<const Model>& model, const ReadingPlan& plan, std::span<const TokenId> ids, std::uint64_t firstScored,
                                         const std::stop_token& stop)
{
    auto reading = Reading::start(model, plan, ids.size());
    if (!reading)
        return reading.error();
    return (*reading)->readAndScore(ids, firstScored, stop);
}

} // namespace octavo::app
