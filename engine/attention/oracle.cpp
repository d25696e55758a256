// SPDX-License-Identifier: Apache-2.0
#include "attention/oracle.h"

#include <algorithm>
#include <cmath>

namespace octavo::oracle {

namespace {

// Access to one head's vectors, and q·k after rotation to real positions.
class Heads {
public:
    explicit Heads(const Input& input) : m_input(input) {}

    const float* query(std::uint64_t token, std::uint32_t head) const
    {
        return &m_input.q[(token * m_input.heads + head) * m_input.headWidth];
    }
    const float* key(std::uint64_t token, std::uint32_t head) const { return keyValue(m_input.k, token, head); }
    const float* value(std::uint64_t token, std::uint32_t head) const { return keyValue(m_input.v, token, head); }

    // Scaled score of a key `distance` positions before the query: RoPE depends on nothing else.
    double score(const float* q, const float* k, double distance) const
    {
        double sum = 0;
        for (std::uint32_t pair = 0; pair < m_input.headWidth / 2; ++pair) {
            const double angle = distance * std::pow(m_input.ropeBase, -2.0 * pair / m_input.headWidth);
            const double c = std::cos(angle), s = std::sin(angle);
            const double q0 = q[2 * pair], q1 = q[2 * pair + 1], k0 = k[2 * pair], k1 = k[2 * pair + 1];
            sum += c * (q0 * k0 + q1 * k1) + s * (q0 * k1 - q1 * k0);
        }
        return sum * m_input.scoreFactor / std::sqrt(static_cast<double>(m_input.headWidth));
    }

private:
    const float* keyValue(const std::vector<float>& data, std::uint64_t token, std::uint32_t head) const
    {
        return &data[(token * m_input.kvHeads + head / (m_input.heads / m_input.kvHeads)) * m_input.headWidth];
    }
    const Input& m_input;
};

void softmax(std::vector<double>& scores)
{
    const double most = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double& score : scores)
        sum += score = std::exp(score - most);
    for (double& score : scores)
        score /= sum;
}

} // namespace

std::vector<double> read(const Input& input, const ReadingPlan& plan)
{
    const Heads heads(input);
    const std::uint64_t T = input.tokens, m = plan.row(input.plannedTokens), c = plan.rowStep(input.plannedTokens, input.context);
    const std::uint32_t D = input.headWidth;
    std::vector<double> result(T * input.heads * D);
    for (std::uint32_t head = 0; head < input.heads; ++head) {
        const double gate = static_cast<double>(input.gates.empty() ? plan.gate : input.gates[head]);
        std::vector<double> values(T * D);
        for (std::uint64_t t = 0; t < T; ++t)
            std::copy_n(heads.value(t, head), D, &values[t * D]);
        for (std::uint32_t hop = 0; hop < plan.hops(); ++hop) {
            const bool finest = hop + 1 == plan.hops();
            const std::uint64_t stride = plan.stride(hop);
            const std::uint64_t reach = plan.dims[hop] ? plan.dims[hop] : T;
            std::vector<double> next(T * D);
            for (std::uint64_t t = 0; t < T; ++t) {
                std::vector<double> scores;
                std::vector<std::uint64_t> from;
                for (std::uint64_t a = 0; a < reach && a * stride <= t; ++a) {
                    const double distance = finest ? static_cast<double>(a) : static_cast<double>(a * (stride / m) * c);
                    scores.push_back(heads.score(heads.query(t, head), heads.key(t - a * stride, head), distance)
                                     + (a == 0 && !finest ? gate : 0.0));
                    from.push_back(t - a * stride);
                }
                const std::size_t near = from.size();
                for (std::uint64_t sink = 0; finest && plan.dims.back() && sink < plan.sinks && sink + m <= t; ++sink) {
                    scores.push_back(heads.score(heads.query(t, head), heads.key(sink, head), static_cast<double>(m - sink)));
                    from.push_back(sink);
                }
                softmax(scores);
                for (std::size_t n = 0; n < from.size(); ++n)
                    for (std::uint32_t d = 0; d < D; ++d)
                        next[t * D + d] += scores[n] * (n < near ? values[from[n] * D + d] : heads.value(from[n], head)[d]);
            }
            values = std::move(next);
        }
        for (std::uint64_t t = 0; t < T; ++t)
            std::copy_n(&values[t * D], D, &result[(t * input.heads + head) * D]);
    }
    return result;
}

std::vector<double> ask(const Input& input, const ReadingPlan& plan, std::uint64_t firstAsked)
{
    const Heads heads(input);
    const std::uint64_t m = plan.row(input.plannedTokens), c = plan.rowStep(input.plannedTokens, input.context);
    const std::uint32_t D = input.headWidth;
    std::vector<double> result = read(input, plan);
    for (std::uint32_t head = 0; head < input.heads; ++head)
        for (std::uint64_t t = firstAsked; t < input.tokens; ++t) {
            const double sharpen = std::max(1.0, std::log(static_cast<double>(t + 1)) / std::log(static_cast<double>(input.context)));
            std::vector<double> scores;
            for (std::uint64_t u = 0; u <= t; ++u) {
                const std::uint64_t rows = t / m - u / m;
                const double within = static_cast<double>(t % m) - static_cast<double>(u % m);
                const double distance = within + static_cast<double>(rows <= 1 ? rows * m : rows * c + m - c);
                scores.push_back(heads.score(heads.query(t, head), heads.key(u, head), distance) * sharpen);
            }
            softmax(scores);
            double* out = &result[(t * input.heads + head) * D];
            std::fill_n(out, D, 0.0);
            for (std::uint64_t u = 0; u <= t; ++u)
                for (std::uint32_t d = 0; d < D; ++d)
                    out[d] += scores[u] * heads.value(u, head)[d];
        }
    return result;
}

} // namespace octavo::oracle
