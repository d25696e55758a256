// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDockWidget>

#include "octavo/app/hop_view.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace octavo::ui {

class AnswerWords;
class GridTableModel;
class MapView;
class PathView;

// The hop inspector: where one answer, or the words selected of it, looked. Path and maps of the same numbers, and their export.
// Passive: views come in by showHops(), wishes go out as signals.
class HopsDock : public QDockWidget {
    Q_OBJECT

public:
    explicit HopsDock(QWidget* parent = nullptr);

    // Writes the view shown into a file; the ending decides the format. An empty string, or the sentence that tells what went wrong.
    QString exportTo(const QString& file) const;

public slots:
    void showHops(const octavo::app::HopView& view);
    void clear();
    void setLogarithmic(bool on);
    void setAsTable(bool on);

signals:
    void logarithmicChosen(bool on);
    void asTableChosen(bool on);
    void placeChosen(octavo::app::DocumentId document, octavo::app::ByteRange bytes);
    void selectionChanged(octavo::app::MessageId message, int beginToken, int endToken);

private:
    void showLevel(int index);
    void askForFile();

    app::HopView m_view;
    AnswerWords* m_words;
    QLabel* m_summary;
    QComboBox* m_level;     // Path, then one entry per grid
    QCheckBox* m_logarithmic;
    QCheckBox* m_asTable;
    QPushButton* m_all;
    QPushButton* m_export;
    QStackedWidget* m_stack;
    PathView* m_path;
    MapView* m_map;
    QTableView* m_table;
    GridTableModel* m_model;
};

} // namespace octavo::ui
