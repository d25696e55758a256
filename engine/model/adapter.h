// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/content_hash.h"
#include "model/weights.h"

namespace octavo {

// Adds a LoRA adapter in GGUF form to weights that were bound: low-rank shares of projections, and gates (see Model::open). Its
// matrices are unpacked to floats, so `file` may be closed. `hash` is fed with all that changes what the model computes.
// Errors: UnsupportedArchitecture (not a LoRA adapter, of another architecture than the model, or for a tensor that none can be applied
// to), BadMetadata, UnsupportedType, BadTensor (half a pair, a wrong shape). After an error the model must not be used.
Result<void> applyAdapter(const GgufFile& file, ModelConfig& config, ModelWeights& weights, ContentHash& hash);

} // namespace octavo
