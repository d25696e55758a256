// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reader/outline_model.h"
#include "tree_popup.h"

namespace octavo::ui {

// The table of contents, dropped down from the reader's header; choosing a part closes it.
class OutlinePopup : public TreePopup {
    Q_OBJECT

public:
    explicit OutlinePopup(QWidget* parent = nullptr);

    void setOutline(const app::Part& root);
    bool isEmpty() const { return m_model.rowCount() == 0; }
    void openBelow(QWidget* widget, qint64 currentByte);

signals:
    void partChosen(octavo::app::ByteRange bytes);

private:
    void choose(const QModelIndex& index) override;

    OutlineModel m_model;
};

} // namespace octavo::ui
