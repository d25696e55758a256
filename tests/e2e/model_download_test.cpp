// SPDX-License-Identifier: Apache-2.0
// Downloads of models from a real server on this machine, which behaves as badly as servers do.
#include "models/model_download.h"

#include <algorithm>

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <gtest/gtest.h>

#include "octavo/app/assistant.h"
#include "support/scripted_engine.h"
#include "support/tiny_gguf.h"

namespace octavo::app {
namespace {

constexpr int kPatience = 60'000;   // ms; only a failing test waits so long

struct Answer {
    QByteArray status = "200 OK";
    QByteArray headers{};           // further ones, each with its line's end
    QByteArray body{};
    qint64 said = -1;               // Content-Length; -1: the body's, -2: none
    bool stays = false;             // open, and nothing more comes
};

// Answers the n-th request (from 0) as told; keeps what was asked.
class Server : public QTcpServer {
public:
    using Answering = std::function<Answer(int n, qint64 from, const QByteArray& request)>;

    explicit Server(Answering answering) : m_answering(std::move(answering))
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                const QByteArray request = socket->peek(1 << 16);
                if (!request.contains("\r\n\r\n"))
                    return;
                socket->readAll();
                const qsizetype range = request.indexOf("bytes=");
                const qint64 from = range < 0 ? 0 : request.mid(range + 6, request.indexOf('-', range) - range - 6).toLongLong();
                requests.append(request);
                froms.append(from);
                const Answer answer = m_answering(static_cast<int>(requests.size()) - 1, from, request);
                QByteArray head = "HTTP/1.1 " + answer.status + "\r\nConnection: close\r\n" + answer.headers;
                if (answer.said != -2)
                    head += "Content-Length: " + QByteArray::number(answer.said < 0 ? answer.body.size() : answer.said) + "\r\n";
                socket->write(head + "\r\n" + answer.body);
                if (!answer.stays)
                    socket->disconnectFromHost();
            });
        });
    }

    QString url(const QString& path = QStringLiteral("/m.gguf")) const { return QStringLiteral("http://127.0.0.1:%1%2").arg(serverPort()).arg(path); }

    QList<QByteArray> requests;
    QList<qint64> froms;            // where the range of each begins

private:
    Answering m_answering;
};

QByteArray sha(const QByteArray& bytes) { return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex(); }

class ModelDownload : public ::testing::Test {
protected:
    void SetUp() override
    {
        model = made(1);
        other = made(2);
        ASSERT_NE(model, other);
    }

    QByteArray made(std::uint32_t seed) const
    {
        test::TinyLlamaOptions options;
        options.seed = seed;
        const QString file = home.filePath(QStringLiteral("made.gguf"));
        test::writeTinyLlama(file.toStdString(), options);
        QFile in(file);
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }

    // An honest server's answer, of which `bytes` come.
    static Answer part(const QByteArray& file, qint64 from, qint64 bytes, const QByteArray& etag = "\"one\"")
    {
        Answer answer;
        answer.headers = "ETag: " + etag + "\r\n";
        if (from > 0) {
            answer.status = "206 Partial Content";
            answer.headers += "Content-Range: bytes " + QByteArray::number(from) + "-" + QByteArray::number(file.size() - 1) + "/" + QByteArray::number(file.size()) + "\r\n";
        }
        answer.body = file.mid(from, bytes);
        answer.said = file.size() - from;
        return answer;
    }

    Outcome<QString> get(const Server& server, DownloadOptions options = {})
    {
        options.firstPause = std::chrono::milliseconds(1);
        options.tries = 3;
        options.patience = std::chrono::milliseconds(2000);
        const auto address = modelAddress(server.url());
        return downloadModel(*address, home.path(), options, [this](const DownloadProgress& now) { last = now; if (onProgress) onProgress(); }, stop.get_token());
    }

    QStringList files() const { return QDir(home.filePath(QStringLiteral("models"))).entryList(QDir::Files | QDir::Hidden); }

    QByteArray got() const
    {
        QFile in(home.filePath(QStringLiteral("models/m.gguf")));
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }

    QTemporaryDir home;
    QByteArray model, other;
    DownloadProgress last;
    std::function<void()> onProgress;
    std::stop_source stop;
};

