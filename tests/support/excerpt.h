// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDir>
#include <QFile>

#include "support/paths.h"

namespace octavo::test {

// Frankenstein up to the heading `before` ("Chapter 3") as a file of its own in `folder`; the whole book if `before` is empty.
// Its path, or an empty string where the test novels are not there.
inline QString frankenstein(const QString& folder, const QByteArray& before)
{
    QFile book(QString::fromUtf8(kSharedDir) + QStringLiteral("/books/frankenstein.txt"));
    if (!book.open(QIODevice::ReadOnly))
        return {};
    QByteArray text = book.readAll();
    text.remove(0, text.indexOf("Letter 1", text.indexOf("Letter 1") + 1)); // behind licence and contents
    if (!before.isEmpty())
        text.truncate(text.indexOf("\n" + before + "\r\n"));
    QFile excerpt(QDir(folder).filePath(QStringLiteral("Frankenstein.txt")));
    if (!excerpt.open(QIODevice::WriteOnly) || excerpt.write(text) != text.size())
        return {};
    return excerpt.fileName();
}

} // namespace octavo::test
