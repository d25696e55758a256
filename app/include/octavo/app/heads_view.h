// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include "octavo/app/hop_view.h"

namespace octavo::app {

// Where each head of a model looked to foresee some words of an answer, as shares of its attention: an overview of layers × heads.
struct HeadsView {
    MessageId message = 0;
    QString words{};
    int layers = 0;            // 0: nothing is known
    int heads = 0;             // of each layer
    QStringList places{};      // "the text", then the answer's sources as they are named there
    QList<TextPlace> where{};  // of each; of "the text" no document
    QList<float> shares{};       // [place][layer][head], 0..1
    float at(int place, int layer, int head) const { return shares[(qsizetype{place} * layers + layer) * heads + head]; }
};

// The path of one head of it.
struct HeadPath {
    MessageId message = 0;
    int layer = 0;
    int head = 0;
    HopPath path;
    double outsideShare = 0;   // of its attention: first tokens, question and conversation
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::HeadsView)
Q_DECLARE_METATYPE(octavo::app::HeadPath)
