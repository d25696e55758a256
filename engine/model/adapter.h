// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/content_hash.h"
#include "model/weights.h"

namespace octavo {

enum class AdapterScope { All, Asking };

// Adds a LoRA adapter in GGUF form to weights that were bound: low-rank shares of projections, and gates (see Model::open). Its
// matrices are unpacked to floats, so `file` may be closed. Of the two hashes that of its scope is fed with all that it changes.
// Errors: UnsupportedArchitecture (not a LoRA adapter, of another architecture than the model, of an unknown scope, or for a tensor that none can
// be applied to), BadMetadata, UnsupportedType, BadTensor (half a pair, a wrong shape, gates for asking). After an error the model must not be used.
Result<AdapterScope> applyAdapter(const GgufFile& file, ModelConfig& config, ModelWeights& weights, ContentHash& all, ContentHash& asking);

} // namespace octavo
