// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMetaType>

#include "octavo/app/session.h"

namespace octavo::app {

// What an answer owes to one of its sources: how much less likely the model finds the same words where question and answer do not see the
// passage. All in nats per token, mean of the sentences that are marked with the source, of the whole answer where none is; e to that power is the factor. Exact for what question and answer see. What was read after the
// passage was read with it in sight, so that something of it may still reach the answer: the whole difference may be larger.
struct Verification {
    MessageId message = 0;
    int source = 0;              // place in Message::sources
    int tokens = 0;              // that the means are of
    double nll = 0;              // negative log likelihood with everything in sight
    double drop = 0;             // without the passage: how much it grows; below 0, the answer is likelier without it
    double elsewhereDrop = 0;    // without another stretch of text, at least as long, far from all sources
    QList<int> begins{};         // of the answer's tokens, in UTF-16 units of its text
    QList<float> tokenDrops{};   // of each

    // Whether the passage matters clearly more than any other text would: the answer is at least a tenth less likely without it, and twice as much as without the
    // other stretch.
    bool matters() const { return drop > 0.1 && drop > 2 * elsewhereDrop; }
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::Verification)
