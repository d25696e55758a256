// SPDX-License-Identifier: Apache-2.0
// Archives: all that goes in comes out, in another library too; nothing of a damaged or made-up one does.
#include "archive/archive.h"

#include <QTemporaryDir>
#include <cstdio>
#include <gtest/gtest.h>
#include <random>

#include "archive/archive_file.h"
#include "archive/archive_json.h"
#include "archive/archived_session.h"
#include "assistant/hop_record.h"
#include "library/content_hash.h"
#include "support/files.h"
#include "support/sample_library.h"

#include <QJsonDocument>

using namespace octavo::app;
using octavo::test::bytesOf;
using octavo::test::SampleLibrary;
using octavo::test::writeBytes;

namespace {

HopRecord sampleHops(DocumentId first, DocumentId second)
{
    HopRecord record;
    record.model = QStringLiteral("Sample");
    record.question = QStringLiteral("Who?");
    record.answer = QStringLiteral("Ahab nails it.");
    record.passages = {{first, {0, 400}}, {first, {400, 900}}, {second, {0, 700}}};
    record.tokenBegins = {0, 4, 10};
    record.weights = {0.5F, 0.25F, 0.125F, 0, 0.5F, 0.25F, 0.25F, 0.25F, 0.25F};
    record.outside = {0.125F, 0.25F, 0.25F};
    record.heaviest = {{{first, {10, 14}, 0.25F}}, {}, {{second, {3, 9}, 0.125F}, {first, {10, 14}, 0.0625F}}};
    return record;
}

class ArchiveTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        m_library = Library::open(m_dir.filePath(QStringLiteral("from"))).value();
        SampleLibrary::fill(*m_library);
        const auto completed = m_library->write([](Library& in) {   // the sample's records of where answers looked are none
            for (MessageId id = 1; id <= 60; ++id) {
                if (!in.hops().find(id))
                    continue;
                in.hops().store(id, packHopRecord(sampleHops(1, 2)));
                in.messages().storeSettings(id, {QStringLiteral("Sample"), QStringLiteral("0123"), {QStringLiteral("int8"), QStringLiteral("q8_0"), QStringLiteral("0,1024"), 4.5},
                                                 512, 0.75, ~quint64(0) - static_cast<quint64>(id)});
            }
            in.documents().setPinned(2, true);
            in.messages().add(2, SampleLibrary::message(Message::Role::User, 9, QStringLiteral("A branch <b>of its own</b> \"quoted\" \u2603")));
        });
        ASSERT_TRUE(completed.ok());
    }

    QString path(const char* name) const { return m_dir.filePath(QLatin1String(name)); }
    std::unique_ptr<Library> emptyLibrary(const char* name = "to") const { return Library::open(path(name)).value(); }

    // What a library has, without ids: conversations in order, and documents.
    static QStringList contentsOf(Library& library)
    {
        return *library.read([](Library& in) {
            QStringList all;
            for (const SessionId id : in.sessions().all()) {
                const ArchivedSession session = *archivedSession(in, id);
                all.append(QString::fromUtf8(QJsonDocument(toJson(session)).toJson(QJsonDocument::Compact)));
                const QList<DocumentId> documents = in.sessions().find(id)->documents;
                for (const ArchivedMessage& message : session.messages) {
                    auto record = unpackHopRecord(in.hops().find(message.message.id).value_or(QByteArray()));
                    if (record && renumber(*record, [&](DocumentId document) { return documents.indexOf(document) + 1; }))
                        all.append(QString::fromLatin1(packHopRecord(*record).toHex()));
                }
            }
            for (const DocumentId id : in.documents().all()) {
                const Document document = *in.documents().load(id);
                all.append(QString::fromUtf8(QJsonDocument(toJson(document)).toJson(QJsonDocument::Compact)) + contentHash(document.text)
                           + QString::number(in.documents().summary(id, {})->pinned) + QString::number(in.documents().isRemoved(id)));
            }
            return all;
        });
    }

    QTemporaryDir m_dir;
    std::unique_ptr<Library> m_library;
};

} // namespace

