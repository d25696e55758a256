// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// Where a box on a page of that size stands when the page is turned clockwise by so many quarters.
inline Box turnedBox(Box box, double width, double height, int quarters)
{
    for (int turn = 0; turn < quarters % 4; ++turn) {
        box = {height - box.y - box.height, box.x, box.height, box.width};
        std::swap(width, height);
    }
    return box;
}

} // namespace octavo::parsers
