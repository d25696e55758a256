// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include <QTemporaryDir>

#include "documents/load_fault.h"
#include "documents/page_recognition.h"
#include "octavo/app/document.h"

namespace octavo::app {

// One file's text, as it stands or by a parser, and the files that were in it. Ranges and marks count from the text's beginning.
struct LoadedFile {
    QByteArray text;                   // empty, if it only holds files
    QString encoding;
    QString format;
    QString title;
    QList<PlaceMark> places;
    QList<Part> parts;                 // by the format; empty: to be looked for in the text
    QString remark;                    // for its line in the ledger
    QList<LedgerEntry> unread;         // pages of it that gave no text; `what` is relative to the file
    int pages = 0;                     // read
    qint64 bytesOnDisk = 0;
    QDateTime modified;
    std::shared_ptr<QTemporaryDir> members;   // unpacked; null: none
};

struct LoadOptions {
    qint64 mostTextBytes = 0;
    bool inFolder = false;             // archives that are no documents are left packed
    bool webPagesAreSource = false;    // as in a codebase: HTML is read as it stands
    std::function<void(qint64 newBytes)> progress;
    const Recognition* recognition = nullptr;   // null: scans stay unread
    std::function<void(int done, int pages)> recognized = [](int, int) {};   // of this file's scans
};

// Threads: any, blocking. A stop is answered within 200 ms.
Expected<LoadedFile, LoadFault> loadFileText(const std::filesystem::path& path, const QString& name, const LoadOptions& options,
                                             const std::stop_token& stop);

// Whether a file's head and name say that it would give text; nothing is parsed.
bool mayHoldText(const std::filesystem::path& path, const QString& name);

} // namespace octavo::app
