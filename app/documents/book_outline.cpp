// SPDX-License-Identifier: Apache-2.0
#include "documents/book_outline.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <QHash>

#include "documents/heading_line.h"
#include "documents/text_lines.h"

namespace octavo::app {

namespace {

constexpr int kMostHeadingLines = 3;
constexpr qint64 kNextToNoText = 300;       // bytes between headings that still look like a list of them
constexpr size_t kShortestContents = 3;     // headings in a row without text that make a table of contents, if they come again
constexpr size_t kSureContents = 5;         // … even if they don't
constexpr qint64 kGutenbergBytes = 64 << 10;   // its header and its licence are each shorter

struct FoundHeading {
    BookHeading heading;
    qint64 begin = 0;
    qint64 textBegin = 0;    // behind the heading
    qint64 textBytes = 0;    // up to the next heading, white space not counted, and not beyond kNextToNoText
};

struct GutenbergFrame {
    qint64 begin = 0;   // behind the line that says the book starts
    qint64 end = 0;     // where the closing words begin
};

QString simplified(QByteArrayView text) { return QString::fromUtf8(text).simplified(); }

GutenbergFrame gutenbergFrame(QByteArrayView text)
{
    GutenbergFrame frame{0, text.size()};
    const auto markIn = [&](ByteRange range, const char* words) -> qint64 {
        const qint64 at = text.sliced(range.begin, range.size()).indexOf(words) + range.begin;
        if (at < range.begin)
            return -1;
        const qint64 line = text.first(at).lastIndexOf('\n') + 1;
        return text.sliced(line, at - line).trimmed().startsWith("***") ? line : -1;
    };
    const ByteRange head{0, std::min<qint64>(text.size(), kGutenbergBytes)};
    const ByteRange tail{std::max<qint64>(0, text.size() - kGutenbergBytes), text.size()};
    for (const char* words : {"START OF THIS PROJECT GUTENBERG", "START OF THE PROJECT GUTENBERG"}) {
        if (const qint64 line = markIn(head, words); line >= 0)
            frame.begin = lineFrom(text, line, text.size()).end;
    }
    for (const char* words : {"END OF THIS PROJECT GUTENBERG", "END OF THE PROJECT GUTENBERG"}) {
        if (const qint64 line = markIn(tail, words); line >= frame.begin)
            frame.end = line;
    }
    // Some books say "End of Project Gutenberg's …" in prose a few lines before the mark.
    if (frame.end < text.size()) {
        const qint64 before = std::max(frame.begin, frame.end - 400);
        for (const char* words : {"\nEnd of Project Gutenberg", "\nEnd of the Project Gutenberg"}) {
            if (const qint64 at = text.sliced(before, frame.end - before).indexOf(words); at >= 0)
                frame.end = before + at + 1;
        }
    }
    return frame;
}

// A heading is a paragraph of its own; a bare "CHAPTER IV" may also stand right above the text.
std::vector<FoundHeading> findHeadings(QByteArrayView text, qint64 begin, qint64 end, const std::stop_token& stop)
{
    std::vector<FoundHeading> found;
    bool afterBlank = true;
    for (TextLine line; begin < end && !stop.stop_requested(); begin = line.end) {
        line = lineFrom(text, begin, end);
        if (!line.blank && afterBlank && mayBeHeading(text.sliced(line.begin, line.end - line.begin))) {
            int lines = 1;
            TextLine last = line;
            TextLine next = last.end < end ? lineFrom(text, last.end, end) : TextLine{};
            for (; !next.blank && lines <= kMostHeadingLines; ++lines) {
                last = next;
                next = last.end < end ? lineFrom(text, last.end, end) : TextLine{};
            }
            std::optional<BookHeading> heading;
            if (lines <= kMostHeadingLines)
                heading = bookHeading(simplified(text.sliced(line.begin, last.end - line.begin)));
            if (!heading) {
                last = line;
                heading = bookHeading(simplified(text.sliced(line.begin, line.end - line.begin)));
                if (heading && !heading->title.isEmpty())
                    heading.reset();   // the head of a sentence
            }
            if (heading) {
                found.push_back({*heading, line.begin, last.end, 0});
                line = last;
            }
        }
        afterBlank = line.blank;
    }
    for (size_t i = 0; i < found.size(); ++i) {
        const qint64 next = i + 1 < found.size() ? found[i + 1].begin : end;
        for (qint64 at = found[i].textBegin; at < next && found[i].textBytes < kNextToNoText; ++at)
            found[i].textBytes += !isBlankCharacter(text[at]);
    }
    return found;
}

// A table of contents lists headings with next to no text between, and they come again as real ones. Its last line seems to
// have a text, whatever follows the table; it goes too, unless the run already listed it: then it is the first real chapter.
std::vector<FoundHeading> withoutContents(std::vector<FoundHeading> all)
{
    std::vector<bool> listed(all.size(), false);
    QHash<QString, size_t> lastPlaces;
    for (size_t i = 0; i < all.size(); ++i)
        lastPlaces[all[i].heading.name().toLower()] = i;
    const auto comesAgain = [&](size_t at) { return lastPlaces.value(all[at].heading.name().toLower()) > at; };
    for (size_t begin = 0, end = 0; begin < all.size(); begin = end + 1) {
        for (end = begin; end < all.size() && all[end].textBytes < kNextToNoText;)
            ++end;
        if (end - begin < kShortestContents)
            continue;
        bool any = false;
        for (size_t i = begin; i < end; ++i) {
            listed[i] = comesAgain(i);
            any = any || listed[i];
        }
        if (!any && end - begin >= kSureContents)
            std::fill(listed.begin() + qsizetype(begin), listed.begin() + qsizetype(end), true);
        const bool before = end < all.size()
                            && std::any_of(all.begin() + qsizetype(begin), all.begin() + qsizetype(end),
                                           [&](const FoundHeading& earlier) { return earlier.heading.sameAs(all[end].heading); });
        if (any && end < all.size() && !before)
            listed[end] = comesAgain(end);
    }
    std::vector<FoundHeading> real;
    for (size_t i = 0; i < all.size(); ++i) {
        // "EXTRACTS" printed again on the next leaf goes on with what it names.
        const bool goesOn = !real.empty() && !all[i].heading.isNumbered() && real.back().heading.sameAs(all[i].heading);
        if (!listed[i] && !goesOn)
            real.push_back(std::move(all[i]));
    }
    return real;
}

// "BOOK I." with "MISS BROOKE." below it is "Book I ▸ Miss Brooke".
void takeTitlesBelow(std::vector<FoundHeading>& headings, QByteArrayView text, qint64 end)
{
    for (FoundHeading& found : headings) {
        if (!found.heading.isNumbered() || !found.heading.title.isEmpty())
            continue;
        TextLine line{found.textBegin, found.textBegin, true};
        while (line.blank && line.end < end)
            line = lineFrom(text, line.end, end);
        const bool alone = line.end >= end || lineFrom(text, line.end, end).blank;
        if (const auto title = capitalTitle(simplified(text.sliced(line.begin, line.end - line.begin))); alone && title)
            found.heading.title = *title;
    }
}

// Which kind of heading holds which is a matter of the book: the kind met first is the outer one.
class Nesting {
public:
    explicit Nesting(const std::vector<FoundHeading>& headings)
    {
        for (const FoundHeading& found : headings) {
            if (found.heading.isContainer() && !m_containers.contains(found.heading.keyword))
                m_containers.append(found.heading.keyword);
        }
    }

