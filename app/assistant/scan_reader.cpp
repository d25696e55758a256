// SPDX-License-Identifier: Apache-2.0
#include "assistant/scan_reader.h"

#include <algorithm>
#include <thread>

#include <QElapsedTimer>

namespace octavo::app {

namespace {

// Until this machine has been measured: a dense page at 300 dpi took 2.7 s of a core (Tesseract 5.3, eng, AMD EPYC); older ones
// are half as fast.
constexpr double kSecondsPerPage = 5;
const QString kSpeedKey = QStringLiteral("ocr.seconds_per_page");

} // namespace

ScanReader::ScanReader(Library& library, int threads)
    : m_library(library), m_threads(threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency())))
{
}

const std::optional<Tesseract>& ScanReader::tesseract()
{
    if (!std::exchange(m_asked, true))
        m_tesseract = findTesseract();
    return m_tesseract;
}

Outcome<Document> ScanReader::load(const QString& path, const QString& languages, const LoadProgressed& progress, const std::stop_token& stop)
{
    const bool recognizes = !languages.isEmpty() && tesseract();
    const Recognition recognition{recognizes ? &*m_tesseract : nullptr, languages, m_threads};
    QElapsedTimer sinceBegin;
    double seconds = 0;
    int pages = 0;
    const auto measured = [&](const LoadProgress& step) {
        if (step.allScans > 0 && step.scans == 0)
            sinceBegin.start();
        if (step.allScans == 0 && sinceBegin.isValid()) {   // a file's last page is read
            seconds += static_cast<double>(sinceBegin.elapsed()) / 1000;
            pages += step.scans;
            sinceBegin.invalidate();
        }
        progress(step);
    };
    Outcome<Document> loaded = loadDocument(path, measured, stop, recognizes ? &recognition : nullptr);
    if (pages > 0) {
        const Outcome<void> kept = m_library.write([&](Library& in) { in.settings().set(kSpeedKey, QString::number(seconds / pages, 'f', 3)); });
        if (!kept)
            return kept.error();
    }
    if (!loaded && loaded.error().kind == Failure::Kind::OnlyScans) {
        const QString how = tesseract() ? QStringLiteral("Tesseract can read such pages: octavo-cli read --ocr, or open it in the window, which offers it.")
                                        : howToGetTesseract();
        return Failure{Failure::Kind::OnlyScans, loaded.error().sentence + QLatin1Char(' ') + how, loaded.error().scans};
    }
    return loaded;
}

ScannedPages ScanReader::offerFor(const QString& path, int scans, int pages)
{
    ScannedPages found{0, path, scans, pages, secondsFor(scans)};
    const Outcome<QString> likely = languages({});
    if (likely)
        found.languages = *likely;
    else
        found.whyNot = likely.error().sentence;
    return found;
}

double ScanReader::secondsFor(int pages)
{
    const Outcome<QString> known = m_library.read([](Library& in) { return in.settings().value(kSpeedKey); });
    const double measured = known ? known->toDouble() : 0;
    return pages * (measured > 0 ? measured : kSecondsPerPage / m_threads);
}

} // namespace octavo::app
