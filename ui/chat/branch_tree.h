// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

#include "chat/branch_model.h"

class QTreeView;

namespace octavo::ui {

// All branches of the conversation, dropped down from the chat's header; choosing a message closes it.
class BranchTree : public QFrame {
    Q_OBJECT

public:
    explicit BranchTree(QWidget* parent = nullptr);

    void openBelow(QWidget* widget, const QList<app::Message>& messages, app::MessageId end);

signals:
    void messageChosen(octavo::app::MessageId message);

private:
    BranchModel m_model;
    QTreeView* m_tree;
};

} // namespace octavo::ui
