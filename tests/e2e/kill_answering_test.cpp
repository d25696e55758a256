// SPDX-License-Identifier: Apache-2.0
// The real program is killed (SIGKILL) at random moments while it answers: the library opens, everything that was there before still is, a question is
// there before any of its answer is shown, and what is kept of an answer is how the whole one begins. 8 kills, 300 with OCTAVO_LONG_TESTS.
#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <random>

#include "library/library.h"
#include "support/paths.h"

namespace octavo::app {
namespace {

const QString kQuestion = QStringLiteral("What is a reading, and where is it kept?");

class KillAnswering : public ::testing::Test {
protected:
    QStringList asking() const
    {
        return {QStringLiteral("--data-dir"), folder.path(), QStringLiteral("--model"), QString::fromUtf8(test::kModelFile), QStringLiteral("--threads"),
                QStringLiteral("2"),          QStringLiteral("ask"), book, QStringLiteral("-q"), kQuestion, QStringLiteral("--max-tokens"), QStringLiteral("200")};
    }

    // Sessions with their messages, oldest first.
    QList<Session> sessions() const
    {
        auto library = Library::open(folder.path());
        EXPECT_TRUE(library.ok()) << library.error().sentence.toStdString();
        if (!library)
            return {};
        const auto all = (*library)->read([](Library& in) {
            QList<Session> found;
            for (const SessionSummary& summary : in.sessions().list())
                found.prepend({summary, in.messages().branch(summary.id)});
            return found;
        });
        EXPECT_TRUE(all.ok());
        return all ? *all : QList<Session>();
    }

    QTemporaryDir folder;
    const QString book = QString::fromUtf8(test::kSourceDir) + QStringLiteral("/engine/include/octavo/engine/reading.h");
};

TEST_F(KillAnswering, LosesNothingThatWasShown)
{
    if (!QFile::exists(QString::fromUtf8(test::kModelFile)))
        GTEST_SKIP() << "no default model";
    const int kills = qEnvironmentVariableIsSet("OCTAVO_LONG_TESTS") ? 300 : 8;
    QProcess program;
    program.setProcessChannelMode(QProcess::SeparateChannels);
    program.setProgram(QStringLiteral(OCTAVO_CLI));
    program.setArguments(asking());
    const auto run = [&] {
        program.start();
        ASSERT_TRUE(program.waitForFinished(-1));
        ASSERT_EQ(program.exitCode(), 0) << program.readAllStandardError().toStdString();
    };
    run(); // reads
    QElapsedTimer clock;
    clock.start();
    run();
    const qint64 whole = clock.elapsed();
    QList<Session> before = sessions();
    ASSERT_EQ(before.size(), 2);
    const QString answer = before[1].messages.last().text;
    ASSERT_GT(answer.size(), 20);
    EXPECT_EQ(before[0].messages.last().text, answer) << "the likeliest words each time";

    std::mt19937 random(1);
    int inAnswer = 0, asked = 0;
    for (int kill = 0; kill < kills; ++kill) {
        program.start();
        ASSERT_TRUE(program.waitForStarted(-1));
        program.waitForFinished(static_cast<int>(random() % static_cast<std::uint32_t>(whole + 1)));
        program.kill();
        program.waitForFinished(-1);
        const QString shown = QString::fromUtf8(program.readAllStandardOutput());
        const QList<Session> after = sessions();
        ASSERT_GE(after.size(), before.size());
        ASSERT_LE(after.size(), before.size() + 1);
        for (qsizetype n = 0; n < before.size(); ++n) {
            ASSERT_EQ(after[n].messages.size(), before[n].messages.size());
            for (qsizetype m = 0; m < before[n].messages.size(); ++m)
                ASSERT_EQ(after[n].messages[m].text, before[n].messages[m].text);
        }
        const QList<Message> kept = after.size() > before.size() ? after.last().messages : QList<Message>();
        if (!shown.isEmpty()) {
            ++inAnswer;
            ASSERT_EQ(kept.size(), 2) << "killed after showing: " << shown.toStdString();
            EXPECT_FALSE(kept[1].text.isEmpty());
        }
        if (!kept.isEmpty()) {
            ++asked;
            EXPECT_EQ(kept[0].text, kQuestion);
        }
        if (kept.size() > 1) {
            EXPECT_TRUE(answer.startsWith(kept[1].text)) << kept[1].text.toStdString();
            EXPECT_NE(kept[1].state, Message::State::Streaming);
            EXPECT_TRUE(kept[1].state == Message::State::Complete || !kept[1].note.isEmpty()) << "says that it is not the whole answer";
        }
        before = after;
    }
    std::printf("%d kills: %d after the question was stored, %d while the answer was shown\n", kills, asked, inAnswer);
}

} // namespace
} // namespace octavo::app

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
