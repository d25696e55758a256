// SPDX-License-Identifier: Apache-2.0
#include "library/library.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <gtest/gtest.h>

#include "library/checked_vfs.h"
#include "library/query.h"
#include "support/files.h"
#include "support/paths.h"

using namespace octavo::app;
using octavo::test::bytesOf;

namespace {

class LibraryTest : public ::testing::Test {
protected:
    QString path(const QString& name) const { return m_dir.filePath(name); }
    std::unique_ptr<Library> open() const { return Library::open(m_dir.path()).value(); }

    Document document(const QByteArray& text) const
    {
        Document document;
        document.path = path(QStringLiteral("book.txt"));
        document.title = QStringLiteral("Moby-Dick");
        document.text = text;
        document.files = {{document.path, QStringLiteral("book.txt"), QStringLiteral("UTF-8"), {0, text.size()}}};
        document.outline = {document.title, PartKind::Book, {0, 40},
                            {{QStringLiteral("One"), PartKind::Chapter, {0, 20}, {{QStringLiteral("A"), PartKind::Section, {5, 10}, {}}}},
                             {QStringLiteral("Two"), PartKind::Chapter, {20, 40}, {}}}};
        document.ledger
            = {{QStringLiteral("book.txt"), {}, text.size(), true}, {QStringLiteral("x.bin"), QStringLiteral("binary file"), 7, false}};
        return document;
    }

    void writeFile(const QString& name, const QByteArray& bytes) const { octavo::test::writeBytes(path(name), bytes); }

    QTemporaryDir m_dir;
};

Message message(Message::Role role, MessageId parent, const QString& text)
{
    Message message;
    message.role = role;
    message.parent = parent;
    message.text = text;
    message.at = QDateTime::fromMSecsSinceEpoch(1000 + parent);
    return message;
}

} // namespace

TEST_F(LibraryTest, DocumentComesBackAsItWas)
{
    const Document before = document("Call me Ishmael. Some years ago — never mind how long");
    const DocumentId id = *open()->write([&](Library& in) { return in.documents().store(before); });
    const Document after = **open()->read([&](Library& in) { return in.documents().load(id); });
    EXPECT_EQ(after.text, before.text);
    EXPECT_EQ(after.title, before.title);
    EXPECT_EQ(after.path, before.path);
    ASSERT_EQ(after.files.size(), 1);
    EXPECT_EQ(after.files[0].bytes, before.files[0].bytes);
    ASSERT_EQ(after.outline.parts.size(), 2);
    EXPECT_EQ(after.outline.parts[0].parts[0].title, QStringLiteral("A"));
    EXPECT_EQ(after.outline.parts[0].parts[0].kind, PartKind::Section);
    EXPECT_EQ(after.outline.parts[1].bytes, (ByteRange{20, 40}));
    ASSERT_EQ(after.ledger.size(), 2);
    EXPECT_EQ(after.ledger[1].why, QStringLiteral("binary file"));
    EXPECT_FALSE(after.ledger[1].included);
}

TEST_F(LibraryTest, AStopWhileADocumentIsStoredLeavesNothingOfIt)
{
    std::stop_source stop;
    stop.request_stop();
    const auto library = open();
    const auto stored = library->write([&](Library& in) { return in.documents().store(document("Call me Ishmael."), stop.get_token()); });
    ASSERT_FALSE(stored.ok());
    EXPECT_EQ(stored.error().kind, Failure::Kind::Stopped);
    EXPECT_TRUE(library->read([](Library& in) { return in.documents().all(); })->isEmpty());
    EXPECT_TRUE(library->write([&](Library& in) { return in.documents().store(document("Call me Ishmael.")); }).ok()) << "and it works on";
}

TEST_F(LibraryTest, SameTextIsSameDocumentAndChangedTextANewOne)
{
    const auto library = open();
    const auto store
        = [&](const QByteArray& text) { return *library->write([&](Library& in) { return in.documents().store(document(text)); }); };
    const DocumentId first = store("one");
    EXPECT_EQ(store("one"), first);
    const DocumentId second = store("two");
    EXPECT_NE(second, first);
    EXPECT_EQ((**library->read([&](Library& in) { return in.documents().load(first); })).text, "one");
}

