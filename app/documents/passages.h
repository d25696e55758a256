// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>

#include "octavo/app/document.h"

namespace octavo::app {

// The finest level of a document's structure: what a citation points at and what attention is summed over. Passages cover the
// whole text in order, without gap, and never cross a part's border. They end where paragraphs (code: groups of lines) end and
// measure about 300 to 900 bytes; longer paragraphs are cut behind sentences or lines, never inside a UTF-8 character.
// A part shorter than that is one passage.
QList<ByteRange> passagesOf(const Document& document);

// The level between chapters and passages, covering the whole text likewise: runs of passages of about 4,000 to 8,000 bytes,
// each within one innermost part.
QList<ByteRange> sectionsOf(const Document& document);

} // namespace octavo::app
