// SPDX-License-Identifier: Apache-2.0
// Octavo beside llama.cpp: same model file, same threads, one process for each length, in turn, medians. Both sides tell their own speed and the
// most memory they had; accuracy stands in the same table.
#include <QCoreApplication>
#include <QProcess>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>

#include "cli/bench_compare.h"

namespace octavo::app::cli {

namespace {

// llama-cpp-python reads n tokens and then writes some. Token ids are arbitrary but fixed: speed does not depend on them.
constexpr const char* kPeer = R"PY(
import json, resource, sys, time
from llama_cpp import Llama
model, n, count, threads, flash = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "on"
llm = Llama(model, n_ctx=max(n, 512) + count + 8, n_batch=2048, n_ubatch=512, n_threads=threads, n_threads_batch=threads, flash_attn=flash, verbose=False)
ids = lambda k: [1000 + (i * 7919) % 20000 for i in range(k)]
llm.eval(ids(64)); llm.reset()
begin = time.time()
llm.eval(ids(max(n, 1)))
result = {"prefill": n / (time.time() - begin)}
if count:
    begin = time.time()
    for i in range(count):
        llm.eval([2000 + i])
    result["decode"] = count / (time.time() - begin)
result["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps(result))
)PY";

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// Seconds for n tokens as a·n + b·n², through two measurements: what llama.cpp's full attention costs.
double extrapolate(std::uint64_t n, const std::map<std::uint64_t, double>& secondsOf)
{
    const auto [n2, t2] = *secondsOf.rbegin();
    const auto [n1, t1] = *std::next(secondsOf.rbegin());
    const double square = (t2 / static_cast<double>(n2) - t1 / static_cast<double>(n1)) / static_cast<double>(n2 - n1);
    const double perToken = t1 / static_cast<double>(n1) - square * static_cast<double>(n1);
    return (perToken + square * static_cast<double>(n)) * static_cast<double>(n);
}

// What processes that read one length told.
struct Side {
    std::vector<double> prefill; // tokens/s
    std::vector<double> decode;
    std::vector<double> peaks;   // bytes

    const std::vector<double>& of(bool isDecode) const { return isDecode ? decode : prefill; }
};

std::string words(const Side& side, bool decode, bool ran)
{
    return side.of(decode).empty() ? (ran ? "–" : "not run") : std::to_string(std::lround(median(side.of(decode))));
}

class Comparison {
public:
    Comparison(const Session& session, const CompareOptions& options, int threads) : m_session(session), m_options(options), m_threads(threads) {}

    // Nothing where a process failed: its last words have been told.
    std::optional<nlohmann::json> run(const QString& program, const QStringList& arguments) const
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::SeparateChannels);
        process.start(program, arguments);
        while (!process.waitForFinished(100) && process.state() != QProcess::NotRunning)
            if (m_session.stop.stop_requested()) {
                process.kill();
                process.waitForFinished();
                return std::nullopt;
            }
        const auto result = nlohmann::json::parse(process.readAllStandardOutput().trimmed().toStdString(), nullptr, false);
        if (process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0 && result.is_object())
            return result;
        const QString words = QString::fromUtf8(process.readAllStandardError()).trimmed();
        m_session.progress("");
        std::fprintf(stderr, "%s failed: %s\n", program.toUtf8().constData(),
                     words.isEmpty() ? "it told no figures" : words.section('\n', -1).toUtf8().constData());
        return std::nullopt;
    }

    QStringList own(const QStringList& command, const char* precision = "int8") const
    {
        return QStringList{"--json", "--model", m_session.modelPath(), "--threads", QString::number(m_session.threads), "--precision", precision, "--device", "cpu"} + command;
    }

    // Both sides read `tokens`, and write then where that is wanted, in turn. False where a process failed or a stop was asked for.
    bool measure(std::uint64_t tokens, bool prefill, bool decode)
    {
        const bool peerRuns = tokens <= m_options.longest;
        Side peers[2], ours;
        const QString count = QString::number(tokens);
        for (std::uint32_t round = 0; round < m_options.rounds; ++round) {
            m_session.progress(std::to_string(tokens) + " tokens, round " + std::to_string(round + 1));
            for (const int flash : {0, 1}) {
                const char* setting = flash ? "on" : "off";
                if (!peerRuns || (m_options.flash != "both" && m_options.flash != setting))
                    continue;
                const auto peer = run(QString::fromStdString(m_options.peer),
                                      {"-c", kPeer, m_session.modelPath(), count, QString::number(decode ? kDecodedTokens : 0), QString::number(m_threads), setting});
                if (!peer || !keep(*peer, "prefill", decode ? "decode" : nullptr, peers[flash]))
                    return false;
            }
            const auto mine = run(QCoreApplication::applicationFilePath(),
                                  own({"bench", decode ? "decode" : "prefill", "--tokens", count, "--kv", QString::fromStdString(m_options.kv)}));
            if (!mine || !keep(*mine, decode ? "prefill_tokens_per_second" : "tokens_per_second", decode ? "tokens_per_second" : nullptr, ours))
                return false;
        }
        for (const int flash : {0, 1})
            if (tokens > 0 && !peers[flash].prefill.empty())
                m_peerSeconds[flash][tokens] = static_cast<double>(tokens) / median(peers[flash].prefill);
        if (prefill)
            addRow(tokens, false, peers, ours, peerRuns);
        if (decode)
            addRow(tokens, true, peers, ours, peerRuns);
        return true;
    }

