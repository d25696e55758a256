// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <QDockWidget>

#include "octavo/app/heads_view.h"
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
class HeadsPage;
class MapView;
class PathView;

// The hop inspector: where one answer, or the words selected of it, looked. Path and maps of the same numbers, each head by itself, and their export.
// Passive: views come in by showHops(), wishes go out as signals.
class HopsDock : public QDockWidget {
    Q_OBJECT

public:
    explicit HopsDock(QWidget* parent = nullptr);

    // Writes the view shown into a file; the ending decides the format. An empty string, or the sentence that tells what went wrong.
    QString exportTo(const QString& file) const;

public slots:
    void showHops(const octavo::app::HopView& view);
    void showHeads(const octavo::app::HeadsView& view);
    void showHeadPath(const octavo::app::HeadPath& path);
    void clear();
    void setLogarithmic(bool on);
    void setAsTable(bool on);

signals:
    void logarithmicChosen(bool on);
    void asTableChosen(bool on);
    void placeChosen(octavo::app::DocumentId document, octavo::app::ByteRange bytes);
    void selectionChanged(octavo::app::MessageId message, int beginToken, int endToken);
    void headsWanted(octavo::app::MessageId message, int beginToken, int endToken);    // takes a moment: the answer is told again
    void headPathWanted(octavo::app::MessageId message, int layer, int head);

private:
    void showLevel(int index);
    bool isHeads(int index) const;
    void askForFile();

    app::HopView m_view;
    AnswerWords* m_words;
    QLabel* m_summary;
    std::pair<int, int> m_selected{0, 0};  // tokens of the answer; equal: all
    bool m_headsKnown = false;             // or asked for, of the answer and the words selected
    QComboBox* m_level;                    // Path, then one entry per grid, then Heads
    QCheckBox* m_logarithmic;
    QCheckBox* m_asTable;
    QPushButton* m_all;
    QPushButton* m_export;
    QStackedWidget* m_stack;
    PathView* m_path;
    MapView* m_map;
    HeadsPage* m_heads;
    QTableView* m_table;
    GridTableModel* m_model;
};

} // namespace octavo::ui
