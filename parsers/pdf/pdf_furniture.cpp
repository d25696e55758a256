// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_furniture.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr double kEdge = 0.13;          // of the page's height, at top and bottom
constexpr double kFarEdge = 0.2;        // of numbers that are apart from the text: a letter-size page by LaTeX has its number at 0.14
constexpr std::size_t kEdgeLines = 3;   // looked at on each edge
constexpr std::size_t kTimes = 3;       // it comes again this often, or it is text
constexpr int kPagesBetween = 4;        // two of its places: left pages, and one of them without
constexpr double kPlaceStep = 8;        // points that its height may differ by
constexpr double kApart = 1.25;         // times the usual distance of lines, from the text
constexpr double kLarge = 1.12;         // times the size of the text: a heading

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

// "7/12": the number, and what is not part of it.
std::pair<std::string_view, std::string_view> cutAtSlash(std::string_view word)
{
    const std::size_t slash = word.find('/');
    const bool isOf = slash != std::string_view::npos && word.find_first_not_of("0123456789", slash + 1) == std::string_view::npos;
    return isOf ? std::pair(word.substr(0, slash), word.substr(slash)) : std::pair(word, std::string_view());
}

// A line may be read as words alone, or as words around a number.
std::vector<Sign> signsOf(const PdfLine& line)
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
        const auto [digits, total] = cutAtSlash(words[at]);
        const std::optional<int> number = numberOf(digits);
        if (!number)
            continue;
        std::string others;
        for (std::size_t i = 0; i < words.size(); ++i)
            others.append(i == at ? "#" : words[i]).append(i == at ? total : "").append(" ");
        signs.push_back({others, place, *number - line.page});
    }
    return signs;
}

// What the text of the whole document looks like.
struct Text {
    double size = 0;
    double distance = 0;   // of its lines
};

