// SPDX-License-Identifier: Apache-2.0
#include "documents/outline_rows.h"

namespace octavo::app {

namespace {

void append(QList<OutlineRow>& rows, const Part& part, int depth)
{
    rows.append({depth, {part.title, part.kind, part.bytes, {}}});
    for (const Part& child : part.parts)
        append(rows, child, depth + 1);
}

} // namespace

QList<OutlineRow> rowsOf(const Part& root)
{
    QList<OutlineRow> rows;
    append(rows, root, 0);
    return rows;
}

std::optional<Part> outlineOf(const QList<OutlineRow>& rows)
{
    if (rows.isEmpty() || rows.first().depth != 0)
        return std::nullopt;
    Part root = rows.first().part;
    for (qsizetype at = 1; at < rows.size(); ++at) {
        if (rows[at].depth < 1)
            return std::nullopt;
        Part* parent = &root;   // the last part so far one level up
        for (int level = 1; level < rows[at].depth; ++level) {
            if (parent->parts.isEmpty())
                return std::nullopt;
            parent = &parent->parts.last();
        }
        parent->parts.append(rows[at].part);
    }
    return root;
}

} // namespace octavo::app
