// SPDX-License-Identifier: Apache-2.0
#include "reader/reader_text.h"

#include <algorithm>
#include <cmath>

#include <QFontInfo>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

#include "reader/book_layout.h"
#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kCodeCharacters = 120;
constexpr int kTopMargin = 4 * kGrid;
constexpr int kLeastMargin = 5 * kGrid;    // holds the passages' numbers
constexpr int kSlack = kTopMargin;         // right of the column; QPlainTextEdit clips text within a document margin of its edge

} // namespace

ReaderText::ReaderText(QWidget* parent) : QPlainTextEdit(parent), m_layout(new BookLayout(document()))
{
    setObjectName(QStringLiteral("readerText"));
    setAccessibleName(tr("Text of the document"));
    document()->setDocumentMargin(kTopMargin);
    document()->setDocumentLayout(m_layout);
    document()->setUndoRedoEnabled(false);
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    setCursorWidth(2);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &ReaderText::viewMoved);
    connect(this, &QPlainTextEdit::selectionChanged, viewport(), qOverload<>(&QWidget::update));
    updatePage();
}

void ReaderText::setText(const QString& text, Face face)
{
    m_marks.clear();
    m_matches.clear();
    m_face = face;
    updatePage();
    setPlainText(text);
    m_layout->estimateLines();
    moveCursor(QTextCursor::Start);
    emit viewMoved();
}

void ReaderText::setLook(const PageLook& look)
{
    if (look == m_look)
        return;
    const int top = firstVisiblePosition();
    m_look = look;
    updatePage();
    showFromTop(top);
}

void ReaderText::setMarks(const QList<PassageMark>& marks)
{
    m_marks = marks;
    viewport()->update();
}

void ReaderText::setMatches(const QList<int>& begins, int length)
{
    m_matches = begins;
    m_matchLength = length;
    viewport()->update();
}

void ReaderText::reveal(int begin, int end)
{
    QTextCursor cursor(document());
    cursor.setPosition(std::clamp(end, 0, document()->characterCount() - 1));
    cursor.setPosition(std::clamp(begin, 0, document()->characterCount() - 1), QTextCursor::KeepAnchor);
    // Exact without laying out what lies between: the block's first line is counted, lines within it are laid out now.
    const QTextBlock block = cursor.block();
    m_layout->blockBoundingRect(block);
    const QTextLine line = block.layout()->lineForTextPosition(cursor.position() - block.position());
    const int above = static_cast<int>(viewport()->height() / m_layout->page().lineHeight / 4);
    verticalScrollBar()->setValue(std::max(0, block.firstLineNumber() + (line.isValid() ? line.lineNumber() : 0) - above));
    setTextCursor(cursor);
    viewport()->update();
}

int ReaderText::firstVisiblePosition() const
{
    return cursorForPosition({viewport()->width() / 2, 0}).block().position();
}

int ReaderText::lastVisiblePosition() const
{
    return cursorForPosition({viewport()->width() - 1, viewport()->height() - 1}).position();
}

void ReaderText::updatePage()
{
    const QFont base = QFont(window()->font());
    const QFont face = scaled(m_face == Face::Book ? bookFont(base, m_look.face) : codeFont(base), m_look.scale);
    const Qt::LayoutDirection direction = m_face == Face::Book ? m_look.direction : Qt::LeftToRight;
    if (QTextOption option = document()->defaultTextOption(); option.textDirection() != direction) {
        option.setTextDirection(direction);
        document()->setDefaultTextOption(option);
    }
    document()->setDefaultFont(face);
    const QFontMetricsF metrics(face);
    static const QString kSample = QStringLiteral("The pale usher, threadbare in coat, heart, body, and brain; I see him now.");
    PageGeometry page;
    page.characterWidth = metrics.horizontalAdvance(kSample) / static_cast<double>(kSample.size());
    const double wanted = page.characterWidth * (m_face == Face::Book ? m_look.characters : kCodeCharacters);
    page.width = std::clamp(wanted, 80.0, std::max(80.0, static_cast<double>(viewport()->width() - kLeastMargin - kSlack)));
    page.left = std::max<double>(kLeastMargin, std::floor((viewport()->width() - page.width) / 2));
    // By the letters' size, not by the face's own line height: some faces bring much room of their own, others none.
    page.lineHeight = std::ceil(QFontInfo(face).pixelSize() * (m_face == Face::Book ? 1.55 : 1.4));
    page.gapHeight = std::ceil(page.lineHeight * (m_face == Face::Book ? 0.62 : 1.0));
    m_layout->setPage(page);
}

void ReaderText::resizeEvent(QResizeEvent* event)
{
    const int top = firstVisiblePosition();
    QPlainTextEdit::resizeEvent(event);
    updatePage();
    showFromTop(top);
}

void ReaderText::showFromTop(int position)
{
    const QTextBlock block = document()->findBlock(position);
    verticalScrollBar()->setValue(block.isValid() ? block.firstLineNumber() : 0);
    emit viewMoved();
}

void ReaderText::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updatePage();
}

