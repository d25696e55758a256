// SPDX-License-Identifier: Apache-2.0
#include "models/own_adapters.h"

#include <QDir>
#include <QResource>

// At global scope, since Q_INIT_RESOURCE declares a function there: resources of a static library are found only once they are named.
static void nameAdapters() { Q_INIT_RESOURCE(adapters); }

namespace octavo::app {

std::vector<std::span<const std::byte>> ownAdapters()
{
    nameAdapters();
    const QDir folder(QStringLiteral(":/octavo/adapters"));
    std::vector<std::span<const std::byte>> adapters;
    for (const QString& name : folder.entryList(QDir::Files, QDir::Name)) {
        const QResource resource(folder.filePath(name));
        Q_ASSERT(resource.compressionAlgorithm() == QResource::NoCompression); // app/CMakeLists.txt
        adapters.push_back(std::as_bytes(std::span(resource.data(), static_cast<std::size_t>(resource.size()))));
    }
    return adapters;
}

} // namespace octavo::app
