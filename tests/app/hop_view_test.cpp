// SPDX-License-Identifier: Apache-2.0
#include "assistant/hop_view.h"

#include <numeric>
#include <random>

#include <QDataStream>
#include <QIODevice>
#include <gtest/gtest.h>

#include "documents/passages.h"
#include "library/compression.h"
#include "support/sample_book.h"

using namespace octavo::app;

namespace {

Part chapterOf(const QString& title, qint64 begin, qint64 end)
{
    return {title, PartKind::Chapter, {begin, end}, {}};
}

// Two chapters with a section each besides their own text, so that every level has borders of its own.
Document smallBook()
{
    Document book;
    book.title = QStringLiteral("Small");
    book.text = QByteArray("A line of this book.\n\n").repeated(90);
    const qint64 half = 990;
    book.outline = {book.title, PartKind::Book, {0, book.text.size()}, {chapterOf(QStringLiteral("One"), 0, half),
                                                                        chapterOf(QStringLiteral("Two"), half, book.text.size())}};
    book.outline.parts[0].parts = {{QStringLiteral("One A"), PartKind::Section, {440, half}, {}}};
    book.outline.parts[1].parts = {{QStringLiteral("Two A"), PartKind::Section, {half + 440, book.text.size()}, {}}};
    return book;
}

struct Sample {
    std::map<DocumentId, std::shared_ptr<const Document>> documents;
    HopRecord record;
};

Sample sampleOf(const Document& book, std::size_t tokens, bool flat = false)
{
    Sample sample;
    sample.documents[1] = std::make_shared<const Document>(book);
    HopRecord& record = sample.record;
    record.model = QStringLiteral("Scripted");
    record.question = QStringLiteral("Who?");
    for (const ByteRange& bytes : passagesOf(book))
        record.passages.push_back({1, bytes});
    std::mt19937 random(7);
    std::uniform_real_distribution<float> weight(0.0F, 1.0F);
    for (std::size_t token = 0; token < tokens; ++token) {
        record.tokenBegins.push_back(static_cast<std::uint32_t>(2 * token));
        record.answer += QStringLiteral("w ");
        std::vector<float> weights(record.passages.size());
        for (float& w : weights)
            w = flat ? 1.0F : weight(random);
        const float scale = 0.7F / std::accumulate(weights.begin(), weights.end(), 0.0F);
        for (float& w : weights)
            record.weights.push_back(w * scale);
        record.outside.push_back(0.3F);
        record.heaviest.push_back({{1, {3, 7}, 0.25F}});
    }
    return sample;
}

double columnSum(const HopPath& path, int column)
{
    double sum = 0;
    for (const HopNode& node : path.nodes)
        sum += node.column == column ? node.weight : 0;
    return sum;
}

double conditional(const HopPath& path, int to, int& from)
{
    for (const HopBand& band : path.bands) {
        if (band.to == to) {
            from = band.from;
            return band.weight / path.nodes[band.from].weight;
        }
    }
    return 0;
}

} // namespace

TEST(HopView, ProductAlongThePathIsThePassagesMass)
{
    const Sample sample = sampleOf(smallBook(), 3);
    ASSERT_LE(sample.record.passages.size(), 7u);   // so that none is gathered in "others"
    for (const auto& [begin, end] : {std::pair{0, 0}, std::pair{1, 2}}) {
        const HopView view = makeHopView(5, sample.record, sample.documents, begin, end);
        const auto shares = begin == end ? sample.record.shares(0, 3) : sample.record.shares(1, 2);
        std::size_t passage = 0;
        for (int node = 0; node < view.path.nodes.size(); ++node) {
            if (view.path.nodes[node].column != 3)
                continue;
            int section = 0;
            int chapter = 0;
            int answer = 0;
            double product = conditional(view.path, node, section);
            product *= conditional(view.path, section, chapter);
            product *= conditional(view.path, chapter, answer);
            EXPECT_EQ(answer, 0);
            EXPECT_NEAR(product, shares[passage], 1e-5);
            EXPECT_EQ(view.path.nodes[node].bytes, sample.record.passages[passage].bytes);
            ++passage;
        }
        EXPECT_EQ(passage, shares.size());
        EXPECT_NEAR(view.outsideShare, 0.3, 1e-6);
    }
}

