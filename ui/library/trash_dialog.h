// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "library/sessions_model.h"

class QLabel;
class QListView;
class QPushButton;

namespace octavo::ui {

// Conversations in the trash, each with the days that it has left: put back, or erased for ever after a question.
// Passive, as the panel is; it stays open while its wishes are carried out.
class TrashDialog : public QDialog {
    Q_OBJECT

public:
    explicit TrashDialog(QWidget* parent = nullptr);

public slots:
    void showTrash(QList<octavo::app::SessionSummary> trashed);

signals:
    void restoreWanted(octavo::app::SessionId session);
    void eraseWanted(const QList<octavo::app::SessionId>& sessions);

private:
    QList<app::SessionId> chosen() const;
    void restoreChosen();
    void askToErase(const QList<app::SessionId>& sessions);
    void enableButtons();

    SessionsModel m_sessions;
    QListView* m_list;
    QLabel* m_empty;
    QPushButton* m_restore;
    QPushButton* m_erase;
    QPushButton* m_eraseAll;
};

} // namespace octavo::ui