QList<ReaderText::Stretch> ReaderText::visibleStretches() const
{
    const int first = firstVisiblePosition();
    const int last = lastVisiblePosition();
    const QTextCursor cursor = textCursor();
    bool selectsMark = false;      // a selected passage shows by a deeper tint of its own colour
    QList<Stretch> stretches;
    for (const PassageMark& mark : m_marks) {
        if (mark.end <= first || mark.begin > last)
            continue;
        const bool selected = cursor.selectionStart() == mark.begin && cursor.selectionEnd() == mark.end;
        const QColor tint = selected ? chosenTint(mark.rank, palette()) : sourceTint(mark.rank, palette());
        stretches.append({mark.begin, mark.end, tint, mark.rank});
        selectsMark = selectsMark || selected;
    }
    const QColor found = foundTint(palette());
    const auto begin = std::lower_bound(m_matches.begin(), m_matches.end(), first - m_matchLength);
    for (auto match = begin; match != m_matches.end() && *match <= last; ++match)
        stretches.append({*match, *match + m_matchLength, found, -1});
    if (cursor.hasSelection() && !selectsMark) {
        QColor selected = palette().color(QPalette::Active, QPalette::Link);
        selected.setAlphaF(static_cast<float>(tintShare(selected, isDark(palette()) ? 0.36 : 0.20, palette())));
        stretches.append({cursor.selectionStart(), cursor.selectionEnd(), selected, -1});
    }
    return stretches;
}

// The base class paints no ground behind text, so what is painted first lies under it.
void ReaderText::paintEvent(QPaintEvent* event)
{
    {
        QPainter painter(viewport());
        painter.setRenderHint(QPainter::Antialiasing);
        const QList<Stretch> stretches = visibleStretches();
        QPointF origin = contentOffset();
        for (QTextBlock block = firstVisibleBlock(); block.isValid() && origin.y() <= event->rect().bottom(); block = block.next()) {
            const double height = m_layout->blockBoundingRect(block).height();
            for (const Stretch& stretch : stretches) {
                if (stretch.end > block.position() && stretch.begin < block.position() + block.length())
                    paintStretch(painter, block, origin, stretch);
            }
            origin.ry() += height;
        }
    }
    QPlainTextEdit::paintEvent(event);
}

void ReaderText::paintStretch(QPainter& painter, const QTextBlock& block, const QPointF& origin, const Stretch& stretch) const
{
    const PageGeometry& page = m_layout->page();
    const int begin = std::max(0, stretch.begin - block.position());
    const int end = std::min(block.length() - 1, stretch.end - block.position());
    if (block.length() == 1 && stretch.rank >= 0) {      // a gap inside of a passage belongs to it
        const QPointF corner(origin.x() + page.left - kGrid / 2, std::floor(origin.y() - kGrid / 4));
        return painter.fillRect(QRectF(corner, QSizeF(page.width + kGrid, page.gapHeight)), stretch.color);
    }
    const QTextLayout& layout = *block.layout();
    const bool toLeft = layout.textOption().alignment() & Qt::AlignRight;
    for (int at = 0; at < layout.lineCount(); ++at) {
        const QTextLine line = layout.lineAt(at);
        const int lineEnd = line.textStart() + line.textLength();
        if (line.textStart() >= end || lineEnd <= begin)
            continue;
        const bool goesOn = stretch.rank >= 0 && (end > lineEnd || stretch.end > block.position() + block.length());
        const double edge = stretch.rank >= 0 ? kGrid / 2 : 0;
        const double columnBegin = toLeft ? page.left + page.width + edge : page.left - edge;
        const double columnEnd = toLeft ? page.left - kGrid / 2 : page.left + page.width + kGrid / 2;
        const double first = begin <= line.textStart() ? columnBegin : line.cursorToX(begin);
        const double last = goesOn ? columnEnd : line.cursorToX(std::min(end, lineEnd));
        const auto [left, right] = std::minmax({first, last});
        // The line's box is centred on its letters: half of the room between lines lies above.
        const double slack = (page.lineHeight - line.height()) / 2;
        const double top = std::floor(origin.y() + line.y() - slack);      // on whole pixels, or seams show between lines
        painter.fillRect(QRectF(origin.x() + left, top, right - left, page.lineHeight), stretch.color);
        if (stretch.rank >= 0 && stretch.begin >= block.position() && begin >= line.textStart() && begin < lineEnd)
            paintNumber(painter, top, stretch.rank);
    }
}

void ReaderText::paintNumber(QPainter& painter, double top, int rank) const
{
    const PageGeometry& page = m_layout->page();
    const double size = 2.5 * kGrid;
    const QRectF disc(page.left - size - kGrid, top + (page.lineHeight - size) / 2, size, size);
    painter.setPen(Qt::NoPen);
    painter.setBrush(sourceColor(rank));
    painter.drawEllipse(disc);
    painter.setPen(inkOn(sourceColor(rank)));
    painter.setFont(scaled(window()->font(), 0.85));
    painter.drawText(disc, Qt::AlignCenter, QString::number(rank + 1));
}

} // namespace octavo::ui
