// SPDX-License-Identifier: Apache-2.0
// Octavo beside llama.cpp: same model file, same threads, one process a measurement, in turn, medians. Both sides tell their own speed and the
// most memory they had; accuracy stands in the same table.
#include <QCoreApplication>
#include <QProcess>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "cli/bench_compare.h"

namespace octavo::app::cli {

namespace {

// One measurement of llama-cpp-python. Token ids are arbitrary but fixed: speed does not depend on them.
constexpr const char* kPeer = R"PY(
import json, resource, sys, time
from llama_cpp import Llama
model, job, n, threads, flash = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "on"
count = 64
llm = Llama(model, n_ctx=max(n, 512) + count + 8, n_batch=2048, n_ubatch=512, n_threads=threads, n_threads_batch=threads, flash_attn=flash, verbose=False)
ids = lambda k: [1000 + (i * 7919) % 20000 for i in range(k)]
llm.eval(ids(64)); llm.reset()
begin = time.time()
llm.eval(ids(max(n, 1)))
if job == "decode":
    begin = time.time()
    for i in range(count):
        llm.eval([2000 + i])
seconds = time.time() - begin
print(json.dumps({"tokens_per_second": (count if job == "decode" else n) / seconds, "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
)PY";

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct Measured {
    std::vector<double> speeds;
    std::vector<double> peaks;

    nlohmann::json toJson() const { return {{"tokens_per_second", speeds}, {"median", median(speeds)}, {"peak_bytes", median(peaks)}}; }
};

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
        std::fprintf(stderr, "%s failed: %s\n", program.toUtf8().constData(), words.section('\n', -1).toUtf8().constData());
        return std::nullopt;
    }

    QStringList own(const QStringList& command, const char* precision = "int8") const
    {
        return QStringList{"--json", "--model", m_session.modelPath(), "--threads", QString::number(m_session.threads), "--precision", precision} + command;
    }

    bool measure(const char* job, std::uint64_t tokens)
    {
        Measured peers[2], ours;
        const QString count = QString::number(tokens);
        for (std::uint32_t round = 0; round < m_options.rounds; ++round) {
            m_session.progress(std::string(job) + " at " + std::to_string(tokens) + ", round " + std::to_string(round + 1));
            for (const int flash : {0, 1}) {
                const auto peer = run(QString::fromStdString(m_options.peer), {"-c", kPeer, m_session.modelPath(), job, count, QString::number(m_threads), flash ? "on" : "off"});
                if (!peer)
                    return false;
                peers[flash].speeds.push_back((*peer)["tokens_per_second"]);
                peers[flash].peaks.push_back((*peer)["peak_bytes"]);
            }
            const auto mine = run(QCoreApplication::applicationFilePath(), own({"bench", job, "--tokens", count, "--kv", QString::fromStdString(m_options.kv)}));
            if (!mine)
                return false;
            ours.speeds.push_back((*mine)["tokens_per_second"]);
            ours.peaks.push_back((*mine)["peak_bytes"]);
        }
        const Measured& better = median(peers[0].speeds) > median(peers[1].speeds) ? peers[0] : peers[1];
        const double ratio = median(ours.speeds) / median(better.speeds);
        rows.push_back({{"job", job}, {"tokens", tokens}, {"octavo", ours.toJson()}, {"llama_cpp", peers[0].toJson()}, {"llama_cpp_flash", peers[1].toJson()}, {"ratio", ratio}});
        char line[200];
        std::snprintf(line, sizeof line, "| %s | %llu | %.0f / %.0f | %.0f | %.1f | %.0f / %.0f |\n", job, static_cast<unsigned long long>(tokens),
                      median(peers[0].speeds), median(peers[1].speeds), median(ours.speeds), ratio, median(better.peaks) / 1048576, median(ours.peaks) / 1048576);
        table += line;
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
    for (const std::uint64_t tokens : options.prefill)
        if (!comparison.measure("prefill", tokens))
            return stopped();
    for (const std::uint64_t tokens : options.decode)
        if (!comparison.measure("decode", tokens))
            return stopped();
    if (!options.book.empty()) {
        comparison.quality = "\n| quality | tokens | float, f16 | as measured above | moved by |\n|---|---|---|---|---|\n";
        for (const std::uint64_t tokens : options.quality)
            if (!comparison.compareQuality("perplexity", "nll_last_1024", tokens) || !comparison.compareQuality("needle", "mean_nll", tokens))
                return stopped();
    }
    session.endProgress();
    const std::string device = (*engine)->device();
    return session.done({{"device", device}, {"kv", options.kv}, {"rounds", options.rounds}, {"rows", comparison.rows}},
                        device + ", keys and values in " + options.kv + ", medians of " + std::to_string(options.rounds) + "\n\n" + comparison.table + comparison.quality);
}

} // namespace octavo::app::cli
