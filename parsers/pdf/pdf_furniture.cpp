// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_furniture.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr double kEdge = 0.13;          // of the page's height, at top and bottom
constexpr std::size_t kEdgeLines = 3;   // looked at on each edge
constexpr std::size_t kTimes = 3;       // it comes again this often, or it is text
constexpr double kPlaceStep = 8;        // points that its height may differ by

std::optional<int> numberOf(std::string_view word)
{
    while (!word.empty() && (word.front() == '-' || word.front() == '[' || word.front() == '('))
        word.remove_prefix(1);
    while (!word.empty() && (word.back() == '-' || word.back() == ']' || word.back() == ')' || word.back() == '.'))
        word.remove_suffix(1);
    if (word.empty() || word.size() > 7)
        return std::nullopt;
    if (word.find_first_not_of("0123456789") == std::string_view::npos)
        return std::atoi(std::string(word).c_str());
    static const std::map<char, int> digits{{'i', 1}, {'v', 5}, {'x', 10}, {'l', 50}, {'c', 100}};
    int value = 0;
    for (std::size_t at = 0; at < word.size(); ++at) {
        const auto digit = digits.find(char(word[at] | 0x20));
        if (digit == digits.end())
            return std::nullopt;
        const auto next = at + 1 < word.size() ? digits.find(char(word[at + 1] | 0x20)) : digits.end();
        value += next != digits.end() && next->second > digit->second ? -digit->second : digit->second;
    }
    return value;
}

// What makes two lines on two pages the same piece of furniture.
struct Sign {
    std::string words;      // without the page's number
    int place = 0;          // height on the page, in steps
    int offset = 0;         // page's number as printed - its place in the file; kNoNumber without one
    auto operator<=>(const Sign&) const = default;
};
constexpr int kNoNumber = 1 << 30;

// A line may be read as words alone, or as words around a number.
std::vector<Sign> signsOf(const PdfLine& line, int page)
{
    const int place = int(std::lround(line.box.y / kPlaceStep));
    std::vector<Sign> signs{{line.text, place, kNoNumber}};
    std::vector<std::string_view> words;
    for (std::string_view rest = line.text; !rest.empty();) {
        const std::size_t end = rest.find(' ');
        words.push_back(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : trimmed(rest.substr(end));
    }
    for (std::size_t at = 0; at < words.size() && words.size() < 16; ++at) {
        const std::optional<int> number = numberOf(words[at]);
        if (!number)
            continue;
        std::string others;
        for (std::size_t i = 0; i < words.size(); ++i)
            others.append(i == at ? std::string_view("#") : words[i]).append(" ");
        signs.push_back({others, place, *number - page});
    }
    return signs;
}

// Lines near an edge, the outermost first.
std::vector<const PdfLine*> edgeLines(const PdfPage& page)
{
    std::vector<const PdfLine*> top, bottom;
    for (const PdfLine& line : page.lines) {
        if (line.bottom() < page.height * kEdge)
            top.push_back(&line);
        else if (line.box.y > page.height * (1 - kEdge))
            bottom.push_back(&line);
    }
    std::sort(top.begin(), top.end(), [](const PdfLine* a, const PdfLine* b) { return a->box.y < b->box.y; });
    std::sort(bottom.begin(), bottom.end(), [](const PdfLine* a, const PdfLine* b) { return a->box.y > b->box.y; });
    top.resize(std::min(top.size(), kEdgeLines));
    bottom.resize(std::min(bottom.size(), kEdgeLines));
    top.insert(top.end(), bottom.begin(), bottom.end());
    return top;
}

} // namespace

PdfFurniture removeFurniture(std::vector<PdfPage>& pages)
{
    std::map<Sign, std::size_t> counts;
    for (std::size_t at = 0; at < pages.size(); ++at) {
        std::set<Sign> signs;
        for (const PdfLine* line : edgeLines(pages[at])) {
            for (Sign& sign : signsOf(*line, int(at) + 1))
                signs.insert(std::move(sign));
        }
        for (const Sign& sign : signs)
            ++counts[sign];
    }
    // The two sides of an opening may carry their heads at slightly different heights.
    const auto timesOf = [&](Sign sign) {
        std::size_t times = 0;
        for (const int step : {-1, 0, 1}) {
            const auto found = counts.find({sign.words, sign.place + step, sign.offset});
            times += found == counts.end() ? 0 : found->second;
        }
        return times;
    };
    const std::size_t least = std::clamp<std::size_t>(pages.size(), 2, kTimes);
    PdfFurniture furniture;
    for (std::size_t at = 0; at < pages.size(); ++at) {
        std::set<const PdfLine*> found;
        for (const PdfLine* line : edgeLines(pages[at])) {
            const std::vector<Sign> signs = signsOf(*line, int(at) + 1);
            if (std::any_of(signs.begin(), signs.end(), [&](const Sign& sign) { return timesOf(sign) >= least; }))
                found.insert(line);
        }
        if (found.empty())
            continue;
        // A head beside a page's number is one even if it comes once: that of a short chapter.
        const std::set<const PdfLine*> repeated = found;
        for (const PdfLine* line : edgeLines(pages[at])) {
            const auto isBeside = [line](const PdfLine* other) { return std::abs(other->bottom() - line->bottom()) < kPlaceStep / 2; };
            if (std::any_of(repeated.begin(), repeated.end(), isBeside))
                found.insert(line);
        }
        std::vector<PdfLine> kept;
        for (PdfLine& line : pages[at].lines) {
            if (!found.contains(&line))
                kept.push_back(std::move(line));
        }
        pages[at].lines = std::move(kept);
        furniture.lines += found.size();
        ++furniture.pages;
    }
    return furniture;
}

} // namespace octavo::parsers
