// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

class QAbstractItemModel;
class QModelIndex;
class QTreeView;

namespace octavo::ui {

// A tree that drops down from a button; choosing a row closes it.
class TreePopup : public QFrame {
    Q_OBJECT

public:
    TreePopup(const QString& name, const QString& treeName, int width, QWidget* parent);

protected:
    // The model outlives the popup's view of it: it is a member of the popup. `what`: for people who do not see it.
    void setTree(QAbstractItemModel& model, const QString& what);
    QTreeView& tree() const { return *m_tree; }
    void openBelow(QWidget* widget, Qt::Edge edge, const QModelIndex& current);   // its left or right edge below the widget's
    virtual void choose(const QModelIndex& index) = 0;

private:
    const int m_width;
    QTreeView* m_tree;
};

} // namespace octavo::ui
