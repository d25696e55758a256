// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <QDockWidget>
#include <QList>

#include "hops/answer_choice.h"
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
class ComparePage;
class GridTableModel;
class HeadsPage;
class MapView;
class PathView;

// The hop inspector: where one answer, or the words selected of it, looked. Path and maps of the same numbers, each head by itself, another
// answer beside it, and their export.
// Passive: views come in by showHops(), wishes go out as signals.
class HopsDock : public QDockWidget {
    Q_OBJECT

public:
    explicit HopsDock(QWidget* parent = nullptr);

    // Writes the view shown into a file; the ending decides the format. An empty string, or the sentence that tells what went wrong.
    QString exportTo(const QString& file) const;

    app::MessageId waitsFor() const;       // the answer to compare with, whose view is to come by showOther(); 0: none

public slots:
    void setAnswers(const QList<octavo::ui::AnswerChoice>& answers);   // that the one shown next can be compared with; the newest first
    void showOther(const octavo::app::HopView& view);
    void selectShown(octavo::app::MessageId message, const QString& before, const QString& words);   // as AnswerWords does; nothing if it is not the answer shown
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
    void otherWanted(octavo::app::MessageId message);                                   // to compare with
    void headPathWanted(octavo::app::MessageId message, int layer, int head);

private:
    void showLevel(int index);
    bool isHeads(int index) const;
    bool isComparison(int index) const;
    void askForFile();
    app::HopGrid gridShown(int index) const;

    app::HopView m_view;
    AnswerWords* m_words;
    QLabel* m_summary;
    std::pair<int, int> m_selected{0, 0};  // tokens of the answer; equal: all
    bool m_headsKnown = false;             // or asked for, of the answer and the words selected
    QComboBox* m_level;                    // Path, then one entry per grid, then Heads and Compare
    QList<AnswerChoice> m_answers;
    bool m_compared = false;               // the answer shown
    QCheckBox* m_logarithmic;
    QCheckBox* m_asTable;
    QCheckBox* m_textAlone;                // rows of a map as shares of what went to the text
    QPushButton* m_all;
    QPushButton* m_export;
    QStackedWidget* m_stack;
    PathView* m_path;
    MapView* m_map;
    HeadsPage* m_heads;
    ComparePage* m_compare;
    QTableView* m_table;
    GridTableModel* m_model;
};

} // namespace octavo::ui
