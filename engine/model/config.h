// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/gguf.h"
#include "octavo/engine/model.h"

namespace octavo {

// Reads the numbers of a model from its metadata. What would be read wrongly (experts, a sliding window, capped logits, unknown
// stretched positions …) is refused by name. Errors: UnsupportedArchitecture, BadMetadata.
Result<ModelConfig> readConfig(const GgufFile& file);

} // namespace octavo
