// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QTextBrowser>

class QToolButton;

namespace octavo::ui {

// One message as formatted text, as tall as it needs to be. Nothing is ever loaded for it: pictures become their
// description, links their words, and HTML stays text. Each block of code has a button beside it that copies it.
class MarkdownView : public QTextBrowser {
    Q_OBJECT

public:
    explicit MarkdownView(QWidget* parent = nullptr);

    // A number in the text that stands for a source, in its colour; a click on it tells.
    struct Mark {
        int at = 0;            // place in the Markdown; marks come ascending
        int rank = 0;          // 0 the first source
    };

    void showMarkdown(const QString& markdown, const QList<Mark>& marks = {});
    void showPlain(const QString& text);

    // Marks where words that are looked for stand, by positions in its plain text; `current` is the one that is shown, -1: none.
    void setMatches(const QList<int>& begins, int length, int current);
    QRect placeOf(int position) const;                 // in the widget

    QSize sizeHint() const override;

signals:
    void markClicked(int rank);
    void wordsSelected(const QString& before, const QString& words);   // without marks, when the mouse or key is released; `before`: all that stands before them

protected:
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;      // left to the list around it
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    QVariant loadResource(int type, const QUrl& name) override;

private:
    void disarm();
    void drawMarks();
    void tellSelection();
    void fitHeight();
    void offerCopies();
    void placeCopies();

    struct Code {
        int begin = 0;         // where its first line stands in the document
        QString text;
    };
    QList<Code> m_code;
    QList<QToolButton*> m_copies;  // one for each of m_code, those left over hidden: what has the focus keeps it while an answer grows
};

} // namespace octavo::ui
