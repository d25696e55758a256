// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>

#include "assistant/book_engine.h"
#include "crash/crash_handler.h"
#include "desktop_notice.h"
#include "language.h"
#include "main_window.h"
#include "octavo/app/assistant.h"
#include "octavo/app/defaults.h"

int main(int argc, char** argv)
{
    using namespace octavo;
    ::umask(S_IRWXG | S_IRWXO);   // what a person reads and asks is for nobody else's eyes
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("octavo"));
    QApplication::setApplicationDisplayName(QStringLiteral("Octavo"));
    QApplication::setApplicationVersion(QStringLiteral(OCTAVO_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(QObject::tr("Chat with whole books and codebases on your own machine."));
    parser.addHelpOption();
    parser.addVersionOption();
    const auto option = [&parser](const char* name, const QString& what, const QString& value, const QString& normally) {
        const QCommandLineOption made(QLatin1String(name), what, value, normally);
        parser.addOption(made);
        return made;
    };
    const auto dataDir = option("data-dir", QObject::tr("Where the library and what was read are kept."), QObject::tr("folder"),
                                app::defaultDataDir());
    const auto model = option("model", QObject::tr("The model, a GGUF file."), QObject::tr("file"), app::defaultModelFile());
    const auto threads = option("threads", QObject::tr("Threads to compute with; 0 = all."), QObject::tr("number"), QString());
    const auto device = option("device", QObject::tr("Where to compute: auto, cpu or cuda."), QObject::tr("device"), QString());
    const auto gpuLayers = option("gpu-layers", QObject::tr("Layers whose weights stay in the GPU's memory; the others are brought for each pass."), QObject::tr("number"), QString());
    const auto sample = option("sample", QObject::tr("Folder that the empty window offers to try."), QObject::tr("folder"),
                               QStringLiteral(OCTAVO_SAMPLE_DIR));
    parser.addPositionalArgument(QStringLiteral("paths"), QObject::tr("Books and folders to open."), QStringLiteral("[paths…]"));
    parser.process(application);

    app::installCrashHandler(parser.value(dataDir), QApplication::applicationVersion());
    const ui::WindowSettings settings(parser.value(dataDir));
    ui::useLanguage(application, settings.choice(ui::Setting::Language));
    const int threadCount = parser.isSet(threads) ? parser.value(threads).toInt() : static_cast<int>(settings.number(ui::Setting::Threads));
    const QString deviceName = parser.isSet(device) ? parser.value(device) : settings.choice(ui::Setting::Device);
    const int layersKept = parser.isSet(gpuLayers) ? parser.value(gpuLayers).toInt() : static_cast<int>(settings.number(ui::Setting::GpuLayers));
    const QString lastModel = settings.kept(ui::kModelFile).toString();
    const bool isTold = parser.isSet(model) || qEnvironmentVariableIsSet("OCTAVO_MODEL");
    const QString modelFile = !isTold && QFileInfo::exists(lastModel) ? lastModel : parser.value(model);
    const auto assistant = app::Assistant::onThisMachine({parser.value(dataDir), modelFile, threadCount, deviceName, settings.isOn(ui::Setting::OwnAdapters),
                                                            layersKept < 0 ? std::nullopt : std::optional(static_cast<quint32>(layersKept))});
    ui::MainWindow window(*assistant, {parser.value(dataDir), parser.value(sample)});
    ui::DesktopNotice notice(window);
    QObject::connect(&window, &ui::MainWindow::attentionWanted, &notice, &ui::DesktopNotice::tell);
    window.show();
    window.start(parser.positionalArguments());
    return QApplication::exec();
}
