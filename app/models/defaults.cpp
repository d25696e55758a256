// SPDX-License-Identifier: Apache-2.0
#include "octavo/app/defaults.h"

#include <QDir>
#include <QStandardPaths>

namespace octavo::app {

QString defaultDataDir() { return QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)).filePath(QStringLiteral("octavo")); }

QString defaultModelFile()
{
    const QString chosen = qEnvironmentVariable("OCTAVO_MODEL");
    return chosen.isEmpty() ? QDir(defaultDataDir()).filePath(QStringLiteral("models/SmolLM2-135M-Instruct.Q4_1.gguf")) : chosen;
}

} // namespace octavo::app
