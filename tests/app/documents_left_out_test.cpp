// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include <QFile>
#include <gtest/gtest.h>

#include "documents/left_out.h"
#include "documents_support.h"

namespace octavo::app {
namespace {

using test::TestFolder;

void fill(const TestFolder& folder)
{
    folder.write("README.md", "# Sample\n\nAll about whales.\n\n## More\n\nEven more.\n");
    folder.write("a/one.txt", "The first.\n");
    folder.write("a/deep/two.md", "# Two\n\nThe second.\n");
    folder.write("a/deep/blob.bin", std::string("\0\1\2\3", 4));
    folder.write("b/three.c", "int three(void)\n{\n    return 3;\n}\n\n\n");
    folder.write("z.txt", "The last, without an end");
}

qint64 bytesIn(const QList<LedgerEntry>& ledger)
{
    return std::accumulate(ledger.begin(), ledger.end(), qint64(0), [](qint64 sum, const LedgerEntry& entry) { return sum + entry.bytes; });
}

QStringList linesLeftOut(const Document& document)
{
    QStringList lines;
    for (const LedgerEntry& entry : document.ledger) {
        if (entry.why == kLeftOutByYou && !entry.included)
            lines.append(entry.what);
    }
    return lines;
}

void expectSameText(const Document& left, const Document& right)
{
    EXPECT_EQ(left.text, right.text);
    ASSERT_EQ(left.files.size(), right.files.size());
    for (qsizetype at = 0; at < left.files.size(); ++at) {
        EXPECT_EQ(left.files[at].relativePath, right.files[at].relativePath);
        EXPECT_EQ(left.files[at].bytes, right.files[at].bytes) << left.files[at].relativePath.toStdString();
    }
    EXPECT_EQ(test::asText({left.outline}), test::asText({right.outline}));
    EXPECT_EQ(left.outline.bytes, right.outline.bytes);
    test::expectWellFormed(left.outline);
}

TEST(LeftOut, PathsAreNamedByPatterns)
{
    const TestFolder folder;
    fill(folder);
    const Document document = test::loaded(QString::fromStdString(folder.path().string()));
    const std::vector<std::pair<QString, QStringList>> table{
        {"a", {"a/"}}, {"a/", {"a/"}}, {"./a/deep", {"a/deep/"}}, {"z.txt", {"z.txt"}}, {"*.txt", {"a/one.txt", "z.txt"}}, {"*.md", {"README.md", "a/deep/two.md"}},
        {"a/*.txt", {"a/one.txt"}}, {"a/*", {"a/one.txt"}}, {"*/deep/*", {"a/deep/two.md"}}, {"deep", {}}, {"blob.bin", {}}, {"", {}}, {"/", {}}, {"../z.txt", {}}, {"[", {}}, {"a/d?ep/two.md", {"a/deep/two.md"}},
    };
    for (const auto& [pattern, paths] : table) {
        QStringList named = pathsNamed(document, pattern);
        named.sort();
        EXPECT_EQ(named, paths) << pattern.toStdString();
    }
}

} // namespace

TEST(LeftOut, GivesTheTextOfAFolderWithoutTheFiles)
{
    const std::vector<std::vector<std::string>> choices{{"README.md"}, {"a/"}, {"a/deep/"}, {"a/one.txt", "b/"}, {"z.txt"}, {"a/", "b/", "z.txt"}, {"README.md", "a/deep/two.md"}};
    for (const std::vector<std::string>& choice : choices) {
        TestFolder folder;
        fill(folder);
        QStringList paths;
        for (const std::string& path : choice)
            paths.append(QString::fromStdString(path));
        const Document whole = test::loaded(folder.path("."));
        const Document less = withoutFiles(whole, paths);
        for (const std::string& path : choice)
            std::filesystem::remove_all(folder.path() / path);
        expectSameText(less, test::loaded(folder.path(".")));
        EXPECT_EQ(linesLeftOut(less), paths);
        EXPECT_EQ(bytesIn(less.ledger), bytesIn(whole.ledger)) << "the ledger still tells every byte";
    }
}

TEST(LeftOut, PagesOfAFileGoWithIt)
{
    Document folder;
    folder.kind = DocumentKind::Folder;
    folder.ledger = {{"scan.pdf", "converted from PDF", 7, true, 2}, {"scan.pdf, pages 2-3", "scan without text", 0, false, 2, true}, {"only.pdf", "no text in it", 5, false, 4, true}};
    EXPECT_EQ(withoutFiles(folder, {QStringLiteral("other.pdf")}).scannedPages(), 6);
    EXPECT_EQ(withoutFiles(folder, {QStringLiteral("scan.pdf")}).scannedPages(), 4);
    EXPECT_EQ(withoutFiles(folder, {QStringLiteral("only.pdf")}).scannedPages(), 2);
}

TEST(LeftOut, LeavesAloneWhatItDoesNotKnow)
{
    TestFolder folder;
    fill(folder);
    const Document whole = test::loaded(folder.path("."));
    expectSameText(withoutFiles(whole, {QStringLiteral("no.txt"), QStringLiteral("a"), QStringLiteral("README.md/")}), whole);
    const Document file = test::loaded(folder.path("z.txt"));
    EXPECT_EQ(withoutFiles(file, {QStringLiteral("z.txt")}).text, file.text) << "a document of one file has no parts to leave out";
    EXPECT_TRUE(withoutFiles(whole, {QStringLiteral("README.md"), QStringLiteral("a/"), QStringLiteral("b/"), QStringLiteral("z.txt")}).text.isEmpty());
}

} // namespace octavo::app