TEST_F(ArchiveTest, EverythingComesBackInAnotherLibrary)
{
    ASSERT_TRUE(m_library->write([](Library& in) { in.documents().remove(1); }));   // and is still needed
    const QString file = path("all.octavo");
    const auto exported = exportLibrary(*m_library, file, {});
    ASSERT_TRUE(exported.ok()) << exported.error().sentence.toStdString();
    EXPECT_EQ(exported->sessions, 6);
    EXPECT_EQ(exported->documents, 2);
    EXPECT_EQ(exported->damagedHops, 0);
    EXPECT_EQ(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther), QFile::Permissions());

    const auto library = emptyLibrary();
    ASSERT_TRUE(library->write([](Library& in) { return in.documents().store(SampleLibrary::document(9)); }));   // so that ids differ
    const auto imported = importArchive(*library, file, {});
    ASSERT_TRUE(imported.ok()) << imported.error().sentence.toStdString();
    EXPECT_EQ(imported->sessions, 6);
    EXPECT_EQ(imported->messages, exported->messages);
    EXPECT_EQ(imported->documents, 2);
    EXPECT_FALSE(imported->session.has_value());
    ASSERT_TRUE(library->write([](Library& in) { in.documents().remove(1); }));
    EXPECT_EQ(contentsOf(*library), contentsOf(*m_library));
    EXPECT_EQ(*library->check(), QString());
    EXPECT_EQ(library->read([](Library& in) { return in.sessions().trashed(); })->size(), 1);
    EXPECT_GE(library->read([](Library& in) { return in.sessions().search(QStringLiteral("branch")); })->size(), 1);
}

TEST_F(ArchiveTest, WhatIsHereAlreadyIsNotDoubled)
{
    const QString file = path("all.octavo");
    ASSERT_TRUE(exportLibrary(*m_library, file, {}).ok());
    const QStringList before = contentsOf(*m_library);
    const auto again = importArchive(*m_library, file, {});
    ASSERT_TRUE(again.ok()) << again.error().sentence.toStdString();
    EXPECT_EQ(again->alreadyHere, 6);
    EXPECT_EQ(again->sessions, 0);
    EXPECT_EQ(contentsOf(*m_library), before);
    // A conversation that has gone on since is another: neither side is lost.
    ASSERT_TRUE(m_library->write([](Library& in) { return in.messages().add(3, SampleLibrary::message(Message::Role::User, 17, QStringLiteral("And then?"))); }));
    const auto changed = importArchive(*m_library, file, {});
    EXPECT_EQ(changed->alreadyHere, 5);
    EXPECT_EQ(changed->sessions, 1);
}

TEST_F(ArchiveTest, OneSessionIsAFileThatTellsNoFolders)
{
    const QString file = path("one.octavo");
    const auto exported = exportSession(*m_library, 3, file);
    ASSERT_TRUE(exported.ok()) << exported.error().sentence.toStdString();
    EXPECT_EQ(exported->sessions, 1);
    const auto library = emptyLibrary();
    const auto imported = importArchive(*library, file, {});
    ASSERT_TRUE(imported.ok()) << imported.error().sentence.toStdString();
    ASSERT_TRUE(imported->session.has_value());
    EXPECT_EQ(library->read([&](Library& in) { return in.sessions().find(*imported->session)->title; }).value(), QStringLiteral("Session 2"));
    const Document document = *library->read([](Library& in) { return in.documents().load(1).value(); });
    EXPECT_EQ(document.path, QStringLiteral("0.txt"));
    EXPECT_EQ(document.text, SampleLibrary::document(0).text);
    // What is in a trash and comes from a file is wanted back.
    ASSERT_TRUE(library->write([](Library& in) { in.sessions().trash(1); }));
    EXPECT_EQ(importArchive(*library, file, {})->alreadyHere, 1);
    EXPECT_EQ(library->read([](Library& in) { return in.sessions().list(); })->size(), 1);
    EXPECT_FALSE(exportSession(*m_library, 99, file).ok());
    EXPECT_FALSE(bytesOf(file).isEmpty()) << "a failed export leaves the file that was there";
    EXPECT_FALSE(QFile::exists(file + QStringLiteral(".partial")));
}

TEST_F(ArchiveTest, AnyFlippedBitIsSeenOrHarmless)
{
    const QString file = path("one.octavo");
    ASSERT_TRUE(exportSession(*m_library, 3, file).ok());
    const QByteArray whole = bytesOf(file);
    const auto reference = emptyLibrary("reference");
    ASSERT_TRUE(importArchive(*reference, file, {}).ok());
    const QStringList expected = contentsOf(*reference);
    std::mt19937 random(3);
    int seen = 0, harmless = 0;
    const auto library = emptyLibrary();
    for (int n = 0; n < 1000; ++n) {
        QByteArray bytes = whole;
        const auto at = static_cast<qsizetype>(random() % static_cast<std::uint32_t>(bytes.size()));
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        writeBytes(file, bytes);
        const auto imported = importArchive(*library, file, {});
        if (!imported) {
            ++seen;
            EXPECT_FALSE(imported.error().sentence.isEmpty());
            EXPECT_TRUE(contentsOf(*library).isEmpty()) << "byte " << at << ": part of it was taken over";
            continue;
        }
        ++harmless;
        EXPECT_EQ(contentsOf(*library), expected) << "byte " << at << " changed something unseen";
        ASSERT_TRUE(library->erase({*imported->session}).ok());
        ASSERT_TRUE(library->write([](Library& in) {
            for (const DocumentId id : in.documents().all())
                in.documents().remove(id);
        }));
    }
    std::printf("1000 flips: %d seen, %d harmless\n", seen, harmless);
    EXPECT_GT(seen, 700);   // of a small archive a fifth is what ZIP says of dates, rights and versions
}

