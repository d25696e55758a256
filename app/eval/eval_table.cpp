// SPDX-License-Identifier: Apache-2.0
#include "eval/eval_table.h"

#include <algorithm>
#include <cstdio>

namespace octavo::app {

namespace {

std::string percent(double share)
{
    char text[16];
    std::snprintf(text, sizeof text, share < 0 ? "–" : "%.0f %%", 100 * share);
    return text;
}

std::string nats(double value)
{
    char text[16];
    std::snprintf(text, sizeof text, "%.3f", value);
    return text;
}

} // namespace

nlohmann::json jsonOf(const EvalSample& sample)
{
    const EvalResult& result = sample.result;
    nlohmann::json line{{"task", sample.task},           {"tokens", sample.tokens},         {"sample", sample.sample},         {"depth", sample.depth},
                        {"score", result.score},         {"answer_nll", result.answerNll},  {"tokens_right", result.tokensRight},
                        {"output", result.output},       {"text_tokens", result.textTokens}, {"read_tokens", result.readTokens}, {"seconds", result.seconds}};
    if (const auto& found = result.provenance)
        line["provenance"] = {{"top1", found->top1}, {"top3", found->top3}, {"masked_drop", found->maskedDrop}, {"elsewhere_drop", found->elsewhereDrop}};
    return line;
}

Result<EvalSample> evalSampleOf(const nlohmann::json& line)
{
    try {
        EvalSample sample{line.at("task"), line.at("tokens"), line.at("sample"), line.at("depth"), {}};
        EvalResult& result = sample.result;
        result = {line.at("output"), line.at("score"), line.at("answer_nll"), line.at("tokens_right"), line.at("text_tokens"), line.at("read_tokens"), line.at("seconds"), {}};
        if (line.contains("provenance")) {
            const nlohmann::json& found = line["provenance"];
            result.provenance = {found.at("top1"), found.at("top3"), found.at("masked_drop"), found.at("elsewhere_drop")};
        }
        return sample;
    } catch (const nlohmann::json::exception& failure) {
        return Error{Errc::BadMetadata, {}, failure.what()};
    }
}

std::vector<EvalRow> evalRowsOf(const std::vector<EvalSample>& samples)
{
    struct Sums {
        unsigned withEvidence = 0, right = 0, top1 = 0, top3 = 0, more = 0;
    };
    std::vector<EvalRow> rows;
    std::vector<Sums> sums;
    for (const EvalSample& sample : samples) {
        const auto known = std::find_if(rows.begin(), rows.end(), [&](const EvalRow& row) { return row.task == sample.task && row.tokens == sample.tokens; });
        const auto at = static_cast<std::size_t>(known - rows.begin());
        if (known == rows.end()) {
            rows.push_back({sample.task, sample.tokens});
            sums.emplace_back();
        }
        EvalRow& row = rows[at];
        ++row.samples;
        row.score += sample.result.score;
        row.tokensRight += sample.result.tokensRight;
        row.answerNll += sample.result.answerNll;
        row.seconds += sample.result.seconds;
        if (const auto& found = sample.result.provenance) {
            ++sums[at].withEvidence;
            row.maskedDrop += found->maskedDrop;
            row.elsewhereDrop += found->elsewhereDrop;
            sums[at].more += found->maskedDrop > found->elsewhereDrop;
            if (sample.result.score == 1) {
                ++sums[at].right;
                sums[at].top1 += found->top1;
                sums[at].top3 += found->top3;
            }
        }
    }
    for (std::size_t at = 0; at < rows.size(); ++at) {
        EvalRow& row = rows[at];
        for (double* value : {&row.score, &row.tokensRight, &row.answerNll, &row.seconds})
            *value /= row.samples;
        if (const unsigned count = sums[at].withEvidence; count > 0) {
            row.maskedDrop /= count;
            row.elsewhereDrop /= count;
            row.maskedMore = static_cast<double>(sums[at].more) / count;
        }
        if (const unsigned right = sums[at].right; right > 0) {
            row.top1 = static_cast<double>(sums[at].top1) / right;
            row.top3 = static_cast<double>(sums[at].top3) / right;
        }
    }
    return rows;
}

nlohmann::json jsonOf(const EvalRow& row)
{
    nlohmann::json object{{"task", row.task},   {"tokens", row.tokens}, {"samples", row.samples}, {"score", row.score}, {"tokens_right", row.tokensRight}, {"answer_nll", row.answerNll},
                          {"seconds", row.seconds}};
    if (row.maskedMore >= 0)
        object.update({{"masked_drop", row.maskedDrop}, {"elsewhere_drop", row.elsewhereDrop}, {"masked_more", row.maskedMore}});
    if (row.top3 >= 0)
        object.update({{"top1_of_right", row.top1}, {"top3_of_right", row.top3}});
    return object;
}

std::string markdownOf(const std::vector<EvalRow>& rows)
{
    std::string text = "| task | tokens | samples | right | answer's tokens right | NLL of the right answer | source: first / first three | hidden: evidence / as much elsewhere |\n"
                       "|---|---|---|---|---|---|---|---|\n";
    for (const EvalRow& row : rows)
        text += "| " + row.task + " | " + std::to_string(row.tokens) + " | " + std::to_string(row.samples) + " | " + percent(row.score) + " | " + percent(row.tokensRight) + " | "
            + nats(row.answerNll) + " | " + percent(row.top1) + " / " + percent(row.top3) + " | "
            + (row.maskedMore < 0 ? "–" : nats(row.maskedDrop) + " / " + nats(row.elsewhereDrop)) + " |\n";
    return text;
}

LinePlot plotOf(const std::vector<EvalRow>& rows, const QString& title)
{
    LinePlot plot{title, QStringLiteral("share of right answers"), 0, 1, {}};
    for (const EvalRow& row : rows) {
        const QString name = QString::fromStdString(row.task);
        auto line = std::find_if(plot.lines.begin(), plot.lines.end(), [&](const LinePlot::Line& known) { return known.name == name; });
        if (line == plot.lines.end())
            line = plot.lines.insert(line, {name, {}});
        line->points.emplace_back(static_cast<double>(row.tokens), row.score);
    }
    for (LinePlot::Line& line : plot.lines)
        std::sort(line.points.begin(), line.points.end());
    return plot;
}

} // namespace octavo::app
