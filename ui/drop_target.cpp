// SPDX-License-Identifier: Apache-2.0
#include "drop_target.h"

#include <QPainter>

#include "theme.h"

namespace octavo::ui {

DropTarget::DropTarget(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("dropTarget"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropTarget::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Base);
    veil.setAlphaF(0.88F);
    painter.fillRect(rect(), veil);
    const QColor accent = palette().color(QPalette::Link);
    painter.setPen(QPen(accent, 2, Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(3 * kGrid, 3 * kGrid, -3 * kGrid, -3 * kGrid), 2 * kGrid, 2 * kGrid);
    painter.setFont(scaled(font(), 1.9));
    painter.setPen(accent);
    painter.drawText(rect(), Qt::AlignCenter, tr("Drop to read"));
}

} // namespace octavo::ui
