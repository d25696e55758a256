// SPDX-License-Identifier: Apache-2.0
#include "chat/branch_tree.h"

#include <QTreeView>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kWidth = 56 * kGrid;

} // namespace

BranchTree::BranchTree(QWidget* parent) : TreePopup(QStringLiteral("branchPopup"), QStringLiteral("branchTree"), kWidth, parent)
{
    setTree(m_model, tr("Branches of the conversation"));
}

void BranchTree::choose(const QModelIndex& index)
{
    const app::MessageId message = index.data(BranchModel::IdRole).toLongLong();
    hide();
    emit messageChosen(message);
}

void BranchTree::openBelow(QWidget* widget, const QList<app::Message>& messages, app::MessageId end)
{
    m_model.setMessages(messages, end);
    tree().expandAll();
    TreePopup::openBelow(widget, Qt::RightEdge, m_model.indexOf(end));
}

} // namespace octavo::ui
