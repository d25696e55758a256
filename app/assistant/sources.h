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

// The passages that an answer drew on most: at most five, each with a hundredth of the attention to document text, or a fiftieth of a token's attention;
// neighbours within one part are told as one.
//
// Some places of a text draw attention whatever is written, and they would come first by weight. What an answer is made of is looked at when its words are
// written, and not otherwise. So what counts is the square by which a passage's share rises above its mean over the answer, over that mean, in the sentence where it
// rose most: sentence by sentence, since small models ramble on after the right answer, and what one sentence drew on must not be lost in that. Figures: docs/quality.md.
//
// A sentence is marked with the source that it drew on most, and with another that it drew on at least half as much; with none where what it drew on is not among
// the five. Sources come in the order in which marks name them. `documents` has every document of the record's passages.
QList<Source> sourcesOf(const HopRecord& record, const std::map<DocumentId, std::shared_ptr<const Document>>& documents);

} // namespace octavo::app
