// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <thread>

#include <QFile>
#include <gtest/gtest.h>

#include "archive/archive_json.h"
#include "assistant/conversation_service.h"
#include "documents/page_picture.h"
#include "documents/place.h"
#include "documents_support.h"
#include "support/scripted_engine.h"

namespace octavo::app {
namespace {

using namespace Qt::StringLiterals;

const QString kCorpus = QString::fromUtf8(octavo::test::kSourceDir) + u"/tests/data/documents/"_s;

// The text with single spaces, as it would be said.
QString wordsOf(const Document& document) { return QString::fromUtf8(document.text).simplified(); }

const PlaceMark* markOf(const Document& document, const QByteArray& words)
{
    const qsizetype at = document.text.indexOf(words);
    EXPECT_GE(at, 0) << words.toStdString();
    return at < 0 ? nullptr : document.markAt(at);
}

class Scans : public testing::Test {
protected:
    void SetUp() override
    {
        m_tesseract = findTesseract();
        if (!m_tesseract || !m_tesseract->languages.contains(u"eng"_s))
            GTEST_SKIP() << "Tesseract with English is not installed";
    }

    Outcome<Document> recognized(const QString& name, const std::stop_token& stop = {}) const
    {
        const Recognition recognition{&*m_tesseract, u"eng"_s, 2};
        return loadDocument(kCorpus + name, [](const LoadProgress&) {}, stop, &recognition);
    }

    std::optional<Tesseract> m_tesseract;
};

TEST_F(Scans, StandBetweenThePagesThatHadTextAndAreMarked)
{
    const auto document = recognized(u"scan.pdf"_s);
    ASSERT_TRUE(document.ok()) << document.error().sentence.toStdString();
    const QString words = wordsOf(*document);
    const qsizetype before = words.indexOf(u"marker-before"), scanned = words.indexOf(u"scanned-words"), after = words.indexOf(u"marker-after");
    EXPECT_TRUE(0 <= before && before < scanned && scanned < after) << words.toStdString();

    const PlaceMark* mark = markOf(*document, "scanned-words");
    ASSERT_TRUE(mark);
    EXPECT_EQ(mark->page, 2);
    EXPECT_TRUE(mark->recognized);
    EXPECT_TRUE(QRectF(0, 0, 419.5, 595.3).contains(mark->box) && mark->box.height() > 5) << "in points of the page";
    EXPECT_TRUE(placeOf(*document, document->text.indexOf("scanned-words")).endsWith(u"p. 2, by OCR"));
    EXPECT_FALSE(markOf(*document, "marker-after")->recognized);

    EXPECT_EQ(document->scannedPages(), 0);
    EXPECT_EQ(document->pages(), 3);
    EXPECT_EQ(document->ocrLanguages, u"eng"_s);
    const QString how = document->ledger.first().why;
    EXPECT_TRUE(how.contains(u"1 page read by OCR (Tesseract %1, eng, mean confidence "_s.arg(m_tesseract->version))) << how.toStdString();
}

TEST_F(Scans, ColumnsAreReadOneAfterTheOther)
{
    const auto document = recognized(u"scans/columns.pdf"_s);
    ASSERT_TRUE(document.ok()) << document.error().sentence.toStdString();
    const QString words = wordsOf(*document);
    // The last of these cross line ends with a hyphen, and the foot of a column.
    for (const char16_t* each : {u"The literature on lamps is extensive, and most of it is concerned with brightness.", u"A steady illumination is distinguishable from an unsteady one",
                                 u"We therefore constructed an instrument, described in the following section"})
        EXPECT_TRUE(words.contains(QStringView(each))) << QString::fromUtf16(each).toStdString();
    EXPECT_LT(words.indexOf(u"1. Introduction"), words.indexOf(u"2. Method"));
    EXPECT_LT(words.indexOf(u"2. Method"), words.indexOf(u"3. Results"));
}

TEST_F(Scans, APageOnItsSideIsReadAndItsBoxesLieOnThePage)
{
    const auto document = recognized(u"scans/sideways.pdf"_s);
    ASSERT_TRUE(document.ok()) << document.error().sentence.toStdString();
    EXPECT_TRUE(wordsOf(*document).contains(u"was kept for forty-one years in a single hand")) << wordsOf(*document).toStdString();
    const PlaceMark* mark = markOf(*document, "I have changed nothing");
    ASSERT_TRUE(mark);
    EXPECT_GT(mark->box.height(), mark->box.width());
}

TEST_F(Scans, APictureFileIsADocument)
{
    const auto document = recognized(u"scans/page.png"_s);
    ASSERT_TRUE(document.ok()) << document.error().sentence.toStdString();
    EXPECT_EQ(document->kind, DocumentKind::Formatted);
    EXPECT_TRUE(wordsOf(*document).contains(u"was kept for forty-one years in a single hand"));
    EXPECT_EQ(document->pages(), 1);
}

TEST_F(Scans, APictureThatIsNoneIsOnePageNotRead)
{
    test::TestFolder folder;
    folder.write("broken.png", "\x89PNG\r\n\x1A\nand nothing of a picture");
    const Recognition recognition{&*m_tesseract, u"eng"_s, 1};
    const auto document = loadDocument(folder.path("broken.png"), [](const LoadProgress&) {}, {}, &recognition);
    ASSERT_FALSE(document.ok());
    EXPECT_TRUE(document.error().sentence.contains(u"broken.png"));
}

TEST_F(Scans, AStopEndsTesseractSoon)
{
    std::stop_source stop;
    std::chrono::steady_clock::time_point stopped;
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(700));   // in the middle of a page of seconds
        stopped = std::chrono::steady_clock::now();
        stop.request_stop();
    });
    const auto document = recognized(u"scans/columns.pdf"_s, stop.get_token());
    const auto ended = std::chrono::steady_clock::now();
    later.join();
    ASSERT_FALSE(document.ok());
    EXPECT_EQ(document.error().kind, Failure::Kind::Stopped);
    EXPECT_LT(ended - stopped, std::chrono::milliseconds(400));   // 200 ms on an idle machine
}

