// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chat/branch_model.h"
#include "tree_popup.h"

namespace octavo::ui {

// All branches of the conversation, dropped down from the chat's header; choosing a message closes it.
class BranchTree : public TreePopup {
    Q_OBJECT

public:
    explicit BranchTree(QWidget* parent = nullptr);

    void openBelow(QWidget* widget, const QList<app::Message>& messages, app::MessageId end);

signals:
    void messageChosen(octavo::app::MessageId message);

private:
    void choose(const QModelIndex& index) override;

    BranchModel m_model;
};

} // namespace octavo::ui
