// SPDX-License-Identifier: Apache-2.0
#include "share_delegate.h"

#include <algorithm>

#include <QGuiApplication>
#include <QPainter>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kBar = 6;

} // namespace

void ShareDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    const double share = index.data(m_shareRole).toDouble();
    if (share <= 0 || !index.data().toString().isEmpty())
        return;
    const QPalette palette = QGuiApplication::palette();   // the tree's own is bent by the style sheet
    const bool isUnticked = index.data(Qt::ForegroundRole).isValid();
    const QRectF ground(option.rect.left() + kGrid, option.rect.center().y() - kBar / 2.0, option.rect.width() - 2 * kGrid, kBar);
    QRectF bar = ground;
    bar.setWidth(std::max<double>(kBar / 2.0, ground.width() * share));
    if (option.direction == Qt::RightToLeft)
        bar.moveRight(ground.right());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(palette.color(QPalette::AlternateBase));
    painter->drawRoundedRect(ground, kBar / 2.0, kBar / 2.0);
    painter->setBrush(palette.color(isUnticked ? QPalette::Mid : QPalette::Link));
    painter->drawRoundedRect(bar, kBar / 2.0, kBar / 2.0);
    painter->restore();
}

} // namespace octavo::ui
