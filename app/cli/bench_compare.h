// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/cli.h"

namespace octavo::app::cli {

inline constexpr int kDecodedTokens = 64; // that both sides write

struct CompareOptions {
    std::string peer;                                  // a Python that has llama-cpp-python
    std::vector<std::uint64_t> prefill{512, 2048, 8192};
    std::vector<std::uint64_t> decode{0, 8192};
    std::uint64_t longest = 32768;                     // tokens that llama.cpp is made to read; its time for more is extrapolated from its two longest
    std::string flash = "both";                        // llama.cpp's flash attention: on, off, both
    std::uint32_t rounds = 3;                          // at least 1
    std::string kv = "q8_0";
    std::string book;                                  // for the quality rows; empty: none
    std::vector<std::uint64_t> quality{4096, 16384};
};

// octavo-cli bench compare: blocking; prints its table and returns the exit code.
int compareWithPeer(const Session& session, const CompareOptions& options);

} // namespace octavo::app::cli
