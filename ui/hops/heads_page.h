// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "octavo/app/heads_view.h"

class QComboBox;
class QLabel;
class QStackedWidget;
class QTableView;

namespace octavo::ui {

class GridTableModel;
class MapView;
class PathView;

// Layers × heads: the share of its attention that each head gave to the text, or to one source of the answer, and beside it the path of the head that is chosen.
// Heads by number from 1, as layers. A click on a cell, or Return in the table, chooses one.
class HeadsPage : public QWidget {
    Q_OBJECT

public:
    explicit HeadsPage(QWidget* parent = nullptr);

    const app::HopGrid& grid() const { return m_grid; }       // as it is shown
    bool isAbout(app::MessageId message) const { return m_view.message == message && m_view.layers > 0; }

public slots:
    void showHeads(const octavo::app::HeadsView& view);
    void showHeadPath(const octavo::app::HeadPath& path);
    void wait();                                               // for heads that are being looked at
    void setLogarithmic(bool on);
    void setAsTable(bool on);

signals:
    void headChosen(octavo::app::MessageId message, int layer, int head);
    void placeChosen(octavo::app::DocumentId document, octavo::app::ByteRange bytes);

private:
    void showPlace(int place);
    void choose(int layer, int head);

    app::HeadsView m_view;
    app::HopGrid m_grid;
    QComboBox* m_place;
    QStackedWidget* m_stack;
    MapView* m_map;
    QTableView* m_table;
    GridTableModel* m_model;
    QLabel* m_head;
    PathView* m_path;
};

} // namespace octavo::ui
