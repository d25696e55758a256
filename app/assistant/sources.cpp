// SPDX-License-Identifier: Apache-2.0
#include "assistant/sources.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <QRegularExpression>
#include <QTextBoundaryFinder>

#include "documents/place.h"

namespace octavo::app {

namespace {

constexpr std::size_t kMaxSources = 5;
constexpr double kSmallestShare = 0.01;
constexpr double kSmallestPeak = 0.02;     // of one token's attention: of a long answer, a sentence may draw on what the rest never looks at
constexpr std::size_t kMarksOfSentence = 2;
constexpr double kNearlyAsMuch = 0.5;
constexpr int kLettersOfSentence = 8;      // "1." and "Dr." are none; an ideograph counts three

// Tokens of the answer that say one thing.
struct Sentence {
    std::size_t begin = 0;
    std::size_t end = 0;
    int mark = -1;             // where it ends in the answer's text; -1: nothing can be marked
};

// All tokens, in order. What follows the last sentence, code or the beginning of another, is one too.
std::vector<Sentence> sentencesOf(const HopRecord& record)
{
    std::vector<Sentence> sentences;
    std::size_t token = 0;
    for (const int end : sentenceEnds(record.answer)) {
        const auto endByte = static_cast<std::uint32_t>(QStringView(record.answer).first(end).toUtf8().size());
        const std::size_t begin = token;
        while (token < record.tokenCount() && record.tokenBegins[token] < endByte)
            ++token;
        if (token > begin)
            sentences.push_back({begin, token, end});
    }
    if (token < record.tokenCount())
        sentences.push_back({token, record.tokenCount()});
    return sentences;
}

// Passages from `first` to `last`, and how much each sentence drew on the one of them that it drew on most: the mean square by which the passage's share of its
// tokens' attention rises above that of the whole answer's, over the latter. See sources.h.
struct Run {
    std::size_t first = 0;
    std::size_t last = 0;
    double mean = 0;
    double peak = 0;                   // of the first passage: what it is chosen by
    std::vector<double> drawn{};       // by each sentence
    double drawnMost = 0;

    Run(const HopRecord& record, const std::vector<Sentence>& sentences, std::size_t passage) : first(passage), last(passage)
    {
        std::vector<double> shares;
        for (std::size_t token = 0; token < record.tokenCount(); ++token) {
            shares.push_back(static_cast<double>(record.weight(token, passage)));
            mean += shares.back() / static_cast<double>(record.tokenCount());
            peak = std::max(peak, shares.back());
        }
        for (const Sentence& sentence : sentences) {
            double square = 0;
            for (std::size_t token = sentence.begin; token < sentence.end; ++token)
                square += std::pow(std::max(shares[token] - mean, 0.0), 2) / static_cast<double>(sentence.end - sentence.begin);
            drawn.push_back(mean > 0 ? square / mean : 0);
            drawnMost = std::max(drawnMost, drawn.back());
        }
    }

    // With the passages of `next`, which come next.
    void add(const Run& next)
    {
        last = next.last;
        mean += next.mean;
        drawnMost = std::max(drawnMost, next.drawnMost);
        for (std::size_t sentence = 0; sentence < drawn.size(); ++sentence)
            drawn[sentence] = std::max(drawn[sentence], next.drawn[sentence]);
    }
};

// Of an answer of one token nothing rises above the mean: the heaviest comes first.
bool isDrawnOnMore(const Run& a, const Run& b)
{
    return a.drawnMost != b.drawnMost ? a.drawnMost > b.drawnMost : a.mean > b.mean;
}

// In text order; `tops`: how much each sentence drew on what it drew on most.
std::vector<Run> drawnOnMost(const HopRecord& record, const std::vector<Sentence>& sentences, std::vector<double>& tops)
{
    const std::vector<double> shares = record.shares(0, record.tokenCount());
    tops.assign(sentences.size(), 0);
    std::vector<Run> runs;
    for (std::size_t passage = 0; passage < shares.size(); ++passage) {
        Run run(record, sentences, passage);
        for (std::size_t at = 0; at < tops.size(); ++at)
            tops[at] = std::max(tops[at], run.drawn[at]);
        if (shares[passage] >= kSmallestShare || run.peak >= kSmallestPeak)
            runs.push_back(std::move(run));
    }
    std::stable_sort(runs.begin(), runs.end(), isDrawnOnMore);
    runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(std::min(runs.size(), kMaxSources)), runs.end());
    std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
    return runs;
}

// A sentence's marks are the runs that it drew on most, or nearly as much as on anything.
QList<int> marksOf(const Run& run, const std::vector<Run>& runs, const std::vector<Sentence>& sentences, const std::vector<double>& tops)
{
    QList<int> marks;
    for (std::size_t at = 0; at < sentences.size(); ++at) {
        const auto before = std::count_if(runs.begin(), runs.end(), [&](const Run& other) { return other.drawn[at] > run.drawn[at]; });
        const bool isIt = run.drawn[at] > 0 ? run.drawn[at] >= kNearlyAsMuch * tops[at] : tops[at] == 0 && &run == &*std::min_element(runs.begin(), runs.end(), isDrawnOnMore);
        if (sentences[at].mark >= 0 && isIt && before < static_cast<std::ptrdiff_t>(kMarksOfSentence))
            marks.append(sentences[at].mark);
    }
    return marks;
}

// A full stop behind "Mrs." or an initial ends no sentence.
bool endsInAbbreviation(QStringView sentence)
{
    static const QRegularExpression shortened(QStringLiteral("(^|[\\s(])(\\p{Lu}|Mrs?|Ms|Dr|St|Prof|Rev|Capt|Col|Gen|Lt|Sr|Jr|No|Nos|vs|cf|pp?|vol|ch|fig|e\\.g|i\\.e)\\.$"));
    return shortened.match(sentence.toString()).hasMatch();
}

enum class Line { Blank, Words, ListItem, Other };

Line kindOf(QStringView line, bool& inCode)
{
    static const QRegularExpression item(QStringLiteral("^\\s*([-*+]|\\d{1,9}[.)])\\s"));
    const QStringView words = line.trimmed();
    const bool fence = words.startsWith(u"```") || words.startsWith(u"~~~");
    inCode = inCode != fence;
    if (inCode || fence || words.startsWith(u'|') || line.startsWith(u'#') || line.startsWith(u"    ") || line.startsWith(u'\t'))
        return Line::Other;
    return words.isEmpty() ? Line::Blank : item.match(line.toString()).hasMatch() ? Line::ListItem : Line::Words;
}

// Stretches of text without a break: the lines of a paragraph, or of an item of a list.
std::vector<std::pair<qsizetype, qsizetype>> paragraphsOf(const QString& markdown)
{
    std::vector<std::pair<qsizetype, qsizetype>> paragraphs;
    bool inCode = false, open = false;
    qsizetype begin = 0;
    for (const QStringView line : QStringView(markdown).split(u'\n')) {
        const Line kind = kindOf(line, inCode);
        const qsizetype end = begin + line.size();
        if (kind == Line::Words && open)
            paragraphs.back().second = end;
        else if (kind == Line::Words || kind == Line::ListItem)
            paragraphs.emplace_back(begin, end);
        open = kind == Line::Words || kind == Line::ListItem;
        begin = end + 1;
    }
    return paragraphs;
}

} // namespace

