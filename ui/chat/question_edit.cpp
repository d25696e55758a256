// SPDX-License-Identifier: Apache-2.0
#include "chat/question_edit.h"

#include <algorithm>
#include <cmath>

#include <QFontMetrics>
#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kMostLines = 8;

} // namespace

QuestionEdit::QuestionEdit(QWidget* parent) : QPlainTextEdit(parent)
{
    setObjectName(QStringLiteral("questionEdit"));
    setAccessibleName(tr("Your question"));
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    document()->setDocumentMargin(kGrid / 2);
    viewport()->setAutoFillBackground(false);
    connect(this, &QPlainTextEdit::textChanged, this, &QuestionEdit::fitHeight);
    fitHeight();
}

void QuestionEdit::keyPressEvent(QKeyEvent* event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && !(event->modifiers() & Qt::ShiftModifier))
        emit sendWanted();
    else
        QPlainTextEdit::keyPressEvent(event);
}

void QuestionEdit::focusInEvent(QFocusEvent* event)
{
    QPlainTextEdit::focusInEvent(event);
    emit focusChanged(true);
}

void QuestionEdit::focusOutEvent(QFocusEvent* event)
{
    QPlainTextEdit::focusOutEvent(event);
    emit focusChanged(false);
}

void QuestionEdit::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    fitHeight();
}

void QuestionEdit::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fitHeight();
}

bool QuestionEdit::canInsertFromMimeData(const QMimeData* source) const
{
    return !source->hasUrls() && QPlainTextEdit::canInsertFromMimeData(source);
}

void QuestionEdit::fitHeight()
{
    double height = 0;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next())
        height += blockBoundingRect(block).height();
    const int line = fontMetrics().lineSpacing();
    const int wanted = static_cast<int>(std::ceil(height)) + kGrid / 2;
    const int most = kMostLines * line + kGrid;
    setVerticalScrollBarPolicy(wanted > most ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    setFixedHeight(std::clamp(wanted, line + kGrid, most));
}

} // namespace octavo::ui
