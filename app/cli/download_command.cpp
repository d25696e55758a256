// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"
#include "models/model_download.h"

namespace octavo::app::cli {

namespace {

int download(const Session& session, const std::string& reference, const std::string& sha256)
{
    const auto address = modelAddress(QString::fromStdString(reference));
    if (!address)
        return session.fail(address.error());
    session.notice(QStringLiteral("This connects to %1.").arg(address->url.host()));
    DownloadOptions options;
    options.sha256 = QByteArray::fromStdString(sha256);
    const auto begun = std::chrono::steady_clock::now();
    qint64 first = -1;   // bytes that were there when this began
    const auto tell = [&](const DownloadProgress& now) {
        if (first < 0 || now.bytes < first)
            first = now.bytes;
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        const double speed = seconds > 0 ? double(now.bytes - first) / seconds : 0;
        char numbers[160];
        std::snprintf(numbers, sizeof numbers, "%s%.0f of %.0f MB, %.1f MB/s", now.isStartedOver ? "started over: " : "", double(now.bytes) / 1e6, double(now.total) / 1e6, speed / 1e6);
        session.progress(numbers + (speed > 0 ? ", " + std::to_string(static_cast<long long>(double(now.total - now.bytes) / speed)) + " s left" : std::string()));
    };
    const auto place = downloadModel(*address, session.dataDirPath(), options, tell, session.stop);
    session.endProgress();
    return place ? session.done({{"file", place->toStdString()}, {"url", address->url.toString().toStdString()}}, place->toStdString()) : session.fail(place.error());
}

} // namespace

void addModelsDownload(CLI::App& models, Session& session, int& exitCode)
{
    auto reference = std::make_shared<std::string>(), sha256 = std::make_shared<std::string>();
    CLI::App* command = models.add_subcommand("download", "get one from the net; stopped or cut off, it goes on the next time");
    command->add_option("reference", *reference, "owner/name/file.gguf of Hugging Face, or an https address")->required();
    command->add_option("--sha256", *sha256, "that the file must have");
    command->callback([=, &session, &exitCode] { exitCode = download(session, *reference, *sha256); });
}

} // namespace octavo::app::cli
