// SPDX-License-Identifier: Apache-2.0
#include "library/documents_model.h"

#include <algorithm>

#include <QLocale>

#include "widgets.h"

namespace octavo::ui {

using State = app::DocumentSummary::State;

void DocumentsModel::setDocuments(const QList<app::DocumentSummary>& documents)
{
    beginResetModel();
    m_documents = documents;
    endResetModel();
}

void DocumentsModel::put(const app::DocumentSummary& document)
{
    if (const QModelIndex known = indexOf(document.id); known.isValid()) {
        m_documents[known.row()] = document;
        emit dataChanged(known, known);
        return;
    }
    beginInsertRows({}, 0, 0);
    m_documents.prepend(document);
    endInsertRows();
}

void DocumentsModel::showProgress(const app::ReadProgress& progress)
{
    const app::DocumentId before = std::exchange(m_progress, progress).document;
    for (const app::DocumentId id : {before, progress.document}) {
        if (const QModelIndex changed = indexOf(id); changed.isValid())
            emit dataChanged(changed, changed);
    }
}

void DocumentsModel::stopProgress()
{
    showProgress({});
}

void DocumentsModel::setHits(const QList<app::DocumentHit>& hits)
{
    m_hits.clear();
    for (const app::DocumentHit& hit : hits)
        m_hits.insert(hit.document, hit);
    if (!m_documents.isEmpty())
        emit dataChanged(index(0), index(rowCount() - 1));
}

const app::DocumentHit* DocumentsModel::hitOf(app::DocumentId id) const
{
    const auto hit = m_hits.constFind(id);
    return hit == m_hits.constEnd() ? nullptr : &*hit;
}

const app::DocumentSummary* DocumentsModel::find(app::DocumentId id) const
{
    const QModelIndex index = indexOf(id);
    return index.isValid() ? &m_documents[index.row()] : nullptr;
}

QModelIndex DocumentsModel::indexOf(app::DocumentId id) const
{
    const auto found = std::find_if(m_documents.begin(), m_documents.end(),
                                    [id](const app::DocumentSummary& document) { return document.id == id; });
    return found == m_documents.end() ? QModelIndex() : index(static_cast<int>(found - m_documents.begin()));
}

double DocumentsModel::readShare(app::DocumentId id) const
{
    const app::DocumentSummary* document = find(id);
    const bool reading = id != 0 && id == m_progress.document;
    const qint64 read = reading ? m_progress.readTokens : document ? document->readTokens : 0;
    const qint64 all = reading ? m_progress.tokens : document ? document->tokens : 0;
    return all > 0 ? static_cast<double>(read) / static_cast<double>(all) : 0;
}

int DocumentsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_documents.size());
}

QVariant DocumentsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const app::DocumentSummary& document = m_documents[index.row()];
    switch (role) {
    case Qt::DisplayRole: return document.title.simplified();
    case Qt::ToolTipRole: return plainTip(document.path);
    case Qt::AccessibleTextRole: return tr("%1, %2").arg(document.title, stateText(document));
    case IdRole: return document.id;
    case StateTextRole: return stateText(document);
    case ShareRole: return readShare(document.id);
    case ReadingRole: return document.id == m_progress.document;
    case KindRole: return static_cast<int>(document.kind);
    default: return {};
    }
}

QString DocumentsModel::stateText(const app::DocumentSummary& document) const
{
    if (const app::DocumentHit* hit = hitOf(document.id))
        return hit->snippet;
    if (document.id == m_progress.document)
        return tr("reading %1").arg(percentText(readShare(document.id)));
    if (document.changed)
        return tr("changed since it was read");
    const QString tokens = tr("%1 tokens").arg(shortCount(document.tokens));
    switch (document.state) {
    case State::New: return tr("not read yet · %1").arg(document.tokens > 0 ? tokens : QLocale().formattedDataSize(document.textBytes));
    case State::Reading:
    case State::PartlyRead: return tr("%1 read · %2").arg(percentText(readShare(document.id)), tokens);
    case State::Read: return tr("read · %1").arg(tokens);
    case State::Missing: return tr("the file is not there any more");
    }
    return {};
}

} // namespace octavo::ui
