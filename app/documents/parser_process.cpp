// SPDX-License-Identifier: Apache-2.0
#include "documents/parser_process.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include <fcntl.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QProcessEnvironment>

#include "documents/memory_file.h"
#include "octavo/parsers/protocol.h"

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;

constexpr int kStep = 50;                               // milliseconds between two looks at the stop token
constexpr qint64 kLongestLine = 64 << 20;
constexpr qint64 kMostBesideText = 4;                   // times the text's own limit: the marks of a PDF take as much memory as its text, those of captions thrice
constexpr qint64 kLittle = 1 << 20;                     // and so much anyway

// Beside the program that runs: they are built and installed together.
QString parserPath()
{
    return QFileInfo(QFileInfo(u"/proc/self/exe"_s).canonicalFilePath()).path() + '/' + QLatin1StringView(parsers::kProgram);
}

// Takes apart what the parser says: lines, and members' bytes between them.
class ParserStream {
public:
    explicit ParserStream(const ParseOptions& options) : m_options(options) {}

    // False if it says what no parser says.
    bool take(const QByteArray& piece)
    {
        m_buffer.append(piece);
        qsizetype at = 0;
        while (!m_ended && at < m_buffer.size()) {
            const qsizetype used = m_memberBytes >= 0 ? takeMember(at) : takeLine(at);
            if (used < 0)
                return false;
            if (used == 0)
                break;
            at += used;
        }
        m_buffer.remove(0, at);
        m_searched = m_memberBytes >= 0 ? 0 : m_buffer.size();
        return m_buffer.size() <= kLongestLine || m_memberBytes >= 0;
    }

    bool hasEnded() const { return m_ended; }
    // What is too long; empty: nothing yet.
    QString tooLong() const
    {
        if (m_builder.bytes() > m_options.mostTextBytes)
            return u"its text is longer than %1 MB"_s.arg(m_options.mostTextBytes >> 20);
        if (m_builder.bytesBeside() > std::max(kLittle, kMostBesideText * m_options.mostTextBytes))
            return u"it has more places and headings than text"_s;
        return m_allMemberBytes > m_options.mostMemberBytes ? u"it unpacks to more than %1 MB"_s.arg(m_options.mostMemberBytes >> 20) : QString();
    }

    Expected<FormattedText, ParseFault> finished() &&
    {
        if (m_fault)
            return *std::move(m_fault);
        return std::move(m_builder).finished();
    }

private:
    qsizetype takeLine(qsizetype at)
    {
        const qsizetype end = m_buffer.indexOf('\n', std::max(at, std::exchange(m_searched, 0)));
        if (end < 0)
            return 0;
        const QJsonObject line = QJsonDocument::fromJson(m_buffer.sliced(at, end - at)).object();
        if (line.isEmpty())
            return -1;
        if (line.contains("end"_L1)) {
            m_ended = true;
        } else if (line.contains("fault"_L1)) {
            const auto* kind = std::find(std::begin(parsers::kFaultKinds), std::end(parsers::kFaultKinds), line["fault"_L1].toString());
            const qsizetype known = kind - std::begin(parsers::kFaultKinds);
            m_fault = ParseFault{static_cast<ParseFault::Kind>(kind == std::end(parsers::kFaultKinds) ? 0 : known), line["detail"_L1].toString().simplified()};
        } else if (line.contains("progress"_L1)) {
            m_options.progress(std::clamp(line["progress"_L1].toDouble(), 0.0, 1.0));
        } else if (line.contains("member"_L1)) {
            m_member = line["member"_L1].toString();
            m_memberBytes = line["bytes"_L1].toInteger(-1);
            if (m_memberBytes < 0 || m_memberBytes > std::numeric_limits<qint64>::max() - m_allMemberBytes)
                return -1;
            m_allMemberBytes += m_memberBytes;
        } else {
            m_builder.take(line);
        }
        return end + 1 - at;
    }

    qsizetype takeMember(qsizetype at)
    {
        if (m_buffer.size() - at < m_memberBytes + 1)
            return 0;
        if (m_buffer[at + m_memberBytes] != '\n')
            return -1;   // another size than it said
        m_options.member(m_member, m_buffer.sliced(at, m_memberBytes));
        return std::exchange(m_memberBytes, -1) + 1;
    }

    const ParseOptions& m_options;
    FormattedTextBuilder m_builder;
    QByteArray m_buffer;
    qsizetype m_searched = 0;    // so many bytes of the buffer have no line end among them
    QString m_member;
    qint64 m_memberBytes = -1;   // to come; -1: a line is to come
    qint64 m_allMemberBytes = 0;
    std::optional<ParseFault> m_fault;
    bool m_ended = false;
};

} // namespace

Expected<void, ParseFault> startParser(QProcess& process, const QStringList& arguments, int descriptor, int alsoOpen, const QString& program)
{
    process.setProgram(program.isEmpty() ? parserPath() : program);
    process.setArguments(arguments);
    if (process.processEnvironment().isEmpty())
        process.setProcessEnvironment(QProcessEnvironment());   // nothing in it is any of a parser's business
    process.setStandardErrorFile(QProcess::nullDevice());
    process.setInputChannelMode(QProcess::ForwardedInputChannel);
    process.setChildProcessModifier([descriptor, alsoOpen] {
        ::dup2(descriptor, STDIN_FILENO);
        if (alsoOpen >= 0)
            ::fcntl(alsoOpen, F_SETFD, 0);
    });
    process.start(QIODevice::ReadOnly);
    if (!process.waitForStarted())
        return ParseFault{ParseFault::Kind::NoParser, process.program()};
    return {};
}

Expected<FormattedText, ParseFault> parseFile(int descriptor, const ParseOptions& options, const std::stop_token& stop)
{
    QProcess process;
    if (const auto started = startParser(process, QStringList(options.format) + options.arguments, descriptor, options.alsoOpen, options.program); !started)
        return started.error();
    const auto end = [&] {
        process.kill();
        process.waitForFinished();
    };
    const auto give = [&](ParseFault fault) {
        end();
        return fault;
    };
    ParserStream stream(options);
    QElapsedTimer silent;
    silent.start();
    while (!stream.hasEnded()) {
        const bool alive = process.state() != QProcess::NotRunning;
        if (alive)
            process.waitForReadyRead(kStep);
        if (stop.stop_requested())
            return give({ParseFault::Kind::Stopped});
        const QByteArray piece = process.readAllStandardOutput();
        if (!stream.take(piece))
            return give({ParseFault::Kind::Died});
        if (const QString what = stream.tooLong(); !what.isEmpty())
            return give({ParseFault::Kind::TooLarge, what});
        if (!piece.isEmpty())
            silent.restart();   // only now: what takes the app long is no silence of the parser's
        if (piece.isEmpty() && !alive)
            return ParseFault{ParseFault::Kind::Died};
        if (std::chrono::milliseconds(silent.elapsed()) > options.patience)
            return give({ParseFault::Kind::TooSlow});
    }
    end();   // it has said all; one that hangs now is not waited for
    return std::move(stream).finished();
}

Expected<FormattedText, ParseFault> parseBytes(const QByteArray& bytes, const ParseOptions& options, const std::stop_token& stop)
{
    const MemoryFile file(bytes);
    return file.isWhole() ? parseFile(file.descriptor(), options, stop) : ParseFault{ParseFault::Kind::TooLarge};
}

} // namespace octavo::app
