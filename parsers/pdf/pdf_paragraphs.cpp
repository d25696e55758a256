// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_paragraphs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "ocr/turned_box.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr double kSameSize = 0.06;          // sizes differ by less than this share
constexpr double kHeadingSize = 1.12;       // times the text's
constexpr double kNoteSize = 0.93;
constexpr double kWideGap = 1.35;           // times the usual distance of lines
constexpr double kHead = 0.13;              // of a page's height
constexpr double kIndent = 0.6;             // times the size of letters
constexpr double kShort = 0.15;             // of a column's width that a last line leaves free
constexpr std::size_t kLongestHeading = 200;
constexpr std::size_t kHeadingLines = 3;
constexpr std::size_t kHeadingLevels = 4;
constexpr long kWidestIndent = 80;         // letters, of code

double halfPoints(double size) { return std::round(2 * size) / 2; }

bool isSameSize(double a, double b) { return std::abs(a - b) <= kSameSize * std::max(a, b); }

bool endsWithAny(std::string_view text, std::initializer_list<std::string_view> ends)
{
    return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return text.ends_with(end); });
}

bool endsSentence(std::string_view text)
{
    while (endsWithAny(text, {"\"", "'", ")", "]", "\u201D", "\u2019", "\u00BB"}))
        text.remove_suffix(static_cast<unsigned char>(text.back()) < 0x80 ? 1 : text.ends_with("\u00BB") ? 2 : 3);
    return endsWithAny(text, {".", "!", "?", ":", "\u3002", "\uFF01", "\uFF1F", "\u2026"});
}

bool beginsSmall(std::string_view text) { return !text.empty() && text[0] >= 'a' && text[0] <= 'z'; }

constexpr std::array<std::string_view, 7> kBullets{"\u2022", "\u25E6", "\u25AA", "\u25CF", "\u25A0", "\u2023", "\u00B7"};

bool beginsWithBullet(std::string_view text)
{
    const bool dash = text.starts_with("- ") || text.starts_with("* ") || text.starts_with("\u2013 ");
    return dash || std::any_of(kBullets.begin(), kBullets.end(), [&](std::string_view bullet) { return text.starts_with(bullet); });
}

bool beginsNumbered(std::string_view text)
{
    std::size_t at = text.starts_with('(') ? 1 : 0;
    const std::size_t begin = at;
    while (at < text.size() && at < begin + 3 && text[at] >= '0' && text[at] <= '9')
        ++at;
    if (at == begin && at < text.size() && text[at] >= 'a' && text[at] <= 'z')
        ++at;
    return at > begin && at + 1 < text.size() && (text[at] == '.' || text[at] == ')') && text[at + 1] == ' ';
}

// What the whole document looks like, to tell the unusual by.
struct Typography {
    double size = 10;                     // of most of the text
    std::map<double, double> leading;     // usual distance of lines of a size, in points
    std::vector<double> headingSizes;     // larger than the text, descending

    double leadingOf(double lineSize) const
    {
        const auto found = leading.find(halfPoints(lineSize));
        return found == leading.end() ? 1.25 * lineSize : found->second;
    }
};

Typography typographyOf(const std::vector<PdfPage>& pages)
{
    std::map<double, std::size_t> letters;
    std::map<double, std::map<double, int>> distances;
    for (const PdfPage& page : pages) {
        const PdfLine* before = nullptr;
        for (const PdfLine& line : page.lines) {
            letters[halfPoints(line.size)] += line.text.size();
            const double distance = before ? line.box.y - before->box.y : 0;
            if (before && isSameSize(before->size, line.size) && distance > 0.8 * line.size && distance < 3 * line.size)
                ++distances[halfPoints(line.size)][halfPoints(distance)];
            before = &line;
        }
    }
    Typography found;
    const auto byCount = [](const auto& a, const auto& b) { return a.second < b.second; };
    if (!letters.empty())
        found.size = std::max_element(letters.begin(), letters.end(), byCount)->first;
    for (const auto& [size, counts] : distances)
        found.leading[size] = std::max_element(counts.begin(), counts.end(), byCount)->first;
    for (auto at = letters.rbegin(); at != letters.rend() && at->first >= kHeadingSize * found.size; ++at)
        found.headingSizes.push_back(at->first);
    return found;
}

// The width of the column that a line stands in, by the lines of its page that begin about where it does.
struct Column {
    double begin = 0;
    double end = 0;
    double width() const { return end - begin; }
};

Column columnOf(const std::vector<PdfLine>& lines, const PdfLine& line)
{
    Column column{line.begin(), line.end()};
    for (const PdfLine& other : lines) {
        if (other.rightToLeft == line.rightToLeft && std::abs(other.begin() - line.begin()) < 4 * line.size) {
            column.begin = std::min(column.begin, other.begin());
            column.end = std::max(column.end, other.end());
        }
    }
    return column;
}

