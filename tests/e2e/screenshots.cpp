// SPDX-License-Identifier: Apache-2.0
// Pictures of the real window with the real model on a real book, one per state that a person meets first:
//     octavo_screenshots FOLDER     (run by tests/e2e/screenshots.sh under Xvfb)
#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QFileInfo>
#include <QScreen>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <cstdio>

#include "hops/hops_dock.h"
#include "main_window.h"
#include "octavo/app/assistant.h"
#include "support/excerpt.h"
#include "theme.h"

using namespace octavo;

namespace {

constexpr int kPatience = 600'000;
constexpr int kSettle = 400; // for layouts, scrolling and the last repaint

bool waitFor(QSignalSpy& spy) { return !spy.isEmpty() || spy.wait(kPatience); }

void take(QWidget& window, const QString& folder, const char* name)
{
    QTest::qWait(kSettle);
    const QString file = QDir(folder).filePath(QString::fromLatin1(name) + QStringLiteral(".png"));
    const bool saved = window.screen()->grabWindow(window.winId()).save(file);
    std::printf("%s %s\n", saved ? "wrote" : "could not write", qPrintable(file));
}

void ask(app::Assistant& assistant, QWidget& window, const char* words)
{
    QSignalSpy answered(&assistant, &app::Assistant::answerFinished);
    auto* question = window.findChild<QWidget*>(QStringLiteral("questionEdit"));
    QTest::keyClicks(question, QString::fromLatin1(words));
    QTest::keyClick(question, Qt::Key_Return);
    waitFor(answered);
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (argc != 2) {
        std::fprintf(stderr, "usage: octavo_screenshots FOLDER\n");
        return 2;
    }
    const QString folder = QFileInfo(QString::fromLocal8Bit(argv[1])).absoluteFilePath();
    QDir().mkpath(folder);
    QTemporaryDir data;
    const QString book = test::frankenstein(data.path(), "Chapter 1");
    if (book.isEmpty() || !QFileInfo::exists(QString::fromUtf8(test::kModelFile))) {
        std::fprintf(stderr, "The test novels or the default model are not there, so there is nothing to take pictures of.\n");
        return 1;
    }
    ui::applyTheme(application, ui::ThemeKind::Light, 1.0);
    const QString dataDir = data.filePath(QStringLiteral("data"));
    const auto running = app::Assistant::onThisMachine({dataDir, QString::fromUtf8(test::kModelFile), 0});
    app::Assistant& assistant = *running;
    ui::MainWindow window(assistant, {dataDir, QString::fromUtf8(test::kSourceDir)});
    window.resize(1440, 900);
    window.show();
    QSignalSpy ready(&assistant, &app::Assistant::modelReady);
    assistant.start();
    waitFor(ready);
    take(window, folder, "empty");

    QSignalSpy preview(&assistant, &app::Assistant::previewReady);
    assistant.previewPaths({QString::fromUtf8(test::kSourceDir)});
    waitFor(preview);
    take(window, folder, "preview");
    window.findChild<QAbstractButton*>(QStringLiteral("previewCancel"))->click();

    QSignalSpy read(&assistant, &app::Assistant::readFinished);
    QSignalSpy progress(&assistant, &app::Assistant::readProgress);
    window.openPaths({book});
    while (progress.size() < 7 && read.isEmpty())
        progress.wait(kPatience);
    take(window, folder, "reading");
    waitFor(read);

    ask(assistant, window, "Who is Mrs. Saville?");
    take(window, folder, "streamed");
    if (auto* chip = window.findChild<QAbstractButton*>(QStringLiteral("sourceChip")))
        chip->click();
    take(window, folder, "answer");

    QSignalSpy hops(&assistant, &app::Assistant::hopsReady);
    if (auto* button = window.findChild<QAbstractButton*>(QStringLiteral("hopsButton")))
        button->click();
    waitFor(hops);
    take(window, folder, "hops");
    window.findChild<QComboBox*>(QStringLiteral("hopLevel"))->setCurrentIndex(2);
    take(window, folder, "map");
    for (const auto& [kind, name] : {std::pair{ui::ThemeKind::Dark, "dark"}, std::pair{ui::ThemeKind::HighContrastLight, "contrast-light"},
                                     std::pair{ui::ThemeKind::HighContrastDark, "contrast-dark"}}) {
        ui::applyTheme(application, kind, 1.0);
        take(window, folder, name);
        for (const char* dialog : {"settings", "keys"}) {
            auto* shown = window.findChild<QDialog*>(QLatin1String(dialog) + QStringLiteral("Dialog"));
            shown->open();
            take(*shown, folder, qPrintable(QStringLiteral("%1-%2").arg(QLatin1String(dialog), QLatin1String(name))));
            shown->close();
        }
    }
    return 0;
}
