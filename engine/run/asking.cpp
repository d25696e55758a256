// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/asking.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "run/guarded.h"
#include "run/reading_state.h"
#include "run/work_queue.h"

namespace octavo {

namespace {

constexpr std::size_t kAskedAtOnce = 128; // question tokens per forward pass

Error noMemory() { return {Errc::OutOfMemory, "conversation", {}}; }

// Tokens [0, count) of one cache as runs that cross neither a page nor a row; token 0 stands at `place`, counted in positions of
// rows laid end to end. Their keys are turned to their place in rows of `turnedRow` tokens; 0: in the rows they stand in.
void addRuns(std::uint32_t cache, std::uint64_t count, std::uint64_t place, std::uint64_t row, std::uint64_t turnedRow, std::vector<CachedRun>& runs)
{
    for (std::uint64_t token = 0; token < count;) {
        const std::uint64_t column = (place + token) % row;
        const std::uint64_t turned = turnedRow ? token % turnedRow : column;
        const std::uint64_t stop
            = std::min({count, (token / kPageTokens + 1) * kPageTokens, token + row - column, turnedRow ? token + turnedRow - turned : count});
        runs.push_back({cache, static_cast<std::uint32_t>(token / kPageTokens), static_cast<std::uint32_t>(token % kPageTokens),
                        static_cast<std::uint32_t>(stop - token), (place + token) / row, column,
                        static_cast<std::int64_t>(turned) - static_cast<std::int64_t>(column)});
        token = stop;
    }
}

// The reading whose rows all others are laid into: the one with the longest rows of those that have several.
const Reading& widest(std::span<const Reading* const> readings)
{
    return **std::max_element(readings.begin(), readings.end(), [](const Reading* a, const Reading* b) {
        return std::pair(!a->plan().isFull(), a->row()) < std::pair(!b->plan().isFull(), b->row());
    });
}

} // namespace

// What all branches of a conversation share: the readings' pages, where their tokens stand, and what is to be recorded.
class AskedReadings {
public:
    AskedReadings(std::span<const Reading* const> readings, AskingOptions chosen) : model(readings.front()->sharedModel()), options(std::move(chosen))
    {
        const Reading& wide = widest(readings);
        geometry.row = wide.row();
        std::uint64_t row = 0; // each reading begins a new one
        std::vector<TokenSpan> sinks;
        for (const Reading* reading : readings) {
            addRuns(static_cast<std::uint32_t>(snapshots.size()), reading->tokens(), row * geometry.row, geometry.row, reading->row(), runs);
            snapshots.push_back(reading->cache().snapshot());
            sinks.push_back({tokens, tokens + std::min<std::uint64_t>(reading->plan().sinks, reading->tokens())});
            tokens += reading->tokens();
            ownPlace = row * geometry.row + reading->tokens();
            row += (reading->tokens() + geometry.row - 1) / geometry.row;
        }
        hideRuns();
        geometry.context = model->config().context;
        geometry.rowStep = wide.plan().rowStep(ownPlace + options.room, geometry.context);
        cutSpans(sinks);
        request.mean = options.heads;
        request.perHead = options.perHead;
        request.topTokens = options.topTokens;
    }

    bool records() const { return !options.spans.empty(); }
    std::size_t spanCount() const { return options.spans.size(); }

    std::shared_ptr<const Model> model;
    AskingOptions options;
    std::vector<std::unique_ptr<const KvCache>> snapshots;
    std::vector<CachedRun> runs;
    std::uint64_t tokens = 0;
    std::uint64_t hiddenTokens = 0;
    std::uint64_t ownPlace = 0;            // of the conversation's first token
    AskingGeometry geometry;
    AttentionRecordRequest request;        // spans: those asked for without the sinks in them, and the sinks
    std::vector<std::size_t> spanOfPiece;  // per span of the request: index into options.spans, or their number for sinks

private:
    // Cuts runs where tokens begin or end to be hidden.
    void hideRuns()
    {
        std::vector<CachedRun> cut;
        std::uint64_t token = 0;
        auto hidden = options.hidden.begin();
        for (CachedRun run : runs)
            while (run.count > 0) {
                while (hidden != options.hidden.end() && hidden->end <= token)
                    ++hidden;
                const bool any = hidden != options.hidden.end();
                const bool inside = any && hidden->begin <= token;
                const std::uint64_t border = !any ? token + run.count : inside ? hidden->end : hidden->begin;
                CachedRun piece = run;
                piece.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(run.count, border - token));
                piece.hidden = inside;
                hiddenTokens += inside ? piece.count : 0;
                cut.push_back(piece);
                run.slot += piece.count;
                run.column += piece.count;
                run.count -= piece.count;
                token += piece.count;
            }
        runs = std::move(cut);
    }

