// SPDX-License-Identifier: Apache-2.0
#include "documents/left_out.h"

#include <algorithm>
#include <vector>

#include <QRegularExpression>

namespace octavo::app {

namespace {

constexpr qint64 kBlankLines = 2;   // stand before each heading line but the first

// Bytes of a text that go, and where the others come to stand.
class Removal {
public:
    void add(ByteRange bytes)
    {
        m_before.push_back(m_removed);
        m_ranges.push_back(bytes);
        m_removed += bytes.size();
    }

    qint64 moved(qint64 byte) const
    {
        const auto after = std::upper_bound(m_ranges.begin(), m_ranges.end(), byte, [](qint64 at, const ByteRange& range) { return at < range.begin; });
        if (after == m_ranges.begin())
            return byte;
        const std::size_t last = static_cast<std::size_t>(after - m_ranges.begin()) - 1;
        return byte - m_before[last] - std::min(byte, m_ranges[last].end) + m_ranges[last].begin;
    }
    ByteRange moved(ByteRange bytes) const { return {moved(bytes.begin), moved(bytes.end)}; }

    QByteArray appliedTo(const QByteArray& text) const
    {
        QByteArray kept;
        kept.reserve(text.size() - m_removed);
        qint64 at = 0;
        for (const ByteRange& range : m_ranges) {
            kept.append(QByteArrayView(text).sliced(at, range.begin - at));
            at = range.end;
        }
        return kept.append(QByteArrayView(text).sliced(at));
    }

private:
    std::vector<ByteRange> m_ranges;   // ascending, apart
    std::vector<qint64> m_before;      // removed before each
    qint64 m_removed = 0;
};

void move(QList<Part>& parts, const Removal& removal)
{
    for (Part& part : parts) {
        part.bytes = removal.moved(part.bytes);
        move(part.parts, removal);
    }
}

// Parts of folders and files by their paths; what is in a file only moves with it.
QList<Part> partsKept(const QList<Part>& parts, const QString& folder, const LeftOut& leftOut, const Removal& removal)
{
    QList<Part> kept;
    for (Part part : parts) {
        const bool isFolder = part.kind == PartKind::Folder;
        const QString path = folder + part.title + (isFolder ? QStringLiteral("/") : QString());
        if (!leftOut.around(path).isEmpty())
            continue;
        if (isFolder)
            part.parts = partsKept(part.parts, path, leftOut, removal);
        else
            move(part.parts, removal);
        part.bytes = removal.moved(part.bytes);
        if (!isFolder || !part.parts.isEmpty())
            kept.append(part);
    }
    return kept;
}

QList<LedgerEntry> ledgerWithout(const QList<LedgerEntry>& ledger, const LeftOut& leftOut)
{
    QList<LedgerEntry> kept;
    QHash<QString, qsizetype> lines;   // of what is left out
    for (const LedgerEntry& entry : ledger) {
        QString path = leftOut.around(entry.what);
        if (path.isEmpty() && entry.pages > 0)   // "scan.pdf, pages 3-4": they go with their file
            path = leftOut.around(entry.what.first(std::max<qsizetype>(0, entry.what.lastIndexOf(QLatin1String(", page")))));
        if (path.isEmpty()) {
            kept.append(entry);
            continue;
        }
        if (!lines.contains(path)) {
            lines[path] = kept.size();
            kept.append({path, kLeftOutByYou, 0, false});
        }
        kept[lines[path]].bytes += entry.bytes;
    }
    return kept;
}

} // namespace

QString LeftOut::around(const QString& path) const
{
    for (qsizetype slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        if (QString folder = path.first(slash + 1); m_paths.contains(folder))
            return folder;
    }
    return m_paths.contains(path) ? path : QString();
}

QStringList pathsNamed(const Document& document, const QString& pattern)
{
    QString named = pattern;
    while (named.startsWith(QLatin1String("./")))
        named.remove(0, 2);
    const QString asFolder = named.endsWith('/') ? named : named + '/';
    const QString name = named.contains('/') ? QString() : named;
    const QRegularExpression wildcards(QRegularExpression::wildcardToRegularExpression(name.isEmpty() ? named : name));
    QStringList paths;
    for (const SourceFile& file : document.files) {
        const QString& path = file.relativePath;
        if (path.startsWith(asFolder))
            return {asFolder};
        if (path == named || wildcards.match(name.isEmpty() ? path : path.sliced(path.lastIndexOf('/') + 1)).hasMatch())
            paths.append(path);
    }
    return paths;
}

Document withoutFiles(Document document, const QStringList& paths)
{
    const LeftOut leftOut(paths);
    if (document.kind != DocumentKind::Folder || leftOut.isEmpty())
        return document;
    Removal removal;
    QList<SourceFile> kept;
    qint64 begin = 0;   // of the file's heading line, with what stands before it
    for (const SourceFile& file : std::as_const(document.files)) {
        if (!leftOut.around(file.relativePath).isEmpty()) {
            removal.add({begin, file.bytes.end});
        } else {
            if (kept.isEmpty() && begin > 0)
                removal.add({begin, begin + kBlankLines});
            kept.append(file);
        }
        begin = file.bytes.end;
    }
    for (SourceFile& file : kept) {
        for (PlaceMark& mark : file.places)
            mark.byte = removal.moved(mark.byte);
        file.bytes = removal.moved(file.bytes);
    }
    document.files = std::move(kept);
    document.outline.parts = partsKept(document.outline.parts, {}, leftOut, removal);
    document.outline.bytes = removal.moved(document.outline.bytes);
    document.text = removal.appliedTo(document.text);
    document.ledger = ledgerWithout(document.ledger, leftOut);
    return document;
}

} // namespace octavo::app
