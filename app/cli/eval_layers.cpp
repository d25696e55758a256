// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_layers.h"

#include <algorithm>
#include <numeric>

#include "assistant/plan_words.h"
#include "eval/eval_book.h"
#include "eval/mean_nll.h"
#include "models/measured_layers.h"

namespace octavo::app::cli {

namespace {

std::string fixed(double value) { return QString::number(value, 'f', 4).toStdString(); }

} // namespace

int evalLayers(const Session& session, const EvalLayersOptions& options)
{
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    const auto choice = options.plan.choose(*model, options.tokens, 0);
    if (!choice)
        return session.fail(choice.error());
    ReadingPlan rows = choice->plan;
    rows.wide = {};
    // Tokens of the first two rows lose little or nothing.
    const std::uint64_t first = 2 * rows.row(options.tokens), layers = model->config().layers;
    if (rows.isFull() || options.tokens <= first)
        return session.fail(Error{Errc::InvalidArgument, "--tokens", "more than two rows, which are read tensorized"});
    const auto ids = evalBookIds(*model, options.book, kPerplexityStart, options.tokens);
    if (!ids)
        return session.fail(ids.error());
    const auto nllOf = [&](const ReadingPlan& plan) -> Result<double> {
        const auto scores = scoresOf(model, plan, std::span(*ids).first(options.tokens), first, session.stop);
        if (!scores)
            return scores.error();
        return meanNll(*scores);
    };
    const auto nllWith = [&](std::vector<std::uint32_t> wide) {
        ReadingPlan plan = rows;
        plan.wide = {options.reach, std::move(wide)};
        return nllOf(plan);
    };

    const auto without = nllOf(rows);
    if (!without)
        return session.fail(without.error());
    std::vector<double> gains;
    nlohmann::json list = nlohmann::json::array();
    std::string text = "By rows alone: " + fixed(*without) + " nats.\n";
    for (std::uint32_t layer = 0; layer < layers; ++layer) {
        session.progress("layer " + std::to_string(layer + 1) + " of " + std::to_string(layers));
        const auto nll = nllWith({layer});
        if (!nll)
            return session.fail(nll.error());
        gains.push_back(*without - *nll);
        list.push_back({{"layer", layer}, {"gain", gains.back()}});
        text += "layer " + std::to_string(layer) + " wide: " + (gains.back() > 0 ? "" : "+") + fixed(-gains.back()) + "\n";
    }
    std::vector<std::uint32_t> best(layers);
    std::iota(best.begin(), best.end(), 0u);
    std::stable_sort(best.begin(), best.end(), [&](std::uint32_t a, std::uint32_t b) { return gains[a] > gains[b]; });
    best.resize(std::min<std::size_t>(options.count, best.size()));
    std::sort(best.begin(), best.end());
    ReadingPlan chosen = rows;
    chosen.wide = {options.reach, best};
    ReadingPlan full = ReadingPlan::full();
    full.kv = rows.kv;
    const auto together = nllOf(chosen), most = nllOf(full);
    session.endProgress();
    for (const auto* nll : {&together, &most})
        if (!*nll)
            return session.fail(nll->error());
    if (options.keep)
        if (const auto kept = keepMeasuredLayers(session.dataDirPath(), model->hash(), chosen.wide); !kept)
            return session.fail(kept.error());
    const std::string dims = dimsText(chosen).toStdString();
    return session.done({{"tokens", options.tokens}, {"nll", *without}, {"layers", list}, {"dims", dims}, {"nll_wide", *together}, {"nll_full", *most}},
                        text + "--dims " + dims + ": " + fixed(*together) + "; full attention: " + fixed(*most)
                            + (options.keep ? "\nKept: documents are read so from now on, in the window too; what was read otherwise is read anew." : ""));
}

} // namespace octavo::app::cli
