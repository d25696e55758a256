// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::ui {

// Which places of the ribbon stand for which bytes. A place is 0 (top) … 1 (bottom). Text takes room by its size; what was
// skipped has no text, so each run of it takes a thin band of the same height where it would have stood.
class CoverageMap {
public:
    struct Skipped {
        double top = 0;
        double bottom = 0;
        QList<app::LedgerEntry> entries;
    };

    CoverageMap() = default;
    explicit CoverageMap(const app::Document& document);

    double placeOf(qint64 byte) const;
    qint64 byteAt(double place) const;      // within a skipped band: the byte that follows it
    const QList<Skipped>& skipped() const { return m_skipped; }
    const Skipped* skippedAt(double place) const;

private:
    struct Stretch {       // text between two skipped bands
        qint64 begin;
        qint64 end;
        double top;
        double bottom;
    };
    qint64 m_bytes = 0;
    QList<Stretch> m_stretches;
    QList<Skipped> m_skipped;
};

} // namespace octavo::ui
