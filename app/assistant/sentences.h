// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace octavo::app {

// Either may be empty.
inline QString joinSentences(const QString& first, const QString& second)
{
    return first.isEmpty() || second.isEmpty() ? first + second : first + QLatin1Char(' ') + second;
}

} // namespace octavo::app