TEST(ModelAddress, IsUnderstoodAsPeopleWriteIt)
{
    const QString file = QStringLiteral("https://huggingface.co/o-w/n.ame/resolve/main/f-Q4.gguf");
    for (const char* reference : {"o-w/n.ame/f-Q4.gguf", " hf.co/o-w/n.ame/f-Q4.gguf ", "https://huggingface.co/o-w/n.ame/blob/main/f-Q4.gguf", "huggingface.co/o-w/n.ame/resolve/main/f-Q4.gguf?download=true"}) {
        const auto address = modelAddress(QString::fromLatin1(reference));
        ASSERT_TRUE(address) << reference;
        EXPECT_EQ(address->url.toString(), file) << reference;
        EXPECT_EQ(address->fileName, QStringLiteral("f-Q4.gguf"));
    }
    EXPECT_EQ(modelAddress(QStringLiteral("https://example.org/a/b.gguf?x=1"))->url.host(), QStringLiteral("example.org"));
    EXPECT_EQ(modelAddress(QStringLiteral("o/n/sub/f.gguf"))->fileName, QStringLiteral("f.gguf"));
    for (const char* reference : {"", "m.gguf", "o/n", "https://hf.co/o/n", "http://example.org/m.gguf", "http://127.0.0.1.example.org/m.gguf", "file:///etc/m.gguf", "ftp://example.org/m.gguf",
                                  "https://me:secret@example.org/m.gguf", "https://example.org/m.bin", "https://example.org/.gguf", "https://example.org/..%2fm.gguf", "https:///m.gguf"})
        EXPECT_FALSE(modelAddress(QString::fromLatin1(reference)).ok()) << reference;
}

TEST_F(ModelDownload, GoesOnWhereConnectionsBreak)
{
    Server server([&](int, qint64 from, const QByteArray&) { return part(model, from, model.size() / 5 + 1); });
    const auto place = get(server);
    ASSERT_TRUE(place) << place.error().sentence.toStdString();
    EXPECT_EQ(got(), model);
    EXPECT_GE(server.requests.size(), 5);            // Qt itself asks again where a connection ends before its answer
    EXPECT_TRUE(std::is_sorted(server.froms.begin(), server.froms.end())) << "each went on where the last one broke";
    EXPECT_TRUE(server.requests.last().contains("\"one\""));
    EXPECT_EQ(files(), QStringList{QStringLiteral("m.gguf")});
    EXPECT_FALSE(last.isStartedOver);
    EXPECT_EQ(get(server).error().kind, Failure::Kind::Usage) << "it is there";
}

TEST_F(ModelDownload, StartsOverWhereItCannotGoOn)
{
    struct Case { const char* name; Server::Answering answering; const QByteArray& is; };
    bool isMet = false;             // by a request for a range
    const auto isFirst = [&](qint64 from) { return !isMet && from == 0; };
    const QList<Case> cases{
        {"ranges are ignored", [&](int, qint64 from, const QByteArray&) { return part(model, 0, isFirst(from) ? model.size() / 2 : model.size()); }, model},
        {"the file has changed", [&](int, qint64 from, const QByteArray&) { return isFirst(from) ? part(model, 0, model.size() / 2) : part(other, 0, other.size(), "\"two\""); }, other},
        {"another range comes", [&](int, qint64 from, const QByteArray&) { return part(model, from > 0 ? from + 1 : 0, isFirst(from) ? model.size() / 2 : model.size()); }, model},
        {"no range satisfies", [&](int, qint64 from, const QByteArray&) { return from > 0 ? Answer{"416 Range Not Satisfiable"} : part(model, 0, isFirst(from) ? 1000 : model.size()); }, model},
    };
    for (const Case& each : cases) {
        QDir(home.filePath(QStringLiteral("models"))).removeRecursively();
        isMet = false;
        Server server([&](int n, qint64 from, const QByteArray& request) {
            const Answer answer = each.answering(n, from, request);
            isMet = isMet || from > 0;
            return answer;
        });
        const auto place = get(server);
        ASSERT_TRUE(place) << each.name << ": " << place.error().sentence.toStdString();
        EXPECT_EQ(got(), each.is) << each.name;
        EXPECT_TRUE(last.isStartedOver) << each.name;
    }
}

