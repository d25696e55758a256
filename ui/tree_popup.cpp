// SPDX-License-Identifier: Apache-2.0
#include "tree_popup.h"

#include <algorithm>

#include <QTreeView>
#include <QVBoxLayout>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kTallest = 60 * kGrid;

} // namespace

TreePopup::TreePopup(const QString& name, const QString& treeName, int width, QWidget* parent)
    : QFrame(parent, Qt::Popup), m_width(width), m_tree(new QTreeView(this))
{
    setObjectName(name);
    m_tree->setObjectName(treeName);
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setTextElideMode(Qt::ElideRight);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    layout->addWidget(m_tree);
    connect(m_tree, &QTreeView::clicked, this, &TreePopup::choose);
    connect(m_tree, &QTreeView::activated, this, &TreePopup::choose);
}

void TreePopup::setTree(QAbstractItemModel& model, const QString& what)
{
    m_tree->setModel(&model);
    m_tree->setAccessibleName(what);
}

void TreePopup::openBelow(QWidget* widget, Qt::Edge edge, const QModelIndex& current)
{
    m_tree->setCurrentIndex(current);
    resize(m_width, std::min(kTallest, widget->window()->height() * 2 / 3));
    move(widget->mapToGlobal(QPoint(edge == Qt::RightEdge ? widget->width() - m_width : 0, widget->height() + kGrid / 2)));
    show();
    m_tree->scrollTo(current, QAbstractItemView::PositionAtCenter);
    m_tree->setFocus(Qt::PopupFocusReason);
}

} // namespace octavo::ui
