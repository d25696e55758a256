// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPlainTextDocumentLayout>

namespace octavo::ui {

// Where the text stands on the page, in pixels.
struct PageGeometry {
    double left = 0;           // of the column
    double width = 400;
    double lineHeight = 20;
    double gapHeight = 10;     // of an empty line
    double characterWidth = 8; // on average
    bool operator==(const PageGeometry&) const = default;
};

// QPlainTextEdit's lazy layout, which keeps whole books quick, with what it lacks for reading: a column in the middle of the
// page and room between the lines.
class BookLayout : public QPlainTextDocumentLayout {
    Q_OBJECT

public:
    using QPlainTextDocumentLayout::QPlainTextDocumentLayout;

    void setPage(const PageGeometry& page);
    const PageGeometry& page() const { return m_page; }

    // Until a block is laid out it counts as many lines as it will roughly have, so that the scroll bar is right from the start.
    void estimateLines();

    QRectF blockBoundingRect(const QTextBlock& block) const override;

private:
    void layOut(const QTextBlock& block) const;
    double heightOfLast(const QTextBlock& block) const;

    PageGeometry m_page;
};

} // namespace octavo::ui
