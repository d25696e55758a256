// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "hops/answer_choice.h"
#include "hops/compare_model.h"

class QComboBox;
class QLabel;
class QTableView;

namespace octavo::ui {

// Where two answers looked, side by side. A click on a chapter, or Return, leads there.
class ComparePage : public QWidget {
    Q_OBJECT

public:
    explicit ComparePage(QWidget* parent = nullptr);

    // `answers` without the one shown; the newest first. What was compared before is compared on, if it is still among them; else the first.
    void showFirst(const app::HopView& view, const QList<AnswerChoice>& answers);
    void showSecond(const app::HopView& view);
    app::MessageId waitsFor() const { return m_wanted; }   // 0: nothing

signals:
    void otherWanted(octavo::app::MessageId message);      // its view is to come by showSecond()
    void placeChosen(octavo::app::DocumentId document, octavo::app::ByteRange bytes);

private:
    void wantOther();
    void choose(const QModelIndex& index);

    app::HopView m_first;
    app::MessageId m_wanted = 0;
    CompareModel m_model;
    QComboBox* m_other;
    QLabel* m_common;
    QTableView* m_table;
};

} // namespace octavo::ui
