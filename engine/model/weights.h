// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compute/backend.h"
#include "model/gguf.h"
#include "octavo/engine/model.h"

namespace octavo {

// A matrix of this process's own, in floats.
struct FloatMatrix {
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::vector<float> values;        // [rows][columns]

    Weight weight() const
    {
        return {GgmlType::F32, rows, columns, reinterpret_cast<const std::byte*>(values.data()), columns * sizeof(float)};
    }
};

// An adapter's share in a projection (arXiv 2106.09685): up · (down · x), the adapter's scale inside `up`.
struct LowRank {
    FloatMatrix down;                 // A [rank][columns]
    FloatMatrix up;                   // B [rows][rank]
    std::vector<float> upAcross;      // Bᵀ [rank][rows]: a row at a time is added up in whole vectors
    bool forAsking = false;           // applied to asked tokens alone

    bool appliesTo(PassKind pass) const { return !forAsking || pass == PassKind::Asking; }
};

// y = weight · x + bias + what adapters add.
struct Projection {
    Weight weight;
    std::vector<float> bias;          // [weight.rows], or empty
    std::vector<LowRank> adapters;
};

struct LayerWeights {
    std::vector<float> attentionNorm; // [hidden]
    Projection query;                 // [heads·headWidth][hidden]
    Projection key;                   // [kvHeads·headWidth][hidden]
    Projection value;                 // [kvHeads·headWidth][hidden]
    std::vector<float> queryNorm;     // [headWidth], of each head; empty where the architecture has none
    std::vector<float> keyNorm;
    Projection attentionOutput;       // [hidden][heads·headWidth]
    std::vector<float> feedForwardNorm;
    Projection gate;                  // [feedForward][hidden]
    Projection up;                    // [feedForward][hidden]
    Projection down;                  // [hidden][feedForward]
};

// Every tensor that the forward pass reads. Matrices stay in the mapped file; vectors are small and kept as floats.
struct ModelWeights {
    std::unique_ptr<const GgufFile> file;
    Weight embedding;                 // [vocabulary][hidden]
    std::vector<LayerWeights> layers;
    std::vector<float> outputNorm;
    Projection output;                // [vocabulary][hidden]; the embedding where the file has no own

    // The projection that a tensor of the file ("blk.0.attn_q.weight", "output.weight") is the matrix of; null if there is none.
    Projection* projection(std::string_view tensor);
};

// One tensor that a model's file must or may have.
struct ExpectedTensor {
    std::string name;
    std::vector<std::uint64_t> shape; // GGUF order, fastest dimension first
    bool required = true;
};

// The registry: all tensors of a model with these numbers, and no others are accepted.
std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config);

// Holds a file's tensors against the registry and binds them. Errors: BadTensor (missing or misshaped), UnsupportedArchitecture (a tensor
// that the registry does not know: passing over it would be a wrong reading), UnsupportedType.
Result<std::unique_ptr<ModelWeights>> bindWeights(std::unique_ptr<const GgufFile> file, const ModelConfig& config, const Backend& backend);

// The elements of a tensor in file order; its rows must be whole blocks, which GgufFile has checked. Nothing for types without a kernel.
std::optional<std::vector<float>> floatsOf(const GgufTensor& tensor);

} // namespace octavo
