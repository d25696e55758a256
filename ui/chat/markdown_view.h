// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTextBrowser>

namespace octavo::ui {

// One message as formatted text, as tall as it needs to be. Nothing is ever loaded for it: pictures become their
// description, links their words, and HTML stays text.
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
};

} // namespace octavo::ui
