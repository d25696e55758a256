// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMetaType>
#include <QString>

#include "octavo/base/expected.h"

namespace octavo::app {

// A failure that a person can cause or meet, told in one clear sentence: what happened, to which file, what to do.
struct Failure {
    enum class Kind { Stopped, File, Folder, Model, Library, ContextFull, OutOfMemory, Usage, Engine, OnlyScans };
    Kind kind = Kind::Engine;
    QString sentence;
    int scans{};           // of Kind::OnlyScans: pages that text recognition may read
};

template <class T>
using Outcome = Expected<T, Failure>;

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::Failure)
