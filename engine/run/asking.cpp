// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/asking.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "run/reading_state.h"

namespace octavo {

namespace {

constexpr std::size_t kAskedAtOnce = 128; // question tokens per forward pass

// Tokens [0, count) of one cache as runs that cross neither a page nor a row; token 0 stands at `place`, counted in positions of
// rows laid end to end.
void addRuns(std::uint32_t cache, std::uint64_t count, std::uint64_t place, std::uint64_t row, std::vector<CachedRun>& runs)
{
    for (std::uint64_t token = 0; token < count;) {
        const std::uint64_t stop = std::min({count, (token / kPageTokens + 1) * kPageTokens, token + row - (place + token) % row});
        runs.push_back({cache, static_cast<std::uint32_t>(token / kPageTokens), static_cast<std::uint32_t>(token % kPageTokens),
                        static_cast<std::uint32_t>(stop - token), (place + token) / row, (place + token) % row});
        token = stop;
    }
}

} // namespace

class AskingState {
public:
    AskingState(std::span<const Reading* const> readings, AskingOptions chosen)
        : model(readings.front()->sharedModel()), options(std::move(chosen)), own(model->config()),
          rotary(model->config().rope, model->config().headWidth), forward(*model)
    {
        // A full reading is one row as long as its plan: any row at least as long serves it.
        for (const Reading* reading : readings)
            geometry.row = std::max(geometry.row, reading->row());
        std::uint64_t row = 0; // each reading begins a new one
        for (const Reading* reading : readings) {
            addRuns(static_cast<std::uint32_t>(snapshots.size()), reading->tokens(), row * geometry.row, geometry.row, runs);
            snapshots.push_back(reading->cache().snapshot());
            readTokens += reading->tokens();
            ownPlace = row * geometry.row + reading->tokens();
            row += (reading->tokens() + geometry.row - 1) / geometry.row;
        }
        geometry.context = model->config().context;
        geometry.rowStep = readings.front()->plan().rowStep(ownPlace + options.room, geometry.context);
        std::vector<const KvCache*> caches;
        for (const auto& snapshot : snapshots)
            caches.push_back(snapshot.get());
        attention = model->engine().backend().askingAttention(attentionShape(model->config()), model->config().layers, geometry, rotary,
                                                              std::move(caches), own);
    }

    // Adds tokens in one forward pass; the caller has checked the room. False if stopped.
    Result<bool> add(std::span<const TokenId> ids, std::stop_token stop)
    {
        if (const auto grown = own.grow(ownTokens + ids.size()); !grown)
            return grown.error();
        std::vector<CachedRun> seen = runs;
        addRuns(static_cast<std::uint32_t>(snapshots.size()), ownTokens + ids.size(), ownPlace, geometry.row, seen);
        std::vector<AskedToken> asked;
        for (std::size_t n = 0; n < ids.size(); ++n) {
            const std::uint64_t place = ownPlace + ownTokens + n;
            asked.push_back({place / geometry.row, place % geometry.row, readTokens + ownTokens + n + 1});
        }
        attention->begin(seen, asked, ownTokens, !options.spans.empty());
        if (!forward.run(ids, *attention, stop))
            return false;
        ownTokens += ids.size();
        lastHidden.assign(forward.hidden(ids.size() - 1), forward.hidden(ids.size() - 1) + model->config().hidden);
        return true;
    }

    HopRecord hopRecord() const
    {
        const std::vector<float> weights = attention->recordedWeights();
        HopRecord record;
        double inside = 0;
        std::vector<std::uint64_t> tokens; // candidates for the heaviest
        for (const TokenSpan& span : options.spans) {
            double sum = 0;
            for (std::uint64_t token = span.begin; token < span.end; ++token)
                sum += weights[token];
            record.spans.push_back(static_cast<float>(sum));
            inside += sum;
            for (std::uint64_t token = span.begin; token < span.end; ++token)
                tokens.push_back(token);
        }
        const std::size_t count = std::min<std::size_t>(options.topTokens, tokens.size());
        std::partial_sort(tokens.begin(), tokens.begin() + count, tokens.end(), [&](std::uint64_t a, std::uint64_t b) {
            return weights[a] != weights[b] ? weights[a] > weights[b] : a < b;
        });
        for (std::size_t n = 0; n < count; ++n)
            record.top.push_back({tokens[n], weights[tokens[n]]});
        record.outside = static_cast<float>(std::max(0.0, std::accumulate(weights.begin(), weights.end(), 0.0) - inside));
        return record;
    }

