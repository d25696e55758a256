// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "octavo/engine/tokenizer.h"

namespace octavo::test {

inline std::string fileBytes(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(in), {} };
}

// Of the ids as int32, in hex.
inline std::string sha256(std::span<const TokenId> ids)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned size = 0;
    EVP_Digest(ids.data(), ids.size_bytes(), digest.data(), &size, EVP_sha256(), nullptr);
    std::string hex;
    for (unsigned n = 0; n < size; ++n) {
        hex += "0123456789abcdef"[digest[n] >> 4];
        hex += "0123456789abcdef"[digest[n] & 15];
    }
    return hex;
}

// Every token begins where the one before ends, and covers as many bytes as it stands for.
inline void expectCovering(const Tokenizer& tokenizer, const TokenizedText& tokens, std::string_view text)
{
    ASSERT_EQ(tokens.ids.size(), tokens.begins.size());
    std::uint64_t at = 0;
    for (std::size_t n = 0; n < tokens.ids.size(); ++n) {
        ASSERT_EQ(tokens.begins[n], at) << "token " << n;
        ASSERT_EQ(tokenizer.bytes(tokens.ids[n]), text.substr(at, tokenizer.bytes(tokens.ids[n]).size())) << "token " << n;
        at += tokenizer.bytes(tokens.ids[n]).size();
    }
    EXPECT_EQ(at, text.size());
}

} // namespace octavo::test
