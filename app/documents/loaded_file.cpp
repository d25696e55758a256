// SPDX-License-Identifier: Apache-2.0
#include "documents/loaded_file.h"

#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include "documents/file_format.h"
#include "documents/memory_file.h"

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

constexpr qsizetype kHeadBytes = 4096;

class Descriptor {
public:
    // Non-blocking, so that a pipe cannot hang it.
    explicit Descriptor(const fs::path& path) : m_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~Descriptor() { if (m_descriptor >= 0) ::close(m_descriptor); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_descriptor; }

    bool isFile() const
    {
        struct stat facts {};
        return m_descriptor >= 0 && ::fstat(m_descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
    }

private:
    int m_descriptor;
};

// What differs between the bytes on disk and the text form, for the ledger; empty if nothing does.
QString remarkOn(const DecodedText& decoded)
{
    QStringList remarks;
    if (decoded.damagedBytes > 0)
        remarks << u"%1 bytes that are no text were replaced"_s.arg(decoded.damagedBytes);
    else if (decoded.encoding != "UTF-8"_L1)
        remarks << u"converted from %1"_s.arg(decoded.encoding);
    if (decoded.byteOrderMark)
        remarks << u"byte order mark left out"_s;
    return remarks.join(u", "_s);
}

Expected<LoadedFile, LoadFault> loadPlainText(const fs::path& path, const LoadOptions& options, const std::stop_token& stop)
{
    auto file = readTextFile(path, options.mostTextBytes, options.progress, stop);
    if (!file)
        return faultOf(file.error());
    LoadedFile loaded;
    loaded.text = std::move(file->decoded.text);
    loaded.encoding = file->decoded.encoding;
    loaded.remark = remarkOn(file->decoded);
    loaded.bytesOnDisk = file->bytesOnDisk;
    return loaded;
}

// Unpacks what a parser hands over into a folder that goes when the document is loaded. Parsers are not trusted: a path that would lead out of it,
// and a file where a folder is, are refused here too.
class MemberFolder {
public:
    void add(const QString& path, const QByteArray& bytes)
    {
        const QStringList names = path.split('/');
        const bool isSound = std::all_of(names.begin(), names.end(), [](const QString& name) { return !name.isEmpty() && name != u"." && name != u".." && !name.contains(QChar(0)); });
        if (!m_folder)
            m_folder = std::make_shared<QTemporaryDir>();
        const QString target = m_folder->filePath(path);
        QFile file(target);
        if (!isSound || !QDir().mkpath(QFileInfo(target).path()) || !file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(bytes) != bytes.size())
            m_failed.append({path, u"cannot be unpacked"_s, bytes.size(), false});
    }

