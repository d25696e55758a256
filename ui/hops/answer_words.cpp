// SPDX-License-Identifier: Apache-2.0
#include "hops/answer_words.h"

#include <QMouseEvent>
#include <algorithm>

namespace octavo::ui {

namespace {

// The letters and digits of a text, which Markdown leaves as they are, and where each stands.
struct Letters {
    QString text{};
    QList<int> places{};

    explicit Letters(const QString& of)
    {
        for (int at = 0; at < of.size(); ++at) {
            if (of[at].isLetterOrNumber()) {
                text += of[at];
                places.append(at);
            }
        }
    }
};

} // namespace

AnswerWords::AnswerWords(QWidget* parent) : QTextEdit(parent)
{
    setObjectName(QStringLiteral("hopWords"));
    setAccessibleName(tr("The answer; select words to see where they looked"));
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setPlaceholderText(tr("Words of the answer: select some to see where just they looked."));
    setFixedHeight(3 * fontMetrics().lineSpacing() + 12);
    setTabChangesFocus(true);
}

void AnswerWords::setTokens(const QStringList& tokens)
{
    m_begins.clear();
    QString text;
    for (const QString& token : tokens) {
        m_begins.append(static_cast<int>(text.size()));
        text += token;
    }
    if (text != toPlainText()) { // the same answer again: keep what is selected
        setPlainText(text);
        m_told = {0, 0};
    }
}

std::pair<int, int> AnswerWords::tokensOf(int beginCharacter, int endCharacter) const
{
    if (beginCharacter >= endCharacter || m_begins.isEmpty())
        return {0, 0};
    const auto begin = std::upper_bound(m_begins.cbegin(), m_begins.cend(), beginCharacter) - 1;
    const auto end = std::lower_bound(m_begins.cbegin(), m_begins.cend(), endCharacter);
    return {static_cast<int>(begin - m_begins.cbegin()), static_cast<int>(end - m_begins.cbegin())};
}

void AnswerWords::selectShown(const QString& before, const QString& words)
{
    const Letters answer(toPlainText()), wanted(words);
    qsizetype begin = Letters(before).text.size();
    if (answer.text.mid(begin, wanted.text.size()) != wanted.text)
        begin = answer.text.indexOf(wanted.text);      // a link before it: its address is not shown
    if (begin < 0 || wanted.text.isEmpty())
        return;
    QTextCursor cursor = textCursor();
    cursor.setPosition(answer.places[begin]);
    cursor.setPosition(answer.places[begin + wanted.text.size() - 1] + 1, QTextCursor::KeepAnchor);
    setTextCursor(cursor);
    tellSelection();
}

void AnswerWords::selectAllTokens()
{
    QTextCursor cursor = textCursor();
    cursor.clearSelection();
    setTextCursor(cursor);
    tellSelection();
}

void AnswerWords::tellSelection()
{
    const auto selected = tokensOf(textCursor().selectionStart(), textCursor().selectionEnd());
    if (selected == m_told)
        return;
    m_told = selected;
    emit tokensSelected(selected.first, selected.second);
}

void AnswerWords::mouseReleaseEvent(QMouseEvent* event)
{
    QTextEdit::mouseReleaseEvent(event);
    tellSelection();
}

void AnswerWords::keyReleaseEvent(QKeyEvent* event)
{
    QTextEdit::keyReleaseEvent(event);
    tellSelection();
}

} // namespace octavo::ui
