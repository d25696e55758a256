// SPDX-License-Identifier: Apache-2.0
#include "reader/coverage_map.h"

#include <algorithm>

#include <QHash>

namespace octavo::ui {

namespace {

constexpr double kBand = 0.012;
constexpr double kAllBands = 0.3;      // at most, however much was skipped

struct Run {
    qint64 byte;
    QList<app::LedgerEntry> entries;
};

// The ledger goes through what was opened in the order of the text.
QList<Run> skippedRuns(const app::Document& document)
{
    QHash<QString, qint64> ends;
    for (const app::SourceFile& file : document.files)
        ends.insert(file.relativePath, file.bytes.end);
    QList<Run> runs;
    qint64 at = 0;
    for (const app::LedgerEntry& entry : document.ledger) {
        if (entry.included) {
            at = std::max(at, ends.value(entry.what, at));
            continue;
        }
        if (runs.isEmpty() || runs.last().byte != at)
            runs.append(Run{at, {}});
        runs.last().entries.append(entry);
    }
    return runs;
}

} // namespace

CoverageMap::CoverageMap(const app::Document& document) : m_bytes(document.text.size())
{
    const QList<Run> runs = skippedRuns(document);
    const double band = runs.isEmpty() ? 0 : std::min(kBand, kAllBands / static_cast<double>(runs.size()));
    const double perByte = (1 - band * static_cast<double>(runs.size())) / static_cast<double>(std::max<qint64>(1, m_bytes));
    qint64 byte = 0;
    double place = 0;
    const auto addText = [&](qint64 end) {
        const double bottom = place + static_cast<double>(end - byte) * perByte;
        m_stretches.append(Stretch{byte, end, place, bottom});
        byte = end;
        place = bottom;
    };
    for (const Run& run : runs) {
        addText(std::max(byte, run.byte));
        m_skipped.append(Skipped{place, place + band, run.entries});
        place += band;
    }
    addText(m_bytes);
}

double CoverageMap::placeOf(qint64 byte) const
{
    for (const Stretch& stretch : m_stretches) {
        if (byte < stretch.end || stretch.end == m_bytes) {
            const qint64 within = std::clamp(byte, stretch.begin, stretch.end) - stretch.begin;
            const double part = within > 0 ? static_cast<double>(within) / static_cast<double>(stretch.end - stretch.begin) : 0;
            return stretch.top + part * (stretch.bottom - stretch.top);
        }
    }
    return 0;
}

qint64 CoverageMap::byteAt(double place) const
{
    for (const Stretch& stretch : m_stretches) {
        if (place < stretch.bottom) {
            const double part = stretch.bottom > stretch.top ? std::max(0.0, place - stretch.top) / (stretch.bottom - stretch.top) : 0;
            return stretch.begin + static_cast<qint64>(part * static_cast<double>(stretch.end - stretch.begin));
        }
    }
    return m_bytes;
}

const CoverageMap::Skipped* CoverageMap::skippedAt(double place) const
{
    const auto found = std::find_if(m_skipped.begin(), m_skipped.end(),
                                    [place](const Skipped& skipped) { return place >= skipped.top && place < skipped.bottom; });
    return found == m_skipped.end() ? nullptr : &*found;
}

} // namespace octavo::ui
