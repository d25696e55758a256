// SPDX-License-Identifier: Apache-2.0
// Pictures of the real window with the real model on a real book: twelve scenes, light and dark, and one sheet of all for each theme.
//     octavo_screenshots FOLDER LANGUAGE     (run by tests/e2e/screenshots.sh under Xvfb; QT_SCALE_FACTOR enlarges)
#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QFileInfo>
#include <QPainter>
#include <QScreen>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>
#include <cstdio>

#include "language.h"
#include "main_window.h"
#include "octavo/app/assistant.h"
#include "support/excerpt.h"
#include "theme.h"

using namespace octavo;

namespace {

constexpr int kPatience = 600'000;
constexpr int kSettle = 400;           // for layouts, scrolling and the last repaint
constexpr QSize kThumb(480, 300);
constexpr int kColumns = 3;
constexpr int kGap = 12;
constexpr int kQuality = 72;           // of JPEG

bool waitFor(QSignalSpy& spy) { return !spy.isEmpty() || spy.wait(kPatience); }

// Takes each scene in both themes.
class Camera {
public:
    Camera(QApplication& application, const QString& folder, const QString& variant) : m_application(application), m_folder(folder), m_variant(variant) {}

    void take(const char* scene)
    {
        for (const bool dark : {false, true}) {
            ui::applyTheme(m_application, dark ? ui::ThemeKind::Dark : ui::ThemeKind::Light, 1.0);
            QTest::qWait(kSettle);
            const QPixmap picture = QGuiApplication::primaryScreen()->grabWindow(0);
            const QString file = QStringLiteral("%1-%2-%3.png").arg(QLatin1String(scene), QLatin1String(dark ? "dark" : "light"), m_variant);
            const bool saved = picture.save(QDir(m_folder).filePath(file));
            std::printf("%s %s\n", saved ? "wrote" : "could not write", qPrintable(file));
            m_thumbs[dark].append(picture.toImage().scaled(kThumb, Qt::KeepAspectRatio, Qt::SmoothTransformation));
        }
        ui::applyTheme(m_application, ui::ThemeKind::Light, 1.0);
    }