TEST(HopView, CoarseGridsAreSumsOfFinerOnes)
{
    const Sample sample = sampleOf(smallBook(), 4);
    const HopView view = makeHopView(5, sample.record, sample.documents, 0, 0);
    ASSERT_EQ(view.grids.size(), 3);
    for (int level = 0; level < 2; ++level) {
        const HopGrid& coarse = view.grids[level];
        const HopGrid& fine = view.grids[level + 1];
        for (qsizetype row = 0; row < coarse.rows.size(); ++row) {
            for (qsizetype column = 0; column < coarse.columns.size(); ++column) {
                double sum = 0;
                for (qsizetype inner = 0; inner < fine.columns.size(); ++inner) {
                    const ByteRange& bytes = fine.columnBytes[inner];
                    const ByteRange& around = coarse.columnBytes[column];
                    if (bytes.begin >= around.begin && bytes.begin < around.end)
                        sum += fine.at(row, inner);
                }
                EXPECT_NEAR(sum, coarse.at(row, column), 1e-5);
            }
        }
    }
    EXPECT_EQ(view.grids[0].columns, (QStringList{QStringLiteral("One"), QStringLiteral("Two")}));
    EXPECT_EQ(view.grids[1].columns.size(), 4);
    for (std::size_t token = 0; token < 4; ++token) {
        for (std::size_t passage = 0; passage < sample.record.passages.size(); ++passage)
            EXPECT_EQ(
                view.grids[2].at(static_cast<qsizetype>(token), static_cast<qsizetype>(passage)), sample.record.weight(token, passage));
    }
}

TEST(HopView, ManySmallPlacesAreGatheredAndStillAddUp)
{
    Document book;
    book.title = QStringLiteral("Long");
    book.text = (QByteArray("A line of this long book, forty bytes.\n").repeated(20) + '\n').repeated(400);
    book.outline = {book.title, PartKind::Book, {0, book.text.size()}, {}};
    const qint64 step = book.text.size() / 100;
    for (qint64 chapter = 0; chapter < 100; ++chapter)
        book.outline.parts.append(chapterOf(QStringLiteral("Chapter %1").arg(chapter), chapter * step, (chapter + 1) * step));
    for (const bool flat : {true, false}) {
        const Sample sample = sampleOf(book, 2, flat);
        const HopView view = makeHopView(5, sample.record, sample.documents, 0, 0);
        for (int column = 0; column < 4; ++column) {
            const auto nodes
                = std::count_if(view.path.nodes.begin(), view.path.nodes.end(), [&](const HopNode& n) { return n.column == column; });
            EXPECT_LE(nodes, 8);
            EXPECT_NEAR(columnSum(view.path, column), 1.0, 1e-6);
        }
        double bands = 0;
        for (const HopBand& band : view.path.bands) {
            EXPECT_EQ(view.path.nodes[band.to].column, view.path.nodes[band.from].column + 1);
            bands += band.weight;
        }
        EXPECT_NEAR(bands, 3.0, 1e-6);
        EXPECT_EQ(view.grids[2].columns.size(), 200);
        EXPECT_TRUE(view.grids[2].title.contains(QStringLiteral("200 heaviest of"))) << view.grids[2].title.toStdString();
        EXPECT_EQ(view.grids[2].values.size(), 2 * 200);
    }
}

TEST(HopView, TokensOfOneCharacterAreToldOnce)
{
    HopRecord record;
    record.answer = QStringLiteral("é!🐳");   // 2 + 1 + 4 bytes
    record.tokenBegins = {0, 1, 2, 3, 5};
    QStringList tokens;
    for (std::size_t token = 0; token < record.tokenCount(); ++token)
        tokens.append(record.tokenText(token));
    EXPECT_EQ(tokens, (QStringList{QStringLiteral("é"), {}, QStringLiteral("!"), QStringLiteral("🐳"), {}}));
}

