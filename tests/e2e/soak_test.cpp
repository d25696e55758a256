// SPDX-License-Identifier: Apache-2.0
// Hours of use in a bounded number of steps: the window, the assistant, the library and the engine with a tiny model, used at random (by a seed) and
// restarted now and then. What is open and what is allocated after each run must be what it was: nothing leaks, whatever was done in which order.
// OCTAVO_LONG_TESTS: 10,000 operations instead of 300.
#include <malloc.h>

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QPixmapCache>
#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>

#include "assistant/book_engine.h"
#include "assistant/local_engine.h"
#include "library/library.h"
#include "main_window.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

constexpr int kDocuments = 12;        // that come and go
constexpr qsizetype kSessions = 30;   // more are erased, oldest first
constexpr int kRunOperations = 50;    // between two starts
constexpr int kPatience = 60'000;     // ms for one operation
constexpr std::size_t kWarmUpRuns = 3;   // Qt and SQLite keep what they allocate once

struct Held {
    std::size_t heapBytes = 0;
    QStringList descriptors{};   // what each is open on, but for those of threads: Qt Gui's pool lets its own go when it had nothing to paint for 30 s
    long residentKiB = 0;
};

Held held()
{
    Held now;
    now.heapBytes = ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
    const QFileInfoList descriptors = QDir(QStringLiteral("/proc/self/fd")).entryInfoList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
    for (const QFileInfo& descriptor : descriptors)
        if (!descriptor.symLinkTarget().contains(QStringLiteral("[eventfd]")))
            now.descriptors.append(descriptor.symLinkTarget());
    QFile status(QStringLiteral("/proc/self/status"));
    if (status.open(QIODevice::ReadOnly))
        for (const QByteArray& line : status.readAll().split('\n'))
            if (line.startsWith("VmRSS:"))
                now.residentKiB = line.simplified().split(' ').value(1).toLong();
    return now;
}

class Soak : public ::testing::Test {
protected:
    void SetUp() override
    {
        test::writeTinyLlama(m_folder.filePath(QStringLiteral("tiny.gguf")).toStdString());
        for (int n = 0; n < kDocuments; ++n)
            writeDocument(n);
    }

    QString dataDir() const { return m_folder.filePath(QStringLiteral("data")); }
    QString documentPath(int number) const { return m_folder.filePath(QStringLiteral("book%1.txt").arg(number)); }
    int below(int count) { return static_cast<int>(m_random() % static_cast<unsigned>(count)); }
    template <class T>
    T oneOf(const QList<T>& all) { return all.isEmpty() ? T(0) : all[below(static_cast<int>(all.size()))]; }

    void writeDocument(int number)
    {
        QFile file(documentPath(number));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        const int lines = 20 + below(200);
        for (int line = 0; line < lines; ++line)
            file.write("CHAPTER " + QByteArray::number(line / 20) + "\n\nLine " + QByteArray::number(line * (number + 3)) + " about a whale.\n\n");
    }

    void start()
    {
        m_assistant = std::make_unique<app::Assistant>(app::AssistantOptions{dataDir(), m_folder.filePath(QStringLiteral("tiny.gguf")), 1},
                                                       app::makeLocalEngine({{1}, ReadingPlan{{0, 64}, 4, 4, 64, {}}}));
        QObject::connect(m_assistant.get(), &app::Assistant::libraryChanged, m_assistant.get(), [this](const QList<app::DocumentSummary>& documents) {
            m_documents.clear();
            for (const app::DocumentSummary& document : documents)
                m_documents.append(document.id);
        });
        QObject::connect(m_assistant.get(), &app::Assistant::documentAdded, m_assistant.get(),
                         [this](const app::DocumentSummary& document) { m_documents.append(document.id); });
        QObject::connect(m_assistant.get(), &app::Assistant::sessionsChanged, m_assistant.get(),
                         [this](const QList<app::SessionSummary>& sessions, const QList<app::SessionSummary>& trashed) {
                             m_sessions = idsOf(sessions);
                             m_trashed = idsOf(trashed);
                         });
        QObject::connect(m_assistant.get(), &app::Assistant::answerFinished, m_assistant.get(),
                         [this](app::SessionId, const app::Message& message, const app::AnswerTimings&) { m_answers.append(message.id); });
        QObject::connect(m_assistant.get(), &app::Assistant::failed, m_assistant.get(), [this](const app::Failure& failure) {
            if (failure.kind != app::Failure::Kind::Stopped && failure.kind != app::Failure::Kind::Usage)
                ++m_failures[failure.sentence.toStdString()];
        });
        m_window = std::make_unique<ui::MainWindow>(*m_assistant, ui::WindowOptions{dataDir(), {}});
        m_window->show();
        m_window->start({});
        settle();
    }

    void end()
    {
        m_window.reset();
        m_assistant.reset();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QCoreApplication::processEvents();
        QPixmapCache::clear();   // which may hold 10 MB
        m_answers = m_answers.mid(std::max<qsizetype>(0, m_answers.size() - 20));
    }