TEST_F(ArchiveTest, ACutFileIsRefusedWhole)
{
    const QString file = path("one.octavo");
    ASSERT_TRUE(exportSession(*m_library, 3, file).ok());
    const QByteArray whole = bytesOf(file);
    const auto library = emptyLibrary();
    for (int percent = 0; percent < 100; ++percent) {
        writeBytes(file, whole.left(whole.size() * percent / 100));
        EXPECT_FALSE(importArchive(*library, file, {}).ok()) << percent;
    }
    EXPECT_TRUE(contentsOf(*library).isEmpty());
}

TEST_F(ArchiveTest, WhatAnybodyMayWriteIsRefusedAndNothingIsTaken)
{
    const QByteArray text = "A text of some bytes.\n";
    const QString hash = contentHash(text);
    const QByteArray document = R"({"path":"a.txt","title":"A","kind":"plain text","files":[],"ledger":[],"outline":[{"depth":0,"kind":"book","title":"A","begin":0,"end":22}]})";
    const QByteArray session = R"({"title":"S","created":1,"changed":2,"documents":["HASH"],"head":0,"messages":[{"role":"user","state":"complete","text":"?","note":"","at":3,"sources":[]}]})";
    const auto with = [](QByteArray json, const char* from, const char* to) { return json.replace(from, to); };
    const auto inSession = [&](const char* from, const char* to) { return with(with(session, "HASH", hash.toLatin1().constData()), from, to); };
    const QString folder = QStringLiteral("documents/%1/").arg(hash);
    const QString description = folder + QStringLiteral("document.json"), itsText = folder + QStringLiteral("text.txt"), chat = QStringLiteral("sessions/1/session.json");
    const QByteArray deep = QByteArray(2'000'000, '[');
    const QByteArray summaryPart = "\"summary\":[{\"kind\":\"chapter\",\"document\":\"" + hash.toLatin1() + "\",\"title\":\"T\",\"attention\":0.5,\"again\":false,\"begin\":0,\"end\":";
    struct Case {
        const char* what;
        std::vector<std::pair<QString, QByteArray>> entries;
        bool sound = false;
    };
    const Case cases[] = {
        {"sound", {{description, document}, {itsText, text}, {chat, inSession("", "")}}, true},
        {"nothing at all", {}, true},
        {"text without a description", {{itsText, text}}},
        {"another text", {{description, document}, {itsText, text + "more"}}},
        {"text that is not UTF-8", {{QStringLiteral("documents/%1/document.json").arg(contentHash("\xff")), document}, {QStringLiteral("documents/%1/text.txt").arg(contentHash("\xff")), "\xff"}}},
        {"a part beyond the text", {{description, with(document, "\"end\":22", "\"end\":23")}, {itsText, text}}},
        {"a part that ends before it begins", {{description, with(document, "\"begin\":0", "\"begin\":30")}, {itsText, text}}},
        {"an outline without a root", {{description, with(document, "\"depth\":0", "\"depth\":1")}, {itsText, text}}},
        {"a number that is none", {{description, with(document, "\"end\":22", "\"end\":1e300")}, {itsText, text}}},
        {"an unknown kind", {{description, with(document, "plain text", "spell")}, {itsText, text}}},
        {"a description as deep as memory", {{description, deep}, {itsText, text}}},
        {"a session about a text that is not there", {{chat, inSession("", "")}}},
        {"a hash that is a path", {{chat, with(session, "HASH", "../../../../etc/passwd")}}},
        {"an answer above its question", {{description, document}, {itsText, text}, {chat, inSession("\"sources\":[]", "\"sources\":[],\"parent\":0")}}},
        {"an unknown role", {{description, document}, {itsText, text}, {chat, inSession("\"user\"", "\"system\"")}}},
        {"a head beyond the end", {{description, document}, {itsText, text}, {chat, inSession("\"head\":0", "\"head\":1")}}},
        {"a summary", {{description, document}, {itsText, text}, {chat, with(inSession("\"head\":0", (summaryPart + "22}],\"head\":0").constData()), "\"created\":1", "\"created\":7")}}, true},
        {"a chapter beyond the text", {{description, document}, {itsText, text}, {chat, with(inSession("\"head\":0", (summaryPart + "23}],\"head\":0").constData()), "\"created\":1", "\"created\":8")}}},
        {"a chapter with another's message", {{description, document}, {itsText, text}, {chat, with(inSession("\"head\":0", (summaryPart + "22,\"message\":1}],\"head\":0").constData()), "\"created\":1", "\"created\":9")}}},
        {"a source beyond the text", {{description, document}, {itsText, text},
            {chat, inSession("\"sources\":[]", ("\"sources\":[{\"document\":\"" + hash.toLatin1() + "\",\"title\":\"\",\"place\":\"\",\"line\":1,\"weight\":1,\"text\":\"\",\"begin\":0,\"end\":99}]").constData())}}},
        {"hops that do not come", {{description, document}, {itsText, text}, {chat, inSession("\"sources\":[]", "\"sources\":[],\"hops\":true")}}},
        {"hops that are none", {{description, document}, {itsText, text}, {chat, inSession("\"sources\":[]", "\"sources\":[],\"hops\":true")}, {QStringLiteral("sessions/1/hops/0"), "hops"}}},
        {"hops of other texts", {{description, document}, {itsText, text}, {chat, inSession("\"sources\":[]", "\"sources\":[],\"hops\":true")}, {QStringLiteral("sessions/1/hops/0"), packHopRecord(sampleHops(1, 2))}}},
        {"hops of nothing", {{description, document}, {itsText, text}, {chat, inSession("", "")}, {QStringLiteral("sessions/1/hops/0"), packHopRecord(sampleHops(1, 1))}}},
        {"a file of its own", {{QStringLiteral("../../.bashrc"), "x"}}},
        {"the same twice", {{description, document}, {itsText, text}, {itsText, text}}},
    };
    const auto library = emptyLibrary();
    for (const Case& test : cases) {
        const QString file = path("made.octavo");
        const auto writer = ArchiveWriter::create(file).value();
        for (const auto& [name, bytes] : test.entries)
            ASSERT_TRUE(writer->add(name, bytes).ok());
        ASSERT_TRUE(writer->finish({}).ok());
        const auto imported = importArchive(*library, file, {});
        EXPECT_EQ(imported.ok(), test.sound) << test.what;
        if (!imported.ok()) {
            EXPECT_TRUE(imported.error().sentence.startsWith(file) && imported.error().sentence.endsWith(QLatin1Char('.'))) << imported.error().sentence.toStdString();
        }
    }
    EXPECT_EQ(contentsOf(*library).size(), 3) << "of the sound ones alone, whose text is the same";
}

