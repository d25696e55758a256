// SPDX-License-Identifier: Apache-2.0
#include "documents/markdown_outline.h"

#include <functional>
#include <vector>

#include <md4c.h>

#include "documents/text_lines.h"

namespace octavo::app {

namespace {

// md4c looks at a whole text before it reports anything, and cannot be stopped meanwhile: about 100 ms for this much.
constexpr qint64 kMostMarkdownBytes = 64 << 20;

struct MarkdownHeading {
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
    std::vector<MarkdownHeading> headings;

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
        MarkdownHeading& heading = my.headings.back();
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

std::vector<MarkdownHeading> headingsOf(QByteArrayView text, const std::stop_token& stop)
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
    std::erase_if(collector.headings, [](const MarkdownHeading& heading) { return heading.begin < 0; });
    return collector.headings;
}

} // namespace

TextOutline markdownOutline(QByteArrayView text, const std::stop_token& stop)
{
    std::vector<Heading> headings;
    for (const MarkdownHeading& heading : headingsOf(text, stop))
        headings.push_back({heading.level, heading.begin, QString::fromUtf8(heading.title)});
    return headingTree(std::move(headings), text.size());
}

} // namespace octavo::app
