// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLatin1StringView>
#include <QSet>
#include <QStringList>

#include "octavo/app/document.h"

namespace octavo::app {

// The ledger's word for what a person has unticked. A library knows by it what to leave out of the document's new text: never reword it.
inline constexpr QLatin1StringView kLeftOutByYou("left out by you");

// What a person leaves out of a folder or archive: paths as in the ledger, a folder's with '/' at its end, which means all that is in it, also
// what comes later.
class LeftOut {
public:
    explicit LeftOut(const QStringList& paths) : m_paths(paths.begin(), paths.end()) {}

    bool isEmpty() const { return m_paths.isEmpty(); }
    // The path itself or the outermost folder around it that is left out; empty: neither.
    QString around(const QString& path) const;

private:
    QSet<QString> m_paths;
};

// The paths of a folder or archive that a person names by a pattern: a file or folder of it ("docs", "docs/", "a/b.md"), or by wildcards ("*.md", "tests/*.json"), in
// which * goes over no '/'; one without '/' is looked for in every folder. Empty: it has none such.
QStringList pathsNamed(const Document& document, const QString& pattern);

// A folder or archive as it would have been loaded without these paths: text, files and outline of what stays, and a line in the ledger for each path
// that is left out. Other documents come back as they are, and so do paths that the document does not have.
Document withoutFiles(Document document, const QStringList& leftOut);

} // namespace octavo::app
