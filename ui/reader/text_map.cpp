// SPDX-License-Identifier: Apache-2.0
#include "reader/text_map.h"

#include <algorithm>
#include <array>

namespace octavo::ui {

namespace {

constexpr int kNarrowestPage = 45;     // characters; what lies outside was not wrapped by hand to fit a page
constexpr int kWidestPage = 100;

// What QTextDocument would take as the end of a block.
bool endsBlock(QChar c)
{
    return c == QChar::ParagraphSeparator || c == QChar(0xfdd0) || c == QChar(0xfdd1) || c == QLatin1Char('\r');
}

} // namespace

TextMap::TextMap(const QByteArray& utf8, bool joinWrappedLines) : m_bytes(utf8), m_lines(splitLines())
{
    m_shown.reserve(utf8.size());
    for (std::size_t at = 0; at < m_lines.size(); ++at) {
        Line& line = m_lines[at];
        line.position = static_cast<int>(m_shown.size());
        m_shown += QString::fromUtf8(m_bytes.constData() + line.byte, line.bytes);
        if (at + 1 < m_lines.size())
            m_shown += QLatin1Char('\n');
    }
    std::replace_if(m_shown.begin(), m_shown.end(), endsBlock, QLatin1Char('\n'));
    if (!joinWrappedLines)
        return;
    const std::vector<bool> wrapped = wrappedLines();
    for (std::size_t at = 0; at + 1 < m_lines.size(); ++at) {
        if (wrapped[at])
            m_shown[m_lines[at + 1].position - 1] = QLatin1Char(' ');
    }
}

std::vector<TextMap::Line> TextMap::splitLines()
{
    std::vector<Line> lines;
    qint64 begin = 0;
    for (qint64 at = 0; at < m_bytes.size(); ++at) {
        const char c = m_bytes[at];
        if (c != '\n' && c != '\r')
            continue;
        lines.push_back({begin, 0, at - begin});
        if (c == '\r' && at + 1 < m_bytes.size() && m_bytes[at + 1] == '\n')
            ++at;
        begin = at + 1;
    }
    lines.push_back({begin, 0, m_bytes.size() - begin});
    return lines;
}

QStringView TextMap::lineAt(std::size_t at) const
{
    const int end = at + 1 < m_lines.size() ? m_lines[at + 1].position - 1 : static_cast<int>(m_shown.size());
    return QStringView(m_shown).mid(m_lines[at].position, end - m_lines[at].position);
}

// In characters; 0 if the text was not wrapped to fit a page.
int TextMap::pageWidth() const
{
    std::array<int, kWidestPage + 2> lengths{};
    int count = 0;
    for (std::size_t at = 0; at < m_lines.size(); ++at) {
        if (const qsizetype length = lineAt(at).trimmed().size(); length > 0) {
            ++lengths[static_cast<std::size_t>(std::min<qsizetype>(length, kWidestPage + 1))];
            ++count;
        }
    }
    int width = 0;     // 98 of 100 lines are at most this long: a few freely long ones do not matter
    for (int sum = lengths[0]; width <= kWidestPage && sum * 100 < count * 98; sum += lengths[static_cast<std::size_t>(width)])
        ++width;
    return width >= kNarrowestPage && width <= kWidestPage ? width : 0;
}

// A line was surely wrapped if the next one's first word would not have fitted behind it. A run of lines flows together if that
// holds for at least half of them; verses, headings and lists keep their lines. Indented lines were set by hand and stay.
std::vector<bool> TextMap::wrappedLines() const
{
    std::vector<bool> wrapped(m_lines.size(), false);
    const int page = pageWidth();
    if (page == 0)
        return wrapped;
    const auto isProse = [this](std::size_t at) {
        const QStringView line = lineAt(at);
        return !line.isEmpty() && !line.front().isSpace();
    };
    for (std::size_t begin = 0, end = 0; begin < m_lines.size(); begin = end + 1) {
        qsizetype sure = 0;
        for (end = begin; end + 1 < m_lines.size() && isProse(end) && isProse(end + 1); ++end) {
            const QStringView next = lineAt(end + 1);
            const qsizetype space = next.indexOf(QLatin1Char(' '));
            sure += lineAt(end).size() + 1 + (space < 0 ? next.size() : space) > page;
        }
        const auto breaks = static_cast<qsizetype>(end - begin);
        std::fill_n(wrapped.begin() + static_cast<std::ptrdiff_t>(begin), breaks, 2 * sure >= breaks && breaks > 0);
    }
    return wrapped;
}

int TextMap::positionOf(qint64 byte) const
{
    if (m_lines.empty())
        return 0;
    byte = std::clamp<qint64>(byte, 0, m_bytes.size());
    const auto after = std::upper_bound(m_lines.begin(), m_lines.end(), byte, [](qint64 at, const Line& line) { return at < line.byte; });
    const Line& line = *std::prev(after);
    qint64 within = std::min(byte - line.byte, line.bytes);
    while (within > 0 && within < line.bytes && (static_cast<unsigned char>(m_bytes[line.byte + within]) & 0xc0) == 0x80)
        --within;
    return line.position + static_cast<int>(QString::fromUtf8(m_bytes.constData() + line.byte, within).size());
}

qint64 TextMap::byteOf(int position) const
{
    if (m_lines.empty())
        return 0;
    position = std::clamp(position, 0, static_cast<int>(m_shown.size()));
    const auto after = std::upper_bound(m_lines.begin(), m_lines.end(), position,
                                        [](int at, const Line& line) { return at < line.position; });
    const Line& line = *std::prev(after);
    const QString text = QString::fromUtf8(m_bytes.constData() + line.byte, line.bytes);
    const qsizetype within = std::min<qsizetype>(position - line.position, text.size());
    // Half of a surrogate pair belongs to the character it began with.
    const bool splitsPair = within > 0 && within < text.size() && text[within].isLowSurrogate() && text[within - 1].isHighSurrogate();
    return line.byte + QStringView(text).left(splitsPair ? within - 1 : within).toUtf8().size();
}

} // namespace octavo::ui
