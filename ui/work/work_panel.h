// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <QDialog>

#include "octavo/app/assistant.h"
#include "octavo/app/work.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace octavo::ui {

class WorkRow;

// All that takes long, in one place: a small window that opens above the button of the status bar and may stay. Passive.
class WorkPanel : public QDialog {
    Q_OBJECT

public:
    // `titleOf` gives the title of the document or conversation that an item is about.
    explicit WorkPanel(std::function<QString(const app::WorkItem&)> titleOf, QWidget* parent = nullptr);

    int count() const { return static_cast<int>(m_rows.size()); }
    QString headline() const;                      // of the button: the one that runs, or how many there are; empty: none
    void openAbove(QWidget* widget);

public slots:
    void showWork(const QList<octavo::app::WorkItem>& work);
    void showOpening(const octavo::app::OpenProgress& progress);
    void showReading(const octavo::app::ReadProgress& progress);
    void showDownload(const octavo::app::ModelDownload& download);
    void showSummary(const octavo::app::SummaryProgress& progress);

signals:
    void changed();                                // also its numbers
    void pauseWanted(octavo::app::WorkId work);
    void goOnWanted(octavo::app::WorkId work);
    void stopWanted(octavo::app::WorkId work);

private:
    WorkRow* rowOf(app::WorkId work) const;
    WorkRow* running(app::WorkItem::Kind kind, qint64 subject) const;   // null: it is not among what runs; subject 0: any
    WorkRow* addRow(const app::WorkItem& item);

    std::function<QString(const app::WorkItem&)> m_titleOf;
    QList<WorkRow*> m_rows;
    QVBoxLayout* m_column;
    QLabel* m_nothing;
    QPushButton* m_close;
};

} // namespace octavo::ui
