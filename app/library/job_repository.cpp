// SPDX-License-Identifier: Apache-2.0
#include "library/job_repository.h"

#include "library/query.h"

namespace octavo::app {

void JobRepository::begin(Kind kind, DocumentId document)
{
    Query(m_database, "INSERT OR IGNORE INTO jobs(kind, document, begun_at) VALUES (?, ?, ?)", kind, document, QDateTime::currentDateTime()).run();
}

void JobRepository::end(Kind kind, DocumentId document)
{
    Query(m_database, "DELETE FROM jobs WHERE kind = ? AND document = ?", kind, document).run();
}

QList<DocumentId> JobRepository::open(Kind kind)
{
    Query query(m_database, "SELECT document FROM jobs WHERE kind = ? ORDER BY begun_at, id", kind);
    QList<DocumentId> documents;
    while (query.next())
        documents.append(query.number(0));
    return documents;
}

} // namespace octavo::app
