// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace octavo {

TokenId Sampler::pick(std::span<float> logits)
{
    // A broken model may give no numbers, and those have no order: a sort would run past the ends of its range.
    for (float& logit : logits)
        if (std::isnan(logit))
            logit = -std::numeric_limits<float>::infinity();
    if (m_settings.repetitionPenalty != 1.0f) {
        std::vector<TokenId> distinct = m_recent; // each token is penalized once, however often it was written
        std::sort(distinct.begin(), distinct.end());
        distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
        for (const TokenId id : distinct) {
            float& logit = logits[static_cast<std::size_t>(id)];
            logit = logit > 0 ? logit / m_settings.repetitionPenalty : logit * m_settings.repetitionPenalty;
        }
    }

    const auto best = std::max_element(logits.begin(), logits.end());
    TokenId picked = static_cast<TokenId>(best - logits.begin());
    if (m_settings.temperature > 0) {
        m_candidates.clear();
        for (std::size_t id = 0; id < logits.size(); ++id)
            m_candidates.push_back({static_cast<TokenId>(id), logits[id]});
        const auto heavier = [](const Candidate& a, const Candidate& b) { return a.value != b.value ? a.value > b.value : a.id < b.id; };
        if (m_settings.topK && m_settings.topK < m_candidates.size()) {
            std::partial_sort(m_candidates.begin(), m_candidates.begin() + m_settings.topK, m_candidates.end(), heavier);
            m_candidates.resize(m_settings.topK);
        } else {
            std::sort(m_candidates.begin(), m_candidates.end(), heavier);
        }

        const float most = m_candidates.front().value;
        double total = 0;
        for (Candidate& candidate : m_candidates)
            total += candidate.value = std::exp((candidate.value - most) / m_settings.temperature);
        double kept = 0;
        std::size_t count = 0; // the first is always kept; its value is 1
        do
            kept += m_candidates[count++].value;
        while (count < m_candidates.size() && kept < m_settings.topP * total && m_candidates[count].value >= m_settings.minP);

        // The top 53 bits as a number in [0, 1): std::uniform_real_distribution may differ between standard libraries.
        double rest = static_cast<double>(m_random() >> 11) * 0x1p-53 * kept;
        std::size_t n = 0;
        while (n + 1 < count && rest >= m_candidates[n].value)
            rest -= m_candidates[n++].value;
        picked = m_candidates[n].id;
    }

    m_recent.push_back(picked);
    if (m_recent.size() > m_settings.penaltyWindow)
        m_recent.erase(m_recent.begin());
    return picked;
}

} // namespace octavo
