// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMetaType>
#include <QStringList>

#include "octavo/app/document.h"
#include "octavo/app/read_estimate.h"

namespace octavo::app {

using PreviewId = qint64;

// A folder, file or chapter of what was opened, as a tree: what it would cost to read, or why it is left out.
struct PreviewItem {
    QString name;
    QString path{};        // by which it is left out: relative to the document, a folder's ends with '/'; empty: a document, or a chapter, which is not left out by itself
    PartKind kind = PartKind::File;
    qint64 tokens = 0;     // with all below
    qint64 bytes = 0;      // on disk; of a chapter, of its text; of folders, of what can be read in them
    QString why{};         // it is left out in any case, and why; empty: it can be read
    bool leftOut = false;  // by the person, when the document was read before
    QList<PreviewItem> items{};
};

struct DocumentPreview {
    PreviewItem item;
    ReadEstimate estimate; // of all of it; seconds: of what has neither been read nor left out before
};

// What a person is asked about before a long reading starts: everything that was opened at once.
struct OpenPreview {
    PreviewId id = 0;
    QList<DocumentPreview> documents;
    double tokensPerSecond = 0;   // 0 if this machine has not been measured yet
};

// What a person wants of one document of a preview.
struct PreviewChoice {
    bool isRead = true;
    QStringList leftOut{}; // paths of items; told in the ledger, and left out again when the document's new text is read
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::OpenPreview)
Q_DECLARE_METATYPE(octavo::app::PreviewChoice)