TEST_F(LibraryTest, RemovedDocumentStaysForItsSessionsAndComesBackWhenAdded)
{
    const auto library = open();
    const auto list = [&] { return *library->read([](Library& in) { return in.documents().list({}); }); };
    const DocumentId cited = *library->write([&](Library& in) { return in.documents().store(document("cited")); });
    const DocumentId loose = *library->write([&](Library& in) { return in.documents().store(document("loose")); });
    ASSERT_TRUE(library->write([&](Library& in) { return in.sessions().add(QStringLiteral("s"), {cited}); }));
    ASSERT_TRUE(library->write([&](Library& in) { in.documents().remove(cited); in.documents().remove(loose); }));
    EXPECT_TRUE(list().isEmpty());
    EXPECT_TRUE(library->read([&](Library& in) { return in.documents().load(cited); })->has_value());
    EXPECT_FALSE(library->read([&](Library& in) { return in.documents().load(loose); })->has_value());
    EXPECT_EQ(*library->write([&](Library& in) { return in.documents().store(document("cited")); }), cited);
    EXPECT_EQ(list().size(), 1);
}

TEST_F(LibraryTest, ReadingsBelongToAModel)
{
    const auto library = open();
    writeFile(QStringLiteral("book.txt"), "x");
    const DocumentId id = *library->write([&](Library& in) { return in.documents().store(document("x")); });
    const auto summary
        = [&](const QString& hash) { return **library->read([&](Library& in) { return in.documents().summary(id, hash); }); };
    EXPECT_EQ(summary(QStringLiteral("a")).state, DocumentSummary::State::New);
    ASSERT_TRUE(library->write([&](Library& in) {
        in.documents().storeReading(id, {QStringLiteral("a"), QStringLiteral("A"), 100, 40, 4000});
    }));
    EXPECT_EQ(summary(QStringLiteral("a")).state, DocumentSummary::State::PartlyRead);
    EXPECT_EQ(summary(QStringLiteral("a")).readTokens, 40);
    EXPECT_EQ(summary(QStringLiteral("b")).state, DocumentSummary::State::New);
    EXPECT_EQ(summary({}).model, QStringLiteral("A"));
    QFile::remove(path(QStringLiteral("book.txt")));
    EXPECT_EQ(summary(QStringLiteral("a")).state, DocumentSummary::State::Missing);
}

TEST_F(LibraryTest, MessagesAreATreeOfWhichTheLatestBranchIsShown)
{
    const auto library = open();
    const SessionId session = *library->write([](Library& in) { return in.sessions().add(QStringLiteral("s"), {}); });
    const auto add = [&](const Message& m) { return *library->write([&](Library& in) { return in.messages().add(session, m); }); };
    const MessageId question = add(message(Message::Role::User, 0, QStringLiteral("Who?")));
    const MessageId first = add(message(Message::Role::Assistant, question, QStringLiteral("Ahab.")));
    const MessageId second = add(message(Message::Role::Assistant, question, QStringLiteral("Starbuck.")));
    const QList<Message> branch = *library->read([&](Library& in) { return in.messages().branch(session); });
    ASSERT_EQ(branch.size(), 2);
    EXPECT_EQ(branch[0].id, question);
    EXPECT_EQ(branch[1].id, second);
    EXPECT_EQ((**library->read([&](Library& in) { return in.messages().find(first); })).text, QStringLiteral("Ahab."));
    EXPECT_EQ(*library->read([&](Library& in) { return in.messages().countAnswersTo(question); }), 2);
}

