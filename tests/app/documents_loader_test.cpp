// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "documents/place.h"
#include "documents_support.h"

namespace octavo::app {
namespace {

namespace fs = std::filesystem;
using test::TestFolder;

TEST(DocumentLoader, SaysInOneSentenceWhatIsWrong)
{
    TestFolder folder;
    folder.write("binary", std::string("\x7F" "ELF\0\0", 6));
    folder.write("empty.txt", "");
    folder.write("mark.txt", "\xEF\xBB\xBF");
    fs::create_directory(folder.path() / "nothing");
    folder.write("pictures/a.png", std::string("\x89PNG\0", 5));
    ASSERT_EQ(mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
    fs::create_symlink("nowhere", folder.path() / "broken");
    fs::create_symlink("loop", folder.path() / "loop");

    struct Row {
        const char* name;
        Failure::Kind kind;
    };
    const std::vector<Row> rows{
        {"missing.txt", Failure::Kind::File}, {"binary", Failure::Kind::File},     {"empty.txt", Failure::Kind::File},
        {"mark.txt", Failure::Kind::File},    {"nothing", Failure::Kind::Folder},  {"pictures", Failure::Kind::Folder},
        {"pipe", Failure::Kind::File},        {"broken", Failure::Kind::File},     {"loop", Failure::Kind::File},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto document = test::load(folder.path(row.name));
        ASSERT_FALSE(document.ok());
        EXPECT_EQ(document.error().kind, row.kind);
        EXPECT_TRUE(document.error().sentence.contains(QString::fromUtf8(row.name))) << document.error().sentence.toStdString();
        EXPECT_TRUE(document.error().sentence.endsWith('.'));
        EXPECT_FALSE(document.error().sentence.contains(QLatin1Char('%')));
    }
}

TEST(DocumentLoader, SaysThatAFileMayNotBeRead)
{
    if (geteuid() == 0)
        GTEST_SKIP() << "permissions do not bind root";
    TestFolder folder;
    folder.write("secret.txt", "words");
    fs::permissions(folder.path() / "secret.txt", fs::perms::none);
    const auto document = test::load(folder.path("secret.txt"));
    ASSERT_FALSE(document.ok());
    EXPECT_EQ(document.error().kind, Failure::Kind::File);
}

TEST(DocumentLoader, NoticesAFileThatGoesOrShrinksWhileItIsRead)
{
    for (const bool shrinks : {false, true}) {
        TestFolder folder;
        folder.write("book.txt", std::string(3 << 20, 'x'));
        const fs::path path = folder.path() / "book.txt";
        const auto meanwhile = [&](const LoadProgress& progress) { if (progress.bytes == 0) return;  shrinks ? fs::resize_file(path, 10) : (void)fs::remove(path); };
        const auto document = loadDocument(folder.path("book.txt"), meanwhile, {});
        ASSERT_FALSE(document.ok());
        EXPECT_EQ(document.error().kind, Failure::Kind::File);
        EXPECT_TRUE(document.error().sentence.contains(QStringLiteral("book.txt")));
    }
}

TEST(DocumentLoader, FolderGoesOnWithoutAFileThatWentAway)
{
    TestFolder folder;
    folder.write("a.txt", "first\n");
    folder.write("b.txt", "second\n");
    const auto meanwhile = [&](const LoadProgress& progress) { if (progress.bytes == 0) return;  fs::remove(folder.path() / "b.txt"); };
    const auto document = loadDocument(folder.path("."), meanwhile, {});
    ASSERT_TRUE(document.ok());
    EXPECT_EQ(document->files.size(), 1);
    ASSERT_EQ(document->ledger.size(), 2);
    EXPECT_FALSE(document->ledger[1].included);
    EXPECT_FALSE(document->ledger[1].why.isEmpty());
}

TEST(DocumentLoader, StopsWhileReading)
{
    TestFolder folder;
    folder.write("big.txt", std::string(8 << 20, 'x'));
    folder.write("many/a.txt", std::string(3 << 20, 'x'));
    folder.write("many/b.txt", std::string(3 << 20, 'x'));
    for (const char* path : {"big.txt", "many"}) {
        std::stop_source stop;
        qint64 last = 0;
        const auto document = loadDocument(folder.path(path), [&](const LoadProgress& progress) { last = progress.bytes; stop.request_stop(); }, stop.get_token());
        ASSERT_FALSE(document.ok());
        EXPECT_EQ(document.error().kind, Failure::Kind::Stopped);
        EXPECT_LT(last, 2 << 20);
    }
}

TEST(DocumentLoader, ReadsASingleFile)
{
    TestFolder folder;
    folder.write("notes.txt", "\xEF\xBB\xBF" "one\r\ntwo\r\n");
    std::vector<qint64> progress;
    const auto document = loadDocument(folder.path("notes.txt"), [&](const LoadProgress& met) { progress.push_back(met.bytes); }, {});
    ASSERT_TRUE(document.ok());
    EXPECT_EQ(document->text, "one\r\ntwo\r\n");
    EXPECT_EQ(document->title, QStringLiteral("notes"));
    EXPECT_EQ(document->kind, DocumentKind::PlainText);
    ASSERT_EQ(document->files.size(), 1);
    EXPECT_EQ(document->files[0].relativePath, QStringLiteral("notes.txt"));
    EXPECT_EQ(document->files[0].bytes, (ByteRange{0, 10}));
    ASSERT_EQ(document->ledger.size(), 1);
    EXPECT_EQ(document->ledger[0].bytes, 13);
    EXPECT_TRUE(document->ledger[0].included);
    EXPECT_FALSE(document->ledger[0].why.isEmpty());
    EXPECT_EQ(document->outline.bytes, (ByteRange{0, 10}));
    EXPECT_EQ(progress.back(), 13);
}

TEST(DocumentLoader, TellsKindsByName)
{
    TestFolder folder;
    const std::vector<std::pair<const char*, DocumentKind>> rows{
        {"a.txt", DocumentKind::PlainText},     {"README", DocumentKind::PlainText}, {"a.md", DocumentKind::Markdown},
        {"a.cpp", DocumentKind::Code},          {"Makefile", DocumentKind::Code},    {".clang-format", DocumentKind::Code},
        {"CMakeLists.txt", DocumentKind::Code},
    };
    for (const auto& [name, kind] : rows) {
        folder.write(name, "words\n");
        EXPECT_EQ(test::loaded(folder.path(name)).kind, kind) << name;
    }
}

TEST(Document, CountsLinesWithinEachFile)
{
    TestFolder folder;
    folder.write("a.c", "1\n2\n\n4");
    folder.write("b.c", "1\r\n2\r\n3\r\n");
    const Document document = test::loaded(folder.path("."));
    ASSERT_EQ(document.files.size(), 2);
    for (const SourceFile& file : document.files) {
        for (qint64 byte = file.bytes.begin; byte < file.bytes.end; ++byte) {
            const char c = document.text[byte];
            if (c >= '1' && c <= '4') {
                EXPECT_EQ(document.lineOf(byte), c - '0') << file.relativePath.toStdString();
                EXPECT_EQ(placeOf(document, byte), QStringLiteral("%1:%2").arg(file.relativePath).arg(c - '0'));
            }
            EXPECT_EQ(document.fileAt(byte), &file);
        }
        EXPECT_EQ(document.fileAt(file.bytes.begin - 1), nullptr);   // the heading line
        EXPECT_EQ(document.lineOf(file.bytes.begin - 1), 1);
        EXPECT_EQ(placeOf(document, file.bytes.begin - 1), file.relativePath + QStringLiteral(":1"));
    }
    EXPECT_EQ(document.fileAt(document.text.size()), nullptr);
    EXPECT_TRUE(document.partsAt(document.text.size()).isEmpty());
    EXPECT_TRUE(document.partsAt(-1).isEmpty());
}

} // namespace
} // namespace octavo::app
