// SPDX-License-Identifier: Apache-2.0
#include "reader/coverage_ribbon.h"

#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kWidth = 22;
constexpr int kBandWidth = 10;
constexpr int kEnds = kGrid;           // free room above and below
constexpr double kLeastSource = 4;
constexpr double kNearSource = 0.006;  // a thin band is hard to hit
constexpr int kNamedFiles = 8;


} // namespace

CoverageRibbon::CoverageRibbon(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("coverageRibbon"));
    setAccessibleName(tr("Coverage of the document"));
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
}

void CoverageRibbon::showDocument(const app::Document& document)
{
    m_map = CoverageMap(document);
    m_bytes = document.text.size();
    m_read = 0;
    m_sources.clear();
    describe();
}

void CoverageRibbon::showRead(double share)
{
    m_read = std::clamp(share, 0.0, 1.0);
    describe();
}

void CoverageRibbon::showSources(const QList<app::Source>& sources, app::DocumentId document)
{
    m_sources = sources;
    m_document = document;
    describe();
}

void CoverageRibbon::showView(app::ByteRange visible)
{
    m_visible = visible;
    update();
}

void CoverageRibbon::describe()
{
    qsizetype skipped = 0;
    for (const CoverageMap::Skipped& run : m_map.skipped())
        skipped += run.entries.size();
    const auto isHere = [this](const app::Source& source) { return source.document == m_document; };
    const auto drawnOn = std::count_if(m_sources.begin(), m_sources.end(), isHere);
    setAccessibleDescription(tr("%1 read; files skipped: %2; passages drawn on: %3").arg(percentText(m_read)).arg(skipped).arg(drawnOn));
    update();
}

QSize CoverageRibbon::sizeHint() const
{
    return {kWidth, 100};
}

QRectF CoverageRibbon::bandOf(app::ByteRange bytes, double leastHeight) const
{
    const double room = height() - 2 * kEnds;
    const double top = kEnds + m_map.placeOf(bytes.begin) * room;
    const double bottom = kEnds + m_map.placeOf(bytes.end) * room;
    return {(kWidth - kBandWidth) / 2.0, top, kBandWidth, std::max(leastHeight, bottom - top)};
}

double CoverageRibbon::placeAt(double y) const
{
    return std::clamp((y - kEnds) / std::max(1, height() - 2 * kEnds), 0.0, 1.0);
}

QString CoverageRibbon::tipAt(double place) const
{
    if (const CoverageMap::Skipped* skipped = m_map.skippedAt(place)) {
        QStringList lines{tr("Files skipped: %1").arg(skipped->entries.size())};
        for (const app::LedgerEntry& entry : skipped->entries.mid(0, kNamedFiles))
            lines.append(tr("%1: %2 (%3)").arg(entry.what, entry.why, QLocale().formattedDataSize(entry.bytes)));
        if (skipped->entries.size() > kNamedFiles)
            lines.append(QStringLiteral("…"));
        return lines.join(QLatin1Char('\n'));
    }
    for (qsizetype rank = 0; rank < m_sources.size(); ++rank) {
        const app::Source& source = m_sources[rank];
        const double top = m_map.placeOf(source.bytes.begin) - kNearSource;
        const double bottom = m_map.placeOf(source.bytes.end) + kNearSource;
        if (source.document == m_document && place > top && place < bottom) {
            const QString share = percentText(source.weight);
            return tr("Source %1: %2\n%3 of the answer’s attention to the text").arg(rank + 1).arg(source.place, share);
        }
    }
    const double part = m_bytes > 0 ? static_cast<double>(m_map.byteAt(place)) / static_cast<double>(m_bytes) : 0;
    return (part <= m_read ? tr("Read (%1 of the text)") : tr("Not read yet (%1 of the text is)")).arg(percentText(m_read));
}

void CoverageRibbon::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor base = palette().color(QPalette::Base);
    const QColor accent = palette().color(QPalette::Link);
    const QRectF whole((kWidth - kBandWidth) / 2.0, kEnds, kBandWidth, height() - 2 * kEnds);
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::AlternateBase));
    painter.drawRoundedRect(whole, 3, 3);
    if (m_read > 0) {
        painter.setBrush(mixed(base, accent, isDark(palette()) ? 0.45 : 0.35));
        painter.drawRoundedRect(bandOf({0, static_cast<qint64>(m_read * static_cast<double>(m_bytes))}, 2), 3, 3);
    }
    for (const CoverageMap::Skipped& skipped : m_map.skipped()) {
        const double top = kEnds + skipped.top * whole.height();
        const QRectF band(whole.left(), top, kBandWidth, std::max(3.0, (skipped.bottom - skipped.top) * whole.height()));
        painter.fillRect(band, base);
        painter.fillRect(band, QBrush(palette().color(QPalette::PlaceholderText), Qt::BDiagPattern));
    }
    for (qsizetype rank = m_sources.size() - 1; rank >= 0; --rank) {
        if (m_sources[rank].document == m_document)
            painter.fillRect(bandOf(m_sources[rank].bytes, kLeastSource), sourceColor(static_cast<int>(rank)));
    }
    if (m_visible.size() > 0) {
        QRectF view = bandOf(m_visible, 6).adjusted(-3.5, -0.5, 3.5, 0.5);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::PlaceholderText), 1.25));
        painter.drawRoundedRect(view, 3, 3);
    }
    if (hasFocus()) {
        painter.setPen(QPen(accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 5, 5);
    }
}

void CoverageRibbon::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        emit placeChosen(m_map.byteAt(placeAt(event->position().y())));
}

void CoverageRibbon::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        emit placeChosen(m_map.byteAt(placeAt(event->position().y())));
}

void CoverageRibbon::keyPressEvent(QKeyEvent* event)
{
    const qint64 step = std::max<qint64>(1, m_bytes / 50);
    switch (event->key()) {
    case Qt::Key_Up: return emit placeChosen(std::max<qint64>(0, m_visible.begin - step));
    case Qt::Key_Down: return emit placeChosen(std::min(m_bytes, m_visible.begin + step));
    case Qt::Key_Home: return emit placeChosen(0);
    case Qt::Key_End: return emit placeChosen(m_bytes);
    default: QWidget::keyPressEvent(event);
    }
}

bool CoverageRibbon::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), plainTip(tipAt(placeAt(help->pos().y()))), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace octavo::ui