TEST_F(LibraryTest, AnswerCutOffByACrashLoadsAsStopped)
{
    Message streaming = message(Message::Role::Assistant, 0, QStringLiteral("half an ans"));
    streaming.state = Message::State::Streaming;
    SessionId session = 0;
    {
        const auto library = open();
        session = *library->write([](Library& in) { return in.sessions().add(QStringLiteral("s"), {}); });
        ASSERT_TRUE(library->write([&](Library& in) { return in.messages().add(session, streaming); }));
    }
    const QList<Message> branch = *open()->read([&](Library& in) { return in.messages().branch(session); });
    ASSERT_EQ(branch.size(), 1);
    EXPECT_EQ(branch[0].state, Message::State::Stopped);
    EXPECT_EQ(branch[0].text, QStringLiteral("half an ans"));
    EXPECT_FALSE(branch[0].note.isEmpty());
}

TEST_F(LibraryTest, SearchFindsWordsInTitlesAndMessages)
{
    const auto library = open();
    const SessionId doubloon = *library->write([](Library& in) {
        const SessionId id = in.sessions().add(QStringLiteral("The doubloon"), {});
        in.messages().add(
            id, message(Message::Role::User, 0, QStringLiteral("Who claims the gold «Ecuador» coin? naïve \"quotes\" AND OR")));
        return id;
    });
    const SessionId whales = *library->write([](Library& in) {
        const SessionId id = in.sessions().add(QStringLiteral("Whales"), {});
        Message streamed = message(Message::Role::Assistant, 0, QStringLiteral("A sperm"));
        streamed.id = in.messages().add(id, streamed);
        streamed.text = QStringLiteral("A sperm whale, and gold again");
        in.messages().update(streamed);
        return id;
    });
    struct Row {
        const char* words;
        QList<SessionId> found;
    };
    const Row rows[] = {
        {"doubloon", {doubloon}}, {"DOUBL", {doubloon}}, {"ecuador", {doubloon}}, {"naive", {doubloon}}, {"claims coin", {doubloon}},
        {"\"quotes\"", {doubloon}}, {"AND", {doubloon, whales}}, {"whale sperm", {whales}}, {"nothing", {}}, {"NEAR(", {}},
        {"", {whales, doubloon}}, {"  ", {whales, doubloon}},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.words);
        const auto found = library->read([&](Library& in) { return in.sessions().search(QString::fromUtf8(row.words)); });
        ASSERT_TRUE(found.ok()) << found.error().sentence.toStdString();
        QList<SessionId> ids;
        for (const SessionSummary& session : *found)
            ids.append(session.id);
        std::sort(ids.begin(), ids.end());
        QList<SessionId> expected = row.found;
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(ids, expected);
    }
    const auto sperm = *library->read([&](Library& in) { return in.sessions().search(QStringLiteral("sperm")); });
    EXPECT_TRUE(sperm.first().snippet.contains(QStringLiteral("sperm whale")));
}

TEST_F(LibraryTest, TrashedSessionIsOutOfListAndSearchUntilRestored)
{
    const auto library = open();
    const SessionId id = *library->write([](Library& in) { return in.sessions().add(QStringLiteral("Whales"), {}); });
    const auto count
        = [&](const QString& words) { return library->read([&](Library& in) { return in.sessions().search(words); })->size(); };
    ASSERT_TRUE(library->write([&](Library& in) { in.sessions().trash(id); }));
    EXPECT_EQ(count({}), 0);
    EXPECT_EQ(count(QStringLiteral("whales")), 0);
    ASSERT_TRUE(library->write([&](Library& in) { in.sessions().restore(id); }));
    EXPECT_EQ(count({}), 1);
    EXPECT_EQ(count(QStringLiteral("whales")), 1);
}

