// SPDX-License-Identifier: Apache-2.0
#include "search_words.h"

#include <algorithm>

#include <QStringList>

namespace octavo::ui {

bool hasAllWords(const QString& text, const QString& searched)
{
    const QStringList words = searched.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::all_of(words.begin(), words.end(), [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace octavo::ui
