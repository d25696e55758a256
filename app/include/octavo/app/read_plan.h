// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

namespace octavo::app {

// How a text is read, what a token of it looks at, and why so.
struct ReadPlan {
    QString attention;             // "tensorized" or "full"
    QList<quint32> dims;           // the fold, coarsest first; 0 = as many as needed
    double gate = 0;               // added to a token's own logit in the coarse hops
    double keysPerToken = 0;       // mean over the text and the layers
    double fullKeysPerToken = 0;   // the same with full attention
    qint64 kvBytesPerToken = 0;    // keys and values, as this plan keeps them
    qint64 hopBytes = 0;           // needed beside keys and values
    QString reason;                // one sentence
    QString wide{};                // layers that see many tokens at once, as in "4096@17,18"; empty: none
};

} // namespace octavo::app
