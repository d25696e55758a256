// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "octavo/app/session.h"

namespace octavo::ui {

// An answer that another can be compared with, and what tells it from the rest: its question and version.
struct AnswerChoice {
    app::MessageId message = 0;
    QString name;
};

} // namespace octavo::ui
