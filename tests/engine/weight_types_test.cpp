// SPDX-License-Identifier: Apache-2.0
// Weight types that no kernel knows: the reader knows their layouts, so that a file which holds them is refused by name.
#include <gtest/gtest.h>

#include "model/gguf.h"
#include "octavo/engine/engine.h"
#include "octavo/engine/model.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

struct UnsupportedType {
    std::uint32_t number;
    const char* name;
    BlockLayout layout;
};

// Numbers, names and sizes as gguf-py 0.19.0 has them (GGMLQuantizationType, GGML_QUANT_SIZES), but for Q8_1, whose blocks ggml writes with
// two halves where gguf-py counts two floats.
const UnsupportedType kUnsupported[] = {
    { 9, "Q8_1", { 32, 36 } },
    { 15, "Q8_K", { 256, 292 } },
    { 16, "IQ2_XXS", { 256, 66 } },
    { 17, "IQ2_XS", { 256, 74 } },
    { 18, "IQ3_XXS", { 256, 98 } },
    { 19, "IQ1_S", { 256, 50 } },
    { 21, "IQ3_S", { 256, 110 } },
    { 22, "IQ2_S", { 256, 82 } },
    { 24, "I8", { 1, 1 } },
    { 25, "I16", { 1, 2 } },
    { 26, "I32", { 1, 4 } },
    { 27, "I64", { 1, 8 } },
    { 28, "F64", { 1, 8 } },
    { 29, "IQ1_M", { 256, 56 } },
    { 34, "TQ1_0", { 256, 54 } },
    { 35, "TQ2_0", { 256, 66 } },
    { 39, "MXFP4", { 32, 17 } },
    { 40, "NVFP4", { 64, 36 } },
};

TEST(WeightTypes, WithoutKernelsAreRefusedByName)
{
    const test::TemporaryFolder folder;
    const auto engine = *Engine::create({ 1 });
    const test::TinyLlamaOptions options { .layers = 1, .hidden = 256 };
    for (const UnsupportedType& type : kUnsupported) {
        test::GgufWriter writer = test::tinyLlama(options);
        const std::size_t bytes = options.hidden / type.layout.elements * type.layout.bytes * options.feedForward;
        writer.setTensor("blk.0.ffn_up.weight", test::TensorType { type.number }, { options.hidden, options.feedForward }, std::string(bytes, '\0'));
        writer.write(folder / "model.gguf");
        const auto file = GgufFile::open(folder / "model.gguf");
        ASSERT_TRUE(file.ok()) << type.name << ": " << file.error().detail;
        EXPECT_EQ((*file)->tensor("blk.0.ffn_up.weight")->data.size(), bytes) << type.name;
        const auto model = Model::open(folder / "model.gguf", engine);
        ASSERT_FALSE(model.ok()) << type.name;
        EXPECT_EQ(model.error().code, Errc::UnsupportedType) << type.name;
        EXPECT_EQ(model.error().detail, std::string("blk.0.ffn_up.weight ") + type.name);
    }
}

} // namespace
} // namespace octavo
