// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include <QStringList>

#include "documents/formatted_text.h"
#include "octavo/base/expected.h"

class QProcess;

namespace octavo::app {

struct ParseFault {
    enum class Kind { Damaged, Encrypted, TooLarge, Unsupported, Died, TooSlow, NoParser, Stopped };
    Kind kind = Kind::Damaged;
    QString detail{};      // a few words more, or empty
};

// How a document is parsed. Tests shorten the patience, and have programs that misbehave parse.
struct ParseOptions {
    QString format;                    // a parser's name, or another job's (octavo/parsers/protocol.h)
    QStringList arguments{};           // of the job
    int alsoOpen = -1;                 // a file that one of these names by its number, the caller's; -1: none
    qint64 mostTextBytes = 256 << 20;  // more is Kind::TooLarge
    qint64 mostMemberBytes = 1 << 30;  // of all files inside an archive; likewise, though parsers do not go so far (parsers/archive/members.h)
    std::chrono::milliseconds patience = std::chrono::minutes(1);   // without a sign of life
    QString program{};                 // that parses; empty: octavo-parse, which lies beside the program that runs
    std::function<void(double share)> progress = [](double) {};
    // A file inside an archive. Nothing of it is kept; whoever wants it takes its bytes here.
    std::function<void(const QString& path, QByteArray&& bytes)> member = [](const QString&, QByteArray&&) {};
};

// Starts octavo-parse with `descriptor` as its standard input, for jobs of its that answer in another way than parsers do; its output can be read then.
// An environment that was set before stays. `program`: another one in its place, as in ParseOptions.
Expected<void, ParseFault> startParser(QProcess& process, const QStringList& arguments, int descriptor, int alsoOpen = -1, const QString& program = {});

// Has octavo-parse read a file that is open for reading at `descriptor` (which stays the caller's), in a process of its own with next to no
// rights: whatever a file does to its parser, it ends as a value here. Nothing of what a dying parser said is used.
// Threads: any, blocking; needs no event loop. A stop is answered within 200 ms.
Expected<FormattedText, ParseFault> parseFile(int descriptor, const ParseOptions& options, const std::stop_token& stop);

// The same for bytes in memory.
Expected<FormattedText, ParseFault> parseBytes(const QByteArray& bytes, const ParseOptions& options, const std::stop_token& stop);

} // namespace octavo::app
