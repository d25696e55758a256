// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "assistant/hop_record.h"
#include "octavo/app/session.h"

namespace octavo::app {

// The passages that an answer drew on most: at most five, none with less than one hundredth of the attention to document text, heaviest
// first; neighbours within one part are told as one. `documents` has every document of the record's passages.
QList<Source> sourcesOf(const HopRecord& record, const std::map<DocumentId, std::shared_ptr<const Document>>& documents);

} // namespace octavo::app
