// SPDX-License-Identifier: Apache-2.0
#include "chat/source_chip.h"

#include <QPainter>

#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kHeight = 4 * kGrid;
constexpr int kDisc = 18;
constexpr double kLeastOpening = 6 * kGrid;
constexpr qsizetype kTipCharacters = 400;

} // namespace

SourceChip::SourceChip(const app::Source& source, int rank, QWidget* parent) : QAbstractButton(parent), m_source(source), m_rank(rank)
{
    setObjectName(QStringLiteral("sourceChip"));
    setText(source.place.isEmpty() ? source.documentTitle : source.place);
    setVerified(false);
    QString passage = source.text.left(kTipCharacters).simplified();
    if (source.text.size() > kTipCharacters)
        passage += QStringLiteral(" …");
    setToolTip(tr("<p><b>%1</b><br>%2</p><p>%3 of the answer’s attention to the text</p>")
                   .arg(QString(source.documentTitle).toHtmlEscaped(), passage.toHtmlEscaped(), percentText(source.weight)));
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SourceChip::setVerified(bool verified)
{
    m_verified = verified;
    const QString name = tr("Source %1: %2, %3").arg(m_rank + 1).arg(text(), percentText(m_source.weight));
    setAccessibleName(verified ? tr("%1, verified").arg(name) : name);
    update();
}

QSize SourceChip::sizeHint() const
{
    return {20 * kGrid, std::max(kHeight, fontMetrics().height() + kGrid)};
}

void SourceChip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor color = sourceColor(m_rank);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(hasFocus() ? palette().color(QPalette::Link) : palette().color(QPalette::Mid), hasFocus() ? 1.5 : 1));
    const bool lit = underMouse() || isDown();
    const QColor faint = palette().color(lit ? QPalette::Text : QPalette::PlaceholderText);   // faint ink would not read on a tint
    painter.setBrush(lit ? sourceTint(m_rank, palette()) : palette().color(QPalette::Base));
    painter.drawRoundedRect(frame, 6, 6);

    const QRectF disc(kGrid * 0.75, (height() - kDisc) / 2.0, kDisc, kDisc);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(disc);
    painter.setPen(inkOn(color));
    painter.setFont(scaled(font(), 0.85));
    painter.drawText(disc, Qt::AlignCenter, QString::number(m_rank + 1));

    const QString share = (m_verified ? QStringLiteral("✓  ") : QString()) + percentText(m_source.weight);
    painter.setFont(scaled(font(), 0.9));
    const int shareWidth = painter.fontMetrics().horizontalAdvance(share);
    const QRectF shareBox(width() - shareWidth - kGrid, 0, shareWidth, height());
    painter.setPen(faint);
    painter.drawText(shareBox, Qt::AlignVCenter | Qt::AlignRight, share);
    painter.setPen(palette().color(QPalette::Text));
    const QRectF textBox(disc.right() + kGrid, 0, shareBox.left() - disc.right() - 2 * kGrid, height());
    // The place, and as much of the passage's beginning as there is room for: several sources often lie in one chapter.
    const QFontMetricsF metrics = painter.fontMetrics();
    const QString place = metrics.elidedText(text(), Qt::ElideMiddle, textBox.width());
    painter.drawText(textBox, Qt::AlignVCenter, place);
    const double left = textBox.left() + metrics.horizontalAdvance(place) + kGrid;
    if (const double room = textBox.right() - left; room > kLeastOpening) {
        painter.setPen(faint);
        const QString opening = metrics.elidedText(m_source.text.left(kTipCharacters).simplified(), Qt::ElideRight, room);
        painter.drawText(QRectF(left, 0, room, height()), Qt::AlignVCenter, opening);
    }
}

} // namespace octavo::ui