    struct Piece {
        TokenSpan tokens;
        std::size_t span;
    };
    void cutSpans(const std::vector<TokenSpan>& sinks)
    {
        std::vector<Piece> pieces;
        for (std::size_t n = 0; n < spanCount(); ++n) {
            TokenSpan rest = options.spans[n];
            for (const TokenSpan& sink : sinks) {
                if (sink.end <= rest.begin || rest.end <= sink.begin)
                    continue;
                pieces.push_back({{rest.begin, std::max(rest.begin, sink.begin)}, n});
                rest.begin = std::min(rest.end, sink.end);
            }
            pieces.push_back({rest, n});
        }
        for (const TokenSpan& sink : sinks)
            pieces.push_back({sink, spanCount()});
        std::erase_if(pieces, [](const Piece& piece) { return piece.tokens.begin == piece.tokens.end; });
        std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.tokens.begin < b.tokens.begin; });
        for (const Piece& piece : pieces) {
            request.spans.push_back({piece.tokens, piece.span < spanCount()});
            spanOfPiece.push_back(piece.span);
        }
    }
};

class AskingState {
public:
    explicit AskingState(std::shared_ptr<const AskedReadings> asked)
        : readings(std::move(asked)), model(*readings->model), own(std::make_unique<KvCache>(model.config())),
          rotary(model.config().rope, model.config().headWidth), forward(model, model.backend(), PassKind::Asking)
    {
        makeAttention();
    }

    AskingState(const AskingState& other, std::unique_ptr<KvCache> cache)
        : readings(other.readings), model(other.model), own(std::move(cache)), ownTokens(other.ownTokens), rotary(other.rotary), forward(model, model.backend(), PassKind::Asking),
          lastHidden(other.lastHidden), hops(other.hops), heads(other.heads)
    {
        makeAttention();
    }

    void makeAttention()
    {
        std::vector<const KvCache*> caches;
        for (const auto& snapshot : readings->snapshots)
            caches.push_back(snapshot.get());
        attention = model.backend().askingAttention(attentionShape(model.config()), model.config().layers, readings->geometry, rotary,
                                                             std::move(caches), *own);
    }

    // Adds tokens in one forward pass; the caller has checked the room. False if stopped.
    Result<bool> add(std::span<const TokenId> ids, std::stop_token stop)
    {
        return guarded(noMemory(), [&] { return tryToAdd(ids, stop); });
    }

    Result<bool> tryToAdd(std::span<const TokenId> ids, const std::stop_token& stop)
    {
        if (const auto grown = own->grow(ownTokens + ids.size()); !grown)
            return grown.error();
        const std::uint64_t row = readings->geometry.row;
        std::vector<CachedRun> seen = readings->runs;
        addRuns(static_cast<std::uint32_t>(readings->snapshots.size()), ownTokens + ids.size(), readings->ownPlace, row, 0, seen);
        std::vector<AskedToken> asked;
        for (std::size_t n = 0; n < ids.size(); ++n) {
            const std::uint64_t place = readings->ownPlace + ownTokens + n;
            const std::uint64_t before = readings->tokens + ownTokens + n + 1;
            asked.push_back({place / row, place % row, before, before - readings->hiddenTokens});
        }
        attention->begin(seen, asked, ownTokens, readings->records() ? &readings->request : nullptr);
        if (!forward.run(ids, *attention, stop))
            return false;
        ownTokens += ids.size();
        lastHidden.assign(forward.hidden(ids.size() - 1), forward.hidden(ids.size() - 1) + model.config().hidden);
        if (readings->records())
            keepRecord(attention->takeRecord());
        return true;
    }

    void keepRecord(const AttentionRecord& record);

    std::shared_ptr<const AskedReadings> readings;
    const Model& model;
    std::unique_ptr<KvCache> own;
    std::uint64_t ownTokens = 0;
    Rotary rotary;
    Forward forward;
    std::unique_ptr<AskingAttention> attention;
    std::vector<float> lastHidden;    // [hidden]; empty before the first token and after rewind()
    HopRecord hops;                   // of the last token added
    HeadHops heads;
};