TEST_F(ModelDownload, OfWhatIsNoModelNothingIsKept)
{
    const auto linked = [&](const QByteArray& headers) { Answer a = part(model, 0, model.size()); a.headers += headers; return a; };
    struct Case { const char* name; Answer answer; };
    const QList<Case> cases{
        {"a page", {"200 OK", "Content-Type: text/html; charset=utf-8\r\n", "<html>"}},
        {"garbage", {"200 OK", {}, QByteArray(5000, 'x')}},
        {"a cut model", {"200 OK", {}, model.left(model.size() / 2)}},
        {"no length", {"200 OK", {}, model, -2}},
        {"too long a length", {"200 OK", {}, model, 5'000'000'000'000}},
        {"another size", linked("X-Linked-Size: 17\r\n")},
        {"another hash", linked("X-Linked-Etag: \"" + sha(other) + "\"\r\n")},
        {"nothing there", {"404 Not Found"}},
        {"a login", {"401 Unauthorized", {}, "who are you"}},
        {"plain http elsewhere", {"302 Found", "Location: http://example.org/m.gguf\r\n"}},
        {"a file here", {"302 Found", "Location: file:///etc/passwd\r\n"}},
        {"round and round", {"302 Found", "Location: /m.gguf\r\n"}},
    };
    for (const Case& each : cases) {
        Server server([&](int, qint64, const QByteArray&) { return each.answer; });
        const auto place = get(server);
        ASSERT_FALSE(place.ok()) << each.name;
        EXPECT_TRUE(place.error().sentence.contains(QStringLiteral("m.gguf"))) << place.error().sentence.toStdString();
        EXPECT_EQ(files(), QStringList()) << each.name;
        EXPECT_LE(server.requests.size(), 12) << each.name;
    }
}

TEST_F(ModelDownload, FollowsRedirectsAndChecksWhatTheFirstServerSaid)
{
    Server store([&](int, qint64 from, const QByteArray&) { return part(model, from, model.size() / 2 + 1); });
    Server server([&](int, qint64, const QByteArray&) {
        return Answer{"302 Found", "Location: " + store.url().toLatin1() + "\r\nX-Linked-Size: " + QByteArray::number(model.size()) + "\r\nX-Linked-Etag: \"" + sha(model) + "\"\r\n", "moved"};
    });
    ASSERT_TRUE(get(server));
    EXPECT_EQ(got(), model);
    EXPECT_GT(store.froms.last(), 0);
}

TEST_F(ModelDownload, WaitsForServersThatAreBusyOrSilentButNotForEver)
{
    Server busy([&](int n, qint64 from, const QByteArray&) { return n < 2 ? Answer{"503 Service Unavailable", "Content-Type: text/html\r\n", "busy"} : part(model, from, model.size()); });
    ASSERT_TRUE(get(busy));
    QFile::remove(home.filePath(QStringLiteral("models/m.gguf")));

    Server liar([&](int, qint64 from, const QByteArray&) { Answer a = part(model, from, from == 0 ? 1000 : 0); return a; });
    const auto place = get(liar);
    ASSERT_FALSE(place.ok());
    EXPECT_EQ(files().size(), 2) << "what came and its notes";
    EXPECT_LT(liar.requests.size(), 12);

    Server silent([&](int, qint64 from, const QByteArray&) { Answer a = part(model, from, from == 0 ? 10 : model.size()); a.stays = from == 0; return a; });
    ASSERT_TRUE(get(silent)) << "one that says nothing more is left";
    EXPECT_EQ(got(), model);
}

TEST_F(ModelDownload, HasTheHashThatAPersonGave)
{
    Server server([&](int, qint64 from, const QByteArray&) { return part(model, from, model.size()); });
    EXPECT_EQ(get(server, {"abc"}).error().kind, Failure::Kind::Usage);
    EXPECT_FALSE(get(server, {sha(other)}).ok());
    EXPECT_EQ(files(), QStringList());
    EXPECT_TRUE(get(server, {sha(model).toUpper()}).ok());
}

TEST_F(ModelDownload, AStopKeepsWhatCameAndTheNextGoesOnFromThere)
{
    const qint64 half = model.size() / 2;
    Server server([&](int, qint64 from, const QByteArray&) { Answer a = part(model, from, from == 0 ? half : model.size()); a.stays = from == 0; return a; });
    onProgress = [&] { if (last.bytes == half) stop.request_stop(); };
    EXPECT_EQ(get(server).error().kind, Failure::Kind::Stopped);
    EXPECT_EQ(QFileInfo(home.filePath(QStringLiteral("models/m.gguf.partial"))).size(), half);
    stop = {};
    ASSERT_TRUE(get(server));
    EXPECT_EQ(got(), model);
    EXPECT_TRUE(server.requests.last().contains("bytes=" + QByteArray::number(half) + "-"));
}

