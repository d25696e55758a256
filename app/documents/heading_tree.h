// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QList>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

// A heading that a markup language marks as one.
struct Heading {
    unsigned level = 1;   // 1 = outermost; levels may be left out
    qint64 begin = 0;
    QString title;
    PartKind kind = PartKind::Section;   // where the language tells; outermost sections become chapters
};

struct TextOutline {
    QString title;       // of a text under one single main heading, else empty
    QList<Part> parts;   // outermost headings are chapters, those below them sections
};

// The outline that headings, ascending by `begin`, give a text of `end` bytes: each reaches up to the next of its level or above.
// A single main heading at the top is the title, and what it heads is told by the headings below it.
TextOutline headingTree(std::vector<Heading> headings, qint64 end);

} // namespace octavo::app
