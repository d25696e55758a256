// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <QList>

#include "octavo/app/document.h"

namespace octavo::app {

// A piece of a document that is summarized by itself.
struct SummaryChapter {
    QString title;
    ByteRange bytes;
};

// The chapters that a summary goes by: all of the text in order, without gap. They are the document's own (of a folder its folders and files), at the
// level that gives pieces of about 1,000 to 12,000 tokens: longer ones are taken by their sections or, without any, cut where passages end, and shorter
// ones joined with their neighbours. `tokens`: where each token begins.
QList<SummaryChapter> chaptersOf(const Document& document, std::span<const std::uint64_t> tokens);

} // namespace octavo::app
