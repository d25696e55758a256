// SPDX-License-Identifier: Apache-2.0
#include "assistant/sources.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <QTextBoundaryFinder>

#include "documents/place.h"

namespace octavo::app {

namespace {

constexpr std::size_t kMaxSources = 5;
constexpr double kSmallestShare = 0.01;
constexpr std::size_t kMarksOfSentence = 2;
constexpr double kSecondMark = 0.5;        // of the share of the first
constexpr int kLettersOfSentence = 8;      // "1." and "Dr." are none; an ideograph counts three

// Passages from `first` to `last`, and which share of each answer token's attention went to them.
struct Run {
    std::size_t first = 0;
    std::size_t last = 0;
    std::vector<double> shares{};
    double mean = 0;

    Run(const HopRecord& record, std::size_t from, std::size_t to) : first(from), last(to)
    {
        for (std::size_t token = 0; token < record.tokenCount(); ++token) {
            double sum = 0;
            for (std::size_t passage = first; passage <= last; ++passage)
                sum += static_cast<double>(record.weight(token, passage));
            shares.push_back(sum);
            mean += sum / static_cast<double>(record.tokenCount());
        }
    }

    // How much the answer drew on it: variance over mean of the shares. See sources.h.
    double drawn() const
    {
        double variance = 0;
        for (const double share : shares)
            variance += (share - mean) * (share - mean) / static_cast<double>(shares.size());
        return mean > 0 ? variance / mean : 0;
    }

    double peakAboveMean(std::size_t begin, std::size_t end) const
    {
        return *std::max_element(shares.begin() + static_cast<std::ptrdiff_t>(begin), shares.begin() + static_cast<std::ptrdiff_t>(end)) - mean;
    }
};

// Most drawn on first; of an answer of one token, whose shares have no variance, the heaviest.
bool isDrawnOnMore(const Run& a, const Run& b)
{
    const double drawnA = a.drawn(), drawnB = b.drawn();
    return drawnA != drawnB ? drawnA > drawnB : a.mean > b.mean;
}

std::vector<Run> drawnOnMostInTextOrder(const HopRecord& record)
{
    const std::vector<double> shares = record.shares(0, record.tokenCount());
    std::vector<Run> runs;
    for (std::size_t passage = 0; passage < shares.size(); ++passage)
        if (shares[passage] >= kSmallestShare)
            runs.emplace_back(record, passage, passage);
    std::stable_sort(runs.begin(), runs.end(), isDrawnOnMore);
    runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(std::min(runs.size(), kMaxSources)), runs.end());
    std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
    return runs;
}

// Marks in the order of `runs`.
std::vector<QList<int>> marksOf(const std::vector<Run>& runs, const HopRecord& record)
{
    std::vector<QList<int>> marks(runs.size());
    std::size_t token = 0;
    for (const int end : sentenceEnds(record.answer)) {
        const auto endByte = static_cast<std::uint32_t>(QStringView(record.answer).first(end).toUtf8().size());
        const std::size_t begin = token;
        while (token < record.tokenCount() && record.tokenBegins[token] < endByte)
            ++token;
        if (token == begin || runs.empty())
            continue;
        std::vector<std::pair<double, std::size_t>> peaks;
        for (std::size_t run = 0; run < runs.size(); ++run)
            peaks.emplace_back(-runs[run].peakAboveMean(begin, token), run);
        std::sort(peaks.begin(), peaks.end());
        for (std::size_t at = 0; at < std::min(kMarksOfSentence, peaks.size()); ++at)
            if (at == 0 || (peaks[at].first < 0 && peaks[at].first <= kSecondMark * peaks.front().first))
                marks[peaks[at].second].append(end);
    }
    return marks;
}

bool isProse(QStringView line, bool& inCode)
{
    const bool fence = line.trimmed().startsWith(u"```") || line.trimmed().startsWith(u"~~~");
    inCode = inCode != fence;
    return !inCode && !fence && !line.startsWith(u"    ") && !line.startsWith(u'\t') && !line.trimmed().startsWith(u'|') && !line.startsWith(u'#');
}

} // namespace

std::vector<int> sentenceEnds(const QString& markdown)
{
    std::vector<int> ends;
    bool inCode = false;
    qsizetype begin = 0;
    int lastWords = 0;                 // end of the last line of prose: all there is of an answer in a word
    for (const QStringView line : QStringView(markdown).split(u'\n')) {
        if (isProse(line, inCode)) {
            if (!line.trimmed().isEmpty())
                lastWords = static_cast<int>(begin + line.trimmed().size() + line.indexOf(line.trimmed()));
            QTextBoundaryFinder finder(QTextBoundaryFinder::Sentence, line.data(), line.size());
            qsizetype from = 0;
            for (qsizetype to = finder.toNextBoundary(); to > 0; to = finder.toNextBoundary()) {
                QStringView sentence = line.sliced(from, to - from);
                while (!sentence.isEmpty() && sentence.back().isSpace())
                    sentence.chop(1);
                const int letters = std::accumulate(sentence.begin(), sentence.end(), 0,
                                                    [](int sum, QChar c) { return sum + (!c.isLetterOrNumber() ? 0 : c.unicode() < 0x2E80 ? 1 : 3); });
                if (letters < kLettersOfSentence && to < line.size())
                    continue;          // goes with what follows
                if (letters >= kLettersOfSentence)
                    ends.push_back(static_cast<int>(begin + from + sentence.size()));
                from = to;
            }
        }
        begin += line.size() + 1;
    }
    if (ends.empty() && lastWords > 0)
        ends.push_back(lastWords);
    return ends;
}

QList<Source> sourcesOf(const HopRecord& record, const std::map<DocumentId, std::shared_ptr<const Document>>& documents)
{
    std::vector<Run> runs;     // neighbours within one part are one
    for (const Run& one : drawnOnMostInTextOrder(record)) {
        const auto& [id, bytes] = record.passages[one.first];
        const auto startsIn = [&, &document = *documents.at(id)](std::size_t passage) { return document.partsAt(record.passages[passage].bytes.begin); };
        const bool goesOn = !runs.empty() && one.first == runs.back().last + 1 && record.passages[runs.back().last].document == id && startsIn(runs.back().first) == startsIn(one.first);
        if (goesOn)
            runs.back() = Run(record, runs.back().first, one.last);
        else
            runs.push_back(one);
    }
    std::stable_sort(runs.begin(), runs.end(), isDrawnOnMore);

    const std::vector<double> shares = record.shares(0, record.tokenCount());
    const std::vector<QList<int>> marks = marksOf(runs, record);
    QList<Source> sources;
    for (std::size_t at = 0; at < runs.size(); ++at) {
        const auto& [id, first] = record.passages[runs[at].first];
        const Document& document = *documents.at(id);
        const ByteRange bytes{first.begin, record.passages[runs[at].last].bytes.end};
        const double weight = std::accumulate(shares.begin() + static_cast<std::ptrdiff_t>(runs[at].first), shares.begin() + static_cast<std::ptrdiff_t>(runs[at].last) + 1, 0.0);
        sources.append({id, document.title, placeOf(document, bytes.begin), bytes, document.lineOf(bytes.begin), weight,
                        QString::fromUtf8(document.text.mid(bytes.begin, bytes.size())).trimmed(), pageOf(document, bytes.begin), marks[at]});
    }
    return sources;
}

} // namespace octavo::app
