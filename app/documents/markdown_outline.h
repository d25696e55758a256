// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include <QByteArrayView>
#include <QList>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

struct MarkdownOutline {
    QString title;       // of a text under one single main heading, else empty
    QList<Part> parts;   // outermost headings are chapters, those below them sections
};

// Headings as CommonMark (md4c) sees them, so "#" in code is none; headings inside lists and quotations are left out.
// A single main heading at the top is the title, and what it heads is told by the headings below it. Ends early when stopped.
// No parts beyond 64 MiB.
MarkdownOutline markdownOutline(QByteArrayView text, const std::stop_token& stop);

} // namespace octavo::app
