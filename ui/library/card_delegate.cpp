// SPDX-License-Identifier: Apache-2.0
#include "library/card_delegate.h"

#include <QAbstractItemView>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "icons.h"
#include "octavo/app/document.h"
#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kIcon = 18;
constexpr int kTextLeft = kIcon + 2 * kGrid + kGrid / 2;
constexpr int kActionSize = 3 * kGrid + kGrid / 2;

} // namespace

CardDelegate::CardDelegate(Look look, QObject* parent) : QStyledItemDelegate(parent), m_look(std::move(look)) {}

QRect CardDelegate::actionRect(const QRect& row)
{
    return {row.right() - kActionSize - kGrid / 2, row.center().y() - kActionSize / 2, kActionSize, kActionSize};
}

QString CardDelegate::iconName(const QModelIndex& index) const
{
    if (m_look.kindRole < 0)
        return QStringLiteral("chat");
    switch (static_cast<app::DocumentKind>(index.data(m_look.kindRole).toInt())) {
    case app::DocumentKind::Folder: return QStringLiteral("folder");
    case app::DocumentKind::Code: return QStringLiteral("code");
    case app::DocumentKind::Markdown: return QStringLiteral("document");
    case app::DocumentKind::PlainText:
    case app::DocumentKind::Formatted: return QStringLiteral("book");
    }
    return {};
}

void CardDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QPalette palette = QGuiApplication::palette();   // the list's own is bent by the style sheet
    const bool selected = option.state & QStyle::State_Selected;
    const bool hovered = option.state & QStyle::State_MouseOver;
    const QRect row = option.rect.adjusted(0, 1, 0, -1);
    if (selected || hovered) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(selected ? mixed(palette.color(QPalette::Window), palette.color(QPalette::Link), 0.16)
                                   : mixed(palette.color(QPalette::Window), palette.color(QPalette::Text), 0.05));
        painter->drawRoundedRect(row, 6, 6);
    }
    icon(QLatin1String(iconName(index).toLatin1())).paint(painter, QRect(row.left() + kGrid, row.top() + kGrid, kIcon, kIcon));

    const bool acts = (hovered || selected) && !m_look.actionIcon.isEmpty();
    const QRect text = row.adjusted(kTextLeft, kGrid * 3 / 4, acts ? -kActionSize - kGrid : -kGrid, -kGrid * 3 / 4);
    const QFont small = scaled(option.font, 0.88);
    const QFontMetrics metrics(option.font);
    const QFontMetrics smallMetrics(small);
    painter->setFont(option.font);
    painter->setPen(palette.color(QPalette::Text));
    painter->drawText(QRect(text.left(), text.top(), text.width(), metrics.height()), Qt::AlignVCenter,
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    painter->setFont(small);
    painter->setPen(palette.color(QPalette::PlaceholderText));
    painter->drawText(QRect(text.left(), text.top() + metrics.height() + 2, text.width(), smallMetrics.height()), Qt::AlignVCenter,
                      smallMetrics.elidedText(index.data(m_look.detailRole).toString(), Qt::ElideRight, text.width()));
    if (m_look.activeRole >= 0 && index.data(m_look.activeRole).toBool()) {
        const QRectF bar(text.left(), row.bottom() - 3, text.width(), 3);
        painter->setPen(Qt::NoPen);
        painter->setBrush(palette.color(QPalette::Mid));
        painter->drawRoundedRect(bar, 1.5, 1.5);
        painter->setBrush(palette.color(QPalette::Link));
        const double done = bar.width() * index.data(m_look.shareRole).toDouble();
        painter->drawRoundedRect(QRectF(bar.left(), bar.top(), done, bar.height()), 1.5, 1.5);
    }
    if (acts)
        icon(QLatin1String(m_look.actionIcon.toLatin1())).paint(painter, actionRect(row).adjusted(6, 6, -6, -6));
    painter->restore();
}

QSize CardDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    const int lines = QFontMetrics(option.font).height() + QFontMetrics(scaled(option.font, 0.88)).height();
    return {20 * kGrid, lines + 2 * kGrid + 2};
}

void CardDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex&) const
{
    editor->setGeometry(option.rect.adjusted(kTextLeft - kGrid, 2, -2, -2));
}

bool CardDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const bool press = event->type() == QEvent::MouseButtonPress;
    if (press || event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const bool hits = !m_look.actionIcon.isEmpty() && actionRect(option.rect).contains(mouse->position().toPoint());
        if (mouse->button() == Qt::LeftButton && hits) {
            if (!press)
                emit actionClicked(index);
            return true;
        }
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

bool CardDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    if (event->type() == QEvent::ToolTip && index.isValid() && actionRect(option.rect).contains(event->pos())) {
        QToolTip::showText(event->globalPos(), m_look.actionTip, view->viewport());
        return true;
    }
    return QStyledItemDelegate::helpEvent(event, view, option, index);
}

} // namespace octavo::ui
