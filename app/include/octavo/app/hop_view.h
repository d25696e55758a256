// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

#include "octavo/app/document.h"
#include "octavo/app/session.h"

namespace octavo::app {

// A place that the answer looked at, in one column of the path view.
struct HopNode {
    int column = 0;        // 0 the answer, 1 chapters, 2 sections, 3 passages
    QString label;
    double weight = 0;     // share of the attention to document text, 0..1; a column's nodes add up to at most 1
    DocumentId document = 0;
    ByteRange bytes;       // empty in column 0
};

struct HopBand {
    int from = 0;          // indices into HopPath::nodes; from is one column left of to
    int to = 0;
    double weight = 0;     // p(from)·p(to | from)
};

// "answer → chapters → sections → passages": one exact softmax row, factored over the structure of the text and averaged over
// the answer tokens of the selection, all layers and heads. Small nodes are gathered in one "others" node per column.
struct HopPath {
    QString answer;        // the selected words
    QList<HopNode> nodes;
    QList<HopBand> bands;
};

// One heat map: rows are answer tokens, columns the parts of one level of the text.
struct HopGrid {
    QString title;         // "Chapters", "Sections", "Passages"
    QString unit;          // what a value is: "share of attention, p(chapter)"
    QStringList rows;      // answer tokens as text
    QStringList columns;   // part titles
    QList<DocumentId> columnDocuments;
    QList<ByteRange> columnBytes;
    QList<float> values;   // row-major, rows.size() × columns.size(), 0..1
    float at(qsizetype row, qsizetype column) const { return values[row * columns.size() + column]; }
};

// Everything the hop inspector shows of one answer.
struct HopView {
    MessageId message = 0;
    QString model;
    QString question;
    QStringList answerTokens;
    HopPath path;              // of the whole answer, or of the selection asked for
    QList<HopGrid> grids;      // coarse to fine
    QList<float> outside;      // of each answer token: its share that went to no document
    double outsideShare = 0;   // mean of the selection: attention to sinks, prompt and the conversation itself: 1 - share of document text
};

enum class HopFormat { Svg, Csv, Json, Npy, Html };

// Writes a view in a form other programs read; SVG keeps its text selectable. CSV, NPY and the SVG map take grid `grid`;
// SVG with grid < 0 is the path. Both program and command line export through here, so that they cannot differ.
QByteArray exportHops(const HopView& view, HopFormat format, int grid);

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::HopView)