    // Depth of heading `at`, given the one before it.
    qsizetype depthOf(const std::vector<FoundHeading>& headings, size_t at)
    {
        const BookHeading& heading = headings[at].heading;
        if (heading.isContainer())
            return m_open = m_containers.indexOf(heading.keyword);
        const bool named = !heading.isNumbered();
        const bool opensContainer = at > 0 && headings[at - 1].heading.isContainer() && headings[at - 1].textBytes < kNextToNoText;
        if (named && !opensContainer)
            m_open = holdsChapters(headings, at) ? 0 : -1;
        return named && !opensContainer ? 0 : m_open + 1;
    }

    // EPILOGUE followed by a CHAPTER I of its own.
    static bool holdsChapters(const std::vector<FoundHeading>& headings, size_t at)
    {
        const bool bare = !headings[at].heading.isNumbered() && headings[at].textBytes < kNextToNoText;
        return bare && at > 0 && at + 1 < headings.size() && headings[at + 1].heading.isFirst() && !headings[at + 1].heading.isContainer();
    }

private:
    QList<QString> m_containers;
    qsizetype m_open = -1;   // depth of the container that chapters now go into, -1 outside all
};

// Builds the parts from `at` on that lie at `depth` or below; `at` ends behind them. `end` is where the last of them ends.
QList<Part> nested(const std::vector<FoundHeading>& headings, const std::vector<qsizetype>& depths, size_t& at, qsizetype depth, qint64 end)
{
    QList<Part> parts;
    while (at < headings.size() && depths[at] >= depth) {
        const size_t own = at++;
        Part part;
        part.title = headings[own].heading.shown();
        part.parts = nested(headings, depths, at, depths[own] + 1, end);
        part.kind = part.parts.isEmpty() && !headings[own].heading.isContainer() ? PartKind::Chapter : PartKind::Book;
        part.bytes = {headings[own].begin, at < headings.size() ? headings[at].begin : end};
        parts.append(part);
    }
    return parts;
}

} // namespace

QList<Part> bookParts(QByteArrayView text, const std::stop_token& stop)
{
    const GutenbergFrame frame = gutenbergFrame(text);
    std::vector<FoundHeading> headings = withoutContents(findHeadings(text, frame.begin, frame.end, stop));
    takeTitlesBelow(headings, text, frame.end);

    Nesting nesting(headings);
    std::vector<qsizetype> depths;
    for (size_t i = 0; i < headings.size(); ++i)
        depths.push_back(nesting.depthOf(headings, i));
    size_t at = 0;
    QList<Part> parts = nested(headings, depths, at, 0, frame.end);

    const qint64 front = headings.empty() ? frame.begin : headings.front().begin;
    if (!text.first(front).trimmed().isEmpty())
        parts.prepend({QStringLiteral("Front matter"), PartKind::Chapter, {0, front}, {}});
    if (frame.end < text.size())
        parts.append({QStringLiteral("Project Gutenberg licence"), PartKind::Chapter, {frame.end, text.size()}, {}});
    return parts;
}

QString bookTitle(QByteArrayView text)
{
    const QByteArrayView head = text.first(std::min<qsizetype>(text.size(), kGutenbergBytes));
    const qint64 label = head.contains("Project Gutenberg") ? head.indexOf("\nTitle: ") : -1;
    if (label < 0)
        return {};
    const qint64 begin = label + qint64(sizeof("\nTitle: ")) - 1;
    return simplified(head.sliced(begin, lineFrom(head, begin, head.size()).end - begin));
}

} // namespace octavo::app
