// SPDX-License-Identifier: Apache-2.0
#include "models/model_download.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <QCryptographicHash>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QRegularExpression>
#include <QSaveFile>
#include <QStorageInfo>
#include <QTimer>
#include <unistd.h>

#include "models/model_files.h"

namespace octavo::app {

namespace {

constexpr qint64 kLargest = 1'000'000'000'000;   // bytes; no model that a machine could read is larger
constexpr qint64 kWaiting = 8 << 20;             // bytes that Qt holds for us
constexpr int kRedirects = 5;
constexpr int kLook = 100;                       // ms between looks at the stop token
constexpr std::chrono::milliseconds kLongestPause{30'000};

Failure unclear(const QString& reference)
{
    return {Failure::Kind::Usage, QStringLiteral("“%1” names no model’s file; give owner/name/file.gguf, or the https address of a .gguf file.").arg(reference)};
}

bool isThisMachine(const QUrl& url)
{
    return url.host() == QLatin1String("localhost") || QHostAddress(url.host()).isLoopback();
}

// Nothing that is not encrypted comes from another machine.
bool isAllowed(const QUrl& url) { return url.isValid() && !url.host().isEmpty() && (url.scheme() == QLatin1String("https") || (url.scheme() == QLatin1String("http") && isThisMachine(url))); }

bool isStrong(const QByteArray& etag) { return etag.size() > 2 && etag.startsWith('"'); }

bool isSha256(const QByteArray& hex) { return hex.size() == 64 && QByteArray::fromHex(hex).toHex() == hex; }

// One file on its way: what there is of it, and what is known of the whole.
class Download {
public:
    Download(ModelAddress address, const QString& folder, const DownloadOptions& options, const std::function<void(const DownloadProgress&)>& progressed, const std::stop_token& stop)
        : m_address(std::move(address)), m_options(options), m_progressed(progressed), m_stop(stop), m_place(QDir(folder).filePath(m_address.fileName)),
          m_file(m_place + QStringLiteral(".partial"))
    {
    }

    ~Download()
    {
        if (m_file.isOpen() && m_file.size() == 0)
            forget();
    }

    Outcome<QString> run()
    {
        if (QFileInfo::exists(m_place))
            return Failure{Failure::Kind::Usage, QStringLiteral("There is a model %1 already; remove it first.").arg(m_place)};
        QLockFile lock(m_place + QStringLiteral(".lock"));
        if (!lock.tryLock())
            return Failure{Failure::Kind::Usage, QStringLiteral("%1 is being downloaded already.").arg(m_address.fileName)};
        if (!m_file.open(QIODevice::ReadWrite))
            return notWritten(m_file.errorString());
        if (!takeUp())
            return stopped();
        auto pause = m_options.firstPause;
        for (int triesLeft = m_options.tries; !isWhole();) {
            const qint64 before = m_file.size();
            if (const auto failure = attempt())
                return *failure;
            if (isWhole())
                break;
            if (m_file.size() > before) {
                triesLeft = m_options.tries;
                pause = m_options.firstPause;
            }
            if (--triesLeft <= 0)
                return Failure{Failure::Kind::File, QStringLiteral("%1 did not come whole from %2 (%3); what came is kept, and the next download goes on from there.")
                                                        .arg(m_address.fileName, m_address.url.host(), m_trouble)};
            if (!waitFor(pause))
                return stopped();
            pause = std::min(2 * pause, kLongestPause);
        }
        return finish();
    }

private:
    bool isWhole() const { return m_total > 0 && m_file.size() == m_total; }
    QString notesFile() const { return m_file.fileName() + QStringLiteral(".json"); }

    Failure notWritten(const QString& why) const
    {
        return {Failure::Kind::File, QStringLiteral("%1 cannot be written (%2); make room, or choose another data folder.").arg(m_file.fileName(), why)};
    }

    Failure stopped() const
    {
        return {Failure::Kind::Stopped, QStringLiteral("Stopped; %1 MB of %2 are kept, and the next download goes on from there.").arg(m_file.size() / 1'000'000).arg(m_address.fileName)};
    }

    void forget()
    {
        m_file.remove();
        QFile::remove(notesFile());
    }

    // For a file that no further try would mend: nothing of it is kept.
    Failure refused(const QString& why)
    {
        forget();
        return declined(why);
    }

    // For a server that may think better of it: what came is kept.
    Failure declined(const QString& why) const
    {
        return {Failure::Kind::Model, QStringLiteral("%1 from %2 was not taken: %3.").arg(m_address.fileName, m_address.url.host(), why)};
    }

    // What an earlier download left, if it was one of the same address. False: stopped.
    bool takeUp()
    {
        QFile notes(notesFile());
        const QJsonObject known = notes.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(notes.readAll()).object() : QJsonObject();
        m_etag = known[QLatin1String("etag")].toString().toLatin1();
        m_total = known[QLatin1String("total")].toInteger();
        m_linkedSha = known[QLatin1String("sha256")].toString().toLatin1();
        const bool isOfThis = known[QLatin1String("url")].toString() == m_address.url.toString() && isStrong(m_etag) && m_file.size() <= m_total;
        if (!isOfThis)
            startOver();
        while (!m_file.atEnd()) {
            if (m_stop.stop_requested())
                return false;
            const QByteArray there = m_file.read(kWaiting);
            if (there.isEmpty()) {   // the disk does not give back what it took
                startOver();
                break;
            }
            m_hash.addData(there);
        }
        m_file.seek(m_file.size());
        return true;
    }

    void startOver()
    {
        m_isStartedOver = m_isStartedOver || m_file.size() > 0;
        m_file.resize(0);
        m_file.seek(0);
        m_hash.reset();
        m_begin.clear();
        m_etag.clear();
        m_total = 0;
    }

    bool note() const
    {
        QSaveFile notes(notesFile());
        const QJsonObject known{{QStringLiteral("url"), m_address.url.toString()},
                                {QStringLiteral("etag"), QString::fromLatin1(m_etag)},
                                {QStringLiteral("total"), m_total},
                                {QStringLiteral("sha256"), QString::fromLatin1(m_linkedSha)}};
        return notes.open(QIODevice::WriteOnly) && notes.write(QJsonDocument(known).toJson()) > 0 && notes.commit();
    }

    bool waitFor(std::chrono::milliseconds pause) const
    {
        QEventLoop loop;
        QTimer look;
        QTimer::singleShot(pause, &loop, [&loop] { loop.exit(1); });
        QObject::connect(&look, &QTimer::timeout, &loop, [this, &loop] { if (m_stop.stop_requested()) loop.exit(0); });
        look.start(kLook);
        return loop.exec() == 1;
    }

    // One connection, or several where a server sends us on. Nothing: go on or try again.
    std::optional<Failure> attempt()
    {
        m_linkedSize = 0;
        m_linkedSha.clear();   // each connection says it anew
        QUrl url = m_address.url;
        for (int redirect = 0; redirect <= kRedirects; ++redirect) {
            m_failure.reset();
            m_next.clear();
            get(url);
            if (m_failure || m_next.isEmpty())
                return m_failure;
            if (!isAllowed(m_next) || (url.scheme() == QLatin1String("https") && m_next.scheme() != url.scheme()))
                return declined(QStringLiteral("the server sends on to %1, which is not encrypted").arg(m_next.host()));
            url = m_next;
        }
        return declined(QStringLiteral("the server sends from one address to the next without end"));
    }

    void get(const QUrl& url)
    {
        QNetworkRequest request(url);
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
        request.setHeader(QNetworkRequest::UserAgentHeader, QStringLiteral("Octavo"));
        request.setRawHeader("Accept-Encoding", "identity");   // ranges and hashes are of the file itself
        request.setTransferTimeout(static_cast<int>(m_options.patience.count()));
        if (m_file.size() > 0) {
            request.setRawHeader("Range", "bytes=" + QByteArray::number(m_file.size()) + "-");
            request.setRawHeader("If-Range", m_etag);
        }
        const std::unique_ptr<QNetworkReply> reply(m_manager.get(request));
        reply->setReadBufferSize(kWaiting);
        QEventLoop loop;
        QTimer look;
        bool isBegun = false;
        bool isOver = false;
        // Not from within the reply's own signals, and once: Qt does not bear more.
        const auto abort = [&] {
            if (!std::exchange(isOver, true))
                QMetaObject::invokeMethod(reply.get(), &QNetworkReply::abort, Qt::QueuedConnection);
        };
        const auto take = [&] {
            if (isOver || m_failure || m_stop.stop_requested())
                return;
            if (!isBegun && !(isBegun = begin(*reply)))
                return abort();
            store(reply->readAll());
            if (m_failure)
                abort();
        };
        QObject::connect(reply.get(), &QNetworkReply::readyRead, &loop, take);
        QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
        QObject::connect(&look, &QTimer::timeout, reply.get(), [&] { if (m_stop.stop_requested()) abort(); });
        look.start(kLook);
        if (!reply->isFinished())
            loop.exec();
        if (m_stop.stop_requested()) {
            m_failure = stopped();
            return;
        }
        if (m_failure || m_isSentAway)
            return void(m_isSentAway = false);
        if (reply->bytesAvailable() > 0)
            take();
        else if (!isBegun && reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).isValid())
            begin(*reply);   // an answer without a body
        m_isSentAway = false;
        if (reply->error() != QNetworkReply::NoError)
            m_trouble = reply->errorString();
        else if (!isWhole())
            m_trouble = QStringLiteral("the connection ended early");
        if (reply->error() == QNetworkReply::SslHandshakeFailedError && !m_failure)
            m_failure = Failure{Failure::Kind::File, QStringLiteral("%1 does not prove to be %1 (%2); nothing was downloaded.").arg(url.host(), reply->errorString())};
    }

    // Looks at an answer's head. False: its body is nothing for the file.
    bool begin(const QNetworkReply& reply)
    {
        const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (const qint64 size = reply.rawHeader("X-Linked-Size").toLongLong(); size > 0)
            m_linkedSize = size;
        if (const QByteArray sha = reply.rawHeader("X-Linked-Etag").replace('"', "").toLower(); isSha256(sha))
            m_linkedSha = sha;
        m_isSentAway = true;   // unless it proves to be the file
        if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) {
            m_next = reply.url().resolved(QUrl(QString::fromLatin1(reply.rawHeader("Location"))));
            return false;
        }
        m_trouble = QStringLiteral("the server answers %1").arg(status);
        if (status == 416) {
            startOver();
            return false;
        }
        if (status == 429 || status >= 500)
            return false;
        if (status != 200 && status != 206) {
            m_failure = declined(status == 404                    ? QStringLiteral("there is no such file")
                                : status == 401 || status == 403 ? QStringLiteral("the server wants to know who you are")
                                                                 : m_trouble);
            return false;
        }
        if (reply.header(QNetworkRequest::ContentTypeHeader).toString().startsWith(QLatin1String("text/html"))) {
            m_failure = refused(QStringLiteral("it is a web page; give the address of the file itself"));
            return false;
        }
        m_isSentAway = false;
        return status == 206 ? goesOn(reply) : beginsAnew(reply);
    }