    std::shared_ptr<QTemporaryDir> folder() const { return m_folder; }
    const QList<LedgerEntry>& failed() const { return m_failed; }

private:
    std::shared_ptr<QTemporaryDir> m_folder;
    QList<LedgerEntry> m_failed;
};

void addRemarks(const FormattedText& text, LoadedFile& loaded)
{
    QStringList remarks{u"converted from %1"_s.arg(loaded.format)};
    loaded.pages = text.pages;
    for (const FormattedText::Remark& remark : text.remarks) {
        if (remark.pages > 0) {
            loaded.unread.append({remark.what, remark.why, 0, false, remark.pages, remark.scansFrom > 0});
            loaded.pages -= remark.pages;
        } else {
            remarks << u"%1 (%2)"_s.arg(remark.what, remark.why);
        }
    }
    loaded.pages = std::max(0, loaded.pages);
    loaded.remark = remarks.join(u", "_s);
}

QList<int> scansIn(const FormattedText& text)
{
    QList<int> pages;
    for (const FormattedText::Remark& remark : text.remarks) {
        for (int page = remark.scansFrom; remark.scansFrom > 0 && page < remark.scansFrom + remark.pages && page <= text.pages; ++page)
            pages.append(page);
    }
    return pages;
}

// The file parsed again, with what Tesseract took its scans for among its pages: so they are put into paragraphs, and their running heads are left out, with
// those that have text.
Expected<FormattedText, ParseFault> parseRecognized(const Scans& scans, ParseOptions parse, const LoadOptions& options, const std::stop_token& stop)
{
    const auto progressed = [&](int pages) { options.recognized(pages, int(scans.pages.size())); };
    progressed(0);
    const auto recognized = recognizePages(scans, *options.recognition, progressed, stop);
    if (!recognized)
        return recognized.error();
    const MemoryFile file(*recognized);
    if (!file.isWhole())
        return ParseFault{ParseFault::Kind::TooLarge};
    parse.arguments = {QString::number(file.descriptor())};
    parse.alsoOpen = file.descriptor();
    return parseFile(scans.descriptor, parse, stop);
}

Expected<LoadedFile, LoadFault> loadFormatted(int descriptor, const FileFormat& format, const LoadOptions& options, const std::stop_token& stop)
{
    struct stat facts {};
    ::fstat(descriptor, &facts);
    ParseOptions parse;
    parse.format = format.parser;
    parse.mostTextBytes = options.mostTextBytes;
    qint64 told = 0;
    parse.progress = [&](double share) {
        const auto bytes = qint64(share * double(facts.st_size));
        options.progress(std::max<qint64>(0, bytes - std::exchange(told, std::max(told, bytes))));
    };
    MemberFolder members;
    parse.member = [&](const QString& path, QByteArray&& bytes) { members.add(path, bytes); };
    auto text = parseFile(descriptor, parse, stop);
    if (const QList<int> pages = text && options.recognition ? scansIn(*text) : QList<int>(); !pages.isEmpty())
        text = parseRecognized({descriptor, format.parser == u"image", pages}, parse, options, stop);
    if (!text)
        return faultOf(text.error(), format.name);
    options.progress(std::max<qint64>(0, facts.st_size - told));
    LoadedFile loaded;
    loaded.format = text->format.isEmpty() ? format.name : text->format;
    if (text->text.isEmpty() && !members.folder())
        return withoutText(loaded.format, text->remarks, int(scansIn(*text).size()));
    loaded.title = text->title;
    loaded.text = std::move(text->text);
    loaded.places = std::move(text->places);
    loaded.parts = std::move(text->parts);
    loaded.bytesOnDisk = facts.st_size;
    loaded.members = members.folder();
    addRemarks(*text, loaded);
    loaded.unread.append(members.failed());
    if (loaded.text.isEmpty()) {   // an archive: what was left out of it has no line to be told in
        for (const FormattedText::Remark& remark : text->remarks)
            loaded.unread.append({remark.what, remark.why, 0, false});
    }
    return loaded;
}

QByteArray headOf(const Descriptor& file)
{
    QByteArray head(kHeadBytes, Qt::Uninitialized);
    head.truncate(std::max<ssize_t>(0, ::pread(file.get(), head.data(), kHeadBytes, 0)));
    return head;
}

} // namespace

bool mayHoldText(const fs::path& path, const QString& name)
{
    const Descriptor file(path);
    if (!file.isFile())
        return false;
    const QByteArray head = headOf(file);
    const FileFormat format = formatOf(name, head);
    return !head.isEmpty() && format.whyNot.isEmpty() && !format.isContainer && (!format.parser.isEmpty() || !looksBinary(head));
}

Expected<LoadedFile, LoadFault> loadFileText(const fs::path& path, const QString& name, const LoadOptions& options, const std::stop_token& stop)
{
    const Descriptor file(path);
    if (!file.isFile())
        return loadPlainText(path, options, stop);   // which says what is wrong
    const FileFormat format = formatOf(name, headOf(file));
    if (!format.whyNot.isEmpty())
        return unreadableFormat(format.name, format.whyNot);
    if (options.inFolder && format.isContainer)
        return LoadFault{u"archive; open it by itself to read what is in it"_s, {}};
    if (options.inFolder && format.parser == u"image")   // of codebases and web pages; they would all be offered to be read
        return LoadFault{u"picture; open it by itself to have text in it recognized"_s, {}};
    const QDateTime modified = QFileInfo(path).lastModified();   // before it is read: what is written meanwhile is a change
    const bool isText = format.parser.isEmpty() || (options.webPagesAreSource && format.parser == u"html");
    auto loaded = isText ? loadPlainText(path, options, stop) : loadFormatted(file.get(), format, options, stop);
    if (loaded)
        loaded->modified = modified;
    return loaded;
}

} // namespace octavo::app
