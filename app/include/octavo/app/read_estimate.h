// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMetaType>

#include "octavo/app/document.h"
#include "octavo/app/read_plan.h"

namespace octavo::app {

// What will be read and what it costs, told before anything long starts.
struct ReadEstimate {
    DocumentId document = 0;   // 0: it is not in the library yet
    qint64 tokens = 0;
    double seconds = 0;        // 0 if this machine has not been measured yet
    qint64 memoryBytes = 0;
    qint64 diskBytes = 0;
    QString device;
    ReadPlan plan;
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::ReadEstimate)
