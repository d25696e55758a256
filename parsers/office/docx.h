// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "archive/members.h"
#include "octavo/parsers/block.h"

namespace octavo::parsers {

// An Office Open XML text document (ECMA-376): paragraphs with their headings, lists, tables, notes and text boxes. Changes that are
// tracked are read as accepted.
Parsed readDocx(const Members& members, Sink& sink);

bool isWantedOfDocx(std::string_view path);

} // namespace octavo::parsers
