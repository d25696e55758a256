// SPDX-License-Identifier: Apache-2.0
#include "documents/ctags.h"

#include <sys/resource.h>

#include <algorithm>
#include <optional>

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QStringList>

namespace octavo::app {

namespace {

constexpr int kSliceMs = 20;   // between two looks at the stop token
constexpr rlim_t kMostMemory = rlim_t(1) << 30;
constexpr rlim_t kMostSeconds = 600;   // of computing: ends a process that outlived a killed Octavo

QStringList arguments()
{
    return {
        QStringLiteral("--options=NONE"),   // must come first; else ctags.d folders and the environment are read
        QStringLiteral("--quiet=yes"),
        QStringLiteral("--_interactive=sandbox"),
        QStringLiteral("--output-format=json"),
        QStringLiteral("--sort=no"),
        QStringLiteral("--fields=+neKlsSZ-tP"),
        // Data and markup: thousands of tags, and none of them code.
        QStringLiteral("--languages=-CSS,DTD,HTML,Iniconf,JSON,SCSS,XML,Yaml"),
    };
}

void limit(const QProcess& process, __rlimit_resource resource, rlim_t most)
{
    const rlimit limits{most, most};
    prlimit(pid_t(process.processId()), resource, &limits, nullptr);
}

CodeTag tagFrom(const QJsonObject& json)
{
    const auto text = [&](const char* key) { return json.value(QLatin1String(key)).toString(); };
    const auto number = [&](const char* key) { return json.value(QLatin1String(key)).toInteger(); };
    return {text("name"), text("kind"), text("language"), text("scope"), text("scopeKind"), text("signature"), number("line"), number("end")};
}

} // namespace

QString ctagsProgram()
{
    for (const char* name : {"ctags-universal", "universal-ctags", "uctags", "ctags"}) {
        if (const QString program = QStandardPaths::findExecutable(QLatin1String(name)); !program.isEmpty())
            return program;
    }
    return {};
}

class Ctags::Deadline {
public:
    Deadline(std::chrono::milliseconds time, const std::stop_token& stop) : m_end(std::chrono::steady_clock::now() + time), m_stop(stop) {}
    bool isStopped() const { return m_stop.stop_requested(); }
    bool isOver() const { return isStopped() || std::chrono::steady_clock::now() >= m_end; }

private:
    std::chrono::steady_clock::time_point m_end;
    std::stop_token m_stop;
};

Ctags::Ctags(QString program) : Ctags(std::move(program), Limits()) {}

Ctags::Ctags(QString program, Limits limits) : m_program(std::move(program)), m_limits(limits) {}

Ctags::~Ctags() { end(); }

void Ctags::end()
{
    if (!m_process)
        return;
    m_process->kill();
    m_process->waitForFinished();
    m_process.reset();
}

bool Ctags::readLine(QByteArray& line, const Deadline& deadline)
{
    while (!m_process->canReadLine()) {
        // Waiting also writes what is still to be written, so neither pipe fills up while the other is waited for.
        const bool more = m_process->waitForReadyRead(kSliceMs);
        if (deadline.isOver() || m_process->bytesAvailable() > m_limits.answerBytes)
            return false;
        if (!more && m_process->state() == QProcess::NotRunning && !m_process->canReadLine())
            return false;
    }
    line = m_process->readLine();
    return true;
}

// Starts the process if there is none, and hears whether it is the right program.
bool Ctags::isRunning(const Deadline& deadline)
{
    if (m_process)
        return true;
    m_process = std::make_unique<QProcess>();
    m_process->setWorkingDirectory(QDir::rootPath());
    m_process->setStandardErrorFile(QProcess::nullDevice());
    m_process->start(m_program, arguments());
    QByteArray greeting;
    const bool greeted = m_process->waitForStarted() && readLine(greeting, deadline)
                         && QJsonDocument::fromJson(greeting).object().value(QLatin1String("name")) == QLatin1String("Universal Ctags");
    if (greeted) {
        limit(*m_process, RLIMIT_AS, kMostMemory);
        limit(*m_process, RLIMIT_CPU, kMostSeconds);
    } else if (!deadline.isStopped()) {
        m_failures = m_limits.failures;   // another program, or an older one: it will not change
    }
    return greeted;
}

// Whether the process answered to the end.
bool Ctags::ask(const QString& fileName, QByteArrayView content, const Deadline& deadline, std::vector<CodeTag>& tags)
{
    const QJsonObject request{{QStringLiteral("command"), QStringLiteral("generate-tags")},
                              {QStringLiteral("filename"), fileName},
                              {QStringLiteral("size"), content.size()}};
    m_process->write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
    m_process->write(content.data(), content.size());
    QByteArray line;
    for (qint64 answered = 0; readLine(line, deadline) && answered <= m_limits.answerBytes; answered += line.size()) {
        const QJsonObject json = QJsonDocument::fromJson(line).object();
        const QString type = json.value(QLatin1String("_type")).toString();
        if (type == QLatin1String("completed"))
            return true;
        if (type == QLatin1String("error") && json.value(QLatin1String("fatal")).toBool())
            return false;   // where it goes on in its input is not known
        if (type == QLatin1String("tag"))
            tags.push_back(tagFrom(json));
        if (deadline.isOver())
            return false;
    }
    return false;
}

std::vector<CodeTag> Ctags::tagsOf(const QString& fileName, QByteArrayView content, const std::stop_token& stop)
{
    if (m_program.isEmpty() || m_failures >= m_limits.failures || content.isEmpty() || content.size() > m_limits.contentBytes)
        return {};
    const Deadline deadline(m_limits.perFile, stop);
    std::vector<CodeTag> tags;
    if (isRunning(deadline) && ask(fileName, content, deadline, tags))
        return tags;
    end();
    m_failures += !deadline.isStopped();
    return {};
}

} // namespace octavo::app