TEST_F(Scans, AreReadAgainWithTheDocument)
{
    test::TestFolder folder;
    const QString file = folder.path("scan.pdf");
    ASSERT_TRUE(QFile::copy(kCorpus + u"scan.pdf"_s, file));
    const auto library = Library::open(folder.path("data"));
    ASSERT_TRUE(library.ok());
    ScanReader reader(**library, 2);
    const double guessed = reader.secondsFor(1);
    const auto document = reader.load(file, u"eng"_s, [](const LoadProgress&) {}, {});
    ASSERT_TRUE(document.ok());
    EXPECT_NE(reader.secondsFor(1), guessed) << "measured now";
    const auto kept = (*library)->write([&](Library& in) {
        const DocumentId id = in.documents().store(*document);
        EXPECT_EQ(in.documents().ocrLanguagesFor(document->path), u"eng"_s);
        return *in.documents().load(id);
    });
    ASSERT_TRUE(kept.ok());
    EXPECT_EQ(kept->ocrLanguages, u"eng"_s);
    EXPECT_EQ(kept->files.first().places, document->files.first().places);
    const auto archived = documentFrom(toJson(*document), document->text);
    ASSERT_TRUE(archived);
    EXPECT_EQ(archived->ocrLanguages, u"eng"_s);
    EXPECT_EQ(archived->files.first().places, document->files.first().places);
}

TEST_F(Scans, OfAFolderAreReadAgainAndWhatWasLeftOutStaysOut)
{
    test::TestFolder folder, data;
    folder.write("notes.txt", "About lamps.\n");
    ASSERT_TRUE(QFile::copy(kCorpus + u"scan.pdf"_s, folder.path("scan.pdf")));
    const auto library = Library::open(data.path("library"));
    ASSERT_TRUE(library.ok());
    octavo::test::ScriptedEngine engine(std::make_shared<octavo::test::EngineScript>());
    ConversationService service(**library, engine, data.path("library"), 2);
    auto loaded = service.loadDocument(folder.path("."), {});
    ASSERT_TRUE(loaded.ok());
    loaded->leftOut = {u"notes.txt"_s};
    const auto before = service.addDocument(*loaded);
    ASSERT_TRUE(before.ok());

    const auto after = service.recognize(folder.path("."), u"eng"_s, before->id, {});
    ASSERT_TRUE(after.ok()) << after.error().sentence.toStdString();
    EXPECT_NE(after->id, before->id);
    const auto listed = service.documents();
    ASSERT_EQ(listed->size(), 1) << "in the place of the other";
    folder.write("new.txt", "A new one.\n");
    const auto again = service.addDocument(folder.path("."), {});
    ASSERT_TRUE(again.ok());
    const auto document = service.document(again->id);
    EXPECT_TRUE((*document)->text.contains("scanned-words"));
    EXPECT_TRUE((*document)->text.contains("A new one."));
    EXPECT_FALSE((*document)->text.contains("About lamps."));
}

