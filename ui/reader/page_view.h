// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include <QAbstractScrollArea>
#include <QCache>
#include <QImage>
#include <QTimer>

#include "octavo/app/page_picture.h"
#include "reader/page_layout.h"

namespace octavo::ui {

// A tinted rectangle of a page, in points; `rank` gives colour and number (0 is shown as 1).
struct PageMark {
    int page = 0;          // 1-based
    QRectF box;
    int rank = 0;          // < 0: what was looked up, without a number
    bool begins = false;   // the first of its passage, which carries the number
};

// The pages of a PDF file as they look, one below the other, as wide as the view or larger. Passive: it asks for pictures by pageWanted(), shows white
// paper until they come, and keeps as many as fit into kPictureBytes.
class PageView : public QAbstractScrollArea {
    Q_OBJECT

public:
    static constexpr qsizetype kPictureBytes = qsizetype(192) << 20;
    static constexpr double kZoomStep = 1.25, kLeastZoom = 0.25, kMostZoom = 6;

    explicit PageView(QWidget* parent = nullptr);

    void showFile(const QString& file);       // its first page; empty: none
    const QString& file() const { return m_file; }
    void setMarks(const QList<PageMark>& marks);
    // Brings the boxes into view and tints them; the first is what one wants to see. Without a box the page's top.
    void reveal(const QList<PageMark>& found);
    void setZoom(double zoom);                // 1: a page is as wide as the view
    double zoom() const { return m_zoom; }

    struct Place {
        int page = 0;                         // 0: there is none yet
        double y = 0;                         // points from its top
    };
    Place firstVisible() const;
    Place lastVisible() const;
    bool shows(int page) const { return m_pictures.contains(page); }

public slots:
    void takeSizes(const octavo::app::PageSizes& sizes);
    void takePage(const octavo::app::DrawnPage& page);

signals:
    void sizesWanted(const QString& file);
    void pageWanted(const QString& file, int page, double dpi);
    void drawingUnwanted();                   // what was wanted so far
    void viewMoved();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    struct Picture {
        QImage image;
        double dpi = 0;
    };
    double dpi() const;
    void arrange();                           // after a change of size or zoom; what is at the top stays there
    void askForPages();
    void goTo(const QList<PageMark>& found);
    Place placeAt(double y) const;
    QRectF pageRect(int page) const;          // in the viewport
    void paintPage(QPainter& painter, int page) const;
    void paintMarks(QPainter& painter, int page, const QRectF& paper) const;

    QString m_file;
    PageLayout m_layout;
    double m_zoom = 1;
    QList<PageMark> m_marks;
    QList<PageMark> m_found;
    std::optional<QList<PageMark>> m_wish;    // waits for the pages' sizes
    QString m_failure;                        // why there are no sizes
    std::map<int, QString> m_failures;        // of pages
    QCache<int, Picture> m_pictures;          // by page, in bytes
    std::map<int, double> m_asked;            // dpi, by page
    QTimer m_pause;                           // while one scrolls, no page is asked for that is gone again
};

} // namespace octavo::ui