TEST_F(ArchiveTest, ABombIsNotUnpacked)
{
    const QString file = path("bomb.octavo");
    const auto writer = ArchiveWriter::create(file).value();
    ASSERT_TRUE(writer->add(QStringLiteral("sessions/1/session.json"), QByteArray(200 << 20, ' ')).ok());
    ASSERT_TRUE(writer->finish({}).ok());
    EXPECT_LT(bytesOf(file).size(), 1 << 20);
    const auto imported = importArchive(*emptyLibrary(), file, {});
    ASSERT_FALSE(imported.ok());
    EXPECT_TRUE(imported.error().sentence.contains(QStringLiteral("expand"))) << imported.error().sentence.toStdString();
}

TEST_F(ArchiveTest, PlacesThatCannotBeWrittenOrReadAreTold)
{
    for (const char* place : {"/nowhere/all.octavo", "/proc/all.octavo"}) {
        const auto exported = exportLibrary(*m_library, QLatin1String(place), {});
        ASSERT_FALSE(exported.ok());
        EXPECT_TRUE(exported.error().sentence.contains(QLatin1String(place)));
    }
    EXPECT_FALSE(importArchive(*m_library, QStringLiteral("/nowhere/all.octavo"), {}).ok());
    EXPECT_FALSE(importArchive(*m_library, m_dir.path(), {}).ok());
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = exportLibrary(*m_library, path("stopped.octavo"), stop.get_token());
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().kind, Failure::Kind::Stopped);
    EXPECT_FALSE(QFile::exists(path("stopped.octavo")) || QFile::exists(path("stopped.octavo.partial")));
}