    std::shared_ptr<const Model> model;
    AskingOptions options;
    std::vector<std::unique_ptr<const KvCache>> snapshots;
    std::vector<CachedRun> runs;      // of the readings
    std::uint64_t readTokens = 0;
    std::uint64_t ownPlace = 0;       // of the conversation's first token
    KvCache own;
    std::uint64_t ownTokens = 0;
    AskingGeometry geometry;
    Rotary rotary;
    Forward forward;
    std::unique_ptr<AskingAttention> attention;
    std::vector<float> lastHidden;    // [hidden]
};

Asking::Asking(std::unique_ptr<AskingState> state) : m_state(std::move(state)) {}
Asking::~Asking() = default;

Result<std::unique_ptr<Asking>> Asking::over(std::span<const Reading* const> readings, AskingOptions options)
{
    const auto wrong = [](const char* subject, const char* detail) { return Error{Errc::InvalidArgument, subject, detail}; };
    if (readings.empty())
        return wrong("readings", "at least one");
    std::uint64_t tokens = 0;
    for (const Reading* reading : readings) {
        if (&reading->model() != &readings.front()->model())
            return wrong("readings", "were made by different models");
        if (reading->row() != readings.front()->row() && !(reading->plan().isFull() && readings.front()->plan().isFull()))
            return wrong("readings", "were made with rows of different lengths");
        tokens += reading->tokens();
    }
    std::uint64_t end = 0;
    for (const TokenSpan& span : options.spans) {
        if (span.begin < end || span.end < span.begin || span.end > tokens)
            return wrong("spans", "ascending, inside the readings");
        end = span.end;
    }
    return std::unique_ptr<Asking>(new Asking(std::make_unique<AskingState>(readings, std::move(options))));
}

std::uint64_t Asking::tokens() const { return m_state->readTokens + m_state->ownTokens; }
std::uint64_t Asking::roomLeft() const { return m_state->options.room - m_state->ownTokens; }

Result<void> Asking::prefill(std::span<const TokenId> tokens, std::stop_token stop)
{
    const auto scores = prefillAndScore(tokens, tokens.size(), stop);
    return scores ? Result<void>() : Result<void>(scores.error());
}

Result<std::vector<TokenScore>> Asking::prefillAndScore(std::span<const TokenId> tokens, std::uint64_t firstScored, std::stop_token stop)
{
    AskingState& state = *m_state;
    if (tokens.size() > roomLeft())
        return Error{Errc::ContextFull, "conversation", {}, state.ownTokens + tokens.size(), state.options.room};
    if (const auto bad = checkIds(*state.model, tokens))
        return *bad;
    const std::uint64_t before = state.ownTokens;
    const std::vector<float> hiddenBefore = state.lastHidden;
    std::vector<TokenScore> scores;
    for (std::size_t at = 0; at < tokens.size();) {
        const auto chunk = tokens.subspan(at, std::min(kAskedAtOnce, tokens.size() - at));
        const std::vector<float> previous = state.lastHidden;
        const auto added = state.add(chunk, stop);
        if (!added || !*added) {
            state.ownTokens = before; // a question is added whole or not at all
            state.lastHidden = hiddenBefore;
            return added ? Error{Errc::Stopped, "question", {}} : added.error();
        }
        if (at >= firstScored && !previous.empty())
            for (const TokenScore& score : state.forward.score(previous.data(), chunk.first(1), stop))
                scores.push_back(score);
        const std::size_t from = std::max<std::size_t>(firstScored > at ? firstScored - at : 0, 1);
        if (from < chunk.size())
            for (const TokenScore& score : state.forward.score(state.forward.hidden(from - 1), chunk.subspan(from), stop))
                scores.push_back(score);
        at += chunk.size();
    }
    return scores;
}

std::vector<float> Asking::lastLogits() const { return m_state->forward.logits(m_state->lastHidden.data(), 1, {}); }

Result<Answer> Asking::generate(Sampler& sampler, std::uint64_t maxTokens, const std::function<void(const AnswerToken&)>& onToken,
                                std::stop_token stop)
{
    AskingState& state = *m_state;
    if (state.lastHidden.empty())
        return Error{Errc::InvalidArgument, "question", "nothing was asked yet"};
    Answer answer;
    const Tokenizer& tokenizer = state.model->tokenizer();
    for (;;) {
        if (stop.stop_requested()) {
            answer.end = Answer::End::Stopped;
            return answer;
        }
        if (answer.ids.size() >= maxTokens) {
            answer.end = Answer::End::Length;
            return answer;
        }
        std::vector<float> logits = lastLogits();
        const TokenId id = sampler.pick(logits);
        if (tokenizer.endsTurn(id)) {
            answer.end = Answer::End::Turn;
            return answer;
        }
        // The token was chosen by looking where the pass before it looked.
        HopRecord hops;
        if (!state.options.spans.empty())
            hops = state.hopRecord();
        answer.ids.push_back(id);
        if (onToken)
            onToken({id, tokenizer.bytes(id), state.options.spans.empty() ? nullptr : &hops});
        if (roomLeft() == 0) {
            answer.end = Answer::End::RoomUsedUp;
            return answer;
        }
        const auto added = state.add({&id, 1}, stop);
        if (!added)
            return added.error();
        if (!*added) {
            answer.end = Answer::End::Stopped;
            return answer;
        }
    }
}

} // namespace octavo
