// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTextEdit>

namespace octavo::ui {

// The answer's text, in which selecting words chooses the tokens that the views are about.
class AnswerWords : public QTextEdit {
    Q_OBJECT

public:
    explicit AnswerWords(QWidget* parent = nullptr);
    void setTokens(const QStringList& tokens);
    // Tokens [begin, end) that a span of characters touches; begin == end for none. For tests as well.
    std::pair<int, int> tokensOf(int beginCharacter, int endCharacter) const;

    // Selects the words of an answer as it is shown elsewhere, without the signs of its Markdown; `before`: all that stands before them there. What is not found
    // changes nothing.
    void selectShown(const QString& before, const QString& words);

public slots:
    void selectAllTokens();

signals:
    void tokensSelected(int begin, int end);   // when the mouse or the key is released; begin == end: all

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;

private:
    void tellSelection();
    QList<int> m_begins;    // first character of each token
    std::pair<int, int> m_told{0, 0};
};

} // namespace octavo::ui
