// SPDX-License-Identifier: Apache-2.0
// A summary by the default model, of a small book with a marker in each chapter: nothing of it may be passed over silently.
#include <QFileInfo>
#include <QTemporaryDir>
#include <gtest/gtest.h>

#include "assistant/local_engine.h"
#include "assistant/summary_service.h"
#include "support/paths.h"
#include "support/sample_book.h"
#include "support/summary_book.h"

namespace octavo::app {
namespace {

TEST(SummaryByTheDefaultModel, NamesOrFlagsEveryChapterAndStopsAtOnce)
{
    const QString model = QString::fromUtf8(test::kModelFile);
    if (!QFileInfo::exists(model))
        GTEST_SKIP() << "the default model is not installed";
    QTemporaryDir folder;
    const auto library = Library::open(folder.filePath(QStringLiteral("data"))).value();
    const auto engine = makeLocalEngine({{0}, {}});
    ConversationService conversation(*library, *engine, folder.filePath(QStringLiteral("data")));
    SummaryService summaries(*library, *engine, conversation);
    ASSERT_TRUE(conversation.openModel(model, {}).ok());
    const DocumentId book = conversation.addDocument(test::writeSampleBook(folder.path(), test::summaryBookText()), {}).value().id;
    ASSERT_TRUE(conversation.read(book, {}, {}).ok());
    const Summary begun = summaries.start({book}, {}).value();
    ASSERT_EQ(begun.parts.size(), 5);

    std::stop_source stop;
    std::chrono::steady_clock::time_point stopped;
    SummaryEvents events;
    int pieces = 0;
    events.piece = [&](int, const QString&) {
        if (++pieces == 8) {
            stopped = std::chrono::steady_clock::now();
            stop.request_stop();
        }
    };
    const SummaryOptions options{48, 96};
    ASSERT_TRUE(summaries.write(begun.session.id, options, events, stop.get_token()).ok());
    EXPECT_LT(std::chrono::steady_clock::now() - stopped, std::chrono::milliseconds(200));
    EXPECT_FALSE(summaries.summary(begun.session.id)->parts[0].message.text.isEmpty());

    ASSERT_TRUE(summaries.write(begun.session.id, options, {}, {}).ok());
    const Summary written = summaries.summary(begun.session.id).value();
    ASSERT_TRUE(written.isComplete());
    const SummaryPart& whole = written.parts[written.topOf(book)];
    double attention = 0;
    for (int at = 0; at < 4; ++at) {
        const SummaryPart& chapter = written.parts[at];
        SCOPED_TRACE(chapter.title.toStdString() + ": " + chapter.message.text.toStdString());
        EXPECT_GT(chapter.attention, 0.05) << "a chapter's summary looks at its chapter";
        for (const Source& source : chapter.message.sources)
            EXPECT_TRUE(chapter.bytes.begin <= source.bytes.begin && source.bytes.end <= chapter.bytes.end) << "and at nothing else: " << source.place.toStdString();
        const bool isNamed = whole.message.text.contains(QString::fromLatin1(test::kSummaryAnimals[static_cast<std::size_t>(at)]), Qt::CaseInsensitive)
                             || whole.message.text.contains(chapter.title);
        const bool isFlagged = coverageWords(written).join(QLatin1Char(' ')).contains(chapter.title);
        EXPECT_TRUE(isNamed || isFlagged || chapter.wholeAttention >= 0.5 / 4) << "neither named nor flagged, and not looked at";
        attention += chapter.wholeAttention;
    }
    EXPECT_NEAR(attention, 1, 0.02) << "all that the whole looked at is one of the chapters";
}

} // namespace
} // namespace octavo::app
