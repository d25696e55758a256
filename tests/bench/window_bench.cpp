// SPDX-License-Identifier: Apache-2.0
// How fast the window is with a library of years: 500 documents, 401 conversations with 10,000 messages, one of them 2,000 long, and a book of 3 MB. Prints JSON, times in
// milliseconds. Run it offscreen (QT_QPA_PLATFORM=offscreen), on a machine that does nothing else:
//
//     octavo-window-bench
#include <algorithm>
#include <cstdio>
#include <functional>

#include <QAbstractItemView>
#include <QApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "library/library.h"
#include "main_window.h"
#include "support/sample_library.h"
#include "support/scripted_engine.h"

namespace {

using namespace octavo;

constexpr int kDocuments = 500;
constexpr int kSessions = 400;
constexpr int kQuestions = 10;        // of each, with their answers
constexpr int kLongQuestions = 1000;
constexpr int kBookBytes = 3 << 20;
constexpr int kFrames = 300;
constexpr int kPatience = 60'000;

app::MessageId talk(app::Library& in, app::SessionId session, const QList<app::DocumentId>& about, int questions)
{
    app::MessageId parent = 0;
    for (int q = 0; q < questions; ++q) {
        const auto question = QStringLiteral("Question %1: who nails doubloon%2 to the mast?").arg(q).arg(session * 1000 + q);
        parent = in.messages().add(session, test::SampleLibrary::message(app::Message::Role::User, parent, question));
        const auto answer = QStringLiteral("Answer %1. **Ahab** nails it there himself, and claims it.\n\n- one\n- two\n\n").arg(q).repeated(3);
        parent = in.messages().add(session, test::SampleLibrary::message(app::Message::Role::Assistant, parent, answer));
        in.citations().store(parent, {{about.first(), QStringLiteral("Moby-Dick"), QStringLiteral("Chapter 36"), {5, 25}, 3, 0.25, QStringLiteral("the mast")}});
    }
    return parent;
}

app::SessionId fill(const QString& dataDir, const QString& book)
{
    auto library = app::Library::open(dataDir);
    const auto filled = (*library)->write([&](app::Library& in) {
        QList<app::DocumentId> documents;
        for (int n = 0; n < kDocuments; ++n) {
            app::Document document = test::SampleLibrary::document(n);
            document.text += QByteArray::number(n);
            documents.append(in.documents().store(document));
        }
        for (int s = 0; s < kSessions; ++s) {
            const QList<app::DocumentId> about{documents[s % documents.size()]};
            talk(in, in.sessions().add(QStringLiteral("Session %1").arg(s), about), about, kQuestions);
        }
        const app::SessionId longest = in.sessions().add(QStringLiteral("The long one"), {documents[0]});
        talk(in, longest, {documents[0]}, kLongQuestions);
        return longest;
    });
    QFile file(book);
    if (!filled || !file.open(QIODevice::WriteOnly))
        qFatal("the library cannot be made");
    for (int chapter = 1; file.size() < kBookBytes; ++chapter)
        file.write("# Chapter " + QByteArray::number(chapter) + "\n\n" + QByteArray("The whale swims through the sea of this chapter, slowly, and on and on. ").repeated(150) + "\n\n");
    return *filled;
}

double timed(const std::function<void()>& work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    return double(timer.nsecsElapsed()) * 1e-6;
}

QJsonObject summaryOf(std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) { return times[std::size_t(share * double(times.size() - 1))]; };
    return {{QStringLiteral("median"), at(0.5)}, {QStringLiteral("p99"), at(0.99)}, {QStringLiteral("max"), times.back()}};
}

// Each frame a scroll by some lines, and drawn at once.
QJsonObject scrolled(QScrollBar* bar, QWidget* drawn)
{
    std::vector<double> times;
    const int step = std::max(1, (bar->maximum() - bar->minimum()) / kFrames);
    bar->setValue(bar->minimum());
    for (int frame = 0; frame < kFrames; ++frame) {
        times.push_back(timed([&] {
            bar->setValue(bar->value() + step);
            QApplication::processEvents();
            drawn->repaint();
        }));
    }
    return summaryOf(times);
}

