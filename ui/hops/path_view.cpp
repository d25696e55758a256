// SPDX-License-Identifier: Apache-2.0
#include "hops/path_view.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr double kMargin = 8;

QString percent(double share)
{
    return QLocale().toString(100 * share, 'f', share < 0.1 ? 1 : 0) + QStringLiteral(" %");
}

} // namespace

PathView::PathView(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("hopPath"));
    setAccessibleName(tr("Path of the answer's attention"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void PathView::setPath(const app::HopPath& path)
{
    m_path = path;
    m_layout = PathLayout(m_path, size() - QSize(2 * kMargin, 2 * kMargin));
    m_current = -1;
    QStringList words;
    for (qsizetype n = 0; n < m_path.nodes.size(); ++n)
        words.append(describe(n));
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

QColor PathView::columnColour(int column) const { return sourceColor(column); }

QString PathView::describe(qsizetype index) const
{
    const app::HopNode& node = m_path.nodes[index];
    return node.column == 0 ? tr("the answer: “%1”").arg(node.label) : tr("%1: looked at with %2").arg(node.label, percent(node.weight));
}

void PathView::resizeEvent(QResizeEvent*) { m_layout = PathLayout(m_path, size() - QSize(2 * kMargin, 2 * kMargin)); }

void PathView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), palette().base());
    if (hasFocus()) {
        painter.setPen(QPen(palette().highlight(), 1.5));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
    if (m_path.nodes.isEmpty()) {
        painter.setPen(palette().placeholderText().color());
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("Choose “Hops” under an answer to see where it looked."));
        return;
    }
    painter.translate(kMargin, kMargin);

    const QString heads[] = {tr("Answer"), tr("Chapters"), tr("Sections"), tr("Passages")};
    painter.setPen(palette().placeholderText().color());
    for (int column = 0; column < m_layout.columns(); ++column)
        painter.drawText(QRectF(m_layout.columnLeft(column), 0, m_layout.labelWidth(), PathLayout::kHeads - 6), Qt::AlignLeft | Qt::AlignVCenter,
                         heads[std::min<std::size_t>(column, std::size(heads) - 1)]);

    painter.setPen(Qt::NoPen);
    for (qsizetype n = 0; n < m_path.bands.size(); ++n) {
        const app::HopBand& band = m_path.bands[n];
        const bool lit = m_current >= 0 && (band.from == m_current || band.to == m_current);
        QColor colour = columnColour(m_path.nodes[band.to].column);
        colour.setAlphaF(static_cast<float>(tintShare(colour, lit ? 0.55 : 0.22, palette())));
        painter.setBrush(colour);
        painter.drawPath(m_layout.band(n));
    }
    for (qsizetype n = 0; n < m_path.nodes.size(); ++n) {
        const app::HopNode& node = m_path.nodes[n];
        const QRectF& box = m_layout.node(n);
        painter.setPen(Qt::NoPen);
        painter.setBrush(columnColour(node.column));
        painter.drawRoundedRect(box, 3, 3);
        if (n == m_current && hasFocus()) {
            painter.setPen(QPen(palette().highlight(), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 4, 4);
        }
        const QString share = node.column == 0 ? QString() : QStringLiteral("  ") + percent(node.weight);
        const double room = m_layout.labelWidth() - fontMetrics().horizontalAdvance(share);
        const QString label = fontMetrics().elidedText(node.label.simplified(), Qt::ElideRight, static_cast<int>(room));
        const double height = fontMetrics().height();
        const QRectF place(box.right() + 6, box.center().y() - height / 2, m_layout.labelWidth(), height);
        painter.setPen(palette().text().color());
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, label + share);
    }
}

bool PathView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QPointF point = help->pos() - QPointF(kMargin, kMargin);
        if (const qsizetype node = m_layout.nodeAt(point); node >= 0) {
            QToolTip::showText(help->globalPos(), plainTip(describe(node)), this);
        } else if (const qsizetype band = m_layout.bandAt(point); band >= 0) {
            const app::HopBand& found = m_path.bands[band];
            QToolTip::showText(help->globalPos(),
                               plainTip(tr("%1 ▸ %2: %3").arg(m_path.nodes[found.from].label.simplified().left(40),
                                                              m_path.nodes[found.to].label.simplified().left(60), percent(found.weight))),
                               this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

void PathView::setCurrent(qsizetype node)
{
    if (node == m_current)
        return;
    m_current = node;
    setCursor(node >= 0 && m_path.nodes[node].bytes.size() > 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void PathView::choose(qsizetype node)
{
    if (node >= 0 && m_path.nodes[node].bytes.size() > 0)
        emit placeChosen(m_path.nodes[node].document, m_path.nodes[node].bytes);
}

void PathView::mouseMoveEvent(QMouseEvent* event) { setCurrent(m_layout.nodeAt(event->position() - QPointF(kMargin, kMargin))); }
void PathView::leaveEvent(QEvent*) { setCurrent(-1); }

void PathView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        choose(m_layout.nodeAt(event->position() - QPointF(kMargin, kMargin)));
}

void PathView::keyPressEvent(QKeyEvent* event)
{
    if (m_path.nodes.isEmpty())
        return QWidget::keyPressEvent(event);
    const qsizetype now = std::max<qsizetype>(m_current, 0);
    const int column = m_path.nodes[now].column;
    // Nodes come column by column, top to bottom.
    const auto firstOf = [&](int wanted) {
        for (qsizetype n = 0; n < m_path.nodes.size(); ++n)
            if (m_path.nodes[n].column == wanted)
                return n;
        return now;
    };
    switch (event->key()) {
    case Qt::Key_Down: setCurrent(std::min(now + 1, m_path.nodes.size() - 1)); break;
    case Qt::Key_Up: setCurrent(std::max<qsizetype>(now - 1, 0)); break;
    case Qt::Key_Right: setCurrent(firstOf(column + 1)); break;
    case Qt::Key_Left: setCurrent(firstOf(column - 1)); break;
    case Qt::Key_Return:
    case Qt::Key_Enter: choose(m_current); break;
    default: return QWidget::keyPressEvent(event);
    }
    setAccessibleDescription(describe(std::max<qsizetype>(m_current, 0)));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

} // namespace octavo::ui
