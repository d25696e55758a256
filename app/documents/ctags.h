// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <vector>

#include <QByteArrayView>
#include <QString>

class QProcess;

namespace octavo::app {

// A definition in a source file, in the words of Universal Ctags ("function", "C++", …).
struct CodeTag {
    QString name;
    QString kind;
    QString language;
    QString scope;       // "octavo::Reading"; empty at the top
    QString scopeKind;
    QString signature;   // "(int a)"; only of some languages
    qint64 line = 0;     // 1-based, where the name is
    qint64 end = 0;      // last line; 0 where ctags does not know
};

// Universal Ctags on this machine; empty without it.
QString ctagsProgram();

// One process of Universal Ctags for as many files as are asked for. It is told contents, never a path, and has by seccomp given up
// all but reading its input and writing its output before it sees any. No configuration of a person's is read.
// Failures are files without tags: a process that dies, or takes too long, costs the file at hand and is started again, until it
// has happened too often. Threads: any one thread at a time, blocking, with no need for an event loop.
class Ctags {
public:
    struct Limits {
        std::chrono::milliseconds perFile{10'000};
        int failures = 3;                     // then there are no tags any more
        qint64 contentBytes = 2 << 20;        // larger files have no tags
        qint64 answerBytes = 64 << 20;        // scopes can make answers quadratic in the content
    };

    explicit Ctags(QString program = ctagsProgram());
    Ctags(QString program, Limits limits);
    ~Ctags();

    // The definitions in `content` (UTF-8), in no order; `fileName`, without folders, tells the language. A stop is answered within
    // 200 ms, by no tags.
    std::vector<CodeTag> tagsOf(const QString& fileName, QByteArrayView content, const std::stop_token& stop);

private:
    class Deadline;
    bool isRunning(const Deadline& deadline);
    void end();
    bool readLine(QByteArray& line, const Deadline& deadline);
    bool ask(const QString& fileName, QByteArrayView content, const Deadline& deadline, std::vector<CodeTag>& tags);

    QString m_program;
    Limits m_limits;
    int m_failures = 0;
    std::unique_ptr<QProcess> m_process;   // none until the first file, and after a failure
};

} // namespace octavo::app