    // How far --precision int8 and this way of keeping keys and values move quality, against float and f16.
    bool compareQuality(const char* what, const char* key, std::uint64_t tokens)
    {
        double values[2];
        for (const int fast : {0, 1}) {
            m_session.progress(std::string(what) + " at " + std::to_string(tokens));
            const auto result = run(QCoreApplication::applicationFilePath(),
                                    own({"eval", what, QString::fromStdString(m_options.book), "--tokens", QString::number(tokens), "--kv",
                                         fast ? QString::fromStdString(m_options.kv) : QString("f16")},
                                        fast ? "int8" : "f32"));
            if (!result)
                return false;
            values[fast] = (*result)[key];
        }
        rows.push_back({{"job", what}, {"tokens", tokens}, {"f32", values[0]}, {"octavo", values[1]}});
        char line[160];
        std::snprintf(line, sizeof line, "| %s | %llu | %.4f | %.4f | %+.4f |\n", what, static_cast<unsigned long long>(tokens), values[0], values[1], values[1] - values[0]);
        quality += line;
        return true;
    }

    nlohmann::json rows = nlohmann::json::array();
    std::string table = "| job | tokens | llama.cpp tokens/s, flash off / on | Octavo | times the better | MiB, llama.cpp / Octavo |\n|---|---|---|---|---|---|\n";
    std::string quality;

private:
    bool keep(const nlohmann::json& told, const char* prefill, const char* decode, Side& side) const
    {
        for (const char* key : {prefill, decode, "peak_bytes"})
            if (key && !(told.contains(key) && told[key].is_number())) {
                m_session.progress("");
                std::fprintf(stderr, "A measurement told no \"%s\": %s\n", key, told.dump().c_str());
                return false;
            }
        side.prefill.push_back(told[prefill]);
        if (decode)
            side.decode.push_back(told[decode]);
        side.peaks.push_back(told["peak_bytes"]);
        return true;
    }

    void addRow(std::uint64_t tokens, bool decode, const Side (&peers)[2], const Side& ours, bool peerRan)
    {
        const double mine = median(ours.of(decode));
        nlohmann::json row{{"job", decode ? "decode" : "prefill"}, {"tokens", tokens}, {"octavo", {{"tokens_per_second", ours.of(decode)}, {"median", mine}, {"peak_bytes", median(ours.peaks)}}}};
        double best = 0, bestPeak = 0;
        std::string theirs[2];
        for (const int flash : {0, 1}) {
            const Side& side = peers[flash];
            theirs[flash] = words(side, decode, peerRan);
            if (!side.of(decode).empty()) {
                const double rate = median(side.of(decode));
                row[flash ? "llama_cpp_flash" : "llama_cpp"] = {{"tokens_per_second", side.of(decode)}, {"median", rate}, {"peak_bytes", median(side.peaks)}};
                if (rate > best) {
                    best = rate;
                    bestPeak = median(side.peaks);
                }
            } else if (!peerRan && !decode && m_peerSeconds[flash].size() >= 2) {
                const double rate = static_cast<double>(tokens) / extrapolate(tokens, m_peerSeconds[flash]);
                row[flash ? "llama_cpp_flash" : "llama_cpp"] = {{"extrapolated", rate}};
                theirs[flash] = "(" + std::to_string(std::lround(rate)) + ")";
                best = std::max(best, rate);
            }
        }
        char ratio[32] = "–";
        if (best > 0) {
            row["ratio"] = mine / best;
            std::snprintf(ratio, sizeof ratio, "%.2f", mine / best);
        }
        const auto mebibytes = [](double bytes) { return bytes > 0 ? std::to_string(std::lround(bytes / 1048576)) : std::string("–"); };
        table += "| " + std::string(decode ? "decode" : "prefill") + " | " + std::to_string(tokens) + " | " + theirs[0] + " / " + theirs[1] + " | "
                 + std::to_string(std::lround(mine)) + " | " + ratio + " | " + mebibytes(bestPeak) + " / " + mebibytes(median(ours.peaks)) + " |\n";
        rows.push_back(std::move(row));
    }

    std::map<std::uint64_t, double> m_peerSeconds[2]; // [flash], of reading so many tokens
    const Session& m_session;
    const CompareOptions& m_options;
    int m_threads;
};

} // namespace

int compareWithPeer(const Session& session, const CompareOptions& options)
{
    const auto engine = Engine::create(session.engineOptions());
    if (!engine)
        return session.fail(engine.error());
    Comparison comparison(session, options, (*engine)->threads());
    const auto stopped = [&] { return session.stop.stop_requested() ? kStoppedByUser : kFailed; };
    std::map<std::uint64_t, std::pair<bool, bool>> lengths; // whether reading and writing are wanted
    for (const std::uint64_t tokens : options.prefill)
        lengths[tokens].first = true;
    for (const std::uint64_t tokens : options.decode)
        lengths[tokens].second = true;
    for (const auto& [tokens, jobs] : lengths)
        if (!comparison.measure(tokens, jobs.first, jobs.second))
            return stopped();
    if (!options.book.empty()) {
        comparison.quality = "\n| quality | tokens | float, f16 | as measured above | moved by |\n|---|---|---|---|---|\n";
        for (const std::uint64_t tokens : options.quality)
            if (!comparison.compareQuality("perplexity", "nll_last_1024", tokens) || !comparison.compareQuality("needle", "mean_nll", tokens))
                return stopped();
    }
    session.endProgress();
    const std::string device = (*engine)->cpuName();
    return session.done({{"device", device}, {"kv", options.kv}, {"rounds", options.rounds}, {"rows", comparison.rows}},
                        device + ", keys and values in " + options.kv + ", medians of " + std::to_string(options.rounds) + "; in brackets: extrapolated\n\n" + comparison.table + comparison.quality);
}

} // namespace octavo::app::cli
