// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

#include "octavo/app/failure.h"
#include "octavo/app/model_shelf.h"

namespace octavo::app {

bool isModelFile(const QString& path);    // by its ending

// What a file's head tells; of the weights nothing is read.
ModelFile describeModel(const QString& file);

// `inUse`: its file, empty: none. Files that are no models, or none that Octavo can use, are listed too, and say why.
ModelShelf listModels(const QString& dataDir, const QString& inUse);

// Puts a model into the data folder: linked where that is possible, since models are large, else copied. It is checked first, and never half there: a copy has another
// name until it is whole and on the disk. What lies there by this name already is kept if it is the same file, else the new one gets a number. Returns where it lies.
Outcome<QString> importModel(const QString& file, const QString& dataDir, const std::function<void(qint64 bytes)>& copied, const std::stop_token& stop);

// Into the system's trash. Only files of the data folder are removed.
Outcome<void> removeModel(const QString& file, const QString& dataDir);

} // namespace octavo::app