std::vector<int> sentenceEnds(const QString& markdown)
{
    std::vector<int> ends;
    qsizetype lastWords = 0;           // all there is of an answer in a word
    for (const auto& [begin, end] : paragraphsOf(markdown)) {
        QString paragraph = markdown.sliced(begin, end - begin);
        paragraph.replace(u'\n', u' ');    // lines are cut where the book's were
        QTextBoundaryFinder finder(QTextBoundaryFinder::Sentence, paragraph);
        qsizetype from = 0;
        for (qsizetype to = finder.toNextBoundary(); to > 0; to = finder.toNextBoundary()) {
            QStringView sentence = QStringView(paragraph).sliced(from, to - from);
            while (!sentence.isEmpty() && sentence.back().isSpace())
                sentence.chop(1);
            const int letters = std::accumulate(sentence.begin(), sentence.end(), 0,
                                                [](int sum, QChar c) { return sum + (!c.isLetterOrNumber() ? 0 : c.unicode() < 0x2E80 ? 1 : 3); });
            lastWords = begin + from + sentence.size();
            if (to < paragraph.size() && (letters < kLettersOfSentence || endsInAbbreviation(sentence)))
                continue;              // goes with what follows
            if (letters >= kLettersOfSentence)
                ends.push_back(static_cast<int>(lastWords));
            from = to;
        }
    }
    if (ends.empty() && lastWords > 0)
        ends.push_back(static_cast<int>(lastWords));
    return ends;
}

QList<Source> sourcesOf(const HopRecord& record, const std::map<DocumentId, std::shared_ptr<const Document>>& documents)
{
    const std::vector<Sentence> sentences = sentencesOf(record);
    std::vector<double> tops;
    std::vector<Run> runs;     // neighbours within one part are one
    for (const Run& one : drawnOnMost(record, sentences, tops)) {
        const DocumentId id = record.passages[one.first].document;
        const auto partsOf = [&, &document = *documents.at(id)](std::size_t passage) { return document.partsAt(record.passages[passage].bytes.begin); };
        const bool goesOn = !runs.empty() && one.first == runs.back().last + 1 && record.passages[runs.back().last].document == id && partsOf(runs.back().first) == partsOf(one.first);
        if (goesOn)
            runs.back().add(one);
        else
            runs.push_back(one);
    }
    std::stable_sort(runs.begin(), runs.end(), isDrawnOnMore);

    const std::vector<double> shares = record.shares(0, record.tokenCount());
    QList<Source> sources;
    for (const Run& run : runs) {
        const auto& [id, first] = record.passages[run.first];
        const Document& document = *documents.at(id);
        const ByteRange bytes{first.begin, record.passages[run.last].bytes.end};
        const double weight = std::accumulate(shares.begin() + static_cast<std::ptrdiff_t>(run.first), shares.begin() + static_cast<std::ptrdiff_t>(run.last) + 1, 0.0);
        sources.append({id, document.title, placeOf(document, bytes.begin), bytes, document.lineOf(bytes.begin), weight,
                        QString::fromUtf8(document.text.mid(bytes.begin, bytes.size())).trimmed(), pageOf(document, bytes.begin), marksOf(run, runs, sentences, tops)});
    }
    // As they come up in the answer; those that no sentence is marked with come last.
    std::stable_sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) {
        return !a.marks.isEmpty() && (b.marks.isEmpty() || a.marks.first() < b.marks.first());
    });
    return sources;
}

} // namespace octavo::app
