// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_lengths.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

#include "assistant/plan_words.h"
#include "cli/eval_files.h"
#include "eval/eval_book.h"
#include "eval/line_plot.h"
#include "eval/mean_nll.h"
#include "octavo/app/hop_png.h"

namespace octavo::app::cli {

namespace {

struct Point {
    std::uint64_t tokens = 0;
    double nll = 0;                     // of the last 1024, nats
    double seconds = 0;                 // to read all of them
};

Result<Point> read(const Session& session, const std::shared_ptr<const Model>& model, const ReadingPlan& plan, std::span<const TokenId> ids)
{
    const auto begun = std::chrono::steady_clock::now();
    const auto scores = scoresOf(model, plan, ids, ids.size() - kScored, session.stop);
    if (!scores)
        return scores.error();
    return Point{ids.size(), meanNll(*scores), std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()};
}

LinePlot plotOf(const std::vector<Point>& planned, const std::vector<Point>& full, const QString& title, const QString& valueName, double Point::*value, bool logarithmic)
{
    LinePlot plot{title, valueName, 0, 1, {{QStringLiteral("Octavo"), {}}, {QStringLiteral("full attention"), {}}}, logarithmic};
    for (const Point& point : planned)
        plot.lines[0].points.emplace_back(static_cast<double>(point.tokens), point.*value);
    for (const Point& point : full)
        plot.lines[1].points.emplace_back(static_cast<double>(point.tokens), point.*value);
    plot.least = plot.most = planned.front().*value;
    for (const LinePlot::Line& line : plot.lines)
        for (const auto& [tokens, y] : line.points) {
            plot.least = std::min(plot.least, y);
            plot.most = std::max(plot.most, y);
        }
    // Not on the edges.
    const double margin = logarithmic ? std::pow(plot.most / plot.least, 0.05) : 0.05 * (plot.most - plot.least);
    plot.least = logarithmic ? plot.least / margin : plot.least - margin;
    plot.most = logarithmic ? plot.most * margin * 1.001 : plot.most + margin + 0.001;
    return plot;
}

nlohmann::json jsonOf(const Point& point) { return {{"nll_last_1024", point.nll}, {"seconds", point.seconds}}; }

std::string fixed(double value, int digits) { return QString::number(value, 'f', digits).toStdString(); }

} // namespace

int evalLengths(const Session& session, const EvalLengthsOptions& options)
{
    if (*std::min_element(options.lengths.begin(), options.lengths.end()) <= kScored)
        return session.fail(Error{Errc::InvalidArgument, "--lengths", "at least 1025 each"});
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    const std::uint64_t longest = *std::max_element(options.lengths.begin(), options.lengths.end());
    const auto ids = evalBookIds(*model, options.book, kPerplexityStart, longest + (options.places - 1) * kScored);
    if (!ids)
        return session.fail(ids.error());
    ReadingPlan fullPlan = ReadingPlan::full();
    fullPlan.kv = options.plan.kvFormat();

    std::vector<Point> planned, full;
    nlohmann::json rows = nlohmann::json::array();
    std::string table = "| tokens | NLL, Octavo | NLL, full attention | seconds, Octavo | seconds, full attention |\n|---|---|---|---|---|\n";
    for (const std::uint64_t tokens : options.lengths) {
        const auto choice = options.plan.choose(*model, tokens, 0);
        if (!choice)
            return session.fail(choice.error());
        const bool withFull = tokens <= options.fullTo;
        Point mean{tokens}, meanFull{tokens};
        for (unsigned place = 0; place < options.places; ++place) {
            session.progress(std::to_string(tokens) + " tokens, place " + std::to_string(place + 1) + " of " + std::to_string(options.places));
            // The same last tokens at every length, at places that are spread over the book.
            const std::uint64_t end = options.places == 1 ? longest : longest + (ids->size() - longest) * place / (options.places - 1);
            const auto text = std::span(*ids).subspan(end - tokens, tokens);
            for (auto& [plan, sum] : {std::pair(&choice->plan, &mean), std::pair(&std::as_const(fullPlan), &meanFull)}) {
                if (sum == &meanFull && !withFull)
                    continue;
                const auto point = read(session, model, *plan, text);
                if (!point)
                    return session.fail(point.error());
                sum->nll += point->nll / options.places;
                sum->seconds += point->seconds / options.places;
            }
        }
        planned.push_back(mean);
        rows.push_back({{"tokens", tokens}, {"plan", cli::jsonOf(readPlanOf(*choice, model->config()))}, {"octavo", jsonOf(mean)}});
        if (withFull) {
            full.push_back(meanFull);
            rows.back()["full"] = jsonOf(meanFull);
        }
        table += "| " + std::to_string(tokens) + " | " + fixed(mean.nll, 3) + " | " + (withFull ? fixed(meanFull.nll, 3) : "–") + " | " + fixed(mean.seconds, 1) + " | "
            + (withFull ? fixed(meanFull.seconds, 1) : "–") + " |\n";
    }
    session.endProgress();

    const std::string book = std::filesystem::path(options.book).filename().string();
    const nlohmann::json object{{"model", model->config().name}, {"model_hash", model->hash()}, {"book", book}, {"places", options.places}, {"device", model->device()}, {"rows", rows}};
    if (!options.folder.empty()) {
        const QString title = QStringLiteral("%1 on %2").arg(QString::fromStdString(model->config().name), QString::fromStdString(book));
        const QByteArray plot = pngOfSvg(linePlotSvg({plotOf(planned, full, title, QStringLiteral("NLL of the last 1024 tokens, nats"), &Point::nll, false),
                                                      plotOf(planned, full, QString(), QStringLiteral("seconds to read, logarithmic"), &Point::seconds, true)}));
        if (const auto written = writeResults(options.folder, {{"lengths.md", table}, {"lengths.json", object.dump(1)}, {"lengths.png", plot.toStdString()}}); !written)
            return session.fail(written.error());
    }
    return session.done(object, table);
}

} // namespace octavo::app::cli
