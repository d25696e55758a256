// SPDX-License-Identifier: Apache-2.0
#include "chat/markdown_view.h"

#include <cmath>
#include <vector>

#include <QAbstractTextDocumentLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QRegularExpression>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextFragment>
#include <QToolButton>
#include <QWheelEvent>

#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr double kLineHeight = 138;    // percent
constexpr double kCodeLineHeight = 120;
constexpr int kCopyWidth = 4 * kGrid;  // beside code, so that the button hides none of it
constexpr char16_t kFirstMark = 0xE000; // marks pass Qt's Markdown as characters for private use, of which an answer keeps none of its own
constexpr int kMostMarks = 16;

bool isMark(QChar character)
{
    return character.unicode() >= kFirstMark && character.unicode() < kFirstMark + kMostMarks;
}

QString withMarks(QString markdown, const QList<MarkdownView::Mark>& marks)
{
    for (QChar& character : markdown)
        if (isMark(character))
            character = QChar::ReplacementCharacter;
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark)
        if (0 < mark->at && mark->at <= markdown.size() && mark->rank < kMostMarks)
            markdown.insert(mark->at, QChar(static_cast<char16_t>(kFirstMark + mark->rank)));
    return markdown;
}

} // namespace

MarkdownView::MarkdownView(QWidget* parent) : QTextBrowser(parent)
{
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard | Qt::LinksAccessibleByMouse);   // by keyboard there are the sources below
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) { emit markClicked(link.path().toInt()); });
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setTabChangesFocus(true);
    document()->setDocumentMargin(0);
    viewport()->setAutoFillBackground(false);
}

void MarkdownView::showMarkdown(const QString& markdown, const QList<Mark>& marks)
{
    constexpr QTextDocument::MarkdownFeatures features = QTextDocument::MarkdownDialectGitHub;
    document()->setMarkdown(withMarks(markdown, marks), features | QTextDocument::MarkdownNoHTML);
    disarm();
    drawMarks();
    offerCopies();
    fitHeight();
}

void MarkdownView::showPlain(const QString& text)
{
    setPlainText(text);
    disarm();
    offerCopies();
    fitHeight();
}

QVariant MarkdownView::loadResource(int, const QUrl&)
{
    return {};
}

void MarkdownView::disarm()
{
    struct Piece {
        int begin;
        int end;
        QString picture;
    };
    std::vector<Piece> pieces;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        for (auto at = block.begin(); !at.atEnd(); ++at) {
            const QTextFragment fragment = at.fragment();
            const QTextCharFormat format = fragment.charFormat();
            if (!format.isAnchor() && !format.isImageFormat())
                continue;
            const QString described = QStringLiteral("[%1]").arg(format.stringProperty(QTextFormat::ImageAltText));
            pieces.push_back({fragment.position(), fragment.position() + fragment.length(), format.isImageFormat() ? described : QString()});
        }
    }
    QTextCursor cursor(document());
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
        cursor.setPosition(piece->begin);
        cursor.setPosition(piece->end, QTextCursor::KeepAnchor);
        const QString words = piece->picture.isEmpty() ? cursor.selectedText() : piece->picture;
        cursor.insertText(words, QTextCharFormat());
    }
    cursor.select(QTextCursor::Document);
    QTextBlockFormat airy;
    airy.setLineHeight(kLineHeight, QTextBlockFormat::ProportionalHeight);
    cursor.mergeBlockFormat(airy);
    QTextBlockFormat code;
    code.setBackground(palette().alternateBase());
    code.setLineHeight(kCodeLineHeight, QTextBlockFormat::ProportionalHeight);
    code.setRightMargin(kCopyWidth);
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        if (block.blockFormat().hasProperty(QTextFormat::BlockCodeFence))
            QTextCursor(block).mergeBlockFormat(code);
    }
}

