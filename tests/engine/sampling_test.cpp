// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace octavo {
namespace {

TEST(Sampler, PicksNumbersOnly)
{
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    for (float temperature : { 0.0f, 1.0f })
        for (std::uint32_t topK : { 0u, 40u }) {
            Sampler sampler({ .temperature = temperature, .topK = topK, .repetitionPenalty = 1.1f, .seed = 1 });
            for (std::size_t round = 0; round < 200; ++round) {
                std::vector<float> logits(500, kNan);
                for (std::size_t id = round; id < logits.size(); id += 7)
                    logits[id] = static_cast<float>((id * 31 + round) % 17);
                const std::vector<float> given = logits;
                EXPECT_FALSE(std::isnan(given[static_cast<std::size_t>(sampler.pick(logits))]));
            }
            std::vector<float> nothing(500, kNan);
            const TokenId id = sampler.pick(nothing);
            EXPECT_TRUE(id >= 0 && id < 500);
        }
}

} // namespace
} // namespace octavo