    bool goesOn(const QNetworkReply& reply)
    {
        static const QRegularExpression range(QStringLiteral("^bytes (\\d+)-(\\d+)/(\\d+)$"));
        const auto said = range.match(QString::fromLatin1(reply.rawHeader("Content-Range")).trimmed());
        if (m_file.size() > 0 && said.captured(1).toLongLong() == m_file.size() && said.captured(3).toLongLong() == m_total)
            return true;
        m_trouble = QStringLiteral("the server answers with another part of the file");
        m_isSentAway = true;
        startOver();
        return false;
    }

    bool beginsAnew(const QNetworkReply& reply)
    {
        startOver();
        m_total = reply.header(QNetworkRequest::ContentLengthHeader).toLongLong();
        m_etag = reply.rawHeader("ETag");
        if (m_total <= 0 || m_total > kLargest || (m_linkedSize > 0 && m_linkedSize != m_total)) {
            m_failure = refused(m_total <= 0         ? QStringLiteral("the server does not say how large it is")
                                : m_total > kLargest ? QStringLiteral("it is larger than any model")
                                                     : QStringLiteral("the server says two different sizes"));
            return false;
        }
        if (const qint64 room = QStorageInfo(QFileInfo(m_file).absolutePath()).bytesAvailable(); room >= 0 && room < m_total)
            m_failure = notWritten(QStringLiteral("%1 MB are free, %2 MB are needed").arg(room / 1'000'000).arg(m_total / 1'000'000));
        else if (!note())
            m_failure = notWritten(QStringLiteral("its notes cannot be kept"));
        return !m_failure;
    }

