// SPDX-License-Identifier: Apache-2.0
#include "drop_target.h"

#include <tuple>

#include <QPainter>

#include "theme.h"

namespace octavo::ui {

DropTarget::DropTarget(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("dropTarget"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

QRect DropTarget::summaryPlace() const
{
    return rect().adjusted(rect().width() * 2 / 3, 0, 0, 0);
}

bool DropTarget::isSummarizing(const QPoint& at) const
{
    return summaryPlace().contains(at);
}

void DropTarget::pointAt(const QPoint& at)
{
    m_summarizing = isSummarizing(at);
    update();
}

void DropTarget::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Base);
    veil.setAlphaF(0.88F);
    painter.fillRect(rect(), veil);
    painter.setFont(scaled(font(), 1.9));
    const QRect right = summaryPlace(), left = rect().adjusted(0, 0, -right.width(), 0);
    const std::tuple<QRect, QString, bool> places[] = {{left, tr("Drop to read"), !m_summarizing}, {right, tr("Drop to summarize"), m_summarizing}};
    for (const auto& [place, words, pointed] : places) {
        const QRectF frame = QRectF(place).adjusted(3 * kGrid, 3 * kGrid, -3 * kGrid, -3 * kGrid);
        const QColor ink = palette().color(pointed ? QPalette::Link : QPalette::PlaceholderText);
        painter.setPen(QPen(ink, pointed ? 3 : 1.5, Qt::DashLine));
        painter.drawRoundedRect(frame, 2 * kGrid, 2 * kGrid);
        painter.drawText(frame, Qt::AlignCenter | Qt::TextWordWrap, words);
    }
}

} // namespace octavo::ui
