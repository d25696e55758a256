// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <xxhash.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "model/gguf.h"

namespace octavo {

// xxh3 over a sequence of parts, each with its length or shape: other parts of the same bytes give another hash.
class ContentHash {
public:
    ContentHash() : m_state(XXH3_createState()) { XXH3_64bits_reset(m_state.get()); }

    void add(std::string_view text)
    {
        add(static_cast<std::uint64_t>(text.size()));
        XXH3_64bits_update(m_state.get(), text.data(), text.size());
    }
    template <class Number>
        requires std::is_arithmetic_v<Number>
    void add(Number number)
    {
        XXH3_64bits_update(m_state.get(), &number, sizeof number);
    }
    void add(const GgufTensor& tensor)
    {
        add(tensor.name);
        add(static_cast<std::uint32_t>(tensor.type));
        for (const std::uint64_t extent : tensor.shape)
            add(extent);
        XXH3_64bits_update(m_state.get(), tensor.data.data(), tensor.data.size());
    }

    // 16 hex digits.
    std::string text() const
    {
        char digits[17];
        std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(XXH3_64bits_digest(m_state.get())));
        return digits;
    }

private:
    struct Free {
        void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
    };
    std::unique_ptr<XXH3_state_t, Free> m_state;
};

} // namespace octavo