    void store(const QByteArray& bytes)
    {
        if (m_file.size() + bytes.size() > m_total) {
            m_failure = refused(QStringLiteral("more came than the server had said"));
            return;
        }
        if (m_file.write(bytes) != bytes.size() || !m_file.flush()) {
            m_failure = notWritten(m_file.errorString());
            return;
        }
        m_hash.addData(bytes);
        m_begin += m_begin.size() < 4 && m_file.size() == bytes.size() + m_begin.size() ? bytes.left(4) : QByteArray();
        if (m_file.size() >= 4 && m_begin.size() >= 4 && !m_begin.startsWith("GGUF")) {
            m_failure = refused(QStringLiteral("it is no GGUF file"));
            return;
        }
        m_progressed({m_file.size(), m_total, m_isStartedOver});
    }

    Outcome<QString> finish()
    {
        const QByteArray expected = m_options.sha256.isEmpty() ? m_linkedSha : m_options.sha256.toLower();
        if (const QByteArray is = m_hash.result().toHex(); !expected.isEmpty() && is != expected)
            return refused(QStringLiteral("its SHA-256 is %1, not %2").arg(QString::fromLatin1(is), QString::fromLatin1(expected)));
        if (::fsync(m_file.handle()) != 0)
            return notWritten(qt_error_string());
        if (ModelFile model = describeModel(m_file.fileName()); !model.whyUnfit.isEmpty()) {
            model.whyUnfit.chop(model.whyUnfit.endsWith(QLatin1Char('.')) ? 1 : 0);
            return refused(model.whyUnfit.replace(m_file.fileName(), m_address.fileName));
        }
        // Not over a model that has come here meanwhile.
        if (!m_file.rename(m_place))
            return notWritten(m_file.errorString());
        QFile::remove(m_place + QStringLiteral(".partial.json"));   // notesFile() goes by the file's name, which is another now
        return m_place;
    }

