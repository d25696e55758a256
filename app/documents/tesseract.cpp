// SPDX-License-Identifier: Apache-2.0
#include "documents/tesseract.h"

#include <QElapsedTimer>
#include <QLocale>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStandardPaths>

#include "octavo/parsers/protocol.h"

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;

constexpr int kStep = 50;                      // milliseconds between two looks at the stop token
constexpr int kPatience = 180'000;             // for one page; a dense one took 2.7 s of an idle core
constexpr int kAnswerPatience = 5'000;         // for what it is
constexpr qsizetype kLongestAnswer = 64 << 20; // a dense page is 100 KB
const QString kDataFolder = u"TESSDATA_PREFIX"_s;

// What it prints about itself, on either channel.
QStringList linesOf(const QString& program, const QString& question)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, {question}, QIODevice::ReadOnly);
    if (!process.waitForFinished(kAnswerPatience)) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return QString::fromUtf8(process.readAll()).split('\n');
}

} // namespace

std::optional<Tesseract> findTesseract()
{
    Tesseract found;
    found.program = QStandardPaths::findExecutable(u"tesseract"_s);
    if (found.program.isEmpty())
        return std::nullopt;
    const QString first = linesOf(found.program, u"--version"_s).value(0);   // "tesseract 5.3.0"
    if (!first.startsWith(u"tesseract "))
        return std::nullopt;
    found.version = first.section(' ', 1, 1).trimmed();
    for (const QString& line : linesOf(found.program, u"--list-langs"_s).mid(1)) {   // below "List of available languages …"
        const QString name = line.trimmed();
        if (name == u"osd")
            found.findsDirection = true;
        else if (!name.isEmpty() && name != u"equ")
            found.languages.append(name);
    }
    return found.languages.isEmpty() ? std::nullopt : std::optional(found);
}

QString Tesseract::likelyLanguages() const
{
    QStringList likely{QLocale::languageToCode(QLocale().language(), QLocale::ISO639Part2T), u"eng"_s};
    likely.removeDuplicates();
    likely.removeIf([&](const QString& language) { return !languages.contains(language); });
    return likely.isEmpty() ? languages.first() : likely.join('+');
}

QString howToGetTesseract()
{
    return u"Tesseract, which reads pictures of text, is not installed; on Debian and Ubuntu: sudo apt install tesseract-ocr (and tesseract-ocr-deu for German, and so on)."_s;
}

Outcome<QString> languagesFor(const std::optional<Tesseract>& tesseract, const QString& wanted)
{
    if (!tesseract)
        return Failure{Failure::Kind::Usage, howToGetTesseract()};
    if (wanted.isEmpty())
        return tesseract->likelyLanguages();
    for (const QString& language : wanted.split('+')) {
        if (!tesseract->languages.contains(language))
            return Failure{Failure::Kind::Usage, u"Tesseract has no language “%1” here (it has %2); on Debian and Ubuntu: sudo apt install tesseract-ocr-%1."_s
                                                     .arg(language, tesseract->languages.join(u", "_s))};
    }
    return wanted;
}

Expected<QByteArray, ParseFault> recognizePicture(const Tesseract& tesseract, int descriptor, int dpi, const QString& languages, const std::stop_token& stop)
{
    QStringList arguments{QString::fromLatin1(parsers::kRecognize), tesseract.program, u"stdin"_s, u"stdout"_s, u"-l"_s, languages, u"--psm"_s,
                          tesseract.findsDirection ? u"1"_s : u"3"_s};
    if (dpi > 0)
        arguments << u"--dpi"_s << QString::number(dpi);
    arguments << u"tsv"_s;
    QProcess process;
    QProcessEnvironment environment;   // of all that is in ours, where its languages are
    if (const QString folder = qEnvironmentVariable(qPrintable(kDataFolder)); !folder.isEmpty())
        environment.insert(kDataFolder, folder);
    process.setProcessEnvironment(environment);
    if (const auto started = startParser(process, arguments, descriptor); !started)
        return started.error();
    const auto give = [&](ParseFault fault) {
        process.kill();
        process.waitForFinished();
        return fault;
    };
    QByteArray answer;
    QElapsedTimer sinceStart;
    sinceStart.start();
    while (process.state() != QProcess::NotRunning) {
        process.waitForFinished(kStep);
        if (stop.stop_requested())
            return give({ParseFault::Kind::Stopped});
        answer += process.readAllStandardOutput();
        if (answer.size() > kLongestAnswer)
            return give({ParseFault::Kind::TooLarge});
        if (sinceStart.elapsed() > kPatience)
            return give({ParseFault::Kind::TooSlow});
    }
    answer += process.readAllStandardOutput();
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return ParseFault{ParseFault::Kind::Died};
    return answer;
}

} // namespace octavo::app
