// SPDX-License-Identifier: Apache-2.0
// Models as files: what is listed of them, how they come into the data folder, and how the window's assistant changes from one to another.
#include "models/model_files.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <gtest/gtest.h>

#include "octavo/app/assistant.h"
#include "support/sample_book.h"
#include "support/tiny_gguf.h"

namespace octavo::app {
namespace {

constexpr int kPatience = 60'000;   // ms; only a failing test waits so long

class ModelFiles : public ::testing::Test {
protected:
    QString tiny(const QString& name, std::uint32_t seed = 1) const
    {
        test::TinyLlamaOptions options;
        options.seed = seed;
        options.context = 512 * seed;
        const QString file = outside.filePath(name);
        test::writeTinyLlama(file.toStdString(), options);
        return file;
    }

    void write(const QString& file, const QByteArray& bytes) const
    {
        QFile out(file);
        ASSERT_TRUE(out.open(QIODevice::WriteOnly));
        out.write(bytes);
    }

    Outcome<QString> import(const QString& file) const
    {
        return importModel(file, data(), [](qint64) {}, {});
    }

    QString data() const { return home.filePath(QStringLiteral("data")); }
    QString models() const { return QDir(data()).filePath(QStringLiteral("models")); }

    QTemporaryDir home;
    QTemporaryDir outside;
};

TEST_F(ModelFiles, AreListedWithWhatTheirHeadsTellOrWhyTheyCannotBeUsed)
{
    EXPECT_TRUE(listModels(data(), {}).models.isEmpty());
    QDir().mkpath(models());
    ASSERT_TRUE(import(tiny(QStringLiteral("b.gguf"))));
    write(models() + QStringLiteral("/a.gguf"), "this is no model");
    write(models() + QStringLiteral("/cut.gguf"), QByteArray("GGUF\3\0\0\0", 8));
    write(models() + QStringLiteral("/notes.txt"), "nor is this");
    const ModelShelf shelf = listModels(data(), tiny(QStringLiteral("elsewhere.gguf"), 2));
    ASSERT_EQ(shelf.models.size(), 4) << "three of the folder, and the one in use";
    int unfit = 0;
    for (const ModelFile& model : shelf.models) {
        unfit += !model.whyUnfit.isEmpty();
        if (!model.whyUnfit.isEmpty())
            EXPECT_TRUE(model.whyUnfit.contains(QFileInfo(model.file).fileName())) << model.whyUnfit.toStdString();
        else
            EXPECT_TRUE(model.contextTokens > 0 && model.bytesPerToken > 0 && model.fileBytes > 0 && !model.architecture.isEmpty());
    }
    EXPECT_EQ(unfit, 2);
    EXPECT_GT(shelf.memoryFree, 0);
    const ModelFile& some = *std::find_if(shelf.models.begin(), shelf.models.end(), [](const ModelFile& model) { return model.whyUnfit.isEmpty(); });
    EXPECT_EQ(some.memoryBytes(1000) - some.memoryBytes(0), 1000 * some.bytesPerToken);
}

TEST_F(ModelFiles, ComeIntoTheFolderWholeOrNotAtAll)
{
    const QString file = tiny(QStringLiteral("m.gguf"));
    const auto first = import(file);
    ASSERT_TRUE(first);
    EXPECT_EQ(QFileInfo(*first).size(), QFileInfo(file).size());
    EXPECT_EQ(*import(file), *first) << "it is there already";
    EXPECT_EQ(*import(*first), *first);

    QDir().mkpath(outside.filePath(QStringLiteral("other")));
    test::TinyLlamaOptions larger;
    larger.layers = 3;
    const QString other = outside.filePath(QStringLiteral("other/m.gguf"));
    test::writeTinyLlama(other.toStdString(), larger);
    const auto second = import(other);
    ASSERT_TRUE(second);
    EXPECT_NE(*second, *first) << "another model of the same name";
    EXPECT_EQ(QDir(models()).entryList(QDir::Files).size(), 2);

    write(outside.filePath(QStringLiteral("junk.gguf")), "junk");
    EXPECT_EQ(import(outside.filePath(QStringLiteral("junk.gguf"))).error().kind, Failure::Kind::Model);
    EXPECT_FALSE(import(outside.filePath(QStringLiteral("nowhere.gguf"))).ok());
    EXPECT_EQ(QDir(models()).entryList(QDir::Files).size(), 2);
}

TEST_F(ModelFiles, AStopOfACopyLeavesNothing)
{
    QDir().mkpath(QStringLiteral("/dev/shm/octavo-model-test"));   // another file system, to which nothing can be linked
    const QString file = QStringLiteral("/dev/shm/octavo-model-test/m.gguf");
    test::writeTinyLlama(file.toStdString());
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = importModel(file, data(), [](qint64) {}, stop.get_token());
    const bool isLinked = stopped.ok();                            // the two are one file system here
    if (!isLinked) {
        EXPECT_EQ(stopped.error().kind, Failure::Kind::Stopped);
        EXPECT_TRUE(QDir(models()).entryList(QDir::Files).isEmpty());
        qint64 told = 0;
        ASSERT_TRUE(importModel(file, data(), [&](qint64 bytes) { told = bytes; }, {}));
        EXPECT_EQ(told, QFileInfo(file).size());
        EXPECT_EQ(QDir(models()).entryList(QDir::Files), QStringList{QStringLiteral("m.gguf")});
    }
    QDir(QStringLiteral("/dev/shm/octavo-model-test")).removeRecursively();
    if (isLinked)
        GTEST_SKIP() << "there is no second file system to copy from";
}

TEST_F(ModelFiles, OnlyThoseOfTheFolderAreRemoved)
{
    const QString file = tiny(QStringLiteral("m.gguf"));
    const QString place = *import(file);
    EXPECT_EQ(removeModel(file, data()).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(removeModel(models() + QStringLiteral("/../library.db"), data()).error().kind, Failure::Kind::Usage);
    ASSERT_TRUE(removeModel(place, data()));
    EXPECT_FALSE(QFileInfo::exists(place));
    EXPECT_TRUE(QFileInfo::exists(file));
    EXPECT_FALSE(removeModel(place, data()).ok());
}

TEST_F(ModelFiles, TheAssistantChangesModelsWhileItReadsAndKeepsTheOldOneIfTheNewOneIsNone)
{
    const QString first = tiny(QStringLiteral("first.gguf"), 1), second = tiny(QStringLiteral("second.gguf"), 2);
    const auto assistant = Assistant::onThisMachine({data(), first, 1, QStringLiteral("cpu")});
    QSignalSpy ready(assistant.get(), &Assistant::modelReady), failed(assistant.get(), &Assistant::failed), finished(assistant.get(), &Assistant::readFinished);
    QSignalSpy listed(assistant.get(), &Assistant::modelsListed), library(assistant.get(), &Assistant::libraryChanged);
    const auto settle = [&] { ASSERT_TRUE(QTest::qWaitFor([&] { return !assistant->busy(); }, kPatience)); };
    assistant->start();
    settle();
    assistant->openPaths({test::writeSampleBook(outside.path())});
    ASSERT_TRUE(QTest::qWaitFor([&] { return !finished.isEmpty(); }, kPatience));
    assistant->useModel(second);
    settle();
    ASSERT_EQ(ready.size(), 2);
    EXPECT_EQ(ready[1][0].value<ModelSummary>().file, second);
    EXPECT_EQ(ready[1][0].value<ModelSummary>().contextTokens, 1024);
    EXPECT_EQ(listed.last()[0].value<ModelShelf>().inUse, second);
    EXPECT_EQ(library.last()[0].value<QList<DocumentSummary>>().first().readTokens, 0) << "the second has not read it";

    write(outside.filePath(QStringLiteral("junk.gguf")), "junk");
    assistant->useModel(outside.filePath(QStringLiteral("junk.gguf")));
    settle();
    EXPECT_EQ(failed.size(), 1);
    EXPECT_EQ(ready.size(), 2);
    assistant->read(1);
    settle();
    EXPECT_FALSE(finished.last()[1].toBool()) << "the second is in use still";

    assistant->removeModel(second);
    settle();
    EXPECT_EQ(failed.size(), 2) << "it is in use";
    assistant->useModel(first);
    settle();
    EXPECT_GT(library.last()[0].value<QList<DocumentSummary>>().first().readTokens, 0) << "what the first had read is there";
}

} // namespace
} // namespace octavo::app
