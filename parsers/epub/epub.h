// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "archive/members.h"
#include "octavo/parsers/block.h"

namespace octavo::parsers {

// An EPUB 2 or 3: the files of its spine in order, parts by its navigation document or NCX. Marks name file, line and the place's id.
// Protected books (META-INF/encryption.xml names more than fonts) are Encrypted.
Parsed readEpub(const Members& members, Sink& sink);

bool isWantedOfEpub(std::string_view path);   // text, not pictures and fonts

} // namespace octavo::parsers
