// SPDX-License-Identifier: Apache-2.0
#include "assistant/reading_folder.h"

#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace octavo::app {
namespace {

class ReadingFolderTest : public ::testing::Test {
protected:
    void put(const QString& name, qint64 bytes, int usedDaysAgo)
    {
        QFile file(where.filePath(name));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(bytes, 'x'));
        file.flush();
        ASSERT_TRUE(file.setFileTime(QDateTime::currentDateTime().addDays(-usedDaysAgo), QFileDevice::FileModificationTime));
    }
    QStringList files() const { return QDir(where.path()).entryList(QDir::Files, QDir::Name); }

    QTemporaryDir where;
    ReadingFolder folder{where.path()};
    const ReadingLimits limits{1000, 0};
};

TEST_F(ReadingFolderTest, TheLeastRecentlyUsedGoFirstAndNoMoreThanNeeded)
{
    put("a.oct", 300, 3);
    put("b.oct", 300, 1);
    put("c.oct", 200, 2);
    put("c.oct.resume", 100, 2);
    EXPECT_EQ(folder.bytes(), 900);
    EXPECT_TRUE(folder.makeRoom(100, limits, {}).evicted.isEmpty()) << "it fits";
    const auto room = folder.makeRoom(500, limits, {});
    EXPECT_EQ(room.missingBytes, 0);
    EXPECT_EQ(room.evicted, (QStringList{"a.oct", "c.oct"}));
    EXPECT_EQ(files(), QStringList{"b.oct"}) << "a reading goes with all that belongs to it";
}

TEST_F(ReadingFolderTest, WhatIsPinnedOrBeingWrittenStays)
{
    put("pinned.oct", 300, 9);
    put("written.oct", 300, 8);
    put("free.oct", 300, 1);
    const int writer = ::open(QFile::encodeName(where.filePath("written.oct")).constData(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(writer, LOCK_EX), 0);
    EXPECT_EQ(folder.makeRoom(400, limits, {"pinned.oct"}).evicted, QStringList{"free.oct"});
    const auto room = folder.makeRoom(700, limits, {"pinned.oct"});
    EXPECT_EQ(room.missingBytes, 300);
    EXPECT_FALSE(folder.remove("written.oct"));
    EXPECT_EQ(files(), (QStringList{"pinned.oct", "written.oct"})) << "nothing is deleted in vain";
    ::close(writer);
    EXPECT_TRUE(folder.remove("written.oct"));
}

TEST_F(ReadingFolderTest, UseIsRemembered)
{
    put("a.oct", 300, 3);
    put("b.oct", 300, 2);
    folder.markUsed("a.oct");
    const QList<KeptReading> readings = folder.readings();
    ASSERT_EQ(readings.size(), 2);
    EXPECT_EQ(readings[0].name, QStringLiteral("a.oct"));
    EXPECT_EQ(folder.makeRoom(500, limits, {}).evicted, QStringList{"b.oct"});
}

TEST_F(ReadingFolderTest, TheDiskItselfIsALimit)
{
    put("a.oct", 300, 3);
    const ReadingLimits greedy{0, qint64{1} << 60}; // more than any disk has
    EXPECT_GT(folder.makeRoom(1, greedy, {}).missingBytes, 0);
    EXPECT_EQ(files(), QStringList{"a.oct"});
    EXPECT_GT(folder.quota({}), 0);
}

TEST_F(ReadingFolderTest, WhatACrashLeftIsTidiedAway)
{
    put("a.oct", 10, 1);
    put("a.oct.resume", 10, 1);
    put("a.oct.resume.partial", 10, 1);
    put("gone.oct.resume", 10, 1);
    put("begun.oct.partial", 10, 1);
    put("written.oct.partial", 10, 1);
    put("other.txt", 10, 1);
    const int writer = ::open(QFile::encodeName(where.filePath("written.oct.partial")).constData(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(writer, LOCK_EX), 0);
    folder.tidy();
    ::close(writer);
    EXPECT_EQ(files(), (QStringList{"a.oct", "a.oct.resume", "other.txt", "written.oct.partial"}));
}

} // namespace
} // namespace octavo::app
