// SPDX-License-Identifier: Apache-2.0
#include "documents/document_loader.h"

#include <algorithm>
#include <map>

#include <QFileInfo>
#include <QStringList>

#include "documents/default_ignores.h"
#include "documents/document_kind.h"
#include "documents/folder_walker.h"
#include "documents/loaded_file.h"
#include "documents/outline.h"

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

Failure nothingToRead(const QString& path, const QList<LedgerEntry>& ledger)
{
    if (ledger.isEmpty())
        return {Failure::Kind::Folder, u"“%1” is empty; open a folder that has text files in it."_s.arg(path)};
    std::map<QString, int> reasons;
    for (const LedgerEntry& entry : ledger)
        ++reasons[entry.why];
    QStringList counted;
    for (const auto& [why, count] : reasons)
        counted << u"%1 × %2"_s.arg(count).arg(why);
    return {Failure::Kind::Folder, u"“%1” holds no text that Octavo reads (%2); open a folder that has text files in it, or one of the files by itself."_s.arg(path, counted.join(u", "_s))};
}

// Pages told as of their file, and one line for the file itself.
void addToLedger(Document& document, const QString& what, const LoadedFile& file)
{
    if (!file.text.isEmpty())
        document.ledger.append({what, file.remark, file.bytesOnDisk, true, file.pages});
    for (const LedgerEntry& entry : file.unread)
        document.ledger.append({what + (entry.pages > 0 ? u", "_s : u"/"_s) + entry.what, entry.why, entry.bytes, entry.included, entry.pages, entry.areScans});
}

void rememberState(SourceFile& file, const LoadedFile& loaded)
{
    file.diskBytes = loaded.bytesOnDisk;
    file.modified = loaded.modified;
}

// How loading one document is told, and what is done for it.
struct Loading {
    const LoadProgressed& progressed;
    const std::stop_token& stop;
    const Recognition* recognition;
    LoadProgress soFar{};

    LoadOptions options()
    {
        LoadOptions options;
        options.progress = [this](qint64 bytes) {
            soFar.bytes += bytes;
            progressed(soFar);
        };
        options.recognition = recognition;
        options.recognized = [this](int done, int pages) {
            soFar.scans = done;
            soFar.allScans = done < pages ? pages : 0;
            progressed(soFar);
        };
        return options;
    }
};

// Puts the text of many files together.
class FolderLoader {
public:
    FolderLoader(Document& document, FormattedParts& parts, Loading& loading) : m_document(document), m_parts(parts), m_loading(loading) {}

    // `shownIn`: what the folder is called before the paths of its files, "" or "letter.eml/".
    void addFolder(const fs::path& folder, const QString& shownIn)
    {
        addItems(folder, shownIn, true);
    }

    // Files unpacked into a folder that will be gone.
    void addMembers(const fs::path& folder, const QString& shownIn) { addItems(folder, shownIn, false); }

    void add(const QString& path, const QString& relativePath, LoadedFile&& file, bool isOnDisk)
    {
        if (!file.text.isEmpty()) {
            QByteArray& text = m_document.text;
            text.append(text.isEmpty() ? "==== " : "\n\n==== ").append(relativePath.toUtf8()).append(" ====\n\n");
            const qint64 begin = text.size();
            text.append(file.text);
            for (PlaceMark& mark : file.places)
                mark.byte += begin;
            if (!file.format.isEmpty())
                m_parts.insert(m_document.files.size(), file.parts);
            m_document.files.append({path, relativePath, file.encoding, {begin, text.size()}, file.format, file.places});
            if (isOnDisk)
                rememberState(m_document.files.last(), file);
        }
        addToLedger(m_document, relativePath, file);
        if (file.members)
            addMembers(file.members->path().toStdString(), relativePath + '/');
    }

private:
    void addItems(const fs::path& folder, const QString& shownIn, bool areOnDisk)
    {
        const std::vector<FoundItem> items = walkFolder(folder, [this] { ++m_loading.soFar.files; m_loading.progressed(m_loading.soFar); }, m_loading.stop);
        reserve(items);
        const bool isCodebase = std::any_of(items.begin(), items.end(), [](const FoundItem& item) { return item.why.isEmpty() && isSourceCode(item.relativePath); });
        for (const FoundItem& item : items) {
            if (m_loading.stop.stop_requested())
                return;
            if (item.why.isEmpty())
                addFile(item, shownIn, isCodebase, areOnDisk);
            else
                m_document.ledger.append({shownIn + item.relativePath, item.why, item.bytes, false});
        }
    }

    // Web pages, style sheets and scripts alone are a site that somebody saved.
    static bool isSourceCode(const QString& path)
    {
        static const QStringList webSuffixes{u"html"_s, u"htm"_s, u"xhtml"_s, u"css"_s, u"js"_s, u"json"_s, u"csv"_s, u"tsv"_s, u"xml"_s, u"svg"_s,
                                             u"srt"_s,  u"vtt"_s, u"eml"_s,   u"mbox"_s, u"rtf"_s, u"pdf"_s, u"epub"_s, u"docx"_s, u"odt"_s, u"zip"_s};
        const QString name = path.section('/', -1);
        return kindOfFile(name) == DocumentKind::Code && !name.startsWith('.') && !webSuffixes.contains(name.section('.', -1).toLower());
    }

