// SPDX-License-Identifier: Apache-2.0
// Library files that are damaged, cut, or of an older version: what is there is saved, what is wrong is told.
#include <QDir>
#include <QTemporaryDir>
#include <cstdio>
#include <gtest/gtest.h>
#include <random>
#include <sys/stat.h>

#include "library/library.h"
#include "support/files.h"
#include "support/paths.h"
#include "support/sample_library.h"

using namespace octavo::app;
using octavo::test::bytesOf;
using octavo::test::folderWithLibrary;
using octavo::test::SampleLibrary;

namespace {

class LibraryDamage : public ::testing::Test {
protected:
    void SetUp() override
    {
        {
            auto library = Library::open(m_whole.path()).value();
            SampleLibrary::fill(*library);
            m_all = SampleLibrary::everythingIn(*library);
        } // closing brings all of the log into the file
        m_bytes = bytesOf(m_whole.filePath(QStringLiteral("library.db")));
        ASSERT_GT(m_bytes.size(), 50'000);
        ASSERT_FALSE(QFile::exists(m_whole.filePath(QStringLiteral("library.db-wal"))));
    }

    static QStringList setAside(const QTemporaryDir& folder)
    {
        return QDir(folder.path()).entryList({QStringLiteral("library.damaged-*.db")});
    }

    QTemporaryDir m_whole;
    QByteArray m_bytes;
    std::map<std::string, std::string> m_all;
};

// How many entries begin as they did: a message in a damaged part has a note behind its text.
int countKept(const std::map<std::string, std::string>& saved, const std::map<std::string, std::string>& before)
{
    int kept = 0;
    for (const auto& [name, text] : before)
        kept += saved.at(name).starts_with(text.substr(0, 60));
    return kept;
}

} // namespace

TEST_F(LibraryDamage, AnyFlippedBitIsSeenOrHarmless)
{
    std::mt19937 random(1);
    int refused = 0, salvaged = 0, harmless = 0, lost = 0, costly = 0;
    for (int n = 0; n < 1000; ++n) {
        QByteArray bytes = m_bytes;
        const auto at = static_cast<qsizetype>(random() % static_cast<std::uint32_t>(bytes.size()));
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        const auto folder = folderWithLibrary(bytes);
        const auto opened = Library::open(folder->path());
        if (!opened) {
            ++refused;
            EXPECT_EQ(bytesOf(folder->filePath(QStringLiteral("library.db"))), bytes) << "what is refused is left alone";
            continue;
        }
        const bool told = !(*opened)->notice().isEmpty();
        const auto all = SampleLibrary::everythingIn(**opened);
        if (!told) {
            ++harmless;
            EXPECT_EQ(all, m_all) << "byte " << at << " changed something unseen";
            continue;
        }
        ++salvaged;
        ASSERT_EQ(setAside(*folder).size(), 1);
        EXPECT_EQ(bytesOf(folder->filePath(setAside(*folder).first())), bytes) << "the damaged file is kept as it is";
        for (const auto& [name, text] : m_all) {
            if (!name.starts_with("message") || all.at(name) == text)
                continue;
            ++lost;
            EXPECT_TRUE(all.at(name) == "none" || all.at(name).find("damaged part") != std::string::npos || all.at(name).starts_with(text.substr(0, 60)))
                << "byte " << at << ": " << name << " is another and does not say so: " << all.at(name);
        }
        costly += countKept(all, m_all) < static_cast<int>(m_all.size()) * 2 / 3;
    }
    std::printf("1000 flips: %d refused, %d salvaged (%d messages lost or marked, in %d more than a third), %d harmless\n", refused, salvaged, lost,
                costly, harmless);
    EXPECT_LT(costly, 20) << "one page costs little, but for the one that describes the tables";
    EXPECT_GT(salvaged, 900);
}

TEST_F(LibraryDamage, WhatIsLeftOfACutFileIsSaved)
{
    for (const int percent : {3, 20, 50, 80, 99}) {
        const auto folder = folderWithLibrary(m_bytes.left(m_bytes.size() * percent / 100));
        const auto opened = Library::open(folder->path());
        ASSERT_TRUE(opened.ok()) << percent << ": " << opened.error().sentence.toStdString();
        EXPECT_FALSE((*opened)->notice().isEmpty());
        EXPECT_EQ(setAside(*folder).size(), 1);
        if (percent >= 80) {
            EXPECT_GE(*(*opened)->read([](Library& in) { return in.sessions().search(QStringLiteral("doubloon")).size(); }), 3);
        }
        const auto again = Library::open(folder->path());
        ASSERT_TRUE(again.ok());
        EXPECT_TRUE((*again)->notice().isEmpty()) << "told once";
    }
}

TEST_F(LibraryDamage, ADamagedLibraryThatAnotherHasOpenIsLeftAlone)
{
    QByteArray bytes = m_bytes;
    for (qsizetype at = 20'000; at < bytes.size(); at += 4096)
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
    const auto folder = folderWithLibrary(bytes);
    {
        const FolderLock another(folder->path());
        ASSERT_FALSE(Library::open(folder->path()).ok());
        EXPECT_EQ(bytesOf(folder->filePath(QStringLiteral("library.db"))), bytes);
    }
    EXPECT_TRUE(Library::open(folder->path()).ok());
}

TEST_F(LibraryDamage, ACutOffSalvageIsFinished)
{
    const auto folder = folderWithLibrary(m_bytes);
    ASSERT_TRUE(QFile::rename(folder->filePath(QStringLiteral("library.db")), folder->filePath(QStringLiteral("library.salvaged.db"))));
    const auto opened = Library::open(folder->path());
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(SampleLibrary::everythingIn(**opened), m_all);
}

// Libraries that programs of those versions wrote, each asked two questions, one of them about what is now in the trash.
TEST_F(LibraryDamage, ALibraryOfEveryOlderVersionComesOverWholeAndABackupStays)
{
    const auto summaryOf = [](Library& library) {
        return *library.read([](Library& in) {
            QStringList all;
            for (const SessionId session : in.sessions().all()) {
                const SessionSummary summary = in.sessions().find(session).value();
                all.append(summary.title + QString::number(summary.documents.size()) + (summary.trashed.isValid() ? QStringLiteral(" trashed") : QString()));
                for (const Message& message : in.messages().all(session)) {
                    all.append(message.text + QString::number(message.parent) + QString::number(in.citations().of(message.id).size())
                               + QString::number(in.hops().find(message.id).value_or(QByteArray()).size()));
                }
            }
            const Document document = in.documents().load(1).value();
            all.append(document.path + QString::number(document.text.size()) + QString::number(document.outline.parts.size()));
            all.append(in.settings().value(QStringLiteral("model.hash")) + QString::number(in.sessions().search(QStringLiteral("Octavo")).size()));
            return all;
        });
    };
    for (int version = 1; version < kLibraryVersion; ++version) {
        SCOPED_TRACE(version);
        const QString saved = QStringLiteral("%1/tests/data/library/v%2.db").arg(QString::fromUtf8(octavo::test::kSourceDir)).arg(version);
        ASSERT_TRUE(QFile::exists(saved)) << "a new version needs a library that the one before it wrote";
        const auto folder = folderWithLibrary(bytesOf(saved));
        QStringList migrated;
        {
            const auto opened = Library::open(folder->path());
            ASSERT_TRUE(opened.ok()) << opened.error().sentence.toStdString();
            EXPECT_TRUE((*opened)->notice().isEmpty());
            EXPECT_EQ(*(*opened)->check(), QString());
            migrated = summaryOf(**opened);
            EXPECT_EQ(migrated[0], QStringLiteral("What is Octavo?1"));
            EXPECT_TRUE(migrated.contains(QStringLiteral("What does it run on?1 trashed")));
            EXPECT_GE(migrated.size(), 8);
        }
        // The backup is a library of the old version in every respect: put in the place of the new one, it comes over the same way.
        const QString backup = folder->filePath(QStringLiteral("library.v%1.backup.db").arg(version));
        ASSERT_TRUE(QFile::exists(backup));
        const auto restored = folderWithLibrary(bytesOf(backup));
        EXPECT_EQ(summaryOf(**Library::open(restored->path())), migrated);
    }
}

TEST_F(LibraryDamage, NothingIsForOtherEyes)
{
    const auto before = ::umask(0);
    QTemporaryDir parent;
    const QString folder = parent.filePath(QStringLiteral("data"));
    auto library = Library::open(folder).value();
    SampleLibrary::fill(*library, 1, 1);
    ::umask(before);
    const auto others = [](const QString& path) { return QFile::permissions(path) & ~(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadUser | QFile::WriteUser | QFile::ExeUser); };
    EXPECT_FALSE(others(folder));
    const QFileInfoList files = QDir(folder).entryInfoList(QDir::Files);
    EXPECT_GE(files.size(), 3) << "the library and its logs";
    for (const QFileInfo& file : files)
        EXPECT_FALSE(others(file.filePath())) << file.fileName().toStdString();
}
