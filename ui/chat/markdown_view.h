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

    void showMarkdown(const QString& markdown);
    void showPlain(const QString& text);

    // Marks where words that are looked for stand, by positions in its plain text; `current` is the one that is shown, -1: none.
    void setMatches(const QList<int>& begins, int length, int current);
    QRect placeOf(int position) const;                 // in the widget

    QSize sizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;      // left to the list around it
    QVariant loadResource(int type, const QUrl& name) override;

private:
    void disarm();
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
