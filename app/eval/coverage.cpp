// SPDX-License-Identifier: Apache-2.0
#include "eval/coverage.h"

#include <algorithm>

#include "eval/dice.h"
#include "eval/task_maker.h"
#include "eval/word_lists.h"

namespace octavo::app {

namespace {

std::string sentenceAbout(const std::string& thing)
{
    return "The most important thing here was the " + thing + ": whoever held the " + thing + " held the key to all that was to come.";
}

bool names(const QString& text, const std::string& thing)
{
    QString words = text.toLower();
    return words.replace(QLatin1Char('-'), QLatin1Char(' ')).contains(QString::fromStdString(thing));
}

} // namespace

MarkedBook withMarkers(const std::string& text, const QList<SummaryChapter>& chapters, std::uint64_t seed)
{
    Dice dice(seed);
    MarkedBook book;
    std::vector<HiddenSentence> sentences;
    for (const SummaryChapter& chapter : chapters) {
        std::string thing;
        do {
            thing = keyWord(dice);
            thing[thing.find('-')] = ' ';
        } while (std::any_of(book.markers.begin(), book.markers.end(), [&](const MarkedBook::Marker& known) { return known.thing == thing; }));
        book.markers.push_back({thing, {}});
        const double middle = static_cast<double>(chapter.bytes.begin + chapter.bytes.end) / 2;
        sentences.push_back({sentenceAbout(thing), middle / static_cast<double>(text.size()), true});
    }
    EvalTask task;
    task.text = text;
    hide(std::move(sentences), task);
    book.text = std::move(task.text);
    for (std::size_t at = 0; at < book.markers.size(); ++at)
        book.markers[at].bytes = task.evidence[at];
    return book;
}

std::vector<MarkerFate> fatesOf(const MarkedBook& book, const Summary& summary)
{
    const auto whole = std::find_if(summary.parts.begin(), summary.parts.end(), [](const SummaryPart& part) { return part.kind == SummaryPart::Kind::Whole; });
    std::vector<MarkerFate> fates;
    for (const MarkedBook::Marker& marker : book.markers) {
        const auto at = static_cast<qint64>(marker.bytes.begin);
        const auto chapter = std::find_if(summary.parts.begin(), summary.parts.end(), [&](const SummaryPart& part) {
            return part.kind == SummaryPart::Kind::Chapter && part.bytes.begin <= at && at < part.bytes.end;
        });
        if (chapter == summary.parts.end())
            continue;
        const bool byChapter = names(chapter->message.text, marker.thing);
        fates.push_back({chapter->title, marker.thing, byChapter, whole == summary.parts.end() ? byChapter : names(whole->message.text, marker.thing),
                         chapter->gap != SummaryPart::Gap::None});
    }
    return fates;
}

} // namespace octavo::app
