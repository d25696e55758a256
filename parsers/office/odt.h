// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "archive/members.h"
#include "octavo/parsers/block.h"

namespace octavo::parsers {

// An OpenDocument text (ISO/IEC 26300): paragraphs with their headings, lists, tables, notes and text frames. Changes that are tracked
// are read as accepted; generated indexes are left out.
Parsed readOdt(const Members& members, Sink& sink);

bool isWantedOfOdt(std::string_view path);

} // namespace octavo::parsers
