// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "attention/rotary.h"

namespace octavo::cpu {

// Cosines and sines for a list of positions: entry n is rotary.turn(position n).
class Turns {
public:
    void clear(const Rotary& rotary)
    {
        m_pairs = rotary.pairs();
        m_cosines.clear();
        m_sines.clear();
    }
    void add(const Rotary& rotary, double position)
    {
        const std::size_t size = m_cosines.size() + m_pairs;
        if (size > std::min(m_cosines.capacity(), m_sines.capacity())) { // both grow or neither: without memory a list stays as it was
            m_cosines.reserve(2 * size);
            m_sines.reserve(2 * size);
        }
        m_cosines.resize(size);
        m_sines.resize(size);
        rotary.turn(position, &m_cosines[m_cosines.size() - m_pairs], &m_sines[m_sines.size() - m_pairs]);
    }
    const float* cosines(std::size_t n) const { return m_cosines.data() + n * m_pairs; }
    const float* sines(std::size_t n) const { return m_sines.data() + n * m_pairs; }
    std::size_t size() const { return m_pairs ? m_cosines.size() / m_pairs : 0; }

private:
    std::size_t m_pairs = 0;
    std::vector<float> m_cosines; // [entry][pair]
    std::vector<float> m_sines;
};

} // namespace octavo::cpu
