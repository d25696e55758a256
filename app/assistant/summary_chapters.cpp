// SPDX-License-Identifier: Apache-2.0
#include "assistant/summary_chapters.h"

#include <algorithm>

#include "documents/passages.h"
#include "documents/token_map.h"

namespace octavo::app {

namespace {

constexpr qint64 kMostTokens = 12'000;   // the longest chapter of Frankenstein takes 11,800
constexpr qint64 kLeastTokens = 1000;
constexpr qint64 kMostChapters = 150;    // aimed at: of very long texts the short chapters are joined, up to half of kMostTokens

class ChapterList {
public:
    ChapterList(const Document& document, std::span<const std::uint64_t> tokens)
        : m_document(document), m_tokens(tokens),
          m_least(std::clamp(static_cast<qint64>(tokens.size()) / kMostChapters, kLeastTokens, kMostTokens / 2))
    {
    }

    QList<SummaryChapter> chapters()
    {
        const Part* root = &m_document.outline;
        while (root->parts.size() == 1)   // a title page around everything
            root = &root->parts.first();
        const PartKind kind = root->parts.isEmpty() ? PartKind::Book : root->parts.first().kind;
        const bool isShortCode = (kind == PartKind::Function || kind == PartKind::Class) && tokensIn({0, m_document.text.size()}) <= kMostTokens;
        if (!isShortCode)
            addInside(*root, {});
        const qint64 end = m_document.text.size();
        if (!m_chapters.isEmpty() && tokensIn({m_end, end}) < m_least)
            m_chapters.last().bytes.end = end;
        else
            addUpTo(end, m_document.title.simplified());
        return joined();
    }

private:
    qint64 tokensIn(ByteRange bytes) const
    {
        if (bytes.size() <= 0)
            return 0;
        const TokenRange range = tokensOf(m_tokens, bytes);
        return range.end - range.begin;
    }

    bool isTakenApart(const Part& part) const
    {
        return !part.parts.isEmpty() && (part.kind == PartKind::Book || tokensIn(part.bytes) > kMostTokens);
    }

    static QString titleIn(const QString& around, const Part& part)
    {
        const bool isPath = part.kind == PartKind::Folder || part.kind == PartKind::File;
        return around.isEmpty() ? part.title.simplified() : around + (isPath ? QStringLiteral("/") : QStringLiteral(" ▸ ")) + part.title.simplified();
    }

    void addInside(const Part& part, const QString& title)
    {
        for (const Part& child : part.parts) {
            // A few words before the first child, such as a heading, go with that child.
            if (tokensIn({m_end, child.bytes.begin}) >= m_least)
                addUpTo(child.bytes.begin, title.isEmpty() ? m_document.title.simplified() : title);
            if (isTakenApart(child))
                addInside(child, titleIn(title, child));
            else
                addUpTo(child.bytes.end, titleIn(title, child));
        }
        if (tokensIn({m_end, part.bytes.end}) >= m_least)
            addUpTo(part.bytes.end, title.isEmpty() ? m_document.title.simplified() : title);
    }

    // The next chapter, from where the last one ended; in several if it is long.
    void addUpTo(qint64 end, const QString& title)
    {
        if (end <= m_end)
            return;
        const qint64 tokens = tokensIn({m_end, end});
        const qint64 count = std::max<qint64>(1, (tokens + kMostTokens - 1) / kMostTokens);
        const qint64 begin = m_end;
        for (qint64 n = 1; n <= count; ++n) {
            const qint64 wanted = begin + (end - begin) * n / count;
            const qint64 cut = n == count ? end : std::min(endOfPassage(wanted), end);
            if (cut <= m_end)
                continue;
            m_chapters.append({count == 1 ? title : QStringLiteral("%1 (%2 of %3)").arg(title).arg(n).arg(count), {m_end, cut}});
            m_end = cut;
        }
    }

    qint64 endOfPassage(qint64 byte)
    {
        if (m_passages.isEmpty())
            m_passages = passagesOf(m_document);
        const auto found = std::lower_bound(m_passages.begin(), m_passages.end(), byte, [](const ByteRange& passage, qint64 at) { return passage.end < at; });
        return found == m_passages.end() ? m_document.text.size() : found->end;
    }

    QList<SummaryChapter> joined() const
    {
        QList<SummaryChapter> chapters;
        QString firstTitle;
        for (const SummaryChapter& next : m_chapters) {
            const qint64 before = chapters.isEmpty() ? 0 : tokensIn(chapters.last().bytes), more = tokensIn(next.bytes);
            const bool joins = !chapters.isEmpty() && std::min(before, more) < m_least && before + more <= kMostTokens;
            if (!joins) {
                chapters.append(next);
                firstTitle = next.title;
                continue;
            }
            chapters.last().bytes.end = next.bytes.end;
            if (next.title != firstTitle)
                chapters.last().title = QStringLiteral("%1 – %2").arg(firstTitle, next.title);
        }
        return chapters;
    }

    const Document& m_document;
    const std::span<const std::uint64_t> m_tokens;
    const qint64 m_least;
    qint64 m_end = 0;
    QList<SummaryChapter> m_chapters;
    QList<ByteRange> m_passages;
};

} // namespace

QList<SummaryChapter> chaptersOf(const Document& document, std::span<const std::uint64_t> tokens)
{
    return ChapterList(document, tokens).chapters();
}

} // namespace octavo::app
