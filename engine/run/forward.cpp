// SPDX-License-Identifier: Apache-2.0
#include "run/forward.h"

#include <algorithm>
#include <cmath>

#include "model/weights.h"

namespace octavo {

namespace {

constexpr std::size_t kScoredAtOnce = 32; // rows of logits held while scoring

struct Projected {
    const Projection* projection;
    float* y;                // [count][rows]
    bool accumulate = false; // add to what y holds
};

// Several projections of one x [count][columns].
void project(Backend& backend, std::initializer_list<Projected> outputs, const float* x, std::size_t count, RowOrder order,
             const std::stop_token& stop)
{
    std::vector<LinearProduct> products;
    for (const auto& [projection, y, accumulate] : outputs)
        products.push_back({&projection->weight, y, accumulate});
    backend.linear(products, x, count, order, stop);
    for (const auto& [projection, y, accumulate] : outputs) {
        if (!projection->bias.empty())
            backend.addBias(projection->bias.data(), count, projection->weight.rows, y);
        for (const LowRank& adapter : projection->adapters) {
            const Weight down = adapter.down.weight();
            const Weight up = adapter.up.weight();
            std::vector<float> narrowed(count * down.rows);
            const LinearProduct first[] = {{&down, narrowed.data()}};
            backend.linear(first, x, count, order, stop);
            const LinearProduct second[] = {{&up, y, true}};
            backend.linear(second, narrowed.data(), count, order, stop);
        }
    }
}

} // namespace

Forward::Forward(const Model& model) : m_model(model) {}

bool Forward::run(std::span<const TokenId> ids, LayerAttention& attention, RowOrder order, std::stop_token stop)
{
    const ModelConfig& config = m_model.config();
    const ModelWeights& weights = m_model.weights();
    Backend& backend = m_model.engine().backend();
    const std::size_t count = ids.size();
    const std::size_t wide = static_cast<std::size_t>(config.heads) * config.headWidth;
    const std::size_t narrow = static_cast<std::size_t>(config.kvHeads) * config.headWidth;
    m_x.resize(count * config.hidden);
    m_hidden.resize(count * config.hidden);
    m_q.resize(count * wide);
    m_k.resize(count * narrow);
    m_v.resize(count * narrow);
    m_attended.resize(count * wide);
    m_gate.resize(count * config.feedForward);
    m_up.resize(count * config.feedForward);
    const auto arrangement = [&config](const std::vector<float>& norm) {
        return HeadArrangement{norm.empty() ? nullptr : norm.data(), config.normEpsilon, config.rope.pairing == RopeSettings::Pairing::Halves};
    };

    backend.embed(weights.embedding, ids, m_x.data());
    for (std::uint32_t n = 0; n < config.layers && !stop.stop_requested(); ++n) {
        const LayerWeights& layer = weights.layers[n];
        backend.rmsNorm(m_x.data(), layer.attentionNorm.data(), count, config.hidden, config.normEpsilon, m_hidden.data());
        project(backend, {{&layer.query, m_q.data()}, {&layer.key, m_k.data()}, {&layer.value, m_v.data()}}, m_hidden.data(), count, order, stop);
        backend.arrangeHeads(m_q.data(), count, config.heads, config.headWidth, arrangement(layer.queryNorm));
        backend.arrangeHeads(m_k.data(), count, config.kvHeads, config.headWidth, arrangement(layer.keyNorm));
        attention.attend(n, m_q.data(), m_k.data(), m_v.data(), m_attended.data(), stop);
        project(backend, {{&layer.attentionOutput, m_x.data(), true}}, m_attended.data(), count, order, stop);

        backend.rmsNorm(m_x.data(), layer.feedForwardNorm.data(), count, config.hidden, config.normEpsilon, m_hidden.data());
        project(backend, {{&layer.gate, m_gate.data()}, {&layer.up, m_up.data()}}, m_hidden.data(), count, order, stop);
        backend.siluMultiply(m_gate.data(), m_up.data(), count * config.feedForward);
        project(backend, {{&layer.down, m_x.data(), true}}, m_gate.data(), count, order, stop);
    }
    backend.rmsNorm(m_x.data(), weights.outputNorm.data(), count, config.hidden, config.normEpsilon, m_hidden.data());
    return !stop.stop_requested();
}

std::vector<float> Forward::logits(const float* hidden, std::size_t count, std::stop_token stop) const
{
    std::vector<float> result(count * m_model.config().vocabulary);
    project(m_model.engine().backend(), {{&m_model.weights().output, result.data()}}, hidden, count, RowOrder::Fastest, stop);
    return result;
}

void Forward::scoreRun(std::span<const TokenId> ids, std::size_t from, std::span<const float> previous, std::stop_token stop,
                       std::vector<TokenScore>& scores) const
{
    if (from == 0 && !previous.empty())
        score(previous.data(), ids.first(1), stop, scores);
    const std::size_t next = std::max<std::size_t>(from, 1);
    if (next < ids.size())
        score(hidden(next - 1), ids.subspan(next), stop, scores);
}

void Forward::score(const float* hidden, std::span<const TokenId> next, std::stop_token stop, std::vector<TokenScore>& scores) const
{
    const std::size_t vocabulary = m_model.config().vocabulary;
    for (std::size_t begin = 0; begin < next.size() && !stop.stop_requested(); begin += kScoredAtOnce) {
        const std::size_t count = std::min(kScoredAtOnce, next.size() - begin);
        const std::vector<float> rows = logits(hidden + begin * m_model.config().hidden, count, stop);
        for (std::size_t n = 0; n < count; ++n) {
            const auto row = std::span(rows).subspan(n * vocabulary, vocabulary);
            const auto best = std::max_element(row.begin(), row.end());
            double sum = 0;
            for (const float logit : row)
                sum += std::exp(static_cast<double>(logit) - *best);
            const float right = row[static_cast<std::size_t>(next[begin + n])];
            scores.push_back({static_cast<float>(*best + std::log(sum) - right), static_cast<TokenId>(best - row.begin())});
        }
    }
}

std::optional<Error> checkIds(const Model& model, std::span<const TokenId> ids)
{
    for (const TokenId id : ids)
        if (id < 0 || static_cast<std::uint32_t>(id) >= model.config().vocabulary)
            return Error{Errc::InvalidArgument, "token id", std::to_string(id)};
    return std::nullopt;
}

} // namespace octavo
