// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArrayView>
#include <QString>

namespace octavo::app {

// Larger text files are data or logs; what is in a format of its own may be large for its pictures.
inline constexpr qint64 kMaxFolderFileBytes = 4 << 20;

// What Octavo leaves out of a folder even where no ignore file says so, each with one short reason for the ledger;
// an empty answer means: read it.

struct FolderVerdict {
    QString why;
    bool unlessTracked = false;   // the name alone is weak evidence: a folder under version control is read all the same
};
FolderVerdict whyFolderIsSkipped(const QString& name);

QString whyFileIsSkipped(const QString& name, qint64 bytes);

// Scripts and style sheets squeezed by a machine: hardly a line end in them.
bool looksMinified(const QString& name, QByteArrayView text);

// Where a file stands among its folder's entries: what explains the rest comes first. Smaller is earlier.
int readingRank(const QString& name);

} // namespace octavo::app