TEST_F(ModelDownload, AProgramThatIsKilledGoesOnTheNextTime)
{
    const qint64 half = model.size() / 2;
    Server server([&](int, qint64 from, const QByteArray&) { Answer a = part(model, from, from == 0 ? half : model.size()); a.stays = from == 0; return a; });
    const QStringList words{QStringLiteral("--data-dir"), home.path(), QStringLiteral("models"), QStringLiteral("download"), server.url(), QStringLiteral("--sha256"), QString::fromLatin1(sha(model))};
    QProcess program;
    program.start(QStringLiteral(OCTAVO_CLI), words);
    ASSERT_TRUE(QTest::qWaitFor([&] { return QFileInfo(home.filePath(QStringLiteral("models/m.gguf.partial"))).size() == half; }, kPatience)) << program.readAllStandardError().toStdString();
    program.kill();
    ASSERT_TRUE(QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, kPatience));
    EXPECT_NE(files(), QStringList{QStringLiteral("m.gguf")});
    program.start(QStringLiteral(OCTAVO_CLI), words);
    ASSERT_TRUE(QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, kPatience));
    EXPECT_EQ(program.exitCode(), 0) << program.readAllStandardError().toStdString();
    EXPECT_EQ(got(), model);
    EXPECT_TRUE(server.requests.last().contains("bytes=" + QByteArray::number(half) + "-"));
    EXPECT_FALSE(files().contains(QStringLiteral("m.gguf.partial")));
}

// The window's way: beside all other work, in the list of it, paused and gone on with.
TEST_F(ModelDownload, AnAssistantDownloadsPausesAndGoesOn)
{
    const qint64 half = model.size() / 2;
    Server server([&](int n, qint64 from, const QByteArray&) {
        Answer answer = part(model, from, n == 0 ? half : model.size());
        answer.stays = n == 0;
        return answer;
    });
    Assistant assistant({home.path(), {}, 1}, std::make_unique<test::ScriptedEngine>(std::make_shared<test::EngineScript>()));
    QList<WorkItem> work;
    qint64 bytes = 0;
    QStringList ended;
    ModelShelf shelf;
    QObject::connect(&assistant, &Assistant::workChanged, &assistant, [&](const QList<WorkItem>& now) { work = now; });
    QObject::connect(&assistant, &Assistant::downloadProgress, &assistant, [&](const octavo::app::ModelDownload& now) { bytes = now.bytes; });
    QObject::connect(&assistant, &Assistant::downloadEnded, &assistant, [&](const QString& name) { ended.append(name); });
    QObject::connect(&assistant, &Assistant::modelsListed, &assistant, [&](const ModelShelf& now) { shelf = now; });
    QList<Failure> failures;
    QObject::connect(&assistant, &Assistant::failed, &assistant, [&](const Failure& failure) { failures.append(failure); });

    assistant.downloadModel(QStringLiteral("no address"), {});
    ASSERT_TRUE(QTest::qWaitFor([&] { return failures.size() == 1; }, kPatience));
    assistant.downloadModel(server.url(), {});
    ASSERT_TRUE(QTest::qWaitFor([&] { return bytes > 0 && work.size() == 1; }, kPatience));
    EXPECT_EQ(work[0].kind, WorkItem::Kind::Download);
    EXPECT_EQ(work[0].path, QStringLiteral("m.gguf"));
    assistant.downloadModel(server.url(QStringLiteral("/other.gguf")), {});
    ASSERT_TRUE(QTest::qWaitFor([&] { return failures.size() == 2; }, kPatience)) << "one at a time";

    assistant.pauseWork(work[0].id);
    ASSERT_TRUE(QTest::qWaitFor([&] { return ended.size() == 1; }, kPatience));
    ASSERT_EQ(work.size(), 1);
    EXPECT_EQ(work[0].state, WorkItem::State::Paused);
    EXPECT_EQ(failures.size(), 2) << "a pause is no failure";
    assistant.goOnWithWork(work[0].id);
    ASSERT_TRUE(QTest::qWaitFor([&] { return ended.size() == 2 && work.isEmpty() && !shelf.models.isEmpty(); }, kPatience));
    ASSERT_EQ(server.froms.size(), 2);
    EXPECT_GT(server.froms[1], 0) << "from where it was paused";
    EXPECT_LE(server.froms[1], half);
    EXPECT_EQ(got(), model);
    EXPECT_EQ(QFileInfo(shelf.models[0].file).fileName(), QStringLiteral("m.gguf"));
}

} // namespace
} // namespace octavo::app

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
