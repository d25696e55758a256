// SPDX-License-Identifier: Apache-2.0
#include "reader/book_layout.h"

#include <algorithm>

#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>

namespace octavo::ui {

void BookLayout::setPage(const PageGeometry& page)
{
    m_page = page;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next())
        block.layout()->clearLayout();
    estimateLines();
}

void BookLayout::estimateLines()
{
    const int perLine = std::max(8, static_cast<int>(m_page.width / m_page.characterWidth));
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        if (block.layout()->lineCount() == 0)
            block.setLineCount(1 + (block.length() - 1) / perLine);
    }
    emit documentSizeChanged(documentSize());
}

QRectF BookLayout::blockBoundingRect(const QTextBlock& block) const
{
    if (!block.isValid())
        return {};
    if (block.layout()->lineCount() == 0)
        layOut(block);
    const QTextLayout& layout = *block.layout();
    const QTextLine last = layout.lineAt(layout.lineCount() - 1);
    const double margin = block.next().isValid() ? 0 : document()->documentMargin();
    return {0, 0, m_page.left + m_page.width, last.y() + heightOfLast(block) + margin};
}

void BookLayout::layOut(const QTextBlock& block) const
{
    QTextLayout& layout = *block.layout();
    QTextOption option = document()->defaultTextOption();
    const Qt::LayoutDirection direction = option.textDirection() == Qt::LayoutDirectionAuto ? block.textDirection() : option.textDirection();
    option.setAlignment(direction == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft);    // lines go by this alone, not by the direction
    layout.setTextOption(option);
    layout.beginLayout();
    double y = 0;
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(m_page.width);
        line.setPosition({m_page.left, y});
        y += m_page.lineHeight;
    }
    layout.endLayout();
    if (QTextBlock counted = block; counted.lineCount() != layout.lineCount()) {
        counted.setLineCount(layout.lineCount());
        emit const_cast<BookLayout*>(this)->documentSizeChanged(documentSize());   // laying out is lazy, as in the base class
    }
}

double BookLayout::heightOfLast(const QTextBlock& block) const
{
    return block.length() == 1 ? m_page.gapHeight : m_page.lineHeight;
}

} // namespace octavo::ui