// Number by number from the end, so that places before stay.
void MarkdownView::drawMarks()
{
    QTextCursor cursor(document());
    for (int at = document()->characterCount() - 1; at >= 0; --at) {
        const QChar character = document()->characterAt(at);
        if (!isMark(character))
            continue;
        const int rank = character.unicode() - kFirstMark;
        cursor.setPosition(at);
        cursor.setPosition(at + 1, QTextCursor::KeepAnchor);
        QTextCharFormat space, number;
        number.setAnchor(true);
        number.setAnchorHref(QString::number(rank));
        number.setBackground(sourceColor(rank));
        number.setForeground(inkOn(sourceColor(rank)));
        number.setFontWeight(QFont::DemiBold);
        number.setProperty(QTextFormat::FontSizeAdjustment, -1);
        number.setToolTip(tr("Source %1").arg(rank + 1));
        cursor.insertText(QString(QChar(0x2009)), space);
        cursor.insertText(QStringLiteral("\u00a0%1\u00a0").arg(rank + 1), number);
    }
}

void MarkdownView::setMatches(const QList<int>& begins, int length, int current)
{
    QList<QTextEdit::ExtraSelection> marks;
    for (const int begin : begins) {
        QTextEdit::ExtraSelection mark{QTextCursor(document()), {}};
        mark.cursor.setPosition(begin);
        mark.cursor.setPosition(begin + length, QTextCursor::KeepAnchor);
        const bool isCurrent = begin == current;
        mark.format.setBackground(isCurrent ? palette().highlight().color() : foundTint(palette()));
        if (isCurrent)
            mark.format.setForeground(palette().highlightedText());
        marks.append(mark);
    }
    setExtraSelections(marks);
}

QRect MarkdownView::placeOf(int position) const
{
    QTextCursor cursor(document());
    cursor.setPosition(position);
    return cursorRect(cursor).translated(viewport()->pos());
}

void MarkdownView::offerCopies()
{
    m_code.clear();
    bool inside = false;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        const bool isCode = block.blockFormat().hasProperty(QTextFormat::BlockCodeFence);
        if (isCode && !inside)
            m_code.append({block.position(), block.text()});
        else if (isCode)
            m_code.last().text += u'\n' + block.text();
        inside = isCode;
    }
    while (m_copies.size() < m_code.size()) {
        const qsizetype index = m_copies.size();
        QToolButton* button = iconButton(QLatin1String("copy"), "copyCodeButton", tr("Copy the code"), viewport());
        connect(button, &QToolButton::clicked, this, [this, index] { QGuiApplication::clipboard()->setText(m_code[index].text); });
        m_copies.append(button);
    }
    for (qsizetype index = 0; index < m_copies.size(); ++index)
        m_copies[index]->setVisible(index < m_code.size());
}

void MarkdownView::placeCopies()
{
    for (qsizetype index = 0; index < m_code.size(); ++index) {
        const QRectF first = document()->documentLayout()->blockBoundingRect(document()->findBlock(m_code[index].begin));
        m_copies[index]->setGeometry(viewport()->width() - kCopyWidth, static_cast<int>(first.top()), kCopyWidth, std::max(3 * kGrid, static_cast<int>(first.height())));
    }
}

QSize MarkdownView::sizeHint() const
{
    return {40 * kGrid, static_cast<int>(std::ceil(document()->size().height()))};
}

void MarkdownView::fitHeight()
{
    document()->setTextWidth(viewport()->width());
    const int frame = contentsMargins().top() + contentsMargins().bottom();   // the line that shows the focus
    setFixedHeight(std::max(1, frame + static_cast<int>(std::ceil(document()->size().height()))));
    placeCopies();
}

void MarkdownView::resizeEvent(QResizeEvent* event)
{
    QTextBrowser::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        fitHeight();
}

void MarkdownView::mouseReleaseEvent(QMouseEvent* event)
{
    QTextBrowser::mouseReleaseEvent(event);
    tellSelection();
}

void MarkdownView::keyReleaseEvent(QKeyEvent* event)
{
    QTextBrowser::keyReleaseEvent(event);
    tellSelection();
}

void MarkdownView::tellSelection()
{
    static const QRegularExpression mark(QStringLiteral("\u2009\u00a0\\d+\u00a0"));
    if (!textCursor().hasSelection())
        return;
    QTextCursor before(document());
    before.setPosition(textCursor().selectionStart(), QTextCursor::KeepAnchor);
    emit wordsSelected(before.selectedText().remove(mark), textCursor().selectedText().remove(mark));
}

void MarkdownView::wheelEvent(QWheelEvent* event)
{
    event->ignore();
}

} // namespace octavo::ui
