// SPDX-License-Identifier: Apache-2.0
#pragma once

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
        m_cosines.resize(m_cosines.size() + m_pairs);
        m_sines.resize(m_sines.size() + m_pairs);
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
