// SPDX-License-Identifier: Apache-2.0
#include "assistant/document_preview.h"

#include <chrono>

#include <QFileInfo>
#include <gtest/gtest.h>

#include "assistant/local_engine.h"
#include "documents/token_map.h"
#include "documents_support.h"
#include "support/sample_book.h"
#include "support/scripted_engine.h"
#include "support/tiny_gguf.h"

namespace octavo::app {
namespace {

using test::TestFolder;
using namespace std::chrono_literals;

const PreviewItem* find(const PreviewItem& item, const QString& path)
{
    if (item.path == path && !path.isEmpty())
        return &item;
    for (const PreviewItem& child : item.items) {
        if (const PreviewItem* found = find(child, path))
            return found;
    }
    return nullptr;
}

// The default model's vocabulary where it is there, else a tiny one.
std::unique_ptr<BookEngine> countingEngine(const TestFolder& folder)
{
    auto engine = makeLocalEngine({});
    QString model = QString::fromUtf8(test::kModelFile);
    if (!QFileInfo::exists(model)) {
        model = folder.path("tiny.gguf");
        test::writeTinyLlama(model.toStdString());
    }
    EXPECT_TRUE(engine->openHead(model, {}).ok());
    return engine;
}

PreviewItem preview(const Document& document, BookEngine& engine, const QStringList& leftOut = {})
{
    return *previewOf(document, leftOut, engine, [](qint64) {}, {});
}

} // namespace

TEST(DocumentPreview, CountsAsTheWholeTextIsCut)
{
    TestFolder models;
    const auto engine = countingEngine(models);
    TestFolder folder;
    folder.write("README.md", "# Whales  \n\nAll about them.   \n\n\n");
    folder.write("src/a.c", "int a;\n");
    folder.write("src/b.c", "\n\n  int b;");
    folder.write("src/deep/c.py", "def c():\n    return 'ſtrange ☃'\r\n\r\n");
    folder.write("long.txt", std::string(3000, 'x') + " " + [] {
        std::string text;
        for (int line = 0; line < 30'000; ++line)
            text += "Line " + std::to_string(line) + " of it, with a tail." + (line % 7 == 0 ? "  \n\n" : "\n");
        return text;
    }());
    const Document document = test::loaded(folder.path("."));
    ASSERT_GT(document.text.size(), 600'000);
    const TokenBegins tokens = *engine->tokenize(document.text, {});
    const PreviewItem item = preview(document, *engine);
    EXPECT_NEAR(item.tokens, static_cast<double>(tokens.size()), 8) << "at most one for each piece of a long file";
    for (qsizetype at = 0; at < document.files.size(); ++at) {
        const SourceFile& file = document.files[at];
        const qint64 begin = at == 0 ? 0 : document.files[at - 1].bytes.end;
        const double tolerance = file.bytes.size() > 100'000 ? 8 : 1;   // one token of line ends may lie across the border between two files
        ASSERT_TRUE(find(item, file.relativePath));
        EXPECT_NEAR(find(item, file.relativePath)->tokens, countTokens(tokens, {begin, file.bytes.end}), tolerance) << file.relativePath.toStdString();
    }
    EXPECT_EQ(find(item, QStringLiteral("src/"))->tokens, find(item, QStringLiteral("src/a.c"))->tokens + find(item, QStringLiteral("src/b.c"))->tokens
                                                              + find(item, QStringLiteral("src/deep/c.py"))->tokens);
}

TEST(DocumentPreview, TellsWhatIsLeftOutAndWhy)
{
    TestFolder folder;
    folder.write(".gitignore", "*.log\n");
    folder.write("a.txt", "Words.\n");
    folder.write("a.log", "log\n");
    folder.write("node_modules/x.js", "var x;\n");
    folder.write("sub/b.bin", std::string("\0\1\2\3", 4));
    folder.write("sub/c.txt", "More words.\n");
    test::ScriptedEngine engine(std::make_shared<test::EngineScript>());
    const PreviewItem item = preview(test::loaded(folder.path(".")), engine, {QStringLiteral("sub/")});
    EXPECT_EQ(find(item, QStringLiteral("a.log"))->why, QStringLiteral("ignored by .gitignore"));
    EXPECT_FALSE(find(item, QStringLiteral("node_modules/"))->why.isEmpty());
    EXPECT_EQ(find(item, QStringLiteral("node_modules/"))->kind, PartKind::Folder);
    EXPECT_EQ(find(item, QStringLiteral("sub/b.bin"))->why, QStringLiteral("binary file"));
    EXPECT_TRUE(find(item, QStringLiteral("sub/c.txt"))->leftOut);
    EXPECT_TRUE(find(item, QStringLiteral("sub/c.txt"))->why.isEmpty()) << "it can be ticked again";
    EXPECT_FALSE(find(item, QStringLiteral("a.txt"))->leftOut);
    EXPECT_EQ(find(item, QStringLiteral("sub/"))->bytes, 12);
}

TEST(DocumentPreview, OfASingleBookIsItsChapters)
{
    TestFolder folder;
    folder.write("book.md", octavo::test::sampleBookText().toStdString());
    test::ScriptedEngine engine(std::make_shared<test::EngineScript>());
    const PreviewItem item = preview(test::loaded(folder.path("book.md")), engine);
    ASSERT_FALSE(item.items.isEmpty());
    qint64 inChapters = 0;
    for (const PreviewItem& chapter : item.items) {
        EXPECT_GT(chapter.tokens, 0);
        EXPECT_TRUE(chapter.path.isEmpty());
        inChapters += chapter.tokens;
    }
    EXPECT_LE(inChapters, item.tokens);
}

TEST(DocumentPreview, StopsWithin200Milliseconds)
{
    TestFolder models;
    const auto engine = countingEngine(models);
    TestFolder folder;
    std::string text;
    while (text.size() < (32u << 20))
        text += "A line of a log that nobody has ever read to its end, number " + std::to_string(text.size()) + "\n";
    folder.write("long.txt", text);
    const Document document = test::loaded(folder.path("long.txt"));
    std::stop_source stop;
    std::chrono::steady_clock::time_point asked;
    const auto counted = previewOf(document, {}, *engine, [&](qint64) {
        if (stop.request_stop())
            asked = std::chrono::steady_clock::now();
    }, stop.get_token());
    ASSERT_FALSE(counted.ok());
    EXPECT_EQ(counted.error().kind, Failure::Kind::Stopped);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 200ms);
}

} // namespace octavo::app