TEST_F(LibraryTest, TheTrashIsListedAndEmptiedAfterThirtyDays)
{
    SessionId kept = 0, old = 0;
    DocumentId removed = 0;
    {
        const auto library = open();
        ASSERT_TRUE(library->write([&](Library& in) {
            removed = in.documents().store(document("Text of an old conversation only."));
            kept = in.sessions().add(QStringLiteral("Kept"), {});
            old = in.sessions().add(QStringLiteral("Old"), {removed});
            in.messages().add(old, message(Message::Role::User, 0, QStringLiteral("an old question")));
            in.sessions().trash(kept);
            in.sessions().trash(old);
            in.documents().remove(removed);
        }));
        const QList<SessionSummary> trashed = *library->read([](Library& in) { return in.sessions().trashed(); });
        ASSERT_EQ(trashed.size(), 2);
        EXPECT_TRUE(trashed[0].trashed.isValid());
        EXPECT_TRUE(library->read([&](Library& in) { return in.documents().load(removed); })->has_value()) << "the trash still needs it";
    }
    const QDateTime past = QDateTime::currentDateTime().addDays(-kTrashDays).addSecs(-60);
    {
        SQLite::Database raw(path(QStringLiteral("library.db")).toStdString(), SQLite::OPEN_READWRITE, 0, checkedVfs());
        raw.exec("UPDATE sessions SET trashed_at = " + std::to_string(past.toMSecsSinceEpoch()) + " WHERE id = " + std::to_string(old));
    }
    const auto library = open();
    const QList<SessionSummary> trashed = *library->read([](Library& in) { return in.sessions().trashed(); });
    ASSERT_EQ(trashed.size(), 1);
    EXPECT_EQ(trashed[0].id, kept);
    EXPECT_FALSE(library->read([&](Library& in) { return in.sessions().find(old); })->has_value());
    EXPECT_FALSE(library->read([&](Library& in) { return in.documents().load(removed); })->has_value()) << "nobody needs it any more";
}

// SQLite's own cascade from message to answer would end after 1,000.
TEST_F(LibraryTest, ALongConversationCanBeErased)
{
    const auto library = open();
    const SessionId id = *library->write([&](Library& in) {
        const SessionId session = in.sessions().add(QStringLiteral("Long"), {});
        MessageId parent = 0;
        for (int n = 0; n < 2500; ++n)
            parent = in.messages().add(session, message(Message::Role::User, parent, QStringLiteral("word%1").arg(n)));
        return session;
    });
    const auto erased = library->erase({id});
    ASSERT_TRUE(erased.ok()) << erased.error().sentence.toStdString();
    EXPECT_TRUE(library->read([&](Library& in) { return in.messages().branch(id); })->isEmpty());
    EXPECT_TRUE(library->read([&](Library& in) { return in.sessions().search(QStringLiteral("word7")); })->isEmpty());
    EXPECT_EQ(*library->check(), QString());
}

TEST_F(LibraryTest, SettingsAreKept)
{
    ASSERT_TRUE(open()->write([](Library& in) { in.settings().set(QStringLiteral("a"), QStringLiteral("1")); }));
    ASSERT_TRUE(open()->write([](Library& in) { in.settings().set(QStringLiteral("a"), QStringLiteral("2")); }));
    EXPECT_EQ(*open()->read([](Library& in) { return in.settings().value(QStringLiteral("a")); }), QStringLiteral("2"));
    EXPECT_EQ(
        *open()->read([](Library& in) { return in.settings().value(QStringLiteral("b"), QStringLiteral("-")); }), QStringLiteral("-"));
}

TEST_F(LibraryTest, FailedWriteLeavesNothingBehind)
{
    const auto library = open();
    const auto failed = library->write([](Library& in) {
        in.sessions().add(QStringLiteral("half"), {});
        in.sessions().add(QStringLiteral("of an unknown document"), {DocumentId(99)});   // foreign keys are on
    });
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().kind, Failure::Kind::Library);
    EXPECT_TRUE(library->read([](Library& in) { return in.sessions().list(); })->isEmpty());
}

TEST_F(LibraryTest, DamagedTextIsToldNotShown)
{
    const auto library = open();
    const DocumentId id = *library->write([&](Library& in) { return in.documents().store(document("Call me Ishmael.")); });
    {
        SQLite::Database raw(path(QStringLiteral("library.db")).toStdString(), SQLite::OPEN_READWRITE);
        Query(raw, "UPDATE documents SET text = ?", QByteArray("garbage")).run();
    }
    const auto loaded = library->read([&](Library& in) { return in.documents().load(id); });
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().kind, Failure::Kind::Library);
}

