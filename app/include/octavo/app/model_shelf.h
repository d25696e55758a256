// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace octavo::app {

// A model's file, as its head tells of it.
struct ModelFile {
    QString file;              // absolute
    QString name{};
    QString architecture{};
    qint64 contextTokens = 0;  // trained
    qint64 fileBytes = 0;
    qint64 bytesPerToken = 0;  // of keys and values, as readings are kept
    QString whyUnfit{};        // one sentence why it cannot be used; empty: it can

    // With a text of so many tokens read.
    qint64 memoryBytes(qint64 tokens) const { return fileBytes + tokens * bytesPerToken; }
};

// The models that a person may choose from: those of the data folder, and the one in use wherever it lies.
struct ModelShelf {
    QString folder;
    QList<ModelFile> models;   // by name
    QString inUse{};           // file; empty: none
    qint64 memoryFree = 0;     // that this machine could still give; 0 if it will not say
};

// A model that comes from the net.
struct ModelDownload {
    QString fileName;
    qint64 bytes = 0;
    qint64 total = 0;          // 0: unknown
    double secondsLeft = -1;   // < 0: unknown
    bool isStartedOver = false;// what was there of it could not be gone on with
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::ModelShelf)
Q_DECLARE_METATYPE(octavo::app::ModelDownload)