// The bookmark that a line is the beginning of: the one whose words it begins with, else the first line below the place it points to.
class Bookmarks {
public:
    Bookmarks(const std::vector<PdfPage>& pages, const std::vector<PdfBookmark>& bookmarks)
    {
        for (const PdfBookmark& bookmark : bookmarks) {
            if (const PdfLine* line = lineOf(pages, bookmark))
                m_begins[line].push_back(&bookmark);
        }
    }

    std::vector<const PdfBookmark*> at(const PdfLine& line) const
    {
        const auto found = m_begins.find(&line);
        return found == m_begins.end() ? std::vector<const PdfBookmark*>() : found->second;
    }

private:
    static const PdfLine* lineOf(const std::vector<PdfPage>& pages, const PdfBookmark& bookmark)
    {
        const PdfLine* below = nullptr;
        const std::string title = lettersOf(bookmark.title);
        for (const PdfLine& line : pages[std::size_t(bookmark.page - 1)].lines) {
            if (line.bottom() < bookmark.top - line.size)
                continue;
            const std::string words = lettersOf(line.text);
            if (words.size() >= 4 && (title.starts_with(words) || words.starts_with(title) || title.ends_with(words)))
                return &line;
            if (!below && line.bottom() > bookmark.top)
                below = &line;
        }
        for (std::size_t page = std::size_t(bookmark.page); !below && page < pages.size(); ++page) {
            if (!pages[page].lines.empty())
                below = &pages[page].lines.front();
        }
        return below;
    }

    static std::string lettersOf(std::string_view text)
    {
        std::string letters = lowerAscii(text);
        std::erase_if(letters, [](char c) { return isSpace(c) || c == '.' || c == ':' || c == '-'; });
        return letters;
    }

    std::map<const PdfLine*, std::vector<const PdfBookmark*>> m_begins;
};

class ParagraphMaker {
public:
    ParagraphMaker(const std::vector<PdfPage>& pages, const std::vector<PdfBookmark>& bookmarks, const std::function<void(const PdfParagraph&)>& take)
        : m_pages(pages), m_look(typographyOf(pages)), m_bookmarks(pages, bookmarks), m_take(take)
    {
    }

    void make() &&
    {
        for (const PdfPage& page : m_pages) {
            const std::size_t text = textLines(page), head = headLines(page);
            for (std::size_t at = 0; at < head; ++at)
                m_waitingNotes.push_back({Block::Kind::Paragraph, 1, {page.lines[at]}});
            for (std::size_t at = head; at < page.lines.size(); ++at)
                add(page.lines[at], page.lines, at >= text);
            closeNotes();
        }
        close();
    }

private:
    // So many of a page's lines are before the notes at its foot: lines of small letters, the first with a mark.
    std::size_t textLines(const PdfPage& page) const
    {
        std::size_t at = page.lines.size();
        while (at > 0 && page.lines[at - 1].size < kNoteSize * m_look.size && page.lines[at - 1].box.y > page.height / 3)
            --at;
        const bool isNote = at > 0 && at < page.lines.size() && page.lines[at].box.y > page.lines[at - 1].box.y
            && std::string_view("0123456789*[(").find(page.lines[at].text[0]) != std::string_view::npos;
        return isNote ? at : page.lines.size();
    }

    // So many of a page's first lines are a head that stands in the middle of a sentence, which comes behind the paragraph it interrupts. It may
    // be a running head that comes but once, so nobody can tell that it is none of the text.
    std::size_t headLines(const PdfPage& page) const
    {
        std::size_t at = 0;
        while (at < page.lines.size() && page.lines[at].box.y < page.lines.front().bottom() && page.lines[at].bottom() < page.height * kHead)
            ++at;
        const bool interrupts = at > 0 && at < page.lines.size() && !m_open.lines.empty() && m_open.kind == Block::Kind::Paragraph
            && !endsSentence(m_open.lines.back().text) && beginsSmall(page.lines[at].text) && !beginsSmall(page.lines.front().text);
        return interrupts && page.lines[at].box.y - page.lines[at - 1].bottom() > page.lines[at].size ? at : 0;
    }

    void add(const PdfLine& line, const std::vector<PdfLine>& page, bool isNote)
    {
        std::vector<const PdfBookmark*> begins = m_bookmarks.at(line);
        if (isNote) {
            if (m_notes.empty() || std::string_view("0123456789*[(").find(line.text[0]) != std::string_view::npos)
                m_notes.push_back({Block::Kind::Note, 1, {}, {}});
            m_notes.back().lines.push_back(line);
            return;
        }
        if (m_open.lines.empty() || !begins.empty() || parts(m_open.lines.back(), line, page)) {
            close();
            m_open.begins = std::move(begins);
            m_open.kind = kindOf(line);
        }
        m_open.lines.push_back(line);
        m_column = columnOf(page, line);
    }

