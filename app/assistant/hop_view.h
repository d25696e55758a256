// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "assistant/hop_record.h"
#include "octavo/app/hop_view.h"

namespace octavo::app {

// Factors a record over the structure of its documents: each passage lies in one section (see documents/passages.h) of one
// chapter (the file, chapter, or else outermost part around it), so that for every answer token
// p(chapter)·p(section | chapter)·p(passage | section) is exactly the passage's mass. Grids hold these masses: a column of a coarse
// grid is the sum of its columns in a finer one. The path has their mean over the answer tokens [beginToken, endToken)
// (begin == end: all), as shares of the attention to document text.
// `documents` has every document of the record's passages. Cost: answer tokens × passages.
HopView makeHopView(MessageId message, const HopRecord& record, const std::map<DocumentId, std::shared_ptr<const Document>>& documents,
                    int beginToken, int endToken);

} // namespace octavo::app
