// SPDX-License-Identifier: Apache-2.0
#include "chat/branch_tree.h"

#include <algorithm>

#include <QTreeView>
#include <QVBoxLayout>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kWidth = 56 * kGrid;
constexpr int kTallest = 60 * kGrid;

} // namespace

BranchTree::BranchTree(QWidget* parent) : QFrame(parent, Qt::Popup), m_tree(new QTreeView(this))
{
    setObjectName(QStringLiteral("branchPopup"));
    m_tree->setObjectName(QStringLiteral("branchTree"));
    m_tree->setAccessibleName(tr("Branches of the conversation"));
    m_tree->setModel(&m_model);
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setTextElideMode(Qt::ElideRight);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    layout->addWidget(m_tree);
    const auto choose = [this](const QModelIndex& index) {
        const app::MessageId message = index.data(BranchModel::IdRole).toLongLong();
        hide();
        emit messageChosen(message);
    };
    connect(m_tree, &QTreeView::clicked, this, choose);
    connect(m_tree, &QTreeView::activated, this, choose);
}

void BranchTree::openBelow(QWidget* widget, const QList<app::Message>& messages, app::MessageId end)
{
    m_model.setMessages(messages, end);
    m_tree->expandAll();
    resize(kWidth, std::min(kTallest, widget->window()->height() * 2 / 3));
    move(widget->mapToGlobal(QPoint(widget->width() - kWidth, widget->height() + kGrid / 2)));
    show();
    const QModelIndex current = m_model.indexOf(end);
    m_tree->setCurrentIndex(current);
    m_tree->scrollTo(current, QAbstractItemView::PositionAtCenter);
    m_tree->setFocus(Qt::PopupFocusReason);
}

} // namespace octavo::ui
