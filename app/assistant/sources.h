// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "assistant/hop_record.h"
#include "octavo/app/session.h"

namespace octavo::app {

// Where the sentences of an answer end, as places in its text: behind the last sign of each. Not in code, tables and headings, where nothing can be written
// behind a sentence.
std::vector<int> sentenceEnds(const QString& markdown);

// The passages that an answer drew on most: at most five, none with less than one hundredth of the attention to document text; neighbours within one part are
// told as one. Some places of a text draw attention whatever is written, and they would come first by weight. What an answer is made of is looked at when its words
// are written, and not otherwise: so sources come in the order of the variance of their share over the answer's tokens, over its mean (of 48 facts and pairs of facts
// in a novel the right passage came first in 35 instead of 22, and among the first three in 45 instead of 35; docs/quality.md). A sentence is marked with the
// source whose share rose most above its mean in it, and with a second that rose at least half as much. `documents` has every document of the record's passages.
QList<Source> sourcesOf(const HopRecord& record, const std::map<DocumentId, std::shared_ptr<const Document>>& documents);

} // namespace octavo::app