TEST(ScansWithoutTesseract, AreKeptAsWhatTheyAre)
{
    test::TestFolder folder;
    const Document document = test::loaded(kCorpus + u"scan.pdf"_s);
    const auto library = Library::open(folder.path("data"));
    ASSERT_TRUE(library.ok());
    const auto scans = (*library)->write([&](Library& in) { return in.documents().load(in.documents().store(document))->scannedPages(); });
    EXPECT_EQ(*scans, 1);
    EXPECT_EQ(documentFrom(toJson(document), document.text)->scannedPages(), 1);
}

TEST(ScansWithoutTesseract, AreCountedAndNeverReadUnasked)
{
    const Document document = test::loaded(kCorpus + u"scan.pdf"_s);
    EXPECT_EQ(document.scannedPages(), 1);
    EXPECT_EQ(document.pages(), 3);
    EXPECT_FALSE(document.text.contains("scanned-words"));
    for (const char* name : {"scans/columns.pdf", "scans/page.png"}) {
        const auto refused = test::load(kCorpus + QString::fromLatin1(name));
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().kind, Failure::Kind::OnlyScans);
        EXPECT_GT(refused.error().scans, 0);
    }
}

TEST(ScansWithoutTesseract, SaySoWithTheWayToGetIt)
{
    const auto none = languagesFor(std::nullopt, u"eng"_s);
    ASSERT_FALSE(none.ok());
    EXPECT_TRUE(none.error().sentence.contains(u"apt install"));
    const Tesseract english{u"/usr/bin/tesseract"_s, u"5"_s, {u"eng"_s}};
    EXPECT_TRUE(languagesFor(english, u"eng"_s).ok());
    for (const QString& wrong : {u"deu"_s, u"eng+deu"_s, u"--help"_s, u"eng+"_s})
        EXPECT_FALSE(languagesFor(english, wrong).ok()) << wrong.toStdString();
}

class Pages : public testing::Test {
protected:
    static Expected<PagePicture, ParseFault> drawn(const QString& name, int page, double dpi)
    {
        QFile file(kCorpus + name);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        return pagePicture(file.handle(), page, dpi, {});
    }
};

TEST_F(Pages, ShowLettersOfFontsThatAreNotEmbedded)
{
    const auto picture = drawn(u"scan.pdf"_s, 1, 72);   // Times-Roman, which every viewer is to have
    ASSERT_TRUE(picture.ok());
    EXPECT_EQ(picture->width, 420);
    EXPECT_EQ(picture->height, 595);
    const auto darkIn = [&](int top, int bottom) {
        int dark = 0;
        for (int y = top; y < bottom; ++y) {
            for (int x = 40; x < 380; ++x)
                dark += static_cast<unsigned char>(picture->rgb[(qsizetype(y) * picture->width + x) * 3]) < 128;
        }
        return dark;
    };
    EXPECT_GT(darkIn(85, 115), 150);   // the text
    EXPECT_EQ(darkIn(200, 500), 0);    // the empty part of the page
}

TEST_F(Pages, AreNeverLargerThanAHundredMegapixels)
{
    const auto picture = drawn(u"scan.pdf"_s, 1, 4000);
    ASSERT_TRUE(picture.ok());
    EXPECT_LE(qint64(picture->width) * picture->height, 100'000'000);
    EXPECT_GT(qint64(picture->width) * picture->height, 90'000'000);
}

TEST_F(Pages, ThatAreNotThereAreAFault)
{
    for (const int page : {0, -1, 4, 1'000'000'000})
        EXPECT_FALSE(drawn(u"scan.pdf"_s, page, 72).ok()) << page;
    EXPECT_FALSE(drawn(u"scan.pdf"_s, 1, 0).ok());
    EXPECT_FALSE(drawn(u"page.html"_s, 1, 72).ok());
}

TEST_F(Pages, TellTheirSizesAsTheyAreShown)
{
    QFile file(kCorpus + u"rotated.pdf"_s);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const auto sizes = pageSizes(file.handle(), {});
    ASSERT_TRUE(sizes.ok());
    for (int page = 1; page <= sizes->size(); ++page) {
        const auto picture = drawn(u"rotated.pdf"_s, page, 72);
        ASSERT_TRUE(picture.ok());
        EXPECT_NEAR(picture->width, sizes->at(page - 1).width(), 1);
        EXPECT_NEAR(picture->height, sizes->at(page - 1).height(), 1);
    }
}

} // namespace
} // namespace octavo::app
