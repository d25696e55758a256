// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArrayView>
#include <QList>
#include <QStringList>

namespace octavo::app {

// The words that tell each of `chapters` from the others, most telling first, at most twelve each: simple tf–idf, the times a word stands in a chapter
// (twice at least) by the logarithm of how few chapters have it. Words of three letters and more, numbers with letters too, in lower case. That finds
// names and things; it knows nothing of synonyms or of inflection.
QList<QStringList> distinctiveWords(const QList<QByteArrayView>& chapters);

// Those of `words` (in lower case) that stand in a text as whole words.
QStringList wordsIn(const QString& text, const QStringList& words);

} // namespace octavo::app
