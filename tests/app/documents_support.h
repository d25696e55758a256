// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>

#include <QTemporaryDir>
#include <gtest/gtest.h>

#include "documents/document_loader.h"
#include "support/paths.h"

namespace octavo::test {

// A folder of files that goes when the test ends.
class TestFolder {
public:
    ~TestFolder() { std::filesystem::remove_all(path()); }   // names that are no UTF-8 too, which QTemporaryDir leaves behind
    std::filesystem::path path() const { return m_dir.path().toStdString(); }
    QString path(const std::string& relative) const { return m_dir.filePath(QString::fromStdString(relative)); }
    void write(const std::filesystem::path& relative, const std::string& content) const
    {
        std::filesystem::create_directories((path() / relative).parent_path());
        std::ofstream(path() / relative, std::ios::binary) << content;
    }

private:
    QTemporaryDir m_dir;
};

inline app::Outcome<app::Document> load(const QString& path) { return app::loadDocument(path, [](const app::LoadProgress&) {}, std::stop_token()); }

inline app::Document loaded(const QString& path)
{
    auto document = load(path);
    if (document)
        return *std::move(document);
    ADD_FAILURE() << document.error().sentence.toStdString();
    return {};
}

// One line a part, indented by depth.
inline std::string asText(const QList<app::Part>& parts, int depth = 0)
{
    std::string text;
    for (const app::Part& part : parts)
        text += std::string(size_t(depth), ' ') + part.title.toStdString() + '\n' + asText(part.parts, depth + 1);
    return text;
}

inline void expectWellFormed(const app::Part& part)
{
    qint64 at = part.bytes.begin;
    for (const app::Part& child : part.parts) {
        EXPECT_GE(child.bytes.begin, at) << child.title.toStdString();
        EXPECT_GT(child.bytes.end, child.bytes.begin) << child.title.toStdString();
        at = child.bytes.end;
        expectWellFormed(child);
    }
    EXPECT_LE(at, part.bytes.end) << part.title.toStdString();
}

inline QString bookPath(const char* name) { return QString::fromUtf8(kSharedDir) + QStringLiteral("/books/") + QString::fromUtf8(name); }

} // namespace octavo::test
