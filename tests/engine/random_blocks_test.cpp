// SPDX-License-Identifier: Apache-2.0
// The random tensors of tests are the same in Python, which wrote these fingerprints: tests/engine/conformance/random_blocks.py.
#include "support/random_blocks.h"

#include <gtest/gtest.h>

#include <map>

namespace octavo {
namespace {

using test::TensorType;

// Of 3 rows of 768 columns from seed 2026.
const std::map<TensorType, std::uint64_t> kFingerprints = {
    { TensorType::F32, 0xE70512EDB30E27DE },
    { TensorType::F16, 0xEA3840236D2C425C },
    { TensorType::BF16, 0x8D1FCF961AD896AE },
    { TensorType::Q4_0, 0xEF6DC4BEC7F4C5FF },
    { TensorType::Q4_1, 0x76EF884D5A2ADCF3 },
    { TensorType::Q5_0, 0x359C707348C4C542 },
    { TensorType::Q5_1, 0x2FE230D3A7083D47 },
    { TensorType::Q8_0, 0xB4ECD7FA9E07B63F },
    { TensorType::Q2_K, 0x5B571A0703871560 },
    { TensorType::Q3_K, 0xED778885BAC7030B },
    { TensorType::Q4_K, 0x2EF8832093669423 },
    { TensorType::Q5_K, 0x6B1D3FFEA0AB2AF2 },
    { TensorType::Q6_K, 0x62B389997DECFBAA },
    { TensorType::IQ4_NL, 0xE81DB9F3D31F093F },
    { TensorType::IQ4_XS, 0x124074B71C72269C },
};

TEST(RandomBlocks, AreThoseOfThePythonSide)
{
    ASSERT_EQ(kFingerprints.size(), test::randomBlockFormats().size());
    for (const test::RandomBlockFormat& format : test::randomBlockFormats())
        EXPECT_EQ(test::fingerprint(test::randomBlocks(format.type, 768, 3, 2026)), kFingerprints.at(format.type)) << format.name;
}

} // namespace
} // namespace octavo
