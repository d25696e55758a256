// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "compute/backend.h"
#include "model/gguf.h"
#include "octavo/engine/model.h"

namespace octavo {

struct LayerWeights {
    std::vector<float> attentionNorm; // [hidden]
    Weight query;                     // [heads·headWidth][hidden]
    Weight key;                       // [kvHeads·headWidth][hidden]
    Weight value;                     // [kvHeads·headWidth][hidden]
    Weight attentionOutput;           // [hidden][heads·headWidth]
    std::vector<float> feedForwardNorm;
    Weight gate;                      // [feedForward][hidden]
    Weight up;                        // [feedForward][hidden]
    Weight down;                      // [hidden][feedForward]
};

// Every tensor that the forward pass reads. Matrices stay in the mapped file; norms are small and kept as floats.
struct ModelWeights {
    std::unique_ptr<const GgufFile> file;
    Weight embedding;                 // [vocabulary][hidden]
    std::vector<LayerWeights> layers;
    std::vector<float> outputNorm;
    Weight output;                    // [vocabulary][hidden]; the embedding where the file has no own
};

// Reads the numbers of a Llama from its metadata. Errors: UnsupportedArchitecture, BadMetadata.
Result<ModelConfig> readConfig(const GgufFile& file);

// Finds every tensor by name and checks shape and type. Errors: BadTensor, UnsupportedType.
Result<std::unique_ptr<ModelWeights>> bindWeights(std::unique_ptr<const GgufFile> file, const ModelConfig& config, const Backend& backend);

} // namespace octavo
