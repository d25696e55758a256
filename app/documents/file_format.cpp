// SPDX-License-Identifier: Apache-2.0
#include "documents/file_format.h"

#include <algorithm>
#include <array>

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;

QString suffixOf(const QString& fileName) { return fileName.section('.', 1).isEmpty() ? QString() : fileName.section('.', -1).toLower(); }

bool isOneOf(const QString& suffix, std::initializer_list<QLatin1StringView> suffixes)
{
    return std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end();
}

// ZIP, gzip, bzip2, xz, zstd, 7z, rar; tar has its magic further on.
bool isArchive(QByteArrayView head)
{
    static constexpr std::array<QByteArrayView, 9> kMagics{"PK\x03\x04", "PK\x05\x06", "\x1F\x8B", "BZh", "\xFD" "7zXZ", "\x28\xB5\x2F\xFD", "7z\xBC\xAF\x27\x1C",
        "Rar!\x1A\x07", "PK00"};
    constexpr qsizetype kTarMagicAt = 257;
    return std::any_of(kMagics.begin(), kMagics.end(), [&](QByteArrayView magic) { return head.startsWith(magic); })
        || (head.size() > kTarMagicAt + 5 && head.sliced(kTarMagicAt, 5) == "ustar");
}

// PNG, JPEG, TIFF in both byte orders, WebP: what Tesseract opens, too.
bool isPicture(QByteArrayView head)
{
    static constexpr std::array<QByteArrayView, 4> kMagics{"\x89PNG\r\n\x1A\n", "\xFF\xD8\xFF", QByteArrayView("MM\0*", 4), QByteArrayView("II*\0", 4)};
    return std::any_of(kMagics.begin(), kMagics.end(), [&](QByteArrayView magic) { return head.startsWith(magic); })
        || (head.startsWith("RIFF") && head.size() > 12 && head.sliced(8, 4) == "WEBP");
}

QByteArray beginOf(QByteArrayView head)
{
    QByteArrayView text = head.startsWith("\xEF\xBB\xBF") ? head.sliced(3) : head;
    return text.first(std::min<qsizetype>(text.size(), 1024)).trimmed().toByteArray().toLower();
}

bool isHtml(QByteArrayView head, const QString& suffix)
{
    const QByteArray begin = beginOf(head);
    if (begin.startsWith("<!doctype html") || begin.startsWith("<html"))
        return true;
    return isOneOf(suffix, {"html"_L1, "htm"_L1, "xhtml"_L1, "xht"_L1}) && begin.contains('<');
}

// Documents that are ZIP files in truth; also when one is called like another format that a parser reads.
bool isPackage(const QString& suffix) { return isOneOf(suffix, {"epub"_L1, "docx"_L1, "docm"_L1, "dotx"_L1, "odt"_L1, "ott"_L1, "pdf"_L1, "rtf"_L1, "doc"_L1}); }

FileFormat oldWord(const QString& suffix)
{
    if (isOneOf(suffix, {"docx"_L1, "docm"_L1}))
        return {{}, u"DOCX"_s, u"protected by a password; save a copy without it"_s};
    return {{}, u"old Office file"_s, u"a file of Office before 2007; save it as DOCX or PDF"_s};
}

} // namespace

FileFormat formatOf(const QString& fileName, QByteArrayView head)
{
    const QString suffix = suffixOf(fileName);
    if (head.first(std::min<qsizetype>(head.size(), 1024)).contains("%PDF-"))
        return {u"pdf"_s, u"PDF"_s};
    if (isPicture(head))
        return {u"image"_s, u"picture"_s};
    if (isArchive(head))
        return {u"archive"_s, u"archive"_s, {}, !isPackage(suffix)};
    if (head.startsWith("{\\rtf"))
        return {u"rtf"_s, u"RTF"_s};
    if (head.startsWith("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
        return oldWord(suffix);
    if (isHtml(head, suffix))
        return {u"html"_s, u"web page"_s};
    const QByteArray begin = beginOf(head);
    if (suffix == u"ipynb" && begin.startsWith('{'))
        return {u"notebook"_s, u"Jupyter notebook"_s};
    if (isOneOf(suffix, {"srt"_L1, "vtt"_L1}) || begin.startsWith("webvtt"))
        return {u"subtitles"_s, u"subtitles"_s};
    if (suffix == u"eml")
        return {u"mail"_s, u"mail"_s};
    if (isOneOf(suffix, {"mbox"_L1, "mbx"_L1}) && begin.startsWith("from "))
        return {u"mailbox"_s, u"mailbox"_s};
    return {{}, u"text"_s};
}

QStringList formattedSuffixes()
{
    return {u"pdf"_s, u"epub"_s, u"docx"_s, u"odt"_s, u"rtf"_s, u"html"_s, u"htm"_s, u"xhtml"_s, u"ipynb"_s, u"srt"_s, u"vtt"_s, u"eml"_s, u"mbox"_s, u"png"_s, u"jpg"_s, u"jpeg"_s, u"tif"_s, u"tiff"_s, u"webp"_s, u"zip"_s, u"tar"_s,
            u"gz"_s, u"tgz"_s, u"bz2"_s, u"xz"_s, u"zst"_s, u"7z"_s};
}

} // namespace octavo::app