TEST(HopRecord, ComesBackFromItsBytesAndRefusesOthers)
{
    const HopRecord before = sampleOf(smallBook(), 3).record;
    const QByteArray bytes = packHopRecord(before);
    const std::optional<HopRecord> after = unpackHopRecord(bytes);
    ASSERT_TRUE(after.has_value());
    EXPECT_EQ(after->answer, before.answer);
    ASSERT_EQ(after->weights.size(), before.weights.size());
    for (std::size_t n = 0; n < before.weights.size(); ++n)
        ASSERT_NEAR(after->weights[n], before.weights[n], 1.0 / 65'536);
    EXPECT_EQ(after->outside, before.outside);
    EXPECT_EQ(after->tokenBegins, before.tokenBegins);
    ASSERT_EQ(after->passages.size(), before.passages.size());
    EXPECT_EQ(after->passages.back().bytes, before.passages.back().bytes);
    EXPECT_EQ(after->heaviest[2][0].bytes, (ByteRange{3, 7}));
    EXPECT_EQ(after->heaviest[2][0].weight, 0.25F);

    QByteArray newer = bytes;
    newer[4] = 3;
    QByteArray otherMagic = bytes;
    otherMagic[0] = 'X';
    QByteArray damaged = bytes;
    damaged[bytes.size() / 2] = static_cast<char>(~damaged[bytes.size() / 2]);
    damaged.truncate(damaged.size() - 3);
    for (const QByteArray& wrong : {newer, otherMagic, damaged, bytes.left(20), bytes.left(5), QByteArray()})
        EXPECT_FALSE(unpackHopRecord(wrong).has_value()) << wrong.size();
}

// As the first version wrote it: all fields as they are.
TEST(HopRecord, OfTheFirstVersionIsStillRead)
{
    const HopRecord before = sampleOf(smallBook(), 3).record;
    QByteArray body;
    QDataStream out(&body, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_0);
    out.setByteOrder(QDataStream::LittleEndian);
    out.setFloatingPointPrecision(QDataStream::SinglePrecision);
    out << before.model << before.question << before.answer << quint64(before.passages.size());
    for (const HopRecord::Passage& passage : before.passages)
        out << passage.document << passage.bytes.begin << passage.bytes.end;
    out << quint64(3);
    for (const std::uint32_t begin : before.tokenBegins)
        out << begin;
    for (const std::vector<float>& values : {before.weights, before.outside}) {
        out << quint64(values.size());
        for (const float value : values)
            out << value;
    }
    out << quint64(3);
    for (const auto& ofToken : before.heaviest) {
        out << quint64(ofToken.size());
        for (const HopRecord::HeavyToken& token : ofToken)
            out << token.document << token.bytes.begin << token.bytes.end << token.weight;
    }
    const auto after = unpackHopRecord(QByteArray("OHOP\x01\x00", 6) + compress(body));
    ASSERT_TRUE(after.has_value());
    EXPECT_EQ(after->weights, before.weights);
    EXPECT_EQ(after->heaviest[2][0].weight, before.heaviest[2][0].weight);
}

// An answer of 500 tokens about a whole novel, with the 32 heaviest tokens of each.
TEST(HopRecord, OfALongAnswerAboutALongBookStaysSmall)
{
    Document book = smallBook();
    book.text = QByteArray("A line of this book.\n\n").repeated(90'000);
    HopRecord before = sampleOf(book, 500, false).record;
    ASSERT_GT(before.passages.size(), 2000u);
    std::mt19937 random(3);
    for (auto& ofToken : before.heaviest) {
        ofToken.clear();
        for (int n = 0; n < 32; ++n) {
            const qint64 begin = static_cast<qint64>(random() % 700) * 1700;
            ofToken.push_back({1, {begin, begin + 4}, 0.01F / static_cast<float>(n + 1)});
        }
    }
    const QByteArray bytes = packHopRecord(before);
    EXPECT_LT(bytes.size(), 200'000);
    const auto after = unpackHopRecord(bytes);
    ASSERT_TRUE(after.has_value());
    // However coarse single passages are, stretches of the text keep their sums.
    for (const std::size_t token : {0u, 250u, 499u})
        for (const std::size_t length : {10u, 100u, 1000u}) {
            double exact = 0, kept = 0;
            for (std::size_t passage = 700; passage < 700 + length; ++passage) {
                exact += before.weight(token, passage);
                kept += after->weight(token, passage);
            }
            EXPECT_NEAR(kept, exact, 1.0 / 256);
        }
    EXPECT_EQ(after->heaviest[499][31].bytes, before.heaviest[499][31].bytes);
    EXPECT_NEAR(after->heaviest[499][0].weight, 0.01, 0.01 / 2048);
}
