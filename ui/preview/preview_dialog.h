// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "octavo/app/preview.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTimer;
class QTreeView;

namespace octavo::ui {

class PreviewModel;

// What a long reading will take in and what it costs, before it starts; folders and files can be unticked. Read (Return) and Cancel (Escape) answer.
class PreviewDialog : public QDialog {
    Q_OBJECT

public:
    explicit PreviewDialog(app::OpenPreview preview, QWidget* parent = nullptr);

signals:
    void readWanted(octavo::app::PreviewId preview, const QList<octavo::app::PreviewChoice>& choices);
    void dropWanted(octavo::app::PreviewId preview);

private:
    void buildTree();
    void showCost();
    void search();
    void openOuterRows();
    void toggleSelected();
    bool eventFilter(QObject* watched, QEvent* event) override;

    app::PreviewId m_id;
    PreviewModel* m_model;
    QSortFilterProxyModel* m_shown;    // as searched and sorted
    QTreeView* m_tree;
    QLineEdit* m_search;
    QTimer* m_searchPause;
    QLabel* m_found;
    QLabel* m_cost;
    QLabel* m_rest;                    // the device, and what is left out
    QPushButton* m_read;
};

} // namespace octavo::ui