void AskingState::keepRecord(const AttentionRecord& record)
{
    const std::vector<AttentionRecordRequest::Span>& pieces = readings->request.spans;
    const std::size_t spans = readings->spanCount();
    hops = {std::vector<float>(spans, 0.0f), {}, 0, 0};
    double inside = 0, sinks = 0;
    std::vector<double> sums(spans, 0.0);
    std::vector<std::uint64_t> tokens; // candidates for the heaviest
    for (std::size_t n = 0; n < pieces.size(); ++n) {
        double sum = 0;
        for (std::uint64_t token = pieces[n].tokens.begin; token < pieces[n].tokens.end; ++token) {
            sum += record.mean[token];
            if (pieces[n].mayBeTop)
                tokens.push_back(token);
        }
        inside += sum;
        (pieces[n].mayBeTop ? sums[readings->spanOfPiece[n]] : sinks) += sum;
    }
    std::transform(sums.begin(), sums.end(), hops.spans.begin(), [](double sum) { return static_cast<float>(sum); });
    hops.sinks = static_cast<float>(sinks);
    hops.outside = static_cast<float>(std::max(0.0, std::accumulate(record.mean.begin(), record.mean.end(), 0.0) - inside));
    const std::size_t count = std::min<std::size_t>(readings->options.topTokens, tokens.size());
    std::partial_sort(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count), tokens.end(), [&](std::uint64_t a, std::uint64_t b) {
        return record.mean[a] != record.mean[b] ? record.mean[a] > record.mean[b] : a < b;
    });
    for (std::size_t n = 0; n < count; ++n)
        hops.top.push_back({tokens[n], record.mean[tokens[n]]});

    if (!readings->options.perHead)
        return;
    const std::uint32_t rows = model.config().layers * model.config().heads;
    heads = {model.config().layers, model.config().heads, static_cast<std::uint32_t>(spans), readings->options.topTokens,
             std::vector<float>(rows * spans, 0.0f), std::vector<float>(rows, 0.0f), std::vector<float>(rows, 0.0f), record.top};
    for (std::uint32_t row = 0; row < rows; ++row) {
        double rest = 1;
        for (std::size_t n = 0; n < pieces.size(); ++n) {
            const float sum = record.spans[row * pieces.size() + n];
            (pieces[n].mayBeTop ? heads.spans[row * spans + readings->spanOfPiece[n]] : heads.sinks[row]) += sum;
            rest -= sum;
        }
        heads.outside[row] = static_cast<float>(std::max(0.0, rest));
    }
}

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
        if (!reading->isChecked())
            return wrong("readings", "come from files that were not checked");
        tokens += reading->tokens();
    }
    const auto ascend = [tokens](const std::vector<TokenSpan>& spans) {
        std::uint64_t end = 0;
        for (const TokenSpan& span : spans) {
            if (span.begin < end || span.end < span.begin || span.end > tokens)
                return false;
            end = span.end;
        }
        return true;
    };
    if (!ascend(options.spans) || !ascend(options.hidden))
        return wrong("spans", "ascending, inside the readings");
    const ModelConfig& config = readings.front()->model().config();
    if (!options.heads.fits(config.layers, config.heads))
        return wrong("heads", "of layers and heads that the model has");
    return guarded(noMemory(), [&]() -> Result<std::unique_ptr<Asking>> {
        auto asked = std::make_shared<const AskedReadings>(readings, std::move(options));
        return std::unique_ptr<Asking>(new Asking(std::make_unique<AskingState>(std::move(asked))));
    });
}

std::uint64_t Asking::tokens() const { return m_state->readings->tokens + m_state->ownTokens; }
std::uint64_t Asking::conversationTokens() const { return m_state->ownTokens; }
std::uint64_t Asking::roomLeft() const { return m_state->readings->options.room - m_state->ownTokens; }
const HopRecord& Asking::lastHops() const { return m_state->hops; }
const HeadHops& Asking::lastHeads() const { return m_state->heads; }

Result<std::unique_ptr<Asking>> Asking::fork() const
{
    return guarded(noMemory(), [&]() -> Result<std::unique_ptr<Asking>> {
        auto cache = m_state->own->fork(m_state->ownTokens);
        if (!cache)
            return cache.error();
        return std::unique_ptr<Asking>(new Asking(std::make_unique<AskingState>(*m_state, std::move(*cache))));
    });
}

