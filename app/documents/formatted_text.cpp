// SPDX-License-Identifier: Apache-2.0
#include "documents/formatted_text.h"

#include <algorithm>

#include "documents/heading_line.h"
#include "documents/place_marks.h"

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;

constexpr int kDeepestHeading = 32;
constexpr qint64 kEntryBytes = 64;   // about what a remark, a heading or a mark takes without its words

unsigned levelOf(const QJsonObject& line) { return unsigned(std::clamp(line["level"_L1].toInt(1), 1, kDeepestHeading)); }

// "Part One" and "Book II" hold chapters.
void nameBooks(QList<Part>& parts)
{
    for (Part& part : parts) {
        const std::optional<BookHeading> heading = bookHeading(part.title);
        if (!heading || !heading->isContainer() || part.parts.isEmpty())
            continue;
        part.kind = PartKind::Book;
        for (Part& child : part.parts)
            child.kind = PartKind::Chapter;
    }
}

bool standsClose(const QString& kind) { return kind == u"item" || kind == u"row"; }

} // namespace

void FormattedTextBuilder::take(const QJsonObject& line)
{
    if (line.contains("block"_L1)) {
        addBlock(line);
        return;
    }
    m_beside += kEntryBytes;
    for (const char* words : {"part", "remark", "why", "title"})
        m_beside += qint64(sizeof(QChar)) * line[QLatin1StringView(words)].toString().size();
    if (line.contains("part"_L1)) {
        m_contents.push_back({levelOf(line), 0, line["part"_L1].toString().simplified()});
    } else if (line.contains("remark"_L1)) {
        m_text.remarks.append({line["remark"_L1].toString().simplified(), line["why"_L1].toString().simplified(), std::max(0, line["pages"_L1].toInt()),
                               std::max(0, line["scans_from"_L1].toInt())});
    } else if (line.contains("title"_L1)) {
        m_text.title = line["title"_L1].toString().simplified();
    } else if (line.contains("pages"_L1)) {
        m_text.pages = std::max(0, line["pages"_L1].toInt());
    } else if (line.contains("format"_L1)) {
        m_text.format = line["format"_L1].toString();
    }
}

void FormattedTextBuilder::addBlock(const QJsonObject& line)
{
    const QString kind = line["block"_L1].toString();
    const QByteArray text = line["text"_L1].toString().toUtf8();
    if (text.isEmpty())
        return;
    if (!m_text.text.isEmpty())
        m_text.text.append(standsClose(kind) && kind == m_lastKind ? "\n" : "\n\n");
    const qint64 begin = m_text.text.size();
    for (; m_placed < m_contents.size(); ++m_placed)
        m_contents[m_placed].begin = begin;
    if (kind == u"heading")
        m_headings.push_back({levelOf(line), begin, line["text"_L1].toString().simplified()});
    for (const QJsonValue& value : line["marks"_L1].toArray()) {
        std::optional<PlaceMark> mark = markFrom(value);
        if (!mark || mark->byte > text.size())
            continue;
        mark->byte += begin;
        m_beside += kEntryBytes + qint64(sizeof(QChar)) * mark->name.size();
        if (m_text.places.isEmpty() || m_text.places.last().byte <= mark->byte)
            m_text.places.append(*mark);
    }
    m_text.text.append(text);
    m_lastKind = kind;
}

FormattedText FormattedTextBuilder::finished() &&
{
    m_contents.resize(m_placed);   // a part without text begins nowhere
    TextOutline tree = headingTree(m_contents.empty() ? std::move(m_headings) : std::move(m_contents), m_text.text.size());
    nameBooks(tree.parts);
    m_text.parts = std::move(tree.parts);
    if (m_text.title.isEmpty())
        m_text.title = tree.title;
    return std::move(m_text);
}

} // namespace octavo::app
