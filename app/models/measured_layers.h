// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <QString>

#include "octavo/app/failure.h"
#include "octavo/engine/plan.h"

namespace octavo::app {

// The layers of models that look back most, as `octavo-cli eval layers --keep` found them on this machine: layers.json in the data folder, by Model::hash(), as
// --dims has them: {"4d5ca455e03ed374": "4096@17,18,20,23"}. People may write it, too.
using MeasuredLayers = std::map<std::string, WideLayers>;

// Empty where there is no file. A file that cannot be understood is a failure: readings would silently be others.
Outcome<MeasuredLayers> measuredLayers(const QString& dataDir);

// In the place of what was known of this model. The file is written whole or not at all.
Outcome<void> keepMeasuredLayers(const QString& dataDir, const std::string& modelHash, const WideLayers& layers);

} // namespace octavo::app