TEST_F(LibraryTest, OpensALibraryOfVersionOne)
{
    {
        QFile first(QString::fromUtf8(octavo::test::kSourceDir) + QStringLiteral("/resources/migrations/1_first.sql"));
        ASSERT_TRUE(first.open(QIODevice::ReadOnly));
        SQLite::Database raw(path(QStringLiteral("library.db")).toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        raw.exec(first.readAll().constData());
        raw.exec("PRAGMA user_version = 1; PRAGMA application_id = 0x4f435456");
        raw.exec("INSERT INTO sessions(id, title, created_at, changed_at) VALUES (7, 'Old', 1, 2)");
        raw.exec("INSERT INTO messages(id, session, role, state, text, at) VALUES (3, 7, 0, 0, 'An old question', 5)");
        raw.exec("UPDATE sessions SET head = 3");
    }
    const auto library = open();
    const QList<SessionSummary> found = *library->read([](Library& in) { return in.sessions().search(QStringLiteral("question")); });
    ASSERT_EQ(found.size(), 1);
    EXPECT_EQ(found[0].title, QStringLiteral("Old"));
    EXPECT_EQ(library->read([](Library& in) { return in.messages().branch(7); })->first().at.toMSecsSinceEpoch(), 5);
}

TEST_F(LibraryTest, UnusableDataFolderIsOneSentenceAndNothingIsTouched)
{
    struct Row {
        const char* name;
        QString dataDir;
        Failure::Kind kind;
    };
    const auto folder = [&](const char* name) {
        QDir(m_dir.path()).mkpath(QString::fromUtf8(name));
        return path(QString::fromUtf8(name));
    };
    const auto database = [&](const char* name, const char* sql) {
        const QString dir = folder(name);
        SQLite::Database((dir + QStringLiteral("/library.db")).toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
        return dir;
    };
    writeFile(QStringLiteral("file"), "a file");
    folder("garbage");
    writeFile(QStringLiteral("garbage/library.db"), QByteArray("This is a letter, not a database. ").repeated(200));
    folder("short");
    writeFile(QStringLiteral("short/library.db"), "short");
    folder("folder/library.db");

    const Row rows[] = {
        {"below a file", path(QStringLiteral("file/data")), Failure::Kind::Folder},
        {"where nothing can be created", QStringLiteral("/proc/octavo"), Failure::Kind::Folder},
        {"folder where nothing can be created", QStringLiteral("/proc"), Failure::Kind::Library},
        {"garbage", path(QStringLiteral("garbage")), Failure::Kind::Library},
        {"short garbage", path(QStringLiteral("short")), Failure::Kind::Library},
        {"a folder of that name", path(QStringLiteral("folder")), Failure::Kind::Library},
        {"newer", database("newer", "CREATE TABLE t(x); PRAGMA application_id = 0x4f435456; PRAGMA user_version = 99"),
            Failure::Kind::Library},
        {"another program's", database("other", "CREATE TABLE t(x)"), Failure::Kind::Library},
        {"another program's with a version", database("versioned", "CREATE TABLE t(x); PRAGMA user_version = 1"), Failure::Kind::Library},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const QString file = row.dataDir + QStringLiteral("/library.db");
        const QByteArray before = bytesOf(file);
        const auto opened = Library::open(row.dataDir);
        ASSERT_FALSE(opened.ok());
        EXPECT_EQ(opened.error().kind, row.kind) << opened.error().sentence.toStdString();
        EXPECT_TRUE(opened.error().sentence.contains(row.dataDir)) << opened.error().sentence.toStdString();
        EXPECT_EQ(bytesOf(file), before);
    }
}

TEST_F(LibraryTest, ReadOnlyDataFolderIsTold)
{
    if (QFileInfo(QStringLiteral("/root")).isWritable())
        GTEST_SKIP() << "runs as root, for whom no folder is read-only";
    open();
    QFile(path(QStringLiteral("library.db"))).setPermissions(QFile::ReadOwner);
    QFile(m_dir.path()).setPermissions(QFile::ReadOwner | QFile::ExeOwner);
    const auto opened = Library::open(m_dir.path());
    QFile(m_dir.path()).setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, Failure::Kind::Library);
}
