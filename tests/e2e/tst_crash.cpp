// SPDX-License-Identifier: Apache-2.0
// The real program with the real model dies of SIGSEGV in the middle of a book: its report tells nothing of the book, the next start of the window offers
// it, and the reading goes on from where it was.
#include <QAbstractButton>
#include <QFile>
#include <QPlainTextEdit>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <sys/resource.h>

#include "crash/crash_folder.h"
#include "main_window.h"
#include "octavo/app/assistant.h"
#include "support/paths.h"

using namespace octavo;

class TestCrash : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("sanitizers have handlers of their own");
#endif
        if (!QFile::exists(kModel))
            QSKIP("the default model is not there");
        for (const char* part : {"/README.md", "/ARCHITECTURE.md"}) {
            QFile file(QString::fromUtf8(test::kSourceDir) + QLatin1String(part));
            QVERIFY(file.open(QIODevice::ReadOnly));
            m_text += file.readAll();
        }
        m_text.truncate(kBytes);
        QFile book(m_book);
        QVERIFY(book.open(QIODevice::WriteOnly) && book.write(m_text) == m_text.size());
    }

    void inTheMiddleOfABook()
    {
        QProcess program;
        program.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        program.setChildProcessModifier([] {
            const rlimit noCore{0, 0};
            ::setrlimit(RLIMIT_CORE, &noCore);
        });
        program.start(QStringLiteral(OCTAVO_PROGRAM), {QStringLiteral("--data-dir"), m_dataDir, QStringLiteral("--model"), kModel, m_book});
        QVERIFY(program.waitForStarted());
        const QDir readings(m_dataDir + QStringLiteral("/readings"));
        QTRY_VERIFY_WITH_TIMEOUT(!readings.entryList({QStringLiteral("*.resume")}).isEmpty(), kPatience);   // there is something to go on from
        QCOMPARE(program.state(), QProcess::Running);
        ::kill(static_cast<pid_t>(program.processId()), SIGSEGV);
        QVERIFY(program.waitForFinished(kPatience));
        QCOMPARE(program.exitStatus(), QProcess::CrashExit);
        QCOMPARE(program.exitCode(), SIGSEGV);
        QVERIFY2(!readings.entryList({QStringLiteral("*.resume")}).isEmpty(), "it was done before it could be killed");

        const QDir crashes(app::crashFolder(m_dataDir));
        const QStringList reports = crashes.entryList(QDir::Files);
        QCOMPARE(reports.size(), 1);
        QFile report(crashes.filePath(reports[0]));
        QVERIFY(report.open(QIODevice::ReadOnly));
        m_report = report.readAll();
        QVERIFY2(m_report.contains("SIGSEGV") && m_report.contains("reading begins"), m_report);
        int lines = 0;
        for (const QByteArray& line : m_text.split('\n')) {
            if (line.trimmed().size() < 20)
                continue;   // so short that it may be anybody's
            ++lines;
            QVERIFY2(!m_report.contains(line.trimmed()), line);
        }
        QVERIFY(lines > 100);
        QVERIFY(!m_report.contains(kTitle));
        QVERIFY(!m_report.contains(m_folder.path().toUtf8()));
    }

    void theNextStartOffersTheReportAndReadsOn()
    {
        QVERIFY2(!m_report.isEmpty(), "the first part failed");
        const auto assistant = app::Assistant::onThisMachine({m_dataDir, kModel, 0});
        ui::MainWindow window(*assistant, {m_dataDir, {}});
        window.show();
        QSignalSpy read(assistant.get(), &app::Assistant::readFinished);
        QSignalSpy progress(assistant.get(), &app::Assistant::readProgress);
        window.start({});
        auto* show = window.findChild<QAbstractButton*>(QStringLiteral("showCrashButton"));
        QVERIFY(show);
        QTRY_VERIFY(show->isVisible());
        show->click();
        auto* text = window.findChild<QPlainTextEdit*>(QStringLiteral("crashText"));
        QVERIFY(text);
        QCOMPARE(text->toPlainText().toUtf8(), m_report);

        QTRY_COMPARE_WITH_TIMEOUT(read.size(), 1, kPatience);
        const auto document = read[0][0].value<app::DocumentSummary>();
        QVERIFY(!read[0][1].toBool());
        QCOMPARE(document.readTokens, document.tokens);
        QVERIFY(!progress.isEmpty());
        QVERIFY2(progress.last()[0].value<app::ReadProgress>().reusedTokens > 0, "it began anew");
    }

private:
    static constexpr int kPatience = 600000;   // on a slow machine; nothing waits longer than it must
    static constexpr const char* kTitle = "Unmistakable";
    static constexpr int kBytes = 30000;       // some seconds to read; were it many, the window would ask first

    const QString kModel = QString::fromUtf8(test::kModelFile);
    QTemporaryDir m_folder;
    const QString m_dataDir = m_folder.filePath(QStringLiteral("data"));
    const QString m_book = m_folder.filePath(QLatin1String(kTitle) + QStringLiteral(".txt"));
    QByteArray m_text, m_report;
};

QTEST_MAIN(TestCrash)
#include "tst_crash.moc"