template <class Condition>
void waitFor(const char* what, Condition condition)
{
    if (!QTest::qWaitFor(condition, kPatience))
        qFatal("waited in vain for %s", what);
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QTemporaryDir folder;
    const QString data = folder.filePath(QStringLiteral("data")), book = folder.filePath(QStringLiteral("book.md"));
    const app::SessionId longest = fill(data, book);
    QJsonObject result;

    QElapsedTimer timer;
    timer.start();
    const auto script = std::make_shared<test::EngineScript>();
    script->chunkTokens = 1 << 20;
    app::Assistant assistant({data, QStringLiteral("model.gguf"), 1}, std::make_unique<test::ScriptedEngine>(script));
    ui::MainWindow window(assistant, {data, {}});
    window.show();
    window.start({});
    auto* documents = window.findChild<QAbstractItemView*>(QStringLiteral("documentList"));
    auto* sessions = window.findChild<QAbstractItemView*>(QStringLiteral("sessionList"));
    waitFor("the library", [&] { return documents->model()->rowCount() == kDocuments && sessions->model()->rowCount() == kSessions + 1; });
    window.repaint();
    result[QStringLiteral("start_ms")] = double(timer.nsecsElapsed()) * 1e-6;
    waitFor("the start", [&] { return !assistant.busy(); });

    std::vector<double> searches;
    QSignalSpy changed(&assistant, &app::Assistant::sessionsChanged);
    for (const char* words : {"doubloon", "ahab mast", "answer", "doubloon5003", "claims", "nothing of it", "session", "q"}) {
        searches.push_back(timed([&] {
            const qsizetype before = changed.size();
            assistant.searchSessions(QLatin1String(words));
            waitFor("a search", [&] { return changed.size() > before; });
            sessions->repaint();
        }));
    }
    assistant.searchSessions({});
    result[QStringLiteral("search_ms")] = summaryOf(searches);

    auto* chat = window.findChild<QWidget*>(QStringLiteral("chatPage"));
    auto* messages = chat->findChild<QScrollArea*>();
    result[QStringLiteral("open_2000_messages_ms")] = timed([&] {
        QSignalSpy opened(&assistant, &app::Assistant::sessionOpened);
        assistant.openSession(longest);
        waitFor("a conversation", [&] { return !opened.isEmpty(); });
        QApplication::processEvents();
        window.repaint();
    });
    QTest::qWait(500);
    result[QStringLiteral("scroll_messages_ms")] = scrolled(messages->verticalScrollBar(), messages);
    result[QStringLiteral("scroll_documents_ms")] = scrolled(documents->verticalScrollBar(), documents);
    result[QStringLiteral("scroll_sessions_ms")] = scrolled(sessions->verticalScrollBar(), sessions);

    QSignalSpy added(&assistant, &app::Assistant::documentAdded);
    assistant.previewPaths({book});
    QObject::connect(&assistant, &app::Assistant::previewReady, &assistant, [&](const app::OpenPreview& preview) { assistant.readPreviewed(preview.id, {{true, {}}}); });
    waitFor("a book", [&] { return !added.isEmpty() && !assistant.busy(); });
    const auto id = added.first().first().value<app::DocumentSummary>().id;
    assistant.openDocument(1);
    waitFor("another document", [&] { return !assistant.busy(); });
    auto* reader = window.findChild<QPlainTextEdit*>(QStringLiteral("readerText"));
    result[QStringLiteral("open_3_mb_book_ms")] = timed([&] {
        QSignalSpy opened(&assistant, &app::Assistant::documentOpened);
        assistant.openDocument(id);
        waitFor("the book", [&] { return !opened.isEmpty(); });
        QApplication::processEvents();
        window.repaint();
    });
    result[QStringLiteral("scroll_book_ms")] = scrolled(reader->verticalScrollBar(), reader);
    std::printf("%s", QJsonDocument(result).toJson().constData());
    return 0;
}
