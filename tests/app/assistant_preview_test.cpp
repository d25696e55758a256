// SPDX-License-Identifier: Apache-2.0
// Before a long reading a person is asked, and what they leave out stays out; what changes on the disk is told while the window is open.
#include "octavo/app/assistant.h"

#include <QSignalSpy>
#include <QTest>

#include "documents/left_out.h"
#include "documents_support.h"
#include "support/scripted_engine.h"

namespace octavo::app {
namespace {

constexpr int kPatience = 10'000;   // ms; only a failing test waits so long

class AssistantPreview : public ::testing::Test {
protected:
    AssistantPreview() { restart(); }

    void restart()
    {
        m_assistant.reset();
        m_assistant = std::make_unique<Assistant>(AssistantOptions{m_data.path(QStringLiteral("data").toStdString()), QStringLiteral("model.gguf"), 1},
                                                  std::make_unique<test::ScriptedEngine>(m_script));
        m_assistant->start();
        settle();
    }

    void settle() { EXPECT_TRUE(QTest::qWaitFor([this] { return !m_assistant->busy(); }, kPatience)); }

    // The document of the signal that was sent last.
    static DocumentSummary last(const QSignalSpy& spy) { return spy.isEmpty() ? DocumentSummary() : spy.last().first().value<DocumentSummary>(); }

    void write(const std::string& file, int words) const
    {
        std::string text;
        for (int word = 0; word < words; ++word)
            text += "w" + std::to_string(word) + " ";
        m_folder.write(file, text + "\n");
    }

    // A folder of 12,000 tokens and more, which the machine that has not been measured is supposed to read in 25 s.
    void writeLongFolder() const
    {
        write("README.md", 10);
        write("src/main.c", 6000);
        write("src/other.c", 6000);
        write("doc/guide.md", 600);
    }

    OpenPreview open()
    {
        QSignalSpy ready(m_assistant.get(), &Assistant::previewReady);
        m_assistant->openPaths({m_folder.path(".")});
        settle();
        EXPECT_EQ(ready.size(), 1);
        return ready.isEmpty() ? OpenPreview() : ready.first().first().value<OpenPreview>();
    }