    Block::Kind kindOf(const PdfLine& line) const
    {
        if (line.typewriter)
            return Block::Kind::Code;
        return beginsWithBullet(line.text) || (beginsNumbered(line.text) && !isLarge(line)) ? Block::Kind::Item : Block::Kind::Paragraph;
    }

    bool isLarge(const PdfLine& line) const { return line.size >= kHeadingSize * m_look.size || (line.bold && line.size > 0.98 * m_look.size); }

    // Whether a paragraph ends between these two lines.
    bool parts(const PdfLine& last, const PdfLine& next, const std::vector<PdfLine>& page) const
    {
        if (last.typewriter || next.typewriter)
            return last.typewriter != next.typewriter || !isSameSize(last.size, next.size);
        if (!isSameSize(last.size, next.size) || isLarge(last) != isLarge(next) || last.rightToLeft != next.rightToLeft || beginsWithBullet(next.text))
            return true;
        const bool sentence = endsSentence(last.text);
        if (beginsNumbered(next.text) && (sentence || m_open.kind == Block::Kind::Item))
            return true;
        const double distance = next.box.y - last.box.y;
        if (last.page != next.page || distance < -0.5 * last.size || distance > 12 * last.size)   // another page or column
            return isLarge(next) || (sentence && !beginsSmall(next.text)) || next.begin() - columnOf(page, next).begin > kIndent * next.size;
        if (next.begins || distance > kWideGap * m_look.leadingOf(next.size))
            return true;
        const bool isShort = m_column.end - last.end() > kShort * m_column.width();
        const double indent = next.begin() - last.begin();
        if (m_open.kind == Block::Kind::Item || isLarge(next))
            return indent < -kIndent * next.size || (isShort && sentence);
        const bool indented = indent > kIndent * next.size && m_open.lines.size() + std::size_t(sentence) > 1;
        return (indented && (sentence || isShort)) || (isShort && sentence && !beginsSmall(next.text));
    }

    void close()
    {
        if (!m_open.lines.empty()) {
            if (const std::optional<int> level = headingLevel(m_open)) {
                m_open.kind = Block::Kind::Heading;
                m_open.level = *level;
            }
            m_take(m_open);
        }
        m_open = {};
        std::for_each(m_waitingNotes.begin(), m_waitingNotes.end(), m_take);
        m_waitingNotes.clear();
    }

    // A page's notes come behind the paragraph that may go on upon the next page.
    void closeNotes()
    {
        std::move(m_notes.begin(), m_notes.end(), std::back_inserter(m_waitingNotes));
        m_notes.clear();
    }

    std::optional<int> headingLevel(const PdfParagraph& paragraph) const
    {
        const PdfLine& line = paragraph.lines.front();
        std::size_t bytes = 0;
        for (const PdfLine& each : paragraph.lines)
            bytes += each.text.size();
        const bool hasLetters = std::any_of(line.text.begin(), line.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 'A'; });
        const bool leads = line.text.find("\u2026 ") != std::string::npos;   // a line of a table of contents
        if (paragraph.lines.size() > kHeadingLines || bytes > kLongestHeading || !hasLetters || leads || paragraph.kind != Block::Kind::Paragraph)
            return std::nullopt;
        const auto size = std::find(m_look.headingSizes.begin(), m_look.headingSizes.end(), halfPoints(line.size));
        if (size != m_look.headingSizes.end())
            return int(std::min<std::size_t>(std::size_t(size - m_look.headingSizes.begin()), kHeadingLevels - 1)) + 1;
        if (line.bold && isLarge(line) && !endsWithAny(line.text, {".", ",", ";"}))
            return int(std::min(m_look.headingSizes.size(), kHeadingLevels)) + 1;
        return std::nullopt;
    }

    const std::vector<PdfPage>& m_pages;
    Typography m_look;
    Bookmarks m_bookmarks;
    const std::function<void(const PdfParagraph&)>& m_take;
    PdfParagraph m_open;
    Column m_column;                            // of its last line
    std::vector<PdfParagraph> m_notes;          // of the page at hand
    std::vector<PdfParagraph> m_waitingNotes;   // for the end of the paragraph at hand
};

constexpr std::array<std::string_view, 3> kHyphens{"-", "\u00AD", "\u2010"};

std::size_t hyphenAtEnd(std::string_view text)
{
    for (const std::string_view hyphen : kHyphens) {
        if (text.ends_with(hyphen))
            return hyphen.size();
    }
    return 0;
}

bool isWordByte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; }

std::string_view lastWord(std::string_view text)
{
    std::size_t at = text.size();
    while (at > 0 && isWordByte(text[at - 1]))
        --at;
    return text.substr(at);
}

