// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QCommandLineParser>

#include "assistant/book_engine.h"
#include "main_window.h"
#include "octavo/app/assistant.h"
#include "octavo/app/defaults.h"

int main(int argc, char** argv)
{
    using namespace octavo;
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("octavo"));
    QApplication::setApplicationDisplayName(QStringLiteral("Octavo"));
    QApplication::setApplicationVersion(QStringLiteral(OCTAVO_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(QObject::tr("Chat with whole books and codebases on your own machine."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption dataDir(QStringLiteral("data-dir"), QObject::tr("Where the library and what was read are kept."), QStringLiteral("folder"), app::defaultDataDir());
    const QCommandLineOption model(QStringLiteral("model"), QObject::tr("The model, a GGUF file."), QStringLiteral("file"), app::defaultModelFile());
    const QCommandLineOption threads(QStringLiteral("threads"), QObject::tr("Threads to compute with; 0 = all."), QStringLiteral("number"), QStringLiteral("0"));
    const QCommandLineOption sample(QStringLiteral("sample"), QObject::tr("Folder that the empty window offers to try."), QStringLiteral("folder"), QStringLiteral(OCTAVO_SAMPLE_DIR));
    parser.addOptions({dataDir, model, threads, sample});
    parser.addPositionalArgument(QStringLiteral("paths"), QObject::tr("Books and folders to open."), QStringLiteral("[paths…]"));
    parser.process(application);

    const auto assistant = app::Assistant::onThisMachine({parser.value(dataDir), parser.value(model), parser.value(threads).toInt()});
    ui::MainWindow window(*assistant, {parser.value(dataDir), parser.value(sample)});
    window.show();
    window.start(parser.positionalArguments());
    return QApplication::exec();
}