Text textOf(const std::vector<PdfPage>& pages)
{
    std::map<double, std::size_t> sizes;
    std::vector<double> distances;
    for (const PdfPage& page : pages) {
        const PdfLine* before = nullptr;
        for (const PdfLine& line : page.lines) {
            sizes[line.size] += line.text.size();
            const double distance = before ? line.box.y - before->box.y : 0;
            if (distance > 0.8 * line.size && distance < 3 * line.size)
                distances.push_back(distance);
            before = &line;
        }
    }
    Text text;
    if (!sizes.empty())
        text.size = std::max_element(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
    if (!distances.empty()) {
        std::nth_element(distances.begin(), distances.begin() + std::ptrdiff_t(distances.size() / 2), distances.end());
        text.distance = distances[distances.size() / 2];
    }
    return text;
}

bool isLarge(const PdfLine& line, const Text& text) { return line.size > kLarge * text.size; }

struct EdgeLine {
    const PdfLine* line = nullptr;
    bool atFoot = false;
    bool apart = false;   // from the text, with the lines that are nearer to the edge
    bool near = false;    // within kEdge
};

// Lines near an edge, the outermost first. `lines` are a page's from that edge on.
void addEdge(std::vector<const PdfLine*> lines, bool atFoot, const PdfPage& page, const Text& text, std::vector<EdgeLine>& found)
{
    const auto isWithin = [&](const PdfLine* line, double edge) { return atFoot ? line->box.y > page.height * (1 - edge) : line->bottom() < page.height * edge; };
    std::size_t heights = 0, near = 0, apart = 0;
    for (std::size_t at = 0; at < lines.size() && isWithin(lines[at], kFarEdge); ++at) {
        const double step = at == 0 ? 1e9 : std::abs(lines[at]->box.y - lines[at - 1]->box.y);
        heights += step > kPlaceStep / 2;
        if (heights > kEdgeLines)
            break;
        near = isWithin(lines[at], kEdge) ? at + 1 : near;
        const double toNext = at + 1 < lines.size() ? std::abs(lines[at + 1]->box.y - lines[at]->box.y) : 1e9;
        if (toNext > kApart * text.distance)
            apart = at + 1;
    }
    for (std::size_t at = 0; at < std::max(near, apart); ++at)
        found.push_back({lines[at], atFoot, at < apart, at < near});
}

std::vector<EdgeLine> edgeLines(const PdfPage& page, const Text& text)
{
    std::vector<const PdfLine*> lines;
    for (const PdfLine& line : page.lines)
        lines.push_back(&line);
    std::vector<EdgeLine> found;
    std::stable_sort(lines.begin(), lines.end(), [](const PdfLine* a, const PdfLine* b) { return a->box.y < b->box.y; });
    addEdge(lines, false, page, text, found);
    std::reverse(lines.begin(), lines.end());
    addEdge(lines, true, page, text, found);
    return found;
}

// Where each sign stands. Words stand for something only where they are apart from the text: lines of verse and heads of tables come again, too.
class Signs {
public:
    Signs(const std::vector<PdfPage>& pages, const Text& text)
    {
        for (const PdfPage& page : pages) {
            for (const EdgeLine& edge : edgeLines(page, text)) {
                for (Sign& sign : signsOf(*edge.line)) {
                    if (mayHave(sign, edge))
                        m_pages[std::move(sign)].insert(edge.line->page);
                }
            }
        }
    }

    bool isPageNumber(const EdgeLine& edge) const { return comesAgain(edge, true); }
    bool isRepeated(const EdgeLine& edge) const { return comesAgain(edge, false); }

private:
    static bool mayHave(const Sign& sign, const EdgeLine& edge) { return sign.offset != kNoNumber || (edge.apart && edge.near); }

    bool comesAgain(const EdgeLine& edge, bool withNumber) const
    {
        const std::vector<Sign> signs = signsOf(*edge.line);
        return std::any_of(signs.begin(), signs.end(), [&](const Sign& sign) {
            const bool alone = withNumber && edge.atFoot && edge.apart && sign.words.find_first_not_of("#/0123456789 ") == std::string::npos;
            return (sign.offset != kNoNumber) == withNumber && mayHave(sign, edge) && timesAround(sign, edge.line->page) >= (alone ? 2 : kTimes);
        });
    }

    // How often it comes, without too many pages between two of its places. The two sides of an opening may have it at slightly different heights.
    std::size_t timesAround(const Sign& sign, int page) const
    {
        std::set<int> pages;
        for (const int step : {-1, 0, 1}) {
            const auto found = m_pages.find({sign.words, sign.place + step, sign.offset});
            if (found != m_pages.end())
                pages.insert(found->second.begin(), found->second.end());
        }
        const auto here = pages.find(page);
        if (here == pages.end())
            return 0;
        std::size_t times = 1;
        for (auto at = here; at != pages.begin() && *at - *std::prev(at) <= kPagesBetween && times < kTimes; --at)
            ++times;
        for (auto at = here; std::next(at) != pages.end() && *std::next(at) - *at <= kPagesBetween && times < kTimes; ++at)
            ++times;
        return times;
    }

    std::map<Sign, std::set<int>> m_pages;
};

// Names of chapters by the outline that stand as headings: not at an edge, or large.
class ChapterNames {
public:
    ChapterNames(const std::vector<PdfPage>& pages, const std::vector<PdfBookmark>& bookmarks, const Text& text)
    {
        std::set<std::string_view> titles;
        for (const PdfBookmark& bookmark : bookmarks)
            titles.insert(bookmark.title);
        for (const PdfPage& page : pages) {
            std::set<const PdfLine*> small;
            for (const EdgeLine& edge : edgeLines(page, text)) {
                if (!isLarge(*edge.line, text))
                    small.insert(edge.line);
            }
            for (const PdfLine& line : page.lines) {
                if (titles.contains(line.text) && !small.contains(&line))
                    m_names.insert(line.text);
            }
        }
    }

    bool isRunningHead(const EdgeLine& edge) const { return edge.apart && !edge.atFoot && m_names.contains(edge.line->text); }

private:
    std::set<std::string> m_names;
};

// A head beside a page's number is one even if it comes once: that of a short chapter.
bool isBeside(const EdgeLine& edge, const std::set<const PdfLine*>& numbers)
{
    return edge.apart && std::any_of(numbers.begin(), numbers.end(), [&](const PdfLine* other) { return std::abs(other->bottom() - edge.line->bottom()) < kPlaceStep / 2; });
}

} // namespace

PdfFurniture removeFurniture(std::vector<PdfPage>& pages, const std::vector<PdfBookmark>& bookmarks)
{
    const Text text = textOf(pages);
    const Signs signs(pages, text);
    const ChapterNames chapters(pages, bookmarks, text);
    PdfFurniture furniture;
    for (PdfPage& page : pages) {
        std::vector<EdgeLine> edges = edgeLines(page, text);
        std::erase_if(edges, [&](const EdgeLine& edge) { return isLarge(*edge.line, text); });
        std::set<const PdfLine*> numbers, found;
        for (const EdgeLine& edge : edges) {
            if (signs.isPageNumber(edge) || edge.line->text == page.label)
                numbers.insert(edge.line);
        }
        for (const EdgeLine& edge : edges) {
            if (numbers.contains(edge.line) || signs.isRepeated(edge) || chapters.isRunningHead(edge) || isBeside(edge, numbers))
                found.insert(edge.line);
        }
        furniture.lines += found.size();
        furniture.pages += !found.empty();
        std::vector<PdfLine> kept;
        for (PdfLine& line : page.lines) {
            if (!found.contains(&line))
                kept.push_back(std::move(line));
        }
        page.lines = std::move(kept);
    }
    return furniture;
}

} // namespace octavo::parsers