    test::TestFolder m_data;
    test::TestFolder m_folder;
    std::shared_ptr<test::EngineScript> m_script = std::make_shared<test::EngineScript>();
    std::unique_ptr<Assistant> m_assistant;
};

} // namespace

TEST_F(AssistantPreview, ALongReadingWaitsForAWord)
{
    writeLongFolder();
    QSignalSpy added(m_assistant.get(), &Assistant::documentAdded);
    QSignalSpy progress(m_assistant.get(), &Assistant::openProgress);
    const OpenPreview preview = open();
    ASSERT_EQ(preview.documents.size(), 1);
    EXPECT_GT(preview.documents[0].estimate.tokens, 12'000);
    EXPECT_EQ(preview.documents[0].estimate.tokens, preview.documents[0].item.tokens);
    EXPECT_EQ(preview.documents[0].estimate.memoryBytes, 100 * preview.documents[0].estimate.tokens);
    EXPECT_TRUE(added.isEmpty()) << "it is not in the library yet";
    EXPECT_EQ(m_script->reads, 0);
    EXPECT_GE(progress.size(), 2);
    EXPECT_GE(progress.last().first().value<OpenProgress>().counted, 0);

    QSignalSpy read(m_assistant.get(), &Assistant::readFinished);
    m_assistant->readPreviewed(preview.id, {{}});
    settle();
    EXPECT_EQ(added.size(), 1);
    ASSERT_EQ(read.size(), 1);
    EXPECT_NEAR(last(read).tokens, preview.documents[0].estimate.tokens, 4);

    QSignalSpy again(m_assistant.get(), &Assistant::previewReady);
    m_assistant->openPaths({m_folder.path(".")});
    settle();
    EXPECT_TRUE(again.isEmpty()) << "what has been read opens at once";
    m_assistant->previewPaths({m_folder.path(".")});
    settle();
    EXPECT_EQ(again.size(), 1) << "unless the person wants to choose";
}

TEST_F(AssistantPreview, ShortThingsAreReadAtOnceAndSeveralAreAskedAboutTogether)
{
    write("a.txt", 500);
    write("b.txt", 1000);
    write("c.txt", 1000);
    QSignalSpy ready(m_assistant.get(), &Assistant::previewReady);
    QSignalSpy read(m_assistant.get(), &Assistant::readFinished);
    m_assistant->openPaths({m_folder.path("a.txt")});
    settle();
    EXPECT_TRUE(ready.isEmpty());
    EXPECT_EQ(read.size(), 1);
    m_assistant->openPaths({m_folder.path("b.txt"), m_folder.path("c.txt")});
    settle();
    ASSERT_EQ(ready.size(), 0) << "the first reading has measured this machine, which is fast";
    EXPECT_EQ(read.size(), 3);

    write("d.txt", 12'000);
    m_assistant->openPaths({m_folder.path("a.txt"), m_folder.path("d.txt")});
    settle();
    ASSERT_EQ(ready.size(), 1);
    const auto preview = ready.first().first().value<OpenPreview>();
    ASSERT_EQ(preview.documents.size(), 2);
    EXPECT_EQ(preview.tokensPerSecond, 1000);
    m_assistant->readPreviewed(preview.id, {{false}, {true}});
    settle();
    EXPECT_EQ(read.size(), 4) << "only the one that was ticked";
    EXPECT_EQ(last(read).title, QStringLiteral("d"));
}

TEST_F(AssistantPreview, CancelLeavesNothingBehind)
{
    writeLongFolder();
    QSignalSpy library(m_assistant.get(), &Assistant::libraryChanged);
    const OpenPreview preview = open();
    m_assistant->dropPreview(preview.id);
    m_assistant->readPreviewed(preview.id, {{}});   // too late
    settle();
    EXPECT_EQ(m_script->reads, 0);
    restart();
    QSignalSpy listed(m_assistant.get(), &Assistant::libraryChanged);
    m_assistant->start();
    settle();
    ASSERT_FALSE(listed.isEmpty());
    EXPECT_TRUE(listed.last().first().value<QList<DocumentSummary>>().isEmpty());
}

TEST_F(AssistantPreview, WhatIsUntickedIsToldAndStaysOutOfTheNewText)
{
    writeLongFolder();
    QSignalSpy opened(m_assistant.get(), &Assistant::documentOpened);
    m_assistant->readPreviewed(open().id, {{true, {QStringLiteral("doc/"), QStringLiteral("src/other.c")}}});
    settle();
    ASSERT_EQ(opened.size(), 1);
    const auto told = [&] {
        QStringList lines;
        for (const LedgerEntry& entry : opened.last().at(1).value<Document>().ledger) {
            if (entry.why == kLeftOutByYou)
                lines.append(entry.what);
        }
        return lines;
    };
    EXPECT_EQ(told(), (QStringList{QStringLiteral("doc/"), QStringLiteral("src/other.c")}));
    EXPECT_FALSE(opened.last().at(1).value<Document>().text.contains("other.c"));

    restart();
    QSignalSpy openedLater(m_assistant.get(), &Assistant::documentOpened);
    write("src/main.c", 100);
    write("doc/more.md", 50);
    m_assistant->openPaths({m_folder.path(".")});
    settle();
    ASSERT_FALSE(openedLater.isEmpty()) << "what is left is short, and read at once";
    const auto document = openedLater.last().at(1).value<Document>();
    EXPECT_FALSE(document.text.contains("more.md"));
    EXPECT_FALSE(document.text.contains("other.c"));
    QSignalSpy ready(m_assistant.get(), &Assistant::previewReady);
    m_assistant->previewPaths({m_folder.path(".")});
    settle();
    ASSERT_EQ(ready.size(), 1);
    const auto preview = ready.first().first().value<OpenPreview>();
    EXPECT_GT(preview.documents[0].estimate.tokens, 6000) << "all of it can be ticked again";
    m_assistant->readPreviewed(preview.id, {{}});
    settle();
    EXPECT_TRUE(openedLater.last().at(1).value<Document>().text.contains("other.c"));
}

TEST_F(AssistantPreview, AFileThatChangesGoesAndComesBackIsTold)
{
    write("book.txt", 300);
    m_assistant->openPaths({m_folder.path("book.txt")});
    settle();
    QSignalSpy changed(m_assistant.get(), &Assistant::documentChanged);
    const auto tells = [&](auto wanted) { return QTest::qWaitFor([&] { return !changed.isEmpty() && wanted(last(changed)); }, kPatience); };
    write("book.txt", 310);
    EXPECT_TRUE(tells([](const DocumentSummary& book) { return book.changed; }));

    changed.clear();
    std::filesystem::remove(m_folder.path() / "book.txt");
    EXPECT_TRUE(tells([](const DocumentSummary& book) { return book.state == DocumentSummary::State::Missing; }));

    changed.clear();
    write("new.tmp", 320);
    std::filesystem::rename(m_folder.path() / "new.tmp", m_folder.path() / "book.txt");   // as editors save
    EXPECT_TRUE(tells([](const DocumentSummary& book) { return book.changed && book.state != DocumentSummary::State::Missing; }));
    settle();
    changed.clear();
    write("book.txt", 330);   // and it is still watched
    EXPECT_TRUE(tells([](const DocumentSummary& book) { return book.changed; }));
}

TEST_F(AssistantPreview, NewFilesInAFolderAreTold)
{
    m_folder.write(".gitignore", "*.log\n");
    write("a.txt", 20);
    write("sub/b.txt", 20);
    m_folder.write("sub/pixels.bin", std::string("\0\1\2\3", 4));
    m_assistant->openPaths({m_folder.path(".")});
    settle();
    QSignalSpy changed(m_assistant.get(), &Assistant::documentChanged);
    write("sub/build.log", 20);
    m_folder.write("sub/more.bin", std::string("\0\1\2\3", 4));
    ASSERT_TRUE(changed.wait(kPatience));
    EXPECT_FALSE(last(changed).changed) << "neither would be read";
    changed.clear();
    write("sub/c.txt", 20);
    ASSERT_TRUE(changed.wait(kPatience));
    EXPECT_TRUE(last(changed).changed);
    changed.clear();
    std::filesystem::remove(m_folder.path() / "sub/c.txt");
    ASSERT_TRUE(changed.wait(kPatience));
    EXPECT_FALSE(last(changed).changed) << "all is as it was read";

    m_assistant.reset();
    QTest::qWait(20);   // so that the folder's time is later
    write("fresh/d.txt", 20);
    m_assistant = std::make_unique<Assistant>(AssistantOptions{m_data.path("data"), QStringLiteral("model.gguf"), 1}, std::make_unique<test::ScriptedEngine>(m_script));
    QSignalSpy atStart(m_assistant.get(), &Assistant::documentChanged);
    m_assistant->start();
    settle();
    ASSERT_FALSE(atStart.isEmpty());
    EXPECT_TRUE(last(atStart).changed) << "came while nobody looked";
}

TEST_F(AssistantPreview, ManyChangesAreToldOnce)
{
    write("a.txt", 20);
    write("b.txt", 20);
    m_assistant->openPaths({m_folder.path(".")});
    settle();
    QSignalSpy changed(m_assistant.get(), &Assistant::documentChanged);
    for (int n = 0; n < 200; ++n)
        write("a.txt", 21 + n);
    ASSERT_TRUE(changed.wait(kPatience));
    QTest::qWait(1000);
    EXPECT_LE(changed.size(), 2);
}

} // namespace octavo::app
