// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>
#include <gtest/gtest.h>

#include "documents/place.h"
#include "documents/soundness.h"
#include "documents_support.h"

namespace octavo::app {
namespace {

using namespace Qt::StringLiterals;

const QString kCorpus = QString::fromUtf8(octavo::test::kSourceDir) + u"/tests/data/documents/"_s;

QJsonObject facts()
{
    QFile file(kCorpus + u"facts.json"_s);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    return QJsonDocument::fromJson(file.readAll()).object()["documents"_L1].toObject();
}

// Where these words stand, whatever white space is between them; -1: nowhere. `map` tells the byte of each character of `squeezed`.
struct Squeezed {
    QByteArray text;
    std::vector<qint64> bytes;

    explicit Squeezed(const QByteArray& original)
    {
        for (qint64 at = 0; at < original.size(); ++at) {
            const bool space = QByteArrayView(" \t\r\n").contains(original[at]);
            if (space && (text.isEmpty() || text.endsWith(' ')))
                continue;
            text.append(space ? ' ' : original[at]);
            bytes.push_back(at);
        }
    }
    qint64 byteOf(const QString& words) const
    {
        const qsizetype found = text.indexOf(words.simplified().toUtf8());
        return found < 0 ? -1 : bytes[size_t(found)];
    }
};

// Facts that programs other than Octavo wrote down (tests/data/make_documents/).
TEST(DocumentFormats, HoldWhatTheirFactsSay)
{
    const QJsonObject all = facts();
    int checked = 0, pages = 0;
    for (auto entry = all.begin(); entry != all.end(); ++entry) {
        const QJsonObject fact = entry->toObject();
        if (entry.key().startsWith(u"hostile/") || fact.contains("password"_L1))
            continue;
        SCOPED_TRACE(entry.key().toStdString());
        const Document document = test::loaded(kCorpus + entry.key());
        EXPECT_TRUE(isUtf8(document.text) && filesFit(document.files, document.text.size()) && outlineFits(document.outline, document.text.size()));
        if (document.kind != DocumentKind::Folder && document.files.first().format.isEmpty())
            continue;   // read as it stands
        const Squeezed text(document.text);
        for (const auto& key : {"must_contain"_L1, "joined"_L1}) {
            for (const QJsonValue& words : fact[key].toArray()) {
                EXPECT_GE(text.byteOf(words.toString()), 0) << words.toString().toStdString();
                ++checked;
            }
        }
        for (const QJsonValue& words : fact["must_not_contain"_L1].toArray())
            EXPECT_LT(text.byteOf(words.toString()), 0) << words.toString().toStdString();
        for (const auto& key : {"page_of"_L1, "sentences"_L1}) {
            const QJsonObject pageOf = fact[key].toObject();
            for (auto words = pageOf.begin(); words != pageOf.end(); ++words) {
                const qint64 byte = text.byteOf(words.key());
                EXPECT_GE(byte, 0) << words.key().toStdString();
                EXPECT_EQ(byte < 0 ? words->toInt() : app::pageOf(document, byte), words->toInt()) << words.key().toStdString();
                ++pages;
            }
        }
    }
    EXPECT_GT(checked, 100);
    EXPECT_GT(pages, 20);
}

// "1 The Storm, page 7", a line for each part.
QStringList partsOf(const Document& document, const QList<Part>& parts, int level = 1)
{
    QStringList lines;
    for (const Part& part : parts) {
        lines.append(u"%1 %2, page %3"_s.arg(level).arg(part.title).arg(app::pageOf(document, part.bytes.begin)));
        lines += partsOf(document, part.parts, level + 1);
    }
    return lines;
}

// As qpdf and pdftotext find them.
TEST(DocumentFormats, OutlinesOfPdfsLeadToTheirPages)
{
    const QJsonObject all = facts();
    int outlines = 0, headings = 0;
    for (auto entry = all.begin(); entry != all.end(); ++entry) {
        const QJsonObject fact = entry->toObject();
        const bool hasOutline = fact.contains("outline_pages"_L1);
        if (fact.contains("password"_L1) || !(hasOutline || fact.contains("heading_pages"_L1)))
            continue;
        SCOPED_TRACE(entry.key().toStdString());
        const Document document = test::loaded(kCorpus + entry.key());
        const QStringList found = partsOf(document, document.outline.parts);
        const QJsonArray titles = fact[hasOutline ? "outline"_L1 : "headings"_L1].toArray(), pages = fact[hasOutline ? "outline_pages"_L1 : "heading_pages"_L1].toArray();
        QStringList expected;
        for (qsizetype at = 0; at < titles.size(); ++at)
            expected.append(u"%1 %2, page %3"_s.arg(titles[at][0].toInt()).arg(titles[at][1].toString()).arg(pages[at].toInt()));
        if (hasOutline) {
            EXPECT_EQ(found.join('\n').toStdString(), expected.join('\n').toStdString());
            ++outlines;
            continue;
        }
        qsizetype at = 0;   // headings told by their type alone: all of them in their order, on whatever level
        for (const QString& line : expected) {
            const auto same = [&](const QString& part) { return part.sliced(2) == line.sliced(2); };
            const auto next = std::find_if(found.begin() + at, found.end(), same);
            EXPECT_NE(next, found.end()) << line.toStdString();
            at = next == found.end() ? at : next - found.begin() + 1;
            ++headings;
        }
    }
    EXPECT_GE(outlines, 3);
    EXPECT_GT(headings, 20);
}

TEST(DocumentFormats, HostileFilesEndInASentence)
{
    for (const char* name : {"bomb.zip", "bomb.docx", "billion_laughs_opf.epub", "external_entity.docx", "traversal.epub", "truncated.pdf", "truncated.epub", "page_loop.pdf",
             "zero.pdf", "zero.docx", "zero.epub"}) {
        SCOPED_TRACE(name);
        const auto document = test::load(kCorpus + u"hostile/"_s + QString::fromLatin1(name));
        ASSERT_FALSE(document.ok());
        EXPECT_TRUE(document.error().sentence.contains(QString::fromLatin1(name)) && document.error().sentence.endsWith('.')) << document.error().sentence.toStdString();
    }
    for (const char* name : {"deep.html", "entities.html", "billion_laughs.epub", "wrong_extension.pdf", "wrong_extension.txt", "xref_loop.pdf", "outline_loop.pdf", "traversal.zip"}) {
        SCOPED_TRACE(name);
        const Document document = test::loaded(kCorpus + u"hostile/"_s + QString::fromLatin1(name));
        EXPECT_FALSE(document.text.isEmpty());
        EXPECT_FALSE(document.text.contains("root:"));
    }
}

TEST(DocumentFormats, APasswordThatNobodyGaveIsAskedFor)
{
    const auto document = test::load(kCorpus + u"encrypted.pdf"_s);
    ASSERT_FALSE(document.ok());
    EXPECT_TRUE(document.error().sentence.contains(u"encrypted.pdf"_s) && document.error().sentence.contains(u"password"_s)) << document.error().sentence.toStdString();
    EXPECT_TRUE(test::load(kCorpus + u"owner_only.pdf"_s).ok()) << "which opens without one";
}

TEST(DocumentFormats, PagesAddUpAndScansAreNamed)
{
    const Document document = test::loaded(kCorpus + u"scan.pdf"_s);
    ASSERT_EQ(document.ledger.size(), 2);
    EXPECT_TRUE(document.ledger[0].included);
    EXPECT_EQ(document.ledger[0].pages, 2);
    EXPECT_FALSE(document.ledger[1].included);
    EXPECT_EQ(document.ledger[1].pages, 1);
    EXPECT_EQ(document.ledger[0].bytes, QFile(kCorpus + u"scan.pdf"_s).size());
}

TEST(DocumentFormats, AStopEndsAParser)
{
    std::stop_source stop;
    stop.request_stop();
    const auto document = loadDocument(kCorpus + u"book_libreoffice.pdf"_s, [](const LoadProgress&) {}, stop.get_token());
    ASSERT_FALSE(document.ok());
    EXPECT_EQ(document.error().kind, Failure::Kind::Stopped);
}

} // namespace
} // namespace octavo::app
