// SPDX-License-Identifier: Apache-2.0
#include "library/citation_repository.h"

#include "library/query.h"

namespace octavo::app {

namespace {

QString textOf(const QList<int>& marks)
{
    QStringList numbers;
    for (const int mark : marks)
        numbers.append(QString::number(mark));
    return numbers.join(u' ');
}

QList<int> marksOf(const QString& text)
{
    QList<int> marks;
    for (const QString& number : text.split(u' ', Qt::SkipEmptyParts))
        marks.append(number.toInt());
    return marks;
}

} // namespace

void CitationRepository::store(MessageId message, const QList<Source>& sources)
{
    Query(m_database, "DELETE FROM citations WHERE message = ?", message).run();
    Query insert(m_database,
        "INSERT INTO citations(message, position, document, document_title, place, begin_byte, end_byte, line, weight, text, page, marks) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (qsizetype at = 0; at < sources.size(); ++at) {
        const Source& source = sources[at];
        insert.runWith(message, at, source.document, source.documentTitle, source.place, source.bytes.begin, source.bytes.end, source.line,
                       source.weight, source.text, source.page, textOf(source.marks));
    }
}

QList<Source> CitationRepository::of(MessageId message)
{
    Query query(m_database, "SELECT document, document_title, place, begin_byte, end_byte, line, weight, text, page, marks FROM citations "
                            "WHERE message = ? ORDER BY position", message);
    QList<Source> sources;
    while (query.next()) {
        sources.append({query.number(0), query.text(1), query.text(2), {query.number(3), query.number(4)},
                        static_cast<int>(query.number(5)), query.real(6), query.text(7), static_cast<int>(query.number(8)), marksOf(query.text(9))});
    }
    return sources;
}

} // namespace octavo::app
