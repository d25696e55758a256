// SPDX-License-Identifier: Apache-2.0
#include "documents/markdown_outline.h"

#include <algorithm>
#include <functional>
#include <vector>

#include <md4c.h>

#include "documents/text_lines.h"

namespace octavo::app {

namespace {

// md4c looks at a whole text before it reports anything, and cannot be stopped meanwhile: about 100 ms for this much.
constexpr qint64 kMostMarkdownBytes = 64 << 20;

struct Heading {
    unsigned level = 0;
    qint64 begin = -1;   // of its line; -1: no text of it lies in the source
    QByteArray title;
};

// Headings of `source`, which begins at byte `base` of the document.
struct HeadingCollector {
    QByteArrayView source;
    qint64 base = 0;
    int containers = 0;   // lists and quotations around
    bool inHeading = false;
    std::stop_token stop;
    std::vector<Heading> headings;

    static bool isContainer(MD_BLOCKTYPE type) { return type == MD_BLOCK_QUOTE || type == MD_BLOCK_UL || type == MD_BLOCK_OL; }

    static int enter(MD_BLOCKTYPE type, void* detail, void* self)
    {
        auto& my = *static_cast<HeadingCollector*>(self);
        my.containers += isContainer(type);
        my.inHeading = type == MD_BLOCK_H && my.containers == 0;
        if (my.inHeading)
            my.headings.push_back({static_cast<MD_BLOCK_H_DETAIL*>(detail)->level, -1, {}});
        return my.stop.stop_requested();
    }

    static int leave(MD_BLOCKTYPE type, void*, void* self)
    {
        auto& my = *static_cast<HeadingCollector*>(self);
        my.containers -= isContainer(type);
        my.inHeading = false;
        return 0;
    }

    static int text(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self)
    {
        auto& my = *static_cast<HeadingCollector*>(self);
        if (!my.inHeading)
            return 0;
        Heading& heading = my.headings.back();
        const std::less<const char*> before;
        if (heading.begin < 0 && !before(text, my.source.begin()) && before(text, my.source.end()))
            heading.begin = my.base + my.source.first(text - my.source.begin()).lastIndexOf('\n') + 1;
        if (type != MD_TEXT_HTML)
            heading.title.append(type == MD_TEXT_SOFTBR || type == MD_TEXT_BR ? QByteArrayView(" ")
                                                                              : QByteArrayView(text, qsizetype(size)));
        return 0;
    }
};

// Length of a YAML block at the very top: md4c would take its end for the underline of a heading.
qint64 frontMatterBytes(QByteArrayView text)
{
    if (!text.startsWith("---\n") && !text.startsWith("---\r\n"))
        return 0;
    for (TextLine line = lineFrom(text, 0, text.size()); line.end < text.size();) {
        line = lineFrom(text, line.end, text.size());
        const QByteArrayView content = text.sliced(line.begin, line.end - line.begin).trimmed();
        if (content == "---" || content == "...")
            return line.end;
    }
    return 0;
}

std::vector<Heading> headingsOf(QByteArrayView text, const std::stop_token& stop)
{
    const qint64 skip = frontMatterBytes(text);
    HeadingCollector collector;
    collector.source = text.sliced(skip);
    collector.base = skip;
    collector.stop = stop;
    if (collector.source.size() > kMostMarkdownBytes)
        return {};
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES;
    parser.enter_block = &HeadingCollector::enter;
    parser.leave_block = &HeadingCollector::leave;
    parser.enter_span = [](MD_SPANTYPE, void*, void*) { return 0; };
    parser.leave_span = [](MD_SPANTYPE, void*, void*) { return 0; };
    parser.text = &HeadingCollector::text;
    md_parse(collector.source.data(), MD_SIZE(collector.source.size()), &parser, &collector);
    std::erase_if(collector.headings, [](const Heading& heading) { return heading.begin < 0; });
    return collector.headings;
}

// Parts from heading `at` on that lie below `level`; `at` ends behind them.
QList<Part> nested(const std::vector<Heading>& headings, size_t& at, unsigned level, PartKind kind, qint64 end)
{
    QList<Part> parts;
    while (at < headings.size() && headings[at].level > level) {
        const Heading& own = headings[at++];
        Part part{QString::fromUtf8(own.title).simplified(), kind, {own.begin, end}, {}};
        part.parts = nested(headings, at, own.level, PartKind::Section, end);
        if (at < headings.size())
            part.bytes.end = headings[at].begin;
        parts.append(part);
    }
    return parts;
}

} // namespace

MarkdownOutline markdownOutline(QByteArrayView text, const std::stop_token& stop)
{
    std::vector<Heading> headings = headingsOf(text, stop);
    MarkdownOutline outline;
    const auto below = [&](const Heading& heading) { return heading.level > headings.front().level; };
    if (!headings.empty() && std::all_of(headings.begin() + 1, headings.end(), below)) {
        outline.title = QString::fromUtf8(headings.front().title).simplified();
        if (headings.size() > 1) {   // its own words become the first chapter, beside those below it
            const auto next = std::min_element(headings.begin() + 1, headings.end(),
                                               [](const Heading& a, const Heading& b) { return a.level < b.level; });
            headings.front().level = next->level;
        }
    }
    size_t at = 0;
    outline.parts = nested(headings, at, 0, PartKind::Chapter, text.size());
    return outline;
}

} // namespace octavo::app