    void writeSheets() const
    {
        for (const bool dark : {false, true}) {
            const QList<QImage>& thumbs = m_thumbs[dark];
            const int rows = static_cast<int>((thumbs.size() + kColumns - 1) / kColumns);
            QImage sheet(kColumns * (kThumb.width() + kGap) + kGap, rows * (kThumb.height() + kGap) + kGap, QImage::Format_RGB32);
            sheet.fill(dark ? QColor(10, 10, 10) : QColor(200, 200, 200));
            QPainter painter(&sheet);
            for (int at = 0; at < thumbs.size(); ++at)
                painter.drawImage(kGap + at % kColumns * (kThumb.width() + kGap), kGap + at / kColumns * (kThumb.height() + kGap), thumbs[at]);
            painter.end();
            sheet.save(QDir(m_folder).filePath(QStringLiteral("sheet-%1-%2.jpg").arg(QLatin1String(dark ? "dark" : "light"), m_variant)), "JPG", kQuality);
        }
    }

private:
    QApplication& m_application;
    const QString m_folder, m_variant;
    QList<QImage> m_thumbs[2];
};

template <class Widget>
Widget* shown(QWidget& window, const char* name)
{
    for (auto* widget : window.findChildren<Widget*>(QLatin1String(name)))
        if (widget->isVisible())
            return widget;
    return nullptr;
}

void click(QWidget& window, const char* name)
{
    if (auto* button = shown<QAbstractButton>(window, name))
        button->click();
}

void settled(app::Assistant& assistant)
{
    QTest::qWait(kSettle);
    (void)QTest::qWaitFor([&] { return !assistant.busy(); }, kPatience);
}

void ask(app::Assistant& assistant, QWidget& window, const char* words)
{
    QSignalSpy answered(&assistant, &app::Assistant::answerFinished);
    auto* question = window.findChild<QWidget*>(QStringLiteral("questionEdit"));
    QTest::keyClicks(question, QString::fromLatin1(words));
    QTest::keyClick(question, Qt::Key_Return);
    waitFor(answered);
}

void takeDialog(Camera& camera, QWidget& window, const char* name, const char* scene)
{
    auto* dialog = window.findChild<QDialog*>(QLatin1String(name));
    dialog->open();
    camera.take(scene);
    dialog->close();
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (argc != 3) {
        std::fprintf(stderr, "usage: octavo_screenshots FOLDER LANGUAGE\n");
        return 2;
    }
    const QString folder = QFileInfo(QString::fromLocal8Bit(argv[1])).absoluteFilePath(), language = QString::fromLatin1(argv[2]);
    QDir().mkpath(folder);
    QTemporaryDir data;
    const QString book = test::frankenstein(data.path(), "Chapter 1");
    if (book.isEmpty() || !QFileInfo::exists(QString::fromUtf8(test::kModelFile))) {
        std::fprintf(stderr, "The test novels or the default model are not there, so there is nothing to take pictures of.\n");
        return 1;
    }
    ui::useLanguage(application, language);
    ui::applyTheme(application, ui::ThemeKind::Light, 1.0);
    const QString dataDir = data.filePath(QStringLiteral("data"));
    const auto running = app::Assistant::onThisMachine({dataDir, QString::fromUtf8(test::kModelFile), 0});
    app::Assistant& assistant = *running;
    ui::MainWindow window(assistant, {dataDir, QString::fromUtf8(test::kSourceDir)});
    window.setGeometry(0, 0, 1440, 900);
    window.show();
    Camera camera(application, folder, QStringLiteral("%1-%2").arg(language.left(2)).arg(qRound(100 * application.devicePixelRatio())));
    QSignalSpy ready(&assistant, &app::Assistant::modelReady);
    assistant.start();
    waitFor(ready);
    camera.take("empty");

    QSignalSpy preview(&assistant, &app::Assistant::previewReady);
    assistant.previewPaths({QString::fromUtf8(test::kSourceDir)});
    waitFor(preview);
    camera.take("preview");
    click(window, "previewCancel");

    QSignalSpy read(&assistant, &app::Assistant::readFinished);
    QSignalSpy progress(&assistant, &app::Assistant::readProgress);
    window.openPaths({book});
    while (progress.size() < 3 && read.isEmpty())
        progress.wait(kPatience);
    camera.take("reading");
    waitFor(read);

    ask(assistant, window, "Who is Mrs. Saville?");
    settled(assistant);
    click(window, "sourceChip");
    camera.take("answer");
    click(window, "verifyButton");
    settled(assistant);
    camera.take("verified");
    click(window, "whatIfButton");
    (void)QTest::qWaitFor([&] { return shown<QWidget>(window, "whatIfDialog") != nullptr; }, kPatience);
    if (auto* tree = shown<QTreeView>(window, "whatIfTree"))
        tree->model()->setData(tree->model()->index(0, 0, tree->model()->index(0, 0)), Qt::Unchecked, Qt::CheckStateRole);
    camera.take("what-if");
    QTest::keyClick(shown<QWidget>(window, "whatIfDialog"), Qt::Key_Escape);

    click(window, "hopsButton");
    (void)QTest::qWaitFor([&] { return shown<QComboBox>(window, "hopLevel") && shown<QComboBox>(window, "hopLevel")->isEnabled(); }, kPatience);
    camera.take("path");
    auto* level = shown<QComboBox>(window, "hopLevel");
    level->setCurrentIndex(2);
    camera.take("map");
    level->setCurrentIndex(level->count() - 2);
    settled(assistant);
    if (auto* place = shown<QComboBox>(window, "headsPlace"))
        place->setCurrentIndex(1);
    if (auto* map = shown<QWidget>(window, "headsMap"))
        QTest::mouseClick(map, Qt::LeftButton, {}, map->rect().center());
    camera.take("heads");
    if (auto* dock = shown<QWidget>(window, "hopsDock"))
        dock->hide();

    takeDialog(camera, window, "settingsDialog", "settings");
    takeDialog(camera, window, "keysDialog", "keys");
    QSignalSpy summarized(&assistant, &app::Assistant::summaryFinished);
    assistant.summarizePaths({book});
    waitFor(summarized);
    settled(assistant);
    camera.take("summary");
    camera.writeSheets();
    return 0;
}
