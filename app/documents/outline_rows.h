// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "octavo/app/document.h"

namespace octavo::app {

// One part of an outline as a row of a table: rows come in preorder, the root (depth 0) first. `part.parts` is empty.
struct OutlineRow {
    int depth = 0;
    Part part;
};

QList<OutlineRow> rowsOf(const Part& root);

// The reverse. None if these are not the rows of a tree: no root at the beginning, another later, or a part without its upper ones.
std::optional<Part> outlineOf(const QList<OutlineRow>& rows);

} // namespace octavo::app
