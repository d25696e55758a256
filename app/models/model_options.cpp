// SPDX-License-Identifier: Apache-2.0
#include "models/model_options.h"

#include <utility>

#include "models/measured_layers.h"
#include "models/own_adapters.h"

namespace octavo::app {

Outcome<ModelOptions> modelOptions(std::vector<std::filesystem::path> adapters, bool withOwn, const QString& dataDir)
{
    auto layers = measuredLayers(dataDir);
    if (!layers)
        return layers.error();
    ModelOptions options;
    options.adapters = std::move(adapters);
    if (withOwn)
        options.offered = ownAdapters();
    options.measuredLayers = std::move(*layers);
    return options;
}

} // namespace octavo::app
