// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "octavo/app/work.h"

class QLabel;
class QProgressBar;
class QToolButton;

namespace octavo::ui {

class ElidedLabel;

// One piece of long work: what it is, how far it has come, and what can be done about it.
class WorkRow : public QWidget {
    Q_OBJECT

public:
    WorkRow(const app::WorkItem& item, const QString& title, QWidget* parent = nullptr);

    const app::WorkItem& item() const { return m_item; }
    QString text() const;                          // "Reading Moby-Dick, 41 %, 3 min left"
    void showItem(const app::WorkItem& item, const QString& title);
    // `what`: what it is at now, if that is not plain from its kind; `share`: 0…1, < 0 unknown; `secondsLeft`: < 0 unknown.
    void showProgress(const QString& what, double share, double secondsLeft);

signals:
    void pauseWanted(octavo::app::WorkId work);
    void goOnWanted(octavo::app::WorkId work);
    void stopWanted(octavo::app::WorkId work);

private:
    void draw();
    QString stateText() const;

    app::WorkItem m_item;
    QString m_title;
    QString m_what;
    double m_share = -1;
    double m_secondsLeft = -1;
    ElidedLabel* m_name;
    QLabel* m_detail;
    QProgressBar* m_bar;
    QToolButton* m_pause;      // or go on
    QToolButton* m_stop;
};

} // namespace octavo::ui
