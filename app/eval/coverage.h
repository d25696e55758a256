// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assistant/summary_chapters.h"
#include "eval/eval_task.h"
#include "octavo/app/summary.h"

namespace octavo::app {

// What a summary should not lose: in each chapter of a book one sentence tells of a thing that stands nowhere else.
struct MarkedBook {
    struct Marker {
        std::string thing;              // "amber lantern"
        EvalTask::Range bytes;          // of its sentence in `text`
    };
    std::string text;
    std::vector<Marker> markers;        // in text order, one for each chapter
};

// The sentences stand in the middle of their chapters. The same seed gives the same things.
MarkedBook withMarkers(const std::string& text, const QList<SummaryChapter>& chapters, std::uint64_t seed);

// What became of one marker. A chapter whose marker the whole does not name, and which the coverage check does not flag either, was passed over in silence.
struct MarkerFate {
    QString chapter;
    std::string thing;
    bool byChapter = false;             // the chapter's summary names it
    bool byWhole = false;               // the whole's does
    bool flagged = false;               // the chapter was said to be passed over, or unsaid
    bool isSilent() const { return !byWhole && !flagged; }
};

// One for each marker that lies in a chapter of `summary`, which is of the marked book alone.
std::vector<MarkerFate> fatesOf(const MarkedBook& book, const Summary& summary);

} // namespace octavo::app
