// SPDX-License-Identifier: Apache-2.0
#include "documents/document_loader.h"

#include <filesystem>
#include <map>

#include <QFileInfo>
#include <QStringList>

#include "documents/default_ignores.h"
#include "documents/document_kind.h"
#include "documents/folder_walker.h"
#include "documents/outline.h"
#include "documents/text_file.h"

namespace octavo::app {

namespace {

namespace fs = std::filesystem;

using Progress = std::function<void(qint64)>;

Failure stopped() { return {Failure::Kind::Stopped, QStringLiteral("Opening was stopped.")}; }

Failure fileFailure(TextFileFault fault, const QString& path)
{
    const auto say = [&](const QString& sentence) { return Failure{Failure::Kind::File, sentence.arg(path)}; };
    switch (fault) {
    case TextFileFault::Missing: return say(QStringLiteral("“%1” is not there any more; put it back or open another file."));
    case TextFileFault::NotAFile: return say(QStringLiteral("“%1” is neither a file nor a folder; open a text file or a folder instead."));
    case TextFileFault::Unreadable:
        return say(QStringLiteral("“%1” cannot be read; check its permissions and the disk it lies on, then open it again."));
    case TextFileFault::Empty: return say(QStringLiteral("“%1” is empty; open a file that has text in it."));
    case TextFileFault::TooLarge:
        return say(QStringLiteral("“%2” is larger than %1 MB, the most that Octavo reads as one text; split it and open the pieces.")
                       .arg(kMaxTextBytes >> 20));
    case TextFileFault::Binary:
        return say(
            QStringLiteral("“%1” is a binary file, not text; open plain text, Markdown or source code, or export it as text first."));
    case TextFileFault::Changed:
        return say(QStringLiteral("“%1” became shorter while it was read; open it again once nothing writes to it."));
    case TextFileFault::Stopped: return stopped();
    }
    return stopped();
}

// The same for the ledger of a folder.
QString whyLeftOut(TextFileFault fault)
{
    switch (fault) {
    case TextFileFault::Missing: return QStringLiteral("deleted while the folder was read");
    case TextFileFault::NotAFile: return QStringLiteral("no regular file");
    case TextFileFault::Unreadable: return QStringLiteral("cannot be read");
    case TextFileFault::Empty: return QStringLiteral("empty file");
    case TextFileFault::TooLarge: return QStringLiteral("no room left in a text of %1 MB").arg(kMaxTextBytes >> 20);
    case TextFileFault::Binary: return QStringLiteral("binary file");
    case TextFileFault::Changed: return QStringLiteral("changed while the folder was read");
    case TextFileFault::Stopped: break;
    }
    return {};
}

// What differs between the bytes on disk and the text form, for the ledger; empty if nothing does.
QString remarkOn(const DecodedText& decoded)
{
    QStringList remarks;
    if (decoded.damagedBytes > 0)
        remarks << QStringLiteral("%1 bytes that are no text were replaced").arg(decoded.damagedBytes);
    else if (decoded.encoding != QLatin1String("UTF-8"))
        remarks << QStringLiteral("converted from %1").arg(decoded.encoding);
    if (decoded.byteOrderMark)
        remarks << QStringLiteral("byte order mark left out");
    return remarks.join(QStringLiteral(", "));
}

Outcome<Document> loadFile(const fs::path& path, Document document, const Progress& progress, const std::stop_token& stop)
{
    qint64 soFar = 0;
    auto file = readTextFile(path, kMaxTextBytes, [&](qint64 bytes) { progress(soFar += bytes); }, stop);
    if (!file)
        return fileFailure(file.error(), document.path);
    const QString name = QFileInfo(document.path).fileName();
    document.kind = kindOfFile(name);
    document.text = std::move(file->decoded.text);
    document.files = {{document.path, name, file->decoded.encoding, {0, document.text.size()}}};
    document.ledger = {{name, remarkOn(file->decoded), file->bytesOnDisk, true}};
    return document;
}

Failure nothingToRead(const QString& path, const QList<LedgerEntry>& ledger)
{
    if (ledger.isEmpty())
        return {Failure::Kind::Folder, QStringLiteral("The folder “%1” is empty; open one that has text files in it.").arg(path)};
    std::map<QString, int> reasons;
    for (const LedgerEntry& entry : ledger)
        ++reasons[entry.why];
    QStringList counted;
    for (const auto& [why, count] : reasons)
        counted << QStringLiteral("%1 × %2").arg(count).arg(why);
    return {Failure::Kind::Folder,
            QStringLiteral("The folder “%1” holds no text that Octavo reads (%2); open one that has text files in it, or one "
                           "of the files by itself.")
                .arg(path, counted.join(QStringLiteral(", ")))};
}

Outcome<Document> loadFolder(const fs::path& path, Document document, const Progress& progress, const std::stop_token& stop)
{
    document.kind = DocumentKind::Folder;
    const std::vector<FoundItem> items = walkFolder(path, stop);
    qint64 expected = 0;
    for (const FoundItem& item : items)
        expected += item.why.isEmpty() ? item.bytes + item.relativePath.size() + 16 : 0;
    document.text.reserve(std::min(expected, kMaxTextBytes));

    qint64 soFar = 0;
    const auto count = [&](qint64 bytes) { progress(soFar += bytes); };
    for (const FoundItem& item : items) {
        if (!item.why.isEmpty()) {
            document.ledger.append({item.relativePath, item.why, item.bytes, false});
            continue;
        }
        const auto file = readTextFile(item.path, kMaxTextBytes - document.text.size(), count, stop);
        if (stop.stop_requested())
            return stopped();
        const QString why = !file ? whyLeftOut(file.error())
            : looksMinified(item.relativePath, file->decoded.text) ? QStringLiteral("minified file") : QString();
        if (!why.isEmpty()) {
            document.ledger.append({item.relativePath, why, item.bytes, false});
            continue;
        }
        document.text.append(document.text.isEmpty() ? "==== " : "\n\n==== ").append(item.relativePath.toUtf8()).append(" ====\n\n");
        const qint64 begin = document.text.size();
        document.text.append(file->decoded.text);
        document.files.append(
            {document.path + '/' + item.relativePath, item.relativePath, file->decoded.encoding, {begin, document.text.size()}});
        document.ledger.append({item.relativePath, remarkOn(file->decoded), file->bytesOnDisk, true});
    }
    if (stop.stop_requested())
        return stopped();
    if (document.files.isEmpty())
        return nothingToRead(document.path, document.ledger);
    return document;
}

} // namespace

Outcome<Document> loadDocument(const QString& path, const std::function<void(qint64 bytesSoFar)>& progress, const std::stop_token& stop)
{
    const QFileInfo info(path);
    const QString shown = info.absoluteFilePath();
    std::error_code error;
    const fs::path real = fs::canonical(info.filesystemAbsoluteFilePath(), error);
    if (error == std::errc::permission_denied)
        return fileFailure(TextFileFault::Unreadable, shown);
    if (error)
        return Failure{Failure::Kind::File,
                        QStringLiteral("“%1” does not exist; check the name, and that its disk is connected.").arg(shown)};

    Document document;
    document.path = QFileInfo(real).filePath();
    const bool isFolder = fs::is_directory(real, error);
    if (isFolder) {
        const fs::directory_iterator probe(real, error);
        if (error)
            return Failure{Failure::Kind::Folder,
                            QStringLiteral("The folder “%1” cannot be opened; check its permissions, then open it again.").arg(shown)};
    }
    Outcome<Document> loaded
        = isFolder ? loadFolder(real, std::move(document), progress, stop) : loadFile(real, std::move(document), progress, stop);
    if (!loaded)
        return loaded;
    outlineDocument(*loaded, stop);
    if (stop.stop_requested())
        return stopped();
    return loaded;
}

} // namespace octavo::app
