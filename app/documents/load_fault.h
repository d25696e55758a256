// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "documents/parser_process.h"
#include "documents/text_file.h"
#include "octavo/app/failure.h"

namespace octavo::app {

// Why a file gave no text, said in two ways.
struct LoadFault {
    QString why;           // a short reason, for a folder's ledger; empty: a stop was asked for
    QString sentence{};    // for the file by itself, with %1 for its path
    int scans{};           // pages of it that text recognition may read
    bool isStop() const { return why.isEmpty(); }
};

LoadFault faultOf(TextFileFault fault);
LoadFault faultOf(const ParseFault& fault, const QString& formatName);
LoadFault unreadableFormat(const QString& formatName, const QString& whyNot);
LoadFault withoutText(const QString& formatName, const QList<FormattedText::Remark>& remarks, int scans);

Failure stopped();
Failure failureOf(const LoadFault& fault, const QString& path);

} // namespace octavo::app
