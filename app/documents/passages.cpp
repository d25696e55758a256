// SPDX-License-Identifier: Apache-2.0
#include "documents/passages.h"

#include <algorithm>
#include <array>

#include "documents/document_kind.h"
#include "documents/text_lines.h"

namespace octavo::app {

namespace {

constexpr qint64 kShortPassage = 300;
constexpr qint64 kLongPassage = 900;
constexpr qint64 kCutPassage = 600;     // aimed at where a long paragraph is cut
constexpr qint64 kLongSection = 8000;
constexpr qint64 kMeanSection = 6000;

void addBorders(const Part& part, QList<qint64>& borders)
{
    borders.append(part.bytes.begin);
    for (const Part& child : part.parts)
        addBorders(child, borders);
    borders.append(part.bytes.end);
}

// The text cut at every border of every part.
QList<ByteRange> leavesOf(const Document& document)
{
    QList<qint64> borders{0, document.text.size()};
    addBorders(document.outline, borders);
    std::sort(borders.begin(), borders.end());
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    QList<ByteRange> leaves;
    for (qsizetype i = 1; i < borders.size(); ++i)
        leaves.append({borders[i - 1], borders[i]});
    return leaves;
}

bool endsSentence(QByteArrayView text, qint64 at)
{
    if (!isBlankCharacter(text[at - 1]) || isBlankCharacter(text[at]))
        return false;
    qint64 last = at - 1;
    while (last > 0 && isBlankCharacter(text[last]))
        --last;
    const auto closes = [&](qint64 i) { return text[i] == '"' || text[i] == '\'' || text[i] == ')' || text[i] == '_'; };
    if (last >= 2 && (text.first(last + 1).endsWith("\xE2\x80\x9D") || text.first(last + 1).endsWith("\xE2\x80\x99")))
        last -= 3;   // a closing quotation mark
    while (last > 0 && closes(last))
        --last;
    if (text[last] != '.')
        return text[last] == '!' || text[last] == '?';
    qint64 word = last;
    while (word > 0 && !isBlankCharacter(text[word - 1]))
        --word;
    return last - word > 3 || text[word] < 'A' || text[word] > 'Z';   // not behind Mr. and Dr.
}

// The place to cut [low, high) that does least harm, the nearer to `wanted` the better: behind a sentence, a line, a word,
// and at worst between two characters.
qint64 cutBetween(QByteArrayView text, qint64 low, qint64 wanted, qint64 high, bool code)
{
    qint64 line = -1;
    qint64 word = -1;
    qint64 character = -1;
    const qint64 reach = std::max(wanted - low, high - wanted);
    for (qint64 step = 0; step <= reach; ++step) {
        for (const qint64 at : {wanted - step, wanted + step}) {
            if (at <= low || at >= high)
                continue;
            if (!code && endsSentence(text, at))
                return at;
            if (code && text[at - 1] == '\n')
                return at;
            if (line < 0 && text[at - 1] == '\n')
                line = at;
            if (word < 0 && isBlankCharacter(text[at - 1]))
                word = at;
            if (character < 0 && (uchar(text[at]) & 0xC0) != 0x80)
                character = at;
        }
    }
    for (const qint64 at : {line, word, character}) {
        if (at >= 0)
            return at;
    }
    return wanted;
}

// Appends where the pieces of one long paragraph end, `end` included.
void cutParagraph(QByteArrayView text, qint64 begin, qint64 end, bool code, QList<qint64>& ends)
{
    for (qint64 left = end - begin; left > kLongPassage; left = end - begin) {
        const qint64 wanted = begin + left / ((left + kCutPassage - 1) / kCutPassage);
        const qint64 low = begin + kShortPassage - 1;
        const qint64 high = std::min(begin + kLongPassage, end - kShortPassage) + 1;
        begin = cutBetween(text, low, wanted, high, code);
        ends.append(begin);
    }
    ends.append(end);
}

// Where paragraphs, with the blank lines behind them, end: at most kLongPassage bytes apart.
QList<qint64> paragraphEnds(QByteArrayView text, ByteRange leaf, bool code)
{
    QList<qint64> ends;
    qint64 begin = leaf.begin;
    bool afterText = false;
    bool afterBlank = false;
    for (TextLine line{leaf.begin, leaf.begin, true}; line.end < leaf.end;) {
        line = lineFrom(text, line.end, leaf.end);
        if (!line.blank && afterText && afterBlank) {
            cutParagraph(text, begin, line.begin, code, ends);
            begin = line.begin;
        }
        afterText = afterText || !line.blank;
        afterBlank = line.blank;
    }
    cutParagraph(text, begin, leaf.end, code, ends);
    return ends;
}

void gather(ByteRange leaf, const QList<qint64>& ends, QList<ByteRange>& passages)
{
    qint64 begin = leaf.begin;
    qint64 last = leaf.begin;
    for (const qint64 end : ends) {
        if (last - begin >= kShortPassage && end - begin > kLongPassage) {
            passages.append({begin, last});
            begin = last;
        }
        last = end;
    }
    const bool hasBefore = !passages.isEmpty() && passages.back().begin >= leaf.begin;
    if (hasBefore && leaf.end - begin < kShortPassage && leaf.end - passages.back().begin <= kLongPassage + kShortPassage)
        passages.back().end = leaf.end;
    else
        passages.append({begin, leaf.end});
}

bool isCode(const Document& document, qint64 byte)
{
    if (document.kind != DocumentKind::Folder)
        return document.kind == DocumentKind::Code;
    const SourceFile* file = document.fileAt(byte);
    return file && file->format.isEmpty() && kindOfFile(file->relativePath.section('/', -1)) == DocumentKind::Code;
}

} // namespace

QList<ByteRange> passagesOf(const Document& document)
{
    QList<ByteRange> passages;
    for (const ByteRange& leaf : leavesOf(document)) {
        const bool code = isCode(document, leaf.end - 1);
        gather(leaf, paragraphEnds(document.text, leaf, code), passages);
    }
    return passages;
}

QList<ByteRange> sectionsOf(const Document& document)
{
    const QList<ByteRange> passages = passagesOf(document);
    QList<ByteRange> sections;
    auto passage = passages.begin();
    for (const ByteRange& leaf : leavesOf(document)) {
        qint64 begin = leaf.begin;
        while (begin < leaf.end) {
            const qint64 left = leaf.end - begin;
            const qint64 wanted = left <= kLongSection ? leaf.end : begin + left / ((left + kMeanSection - 1) / kMeanSection);
            while (passage->end < wanted)
                ++passage;
            sections.append({begin, passage->end});
            begin = passage->end;
        }
    }
    return sections;
}

} // namespace octavo::app
