// SPDX-License-Identifier: Apache-2.0
#include "library/trash_dialog.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

#include "library/card_delegate.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

QString daysLeft(const QDateTime& trashed)
{
    const qint64 days = std::max<qint64>(0, QDateTime::currentDateTime().daysTo(trashed.addDays(app::kTrashDays)));
    if (days == 0)
        return TrashDialog::tr("Erased at the next start");
    return days == 1 ? TrashDialog::tr("Erased in a day") : TrashDialog::tr("Erased in %1 days").arg(days);
}

} // namespace

TrashDialog::TrashDialog(QWidget* parent) : QDialog(parent)
{
    setObjectName(QStringLiteral("trashDialog"));
    setWindowTitle(tr("Trash"));
    resize(60 * kGrid, 50 * kGrid);

    CardDelegate::Look look;
    look.detailRole = SessionsModel::DetailRole;
    look.actionIcon = QStringLiteral("back");
    look.actionTip = tr("Put back");
    auto* delegate = new CardDelegate(look, this);
    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("trashList"));
    m_list->setAccessibleName(tr("Conversations in the trash"));
    m_list->setModel(&m_sessions);
    m_list->setItemDelegate(delegate);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setMouseTracking(true);
    m_empty = label(tr("The trash is empty."), "caption", this);
    auto* hint = label(tr("Conversations stay here for %1 days.").arg(app::kTrashDays), "caption", this);

    const auto button = [this](const QString& text, const char* name) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QLatin1String(name));
        made->setAutoDefault(false);
        return made;
    };
    m_restore = button(tr("Put back"), "restoreButton");
    m_erase = button(tr("Erase…"), "eraseButton");
    m_eraseAll = button(tr("Empty the trash…"), "eraseAllButton");
    auto* close = button(tr("Close"), "closeButton");
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_restore);
    buttons->addWidget(m_erase);
    buttons->addWidget(m_eraseAll);
    buttons->addStretch(1);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->addWidget(hint);
    column->addWidget(m_empty);
    column->addWidget(m_list, 1);
    column->addLayout(buttons);

    connect(delegate, &CardDelegate::actionClicked, this,
            [this](const QModelIndex& index) { emit restoreWanted(index.data(SessionsModel::IdRole).toLongLong()); });
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TrashDialog::enableButtons);
    connect(m_restore, &QPushButton::clicked, this, &TrashDialog::restoreChosen);
    connect(m_erase, &QPushButton::clicked, this, [this] { askToErase(chosen()); });
    connect(m_eraseAll, &QPushButton::clicked, this, [this] { askToErase(m_sessions.ids()); });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    showTrash({});
}

void TrashDialog::showTrash(QList<app::SessionSummary> trashed)
{
    for (app::SessionSummary& session : trashed)
        session.snippet = daysLeft(session.trashed);
    m_sessions.setSessions(trashed);
    m_empty->setVisible(trashed.isEmpty());
    m_list->setVisible(!trashed.isEmpty());
    enableButtons();
}

QList<app::SessionId> TrashDialog::chosen() const
{
    QList<app::SessionId> ids;
    for (const QModelIndex& index : m_list->selectionModel()->selectedIndexes())
        ids.append(index.data(SessionsModel::IdRole).toLongLong());
    return ids;
}

void TrashDialog::restoreChosen()
{
    for (const app::SessionId id : chosen())
        emit restoreWanted(id);
}

void TrashDialog::askToErase(const QList<app::SessionId>& sessions)
{
    const QString question = sessions.size() == 1 ? tr("Erase this conversation for ever? This cannot be undone.")
                                                  : tr("Erase %1 conversations for ever? This cannot be undone.").arg(sessions.size());
    auto* box = new QMessageBox(QMessageBox::Question, tr("Erase"), question, QMessageBox::NoButton, this);
    box->setObjectName(QStringLiteral("eraseQuestion"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    QPushButton* erase = box->addButton(tr("Erase"), QMessageBox::AcceptRole);
    connect(erase, &QPushButton::clicked, this, [this, sessions] { emit eraseWanted(sessions); });
    box->open();
}

void TrashDialog::enableButtons()
{
    const bool any = m_list->selectionModel()->hasSelection();
    m_restore->setEnabled(any);
    m_erase->setEnabled(any);
    m_eraseAll->setEnabled(m_sessions.rowCount() > 0);
}

} // namespace octavo::ui