    const ModelAddress m_address;
    const DownloadOptions& m_options;
    const std::function<void(const DownloadProgress&)>& m_progressed;
    const std::stop_token& m_stop;
    const QString m_place;
    QFile m_file;
    QCryptographicHash m_hash{QCryptographicHash::Sha256};   // of the bytes in m_file
    QByteArray m_etag, m_linkedSha, m_begin;
    qint64 m_total = 0, m_linkedSize = 0;                    // 0: not known
    bool m_isStartedOver = false;
    QNetworkAccessManager m_manager;

    // Of the connection at hand.
    std::optional<Failure> m_failure;
    QUrl m_next;
    bool m_isSentAway = false;
    QString m_trouble;
};

} // namespace

Outcome<ModelAddress> modelAddress(const QString& reference)
{
    QString text = reference.trimmed();
    static const QRegularExpression byName(QStringLiteral("^(?:(?:https://)?(?:hf\\.co|huggingface\\.co)/)?([\\w.-]+)/([\\w.-]+)/((?:(?:blob|resolve)/[\\w.-]+/)?)((?:[\\w. -]+/)*[\\w. -]+\\.gguf)(?:\\?.*)?$"),
                                           QRegularExpression::CaseInsensitiveOption);
    if (const auto match = byName.match(text); match.hasMatch()) {
        const QString revision = match.captured(3).isEmpty() ? QStringLiteral("main") : match.captured(3).section(QLatin1Char('/'), 1, 1);
        const QString path = QStringLiteral("/%1/%2/resolve/%3/%4").arg(match.captured(1), match.captured(2), revision, match.captured(4));
        QUrl url(QStringLiteral("https://huggingface.co"));
        url.setPath(path);
        return ModelAddress{url, match.captured(4).section(QLatin1Char('/'), -1)};
    }
    const QUrl url(text, QUrl::StrictMode);
    const QString name = url.fileName();
    const bool hidesSlashes = url.path(QUrl::FullyEncoded).contains(QLatin1String("%2f"), Qt::CaseInsensitive);
    if (hidesSlashes || !url.userInfo().isEmpty() || !isModelFile(name) || name.contains(QLatin1Char('/')) || name.startsWith(QLatin1Char('.')))
        return unclear(reference);
    if (!isAllowed(url))
        return url.scheme() == QLatin1String("http") ? Failure{Failure::Kind::Usage, QStringLiteral("%1 is not encrypted; Octavo downloads by https alone.").arg(reference)} : unclear(reference);
    return ModelAddress{url, name};
}

Outcome<QString> downloadModel(const ModelAddress& address, const QString& dataDir, const DownloadOptions& options, const std::function<void(const DownloadProgress&)>& progressed,
                               const std::stop_token& stop)
{
    const QString folder = QDir(dataDir).filePath(QStringLiteral("models"));
    if (!options.sha256.isEmpty() && !isSha256(options.sha256.toLower()))
        return Failure{Failure::Kind::Usage, QStringLiteral("A SHA-256 has 64 digits of 0–9 and a–f.")};
    if (!QDir().mkpath(folder))
        return Failure{Failure::Kind::File, QStringLiteral("The folder %1 cannot be made; choose another data folder.").arg(folder)};
    return Download(address, folder, options, progressed, stop).run();
}

} // namespace octavo::app