std::string_view firstWord(std::string_view text)
{
    std::size_t end = 0;
    while (end < text.size() && isWordByte(text[end]))
        ++end;
    return text.substr(0, end);
}

// Chinese, Japanese and the like are written without spaces: none where lines meet, either.
bool isWide(std::string_view bytes)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    return bytes.size() >= 3 && ((byte(0) == 0xE2 && byte(1) >= 0xBA) || (byte(0) >= 0xE3 && byte(0) <= 0xE9) || (byte(0) == 0xEF && byte(1) >= 0xBC));
}

Mark markOf(const PdfLine& line, std::size_t at, const std::vector<PdfPage>& pages)
{
    const PdfPage& page = pages[std::size_t(line.page - 1)];
    return {at, line.page, turnedBox(line.box, page.width, page.height, 4 - page.turned), page.label, page.recognized};
}

// Lines as they stand, set in by their place on the page.
Block codeOf(const PdfParagraph& paragraph, const std::vector<PdfPage>& pages)
{
    Block block{paragraph.kind, paragraph.level, {}, {}};
    double left = paragraph.lines.front().box.x;
    for (const PdfLine& line : paragraph.lines)
        left = std::min(left, line.box.x);
    for (const PdfLine& line : paragraph.lines) {
        if (!block.text.empty())
            block.text += '\n';
        const double letter = line.box.width / double(line.text.size());
        block.text.append(letter > 0 ? std::size_t(std::clamp(std::lround((line.box.x - left) / letter), 0L, kWidestIndent)) : 0, ' ');
        block.marks.push_back(markOf(line, block.text.size(), pages));
        block.text += line.text;
    }
    block.marks.front().at = 0;
    return block;
}

} // namespace

void findParagraphs(const std::vector<PdfPage>& pages, const std::vector<PdfBookmark>& bookmarks, const std::function<void(const PdfParagraph&)>& take)
{
    ParagraphMaker(pages, bookmarks, take).make();
}

PdfWords::PdfWords(const std::vector<PdfPage>& pages)
{
    std::set<std::string> words;
    for (const PdfPage& page : pages) {
        for (const PdfLine& line : page.lines) {
            const std::string text = lowerAscii(line.text);
            for (std::size_t at = 0; at < text.size();) {
                std::size_t end = at;
                while (end < text.size() && (isWordByte(text[end]) || (text[end] == '-' && end > at)))
                    ++end;
                if (end > at && end < text.size())   // the last word of a line may be half of one
                    words.insert(text.substr(at, end - at));
                at = std::max(end, at + 1);
            }
        }
    }
    m_words.assign(words.begin(), words.end());
}

bool PdfWords::joins(std::string_view head, std::string_view tail) const
{
    const auto knows = [&](const std::string& word) { return std::binary_search(m_words.begin(), m_words.end(), word); };
    const std::string first = lowerAscii(head), second = lowerAscii(tail);
    if (knows(first + second))
        return true;
    const auto compound = std::lower_bound(m_words.begin(), m_words.end(), first + '-');   // "half-" of "half-open" before "half-light"
    return compound == m_words.end() || !compound->starts_with(first + '-');
}

Block PdfWords::blockOf(const PdfParagraph& paragraph, const std::vector<PdfPage>& pages) const
{
    if (paragraph.kind == Block::Kind::Code)
        return codeOf(paragraph, pages);
    Block block{paragraph.kind, paragraph.level, {}, {}};
    for (const PdfLine& line : paragraph.lines) {
        std::string& text = block.text;
        const std::size_t hyphen = hyphenAtEnd(text);
        const bool soft = text.ends_with(kHyphens[1]);
        const std::string_view head = lastWord(std::string_view(text).substr(0, text.size() - hyphen));
        if (hyphen > 0 && !head.empty() && (soft || beginsSmall(line.text) || isWordByte(line.text[0]))) {
            const bool compound = line.text.substr(firstWord(line.text).size()).starts_with('-');   // "twenty-" before "one-year-old"
            const bool oneWord = soft || (!compound && !(line.text[0] >= 'A' && line.text[0] <= 'Z') && joins(head, firstWord(line.text)));
            if (oneWord)
                text.erase(text.size() - hyphen);
        } else if (!text.empty() && !(text.size() >= 3 && isWide(std::string_view(text).substr(text.size() - 3)) && isWide(line.text))) {
            text += ' ';
        }
        block.marks.push_back(markOf(line, text.size(), pages));
        text += line.text;
    }
    // Soft hyphens inside lines only say where a word might be cut.
    for (std::size_t at = block.text.find(kHyphens[1]); at != std::string::npos; at = block.text.find(kHyphens[1], at)) {
        block.text.erase(at, kHyphens[1].size());
        for (Mark& mark : block.marks)
            mark.at -= mark.at > at ? kHyphens[1].size() : 0;
    }
    return block;
}

} // namespace octavo::parsers