    void settle()
    {
        QElapsedTimer time;
        time.start();
        do {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        } while (m_assistant->busy() && time.elapsed() < kPatience);
        ASSERT_FALSE(m_assistant->busy()) << "an operation does not end";
    }

    static QList<app::SessionId> idsOf(const QList<app::SessionSummary>& sessions)
    {
        QList<app::SessionId> ids;
        for (const app::SessionSummary& session : sessions)
            ids.append(session.id);
        return ids;
    }

    // One thing that a person may do; some with what is not there any more.
    void operate()
    {
        app::Assistant& on = *m_assistant;
        const app::DocumentId document = oneOf(m_documents);
        const app::SessionId session = oneOf(m_sessions);
        const QString archive = m_folder.filePath(QStringLiteral("some.octavo"));
        switch (below(24)) {
        case 0: case 1: m_window->openPaths({documentPath(below(kDocuments))}); break;
        case 2: writeDocument(below(kDocuments)); break;
        case 3: on.openPaths({QStringLiteral("/nowhere")}); break;
        case 4: on.read(document); break;
        case 5: on.openDocument(document); break;
        case 6: case 7: case 8: on.ask(session, QStringLiteral("What is line %1?").arg(below(100))); break;
        case 9: on.regenerate(session); break;
        case 10: on.ask(session, QStringLiteral("Say nothing.")); on.stop(); break;
        case 11: on.read(document); on.stopReading(); break;
        case 12: on.startSession(m_documents.mid(0, 1 + below(2))); break;
        case 13: on.openSession(session); break;
        case 14: on.openHops(oneOf(m_answers), 0, 0); break;
        case 15: on.renameSession(session, QStringLiteral("Named %1").arg(below(1000))); break;
        case 16: on.searchSessions(below(2) ? QStringLiteral("line") : QString()); break;
        case 17: on.trashSession(session); break;
        case 18: on.restoreSession(oneOf(m_trashed)); break;
        case 19: on.eraseSessions(m_trashed.mid(0, 2)); break;
        case 20: on.pinDocument(document, below(2) == 0); break;
        case 21: on.removeDocument(document); break;
        case 22: on.exportSession(session, archive); break;
        case 23: on.openPaths({archive}); break;
        }
        settle();
        if (m_sessions.size() > kSessions)
            on.eraseSessions(m_sessions.mid(kSessions));
        settle();
    }

    QTemporaryDir m_folder;
    std::mt19937 m_random{2026};
    std::unique_ptr<app::Assistant> m_assistant;
    std::unique_ptr<ui::MainWindow> m_window;
    QList<app::DocumentId> m_documents;
    QList<app::SessionId> m_sessions, m_trashed;
    QList<app::MessageId> m_answers;
    std::map<std::string, int> m_failures;
};

} // namespace

TEST_F(Soak, NothingIsHeldThatWasNotHeldBefore)
{
    const int operations = qEnvironmentVariableIsSet("OCTAVO_LONG_TESTS") ? 10'000 : 300;
    std::vector<Held> runs;
    for (int done = 0; done < operations; done += kRunOperations) {
        start();
        for (int n = 0; n < kRunOperations && !HasFatalFailure(); ++n)
            operate();
        end();
        if (HasFatalFailure())
            return;
        runs.push_back(held());
    }
    const auto library = app::Library::open(dataDir());
    ASSERT_TRUE(library.ok());
    EXPECT_TRUE((*library)->notice().isEmpty());
    EXPECT_EQ(*(*library)->check(), QString());

    ASSERT_GT(runs.size(), kWarmUpRuns + 2);
    const auto firstHalf = runs.begin() + kWarmUpRuns, secondHalf = firstHalf + (runs.end() - firstHalf) / 2;
    const auto most = [](auto begin, auto end, auto member) {
        return (*std::max_element(begin, end, [&](const Held& a, const Held& b) { return a.*member < b.*member; })).*member;
    };
    const auto before = most(firstHalf, secondHalf, &Held::heapBytes), after = most(secondHalf, runs.end(), &Held::heapBytes);
    std::printf("%d operations in %zu runs: heap held after a run %.2f MB at most in the first half, %.2f MB in the second; resident %.1f and %.1f MB; "
                "descriptors %lld to %lld\n", operations, runs.size(), before / 1e6, after / 1e6, most(firstHalf, secondHalf, &Held::residentKiB) / 1e3,
                most(secondHalf, runs.end(), &Held::residentKiB) / 1e3, static_cast<long long>(runs[kWarmUpRuns].descriptors.size()), static_cast<long long>(runs.back().descriptors.size()));
    for (const auto& [sentence, times] : m_failures)
        std::printf("  told %d times: %s\n", times, sentence.c_str());
    EXPECT_LT(after, before + 1'000'000);
    for (auto run = firstHalf; run != runs.end(); ++run)
        EXPECT_EQ(run->descriptors.size(), runs[kWarmUpRuns].descriptors.size()) << run->descriptors.join(u' ').toStdString();
}

} // namespace octavo

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
