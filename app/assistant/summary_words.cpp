// SPDX-License-Identifier: Apache-2.0
#include "assistant/summary_words.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QHash>
#include <QSet>

namespace octavo::app {

namespace {

constexpr qsizetype kLeastLetters = 3;
constexpr int kLeastTimes = 2;          // in a chapter: what is said once may be anything
constexpr qsizetype kMostWords = 12;

// Calls `take` with each word in lower case.
template <class Take>
void eachWord(const QString& text, const Take& take)
{
    qsizetype begin = -1;
    bool hasLetter = false;
    for (qsizetype at = 0; at <= text.size(); ++at) {
        const bool inside = at < text.size() && (text[at].isLetterOrNumber() || text[at] == QLatin1Char('_'));
        if (inside) {
            begin = begin < 0 ? at : begin;
            hasLetter = hasLetter || text[at].isLetter();
        } else if (begin >= 0) {
            if (hasLetter && at - begin >= kLeastLetters)
                take(text.mid(begin, at - begin).toLower());
            begin = -1;
            hasLetter = false;
        }
    }
}

} // namespace

QList<QStringList> distinctiveWords(const QList<QByteArrayView>& chapters)
{
    QList<QHash<QString, int>> counts;
    QHash<QString, int> chaptersWith;
    for (const QByteArrayView& chapter : chapters) {
        QHash<QString, int>& times = counts.emplaceBack();
        eachWord(QString::fromUtf8(chapter), [&](const QString& word) {
            if (++times[word] == 1)
                ++chaptersWith[word];
        });
    }
    QList<QStringList> distinctive;
    for (const QHash<QString, int>& times : counts) {
        QList<std::pair<double, QString>> ranked;
        for (auto word = times.begin(); word != times.end(); ++word) {
            const double rarity = std::log(static_cast<double>(chapters.size()) / chaptersWith.value(word.key()));
            if (word.value() >= kLeastTimes && rarity > 0)
                ranked.append({-word.value() * rarity, word.key()});
        }
        std::sort(ranked.begin(), ranked.end());
        QStringList& words = distinctive.emplaceBack();
        for (const auto& [weight, word] : ranked.first(std::min(ranked.size(), kMostWords)))
            words.append(word);
    }
    return distinctive;
}

QStringList wordsIn(const QString& text, const QStringList& words)
{
    QSet<QString> there;
    eachWord(text, [&](const QString& word) { there.insert(word); });
    QStringList found;
    std::copy_if(words.begin(), words.end(), std::back_inserter(found), [&](const QString& word) { return there.contains(word); });
    return found;
}

} // namespace octavo::app
