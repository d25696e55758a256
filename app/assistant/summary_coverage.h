// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assistant/hop_record.h"
#include "octavo/app/summary.h"

namespace octavo::app {

// Share of an answer's attention, mean of its tokens, that went to documents, 0..1.
double attentionToText(const HopRecord& record);

// Fills in wholeAttention of a document's chapters from the record of its whole.
void setWholeAttention(Summary& summary, DocumentId document, const HopRecord& record);

// Fills in mentioned and gap of all chapters, from their words, attention and messages.
void findGaps(Summary& summary);

} // namespace octavo::app
