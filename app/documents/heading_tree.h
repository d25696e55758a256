// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

// A heading of a text: it heads what follows up to the next of its level or above.
struct Heading {
    unsigned level = 1;   // 1 is the outermost
    qint64 begin = 0;     // of its line, in bytes
    QString title;
};

struct HeadingTree {
    QString title;        // of a text under one single main heading, else empty
    QList<Part> parts;    // outermost headings are chapters, those below them sections
};

// Headings, ascending, as parts of a text of so many bytes. A single main heading at the top is the title, and what it heads is told by the
// headings below it; its own words become the first chapter.
HeadingTree treeOf(std::vector<Heading> headings, qint64 textBytes);

} // namespace octavo::app