    void reserve(const std::vector<FoundItem>& items)
    {
        qint64 expected = m_document.text.size();
        for (const FoundItem& item : items)
            expected += item.why.isEmpty() ? item.bytes + item.relativePath.size() + 16 : 0;
        m_document.text.reserve(std::min(expected, kMaxTextBytes));
    }

    void addFile(const FoundItem& item, const QString& shownIn, bool isCodebase, bool isOnDisk)
    {
        const QString relativePath = shownIn + item.relativePath;
        LoadOptions options = m_loading.options();
        options.mostTextBytes = kMaxTextBytes - m_document.text.size();
        options.inFolder = true;
        options.webPagesAreSource = isCodebase;
        auto file = loadFileText(item.path, item.relativePath.section('/', -1), options, m_loading.stop);
        if (!file && file.error().isStop())
            return;
        const QString why = !file ? file.error().why : looksMinified(item.relativePath, file->text) ? u"minified file"_s : QString();
        if (!why.isEmpty())
            m_document.ledger.append({relativePath, why, item.bytes, false, file ? 0 : file.error().scans, !file && file.error().scans > 0});
        else
            add(m_document.path + '/' + relativePath, relativePath, std::move(*file), isOnDisk);
    }

    Document& m_document;
    FormattedParts& m_parts;
    Loading& m_loading;
};

// A file of one text, or an archive, which is read like a folder.
Outcome<Document> loadFile(const fs::path& path, Document document, FormattedParts& parts, Loading& loading)
{
    loading.soFar.files = 1;
    LoadOptions options = loading.options();
    options.mostTextBytes = kMaxTextBytes;
    const QString name = QFileInfo(document.path).fileName();
    auto file = loadFileText(path, name, options, loading.stop);
    if (!file)
        return failureOf(file.error(), document.path);
    if (file->members) {
        document.kind = DocumentKind::Folder;
        FolderLoader loader(document, parts, loading);
        const auto members = std::exchange(file->members, nullptr);   // the archive's own path is no part of theirs
        if (!file->text.isEmpty() || !file->unread.isEmpty())
            loader.add(document.path, name, std::move(*file), true);
        loader.addMembers(members->path().toStdString(), {});
        if (loading.stop.stop_requested())
            return stopped();
        return document.files.isEmpty() ? Outcome<Document>(nothingToRead(document.path, document.ledger)) : document;
    }
    document.kind = file->format.isEmpty() ? kindOfFile(name) : DocumentKind::Formatted;
    document.title = file->title;
    if (!file->format.isEmpty())
        parts.insert(0, file->parts);
    addToLedger(document, name, *file);
    document.text = std::move(file->text);
    document.files = {{document.path, name, file->encoding, {0, document.text.size()}, file->format, file->places}};
    rememberState(document.files.last(), *file);
    return document;
}

Outcome<Document> loadFolder(const fs::path& path, Document document, FormattedParts& parts, Loading& loading)
{
    document.kind = DocumentKind::Folder;
    FolderLoader(document, parts, loading).addFolder(path, {});
    if (loading.stop.stop_requested())
        return stopped();
    if (document.files.isEmpty())
        return nothingToRead(document.path, document.ledger);
    return document;
}

} // namespace

Outcome<Document> loadDocument(const QString& path, const LoadProgressed& progress, const std::stop_token& stop, const Recognition* recognition)
{
    const QFileInfo info(path);
    const QString shown = info.absoluteFilePath();
    std::error_code error;
    const fs::path real = fs::canonical(info.filesystemAbsoluteFilePath(), error);
    if (error == std::errc::permission_denied)
        return failureOf(faultOf(TextFileFault::Unreadable), shown);
    if (error)
        return Failure{Failure::Kind::File, u"“%1” does not exist; check the name, and that its disk is connected."_s.arg(shown)};

    Document document;
    document.path = QFileInfo(real).filePath();
    const bool isFolder = fs::is_directory(real, error);
    if (isFolder) {
        const fs::directory_iterator probe(real, error);
        if (error)
            return Failure{Failure::Kind::Folder, u"The folder “%1” cannot be opened; check its permissions, then open it again."_s.arg(shown)};
    }
    FormattedParts parts;
    Loading loading{progress, stop, recognition};
    Outcome<Document> loaded = isFolder ? loadFolder(real, std::move(document), parts, loading) : loadFile(real, std::move(document), parts, loading);
    if (!loaded)
        return loaded;
    loaded->ocrLanguages = recognition ? recognition->languages : QString();
    outlineDocument(*loaded, parts, stop);
    if (stop.stop_requested())
        return stopped();
    return loaded;
}

} // namespace octavo::app
