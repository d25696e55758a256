// SPDX-License-Identifier: Apache-2.0
#include "library/sessions_model.h"

#include <algorithm>

#include <QLocale>

#include "widgets.h"

namespace octavo::ui {

namespace {

QString when(const QDateTime& time)
{
    const QDate day = time.date();
    const QDate today = QDate::currentDate();
    if (day == today)
        return QLocale().toString(time.time(), QLocale::ShortFormat);
    return QLocale().toString(day, day.year() == today.year() ? QStringLiteral("d MMM") : QStringLiteral("d MMM yyyy"));
}

} // namespace

void SessionsModel::setSessions(const QList<app::SessionSummary>& sessions)
{
    beginResetModel();
    m_sessions = sessions;
    endResetModel();
}

QModelIndex SessionsModel::indexOf(app::SessionId id) const
{
    const auto found = std::find_if(m_sessions.begin(), m_sessions.end(),
                                    [id](const app::SessionSummary& session) { return session.id == id; });
    return found == m_sessions.end() ? QModelIndex() : index(static_cast<int>(found - m_sessions.begin()));
}

QList<app::SessionId> SessionsModel::ids() const
{
    QList<app::SessionId> ids;
    for (const app::SessionSummary& session : m_sessions)
        ids.append(session.id);
    return ids;
}

int SessionsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_sessions.size());
}

QVariant SessionsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const app::SessionSummary& session = m_sessions[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole: return session.title.simplified();
    case Qt::ToolTipRole: return plainTip(session.title);
    case IdRole: return session.id;
    case DetailRole: return session.snippet.isEmpty() ? when(session.changed.toLocalTime()) : session.snippet.simplified();
    default: return {};
    }
}

bool SessionsModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const QString title = value.toString().simplified();
    if (role != Qt::EditRole || title.isEmpty() || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    app::SessionSummary& session = m_sessions[index.row()];
    if (title == session.title)
        return false;
    session.title = title;
    emit dataChanged(index, index);
    emit renameWanted(session.id, title);
    return true;
}

Qt::ItemFlags SessionsModel::flags(const QModelIndex& index) const
{
    return QAbstractListModel::flags(index) | (index.isValid() ? Qt::ItemIsEditable : Qt::NoItemFlags);
}

} // namespace octavo::ui
