// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFile>
#include <QTemporaryDir>
#include <gtest/gtest.h>
#include <memory>

namespace octavo::test {

// Empty for a file that is not there.
inline QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline void writeBytes(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
}

// A data folder whose library is these bytes.
inline std::unique_ptr<QTemporaryDir> folderWithLibrary(const QByteArray& bytes)
{
    auto folder = std::make_unique<QTemporaryDir>();
    writeBytes(folder->filePath(QStringLiteral("library.db")), bytes);
    return folder;
}

} // namespace octavo::test