Result<void> Asking::rewind(std::uint64_t tokens)
{
    if (tokens >= m_state->ownTokens)
        return {};
    return guarded(noMemory(), [&]() -> Result<void> {
        auto cache = m_state->own->fork(tokens); // branches may share the pages that are written next
        if (!cache)
            return cache.error();
        m_state->own = std::move(*cache);
        m_state->ownTokens = tokens;
        m_state->lastHidden.clear();
        m_state->makeAttention();
        return {};
    });
}

Result<void> Asking::prefill(std::span<const TokenId> tokens, std::stop_token stop)
{
    const auto scores = prefillAndScore(tokens, tokens.size(), stop);
    return scores ? Result<void>() : Result<void>(scores.error());
}

Result<std::vector<TokenScore>> Asking::prefillAndScore(std::span<const TokenId> tokens, std::uint64_t firstScored, std::stop_token stop)
{
    AskingState& state = *m_state;
    if (tokens.size() > roomLeft())
        return Error{Errc::ContextFull, "conversation", {}, state.ownTokens + tokens.size(), state.readings->options.room};
    if (const auto bad = checkIds(state.model, tokens))
        return *bad;
    const std::uint64_t before = state.ownTokens;
    const std::vector<float> hiddenBefore = state.lastHidden;
    const HopRecord hopsBefore = state.hops;
    const HeadHops headsBefore = state.heads;
    std::vector<TokenScore> scores;
    for (std::size_t at = 0; at < tokens.size();) {
        const auto chunk = tokens.subspan(at, std::min(kAskedAtOnce, tokens.size() - at));
        const std::vector<float> previous = state.lastHidden;
        const auto turn = state.model.engine().queue().take(WorkQueue::Kind::Asking, stop);
        const auto added = turn ? state.add(chunk, stop) : Result<bool>(false);
        if (!added || !*added) {
            state.ownTokens = before; // a question is added whole or not at all
            state.lastHidden = hiddenBefore;
            state.hops = hopsBefore;
            state.heads = headsBefore;
            return added ? Error{Errc::Stopped, "question", {}} : added.error();
        }
        state.forward.scoreRun(chunk, firstScored > at ? firstScored - at : 0, previous, stop, scores);
        at += chunk.size();
    }
    return scores;
}

std::vector<float> Asking::lastLogits() const
{
    const auto turn = m_state->model.engine().queue().take(WorkQueue::Kind::Asking, {});
    return m_state->forward.logits(m_state->lastHidden.data(), 1, {});
}

Result<Answer> Asking::generate(Sampler& sampler, std::uint64_t maxTokens, const std::function<void(const AnswerToken&)>& onToken,
                                std::stop_token stop)
{
    AskingState& state = *m_state;
    if (state.lastHidden.empty())
        return Error{Errc::InvalidArgument, "question", "nothing was asked yet"};
    Answer answer;
    const Tokenizer& tokenizer = state.model.tokenizer();
    const bool records = state.readings->records();
    for (;;) {
        if (stop.stop_requested()) {
            answer.end = Answer::End::Stopped;
            return answer;
        }
        if (answer.ids.size() >= maxTokens) {
            answer.end = Answer::End::Length;
            return answer;
        }
        auto logits = guarded(noMemory(), [&]() -> Result<std::vector<float>> { return lastLogits(); });
        if (!logits)
            return logits.error();
        const TokenId id = sampler.pick(*logits);
        if (tokenizer.endsTurn(id)) {
            answer.end = Answer::End::Turn;
            return answer;
        }
        answer.ids.push_back(id);
        if (onToken) // the token was chosen by looking where the pass before it looked
            onToken({id, tokenizer.bytes(id), records ? &state.hops : nullptr, records && state.readings->options.perHead ? &state.heads : nullptr});
        if (roomLeft() == 0) {
            answer.end = Answer::End::RoomUsedUp;
            return answer;
        }
        const auto turn = state.model.engine().queue().take(WorkQueue::Kind::Asking, stop);
        const auto added = turn ? state.add({&id, 1}, stop) : Result<bool>(false);
        if (!added)
            return added.error();
        if (!*added) {
            answer.end = Answer::End::Stopped;
            return answer;
        }
    }
}

} // namespace octavo
