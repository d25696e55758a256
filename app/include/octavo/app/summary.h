// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include "octavo/app/document.h"
#include "octavo/app/session.h"

namespace octavo::app {

// One piece of a summary: of a chapter, of a whole document, or of several documents together.
struct SummaryPart {
    enum class Kind { Chapter, Whole, Together };   // stored as numbers: new ones come last
    // What of its chapter is missing, told from attention and from words (tf–idf): Unsaid, the chapter's own summary has nothing of it (it may be missing);
    // PassedOver, the summary of the whole has not.
    enum class Gap { None, Unsaid, PassedOver };

    Kind kind = Kind::Chapter;
    DocumentId document = 0;    // 0: Together
    QString title{};            // of the chapter or the document
    ByteRange bytes{};          // of the document
    Message message{};          // id 0: nothing was written yet; state and note say how it ended
    double attention = 0;       // share of the message's attention that went to the text it is about, 0..1
    bool again = false;         // a chapter that was read again: its summary stands beside the whole's, and fills its gap

    // Of chapters:
    Gap gap = Gap::None;
    QStringList words{};        // that tell it from the others, most telling first
    QStringList mentioned{};    // those of them that the whole's summary has
    double wholeAttention = 0;  // share of the whole's attention to its chapters, 0..1

    bool isDone() const { return message.id != 0 && message.state == Message::State::Complete; }
};

// Of a summarized document, what no summary can be of: ledger lines of what was left out.
struct SummarizedDocument {
    DocumentId id = 0;
    QString title;
    QList<LedgerEntry> leftOut;
};

// A summary as it stands in the library: chapters in text order, each document's followed by its whole; last, of several documents, all together.
// A document of one chapter has no whole of its own, the chapter's summary is its.
struct Summary {
    SessionSummary session;
    bool running = false;       // being written, or to be gone on with at the next start
    QList<SummarizedDocument> documents;
    QList<SummaryPart> parts;

    bool isComplete() const;
    QList<int> gaps() const;    // places in parts of the chapters that have one, once the whole is there
    // The place of the part that stands for a document: its whole or only chapter; -1: none. 0: of everything.
    int topOf(DocumentId document) const;
};

struct SummaryProgress {
    SessionId session = 0;
    int part = 0;               // the one being written, place in Summary::parts
    int done = 0;               // parts
    int count = 0;
    double secondsLeft = -1;    // < 0 while unknown
};

// All of it: the whole, what was read again, the chapters, and what is missing. Titles are written so that they stay words.
QString markdownOf(const Summary& summary);
// One part in a paragraph, after its title.
QString markdownOf(const SummaryPart& part);
// What the coverage check found, a sentence each: chapters passed over, unsaid and not yet written by name, and what of the documents was left out. Empty: nothing is missing.
QStringList coverageWords(const Summary& summary);

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::Summary)
Q_DECLARE_METATYPE(octavo::app::SummaryProgress)
