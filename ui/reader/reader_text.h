// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QPlainTextEdit>

#include "reader/text_map.h"
#include "theme.h"

namespace octavo::ui {

class BookLayout;

// How a person likes books to be set. Code keeps its own face and width.
struct PageLook {
    BookFace face = BookFace::Serif;
    double scale = 1;                                   // of the letters
    int characters = 74;                                // of a line
    Qt::LayoutDirection direction = Qt::LayoutDirectionAuto;   // auto: as each paragraph's letters are
    bool operator==(const PageLook&) const = default;
};

// A tinted stretch of text, in positions; `rank` gives colour and number (0 is shown as 1).
struct PassageMark {
    int begin = 0;
    int end = 0;
    int rank = 0;
};

// The page: shows one text in a column of readable width, tints passages and what was found.
class ReaderText : public QPlainTextEdit {
    Q_OBJECT

public:
    enum class Face { Book, Code };

    explicit ReaderText(QWidget* parent = nullptr);

    void setText(const QString& text, Face face);
    void setLook(const PageLook& look);
    void setMarks(const QList<PassageMark>& marks);
    void setMatches(const QList<int>& begins, int length);

    // Selects [begin, end) and brings it into view, its beginning near the top if it is long.
    void reveal(int begin, int end);

    int firstVisiblePosition() const;
    int lastVisiblePosition() const;

signals:
    void viewMoved();      // scrolled, resized or shown anew

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Stretch {
        int begin;
        int end;
        QColor color;
        int rank;      // < 0: without a number
    };
    void updatePage();
    void showFromTop(int position);
    QList<Stretch> visibleStretches() const;
    void paintStretch(QPainter& painter, const QTextBlock& block, const QPointF& origin, const Stretch& stretch) const;
    void paintNumber(QPainter& painter, double top, int rank) const;

    BookLayout* m_layout;      // owned by the document
    Face m_face = Face::Book;
    PageLook m_look;
    QList<PassageMark> m_marks;
    QList<int> m_matches;
    int m_matchLength = 0;
};

} // namespace octavo::ui
