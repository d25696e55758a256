// SPDX-License-Identifier: Apache-2.0
#include "reader/page_view.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kPause = 60;                  // ms
constexpr double kPointsPerInch = 72;
constexpr int kMargin = 2 * kGrid;          // beside a page
constexpr double kMostPagePixels = 11e6;    // of a picture, 44 MB: two that one sees and their neighbours are kept. Larger ones are scaled
constexpr double kLookAbove = 0.2;          // of the view, what stands before a place that was looked up

QImage imageOf(const app::PagePicture& picture)
{
    const auto* bytes = reinterpret_cast<const uchar*>(picture.rgb.constData());
    return QImage(bytes, picture.width, picture.height, 3 * qsizetype(picture.width), QImage::Format_RGB888).convertToFormat(QImage::Format_RGB32);
}

} // namespace

PageView::PageView(QWidget* parent) : QAbstractScrollArea(parent), m_pictures(kPictureBytes)
{
    setObjectName(QStringLiteral("pageView"));
    setAccessibleName(tr("Pages of the document"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    verticalScrollBar()->setSingleStep(5 * kGrid);
    horizontalScrollBar()->setSingleStep(5 * kGrid);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPause);
    connect(&m_pause, &QTimer::timeout, this, &PageView::askForPages);
}

void PageView::showFile(const QString& file)
{
    if (file == m_file)
        return;
    m_file = file;
    m_layout.setPages({});
    m_marks.clear();
    m_found.clear();
    m_wish.reset();
    m_failure.clear();
    m_failures.clear();
    m_pictures.clear();
    m_asked.clear();
    arrange();
    emit drawingUnwanted();
    if (!file.isEmpty())
        emit sizesWanted(file);
}

void PageView::takeSizes(const app::PageSizes& sizes)
{
    if (sizes.file != m_file)
        return;
    m_failure = sizes.failure;
    m_layout.setPages(sizes.sizes);
    arrange();
    if (m_wish)
        goTo(*std::exchange(m_wish, std::nullopt));
    emit viewMoved();
}

void PageView::takePage(const app::DrawnPage& page)
{
    if (page.file != m_file || page.page > m_layout.count())
        return;
    if (const auto asked = m_asked.find(page.page); asked != m_asked.end() && asked->second == page.dpi)
        m_asked.erase(asked);
    if (!page.failure.isEmpty())
        m_failures[page.page] = page.failure;
    else
        m_pictures.insert(page.page, new Picture{imageOf(page.picture), page.dpi}, qsizetype(page.picture.width) * page.picture.height * 4);
    viewport()->update();
    m_pause.start();
}

void PageView::setMarks(const QList<PageMark>& marks)
{
    m_marks = marks;
    viewport()->update();
}

void PageView::reveal(const QList<PageMark>& found)
{
    if (found.isEmpty())
        return;
    if (m_layout.count() == 0)
        m_wish = found;
    else
        goTo(found);
}

void PageView::goTo(const QList<PageMark>& found)
{
    m_found = found;
    const PageMark& first = found.first();
    const int page = std::clamp(first.page, 1, m_layout.count());
    const QRectF box = m_layout.pixelsOf(first.box);
    const bool isInside = !box.isEmpty() && box.bottom() <= m_layout.sizeOf(page).height() + 1;
    const double above = isInside ? box.top() - kLookAbove * viewport()->height() : -kMargin;
    verticalScrollBar()->setValue(static_cast<int>(m_layout.topOf(page) + above));
    if (horizontalScrollBar()->maximum() > 0)
        horizontalScrollBar()->setValue(static_cast<int>(box.left()) - kMargin);
    viewport()->update();
    emit viewMoved();
}

void PageView::setZoom(double zoom)
{
    m_zoom = std::clamp(zoom, kLeastZoom, kMostZoom);
    arrange();
}

double PageView::dpi() const
{
    const double wanted = m_layout.scale() * kPointsPerInch * devicePixelRatioF();
    double area = 1;
    for (int page = 1; page <= m_layout.count(); ++page)
        area = std::max(area, m_layout.sizeOf(page).width() * m_layout.sizeOf(page).height() * devicePixelRatioF() * devicePixelRatioF());
    return wanted * std::min(1.0, std::sqrt(kMostPagePixels / area));
}

void PageView::arrange()
{
    const Place top = placeAt(verticalScrollBar()->value());
    const double room = std::max(10 * kGrid, viewport()->width() - 2 * kMargin);
    m_layout.setScale(m_layout.count() > 0 ? m_zoom * room / m_layout.widestPoints() : 1);
    const int width = static_cast<int>(std::ceil(m_layout.count() > 0 ? m_layout.widestPoints() * m_layout.scale() : 0)) + 2 * kMargin;
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(m_layout.height())) - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    if (top.page > 0 && top.page <= m_layout.count())
        verticalScrollBar()->setValue(static_cast<int>(std::lround(m_layout.topOf(top.page) + top.y * m_layout.scale())));
    viewport()->update();
    m_pause.start();
}

// The visible pages and one on either side. Asked for last is what is drawn first: the topmost of those one sees.
void PageView::askForPages()
{
    if (m_layout.count() == 0 || !isVisible())
        return;
    const int first = firstVisible().page, last = lastVisible().page;
    const double wantedDpi = dpi();
    QList<int> wanted;
    for (int page = std::max(1, first - 1); page <= std::min(m_layout.count(), last + 1); ++page) {
        const Picture* picture = m_pictures.object(page);
        const bool isSharp = picture && std::abs(picture->dpi - wantedDpi) < 0.5;
        if (!isSharp && !m_failures.contains(page))
            wanted.append(page);
    }
    const bool areAsked = std::all_of(wanted.begin(), wanted.end(), [&](int page) {
        const auto asked = m_asked.find(page);
        return asked != m_asked.end() && std::abs(asked->second - wantedDpi) < 0.5;
    });
    if (areAsked)
        return;
    emit drawingUnwanted();
    m_asked.clear();
    std::sort(wanted.begin(), wanted.end(), [&](int a, int b) {
        const auto distance = [&](int page) { return page < first ? first - page : page > last ? page - last : 0; };
        return distance(a) != distance(b) ? distance(a) > distance(b) : a > b;
    });
    for (const int page : wanted) {
        m_asked[page] = wantedDpi;
        emit pageWanted(m_file, page, wantedDpi);
    }
}

PageView::Place PageView::placeAt(double y) const
{
    const int page = m_layout.pageAt(y);
    return page == 0 ? Place() : Place{page, (y - m_layout.topOf(page)) / m_layout.scale()};
}

PageView::Place PageView::firstVisible() const { return placeAt(verticalScrollBar()->value()); }

PageView::Place PageView::lastVisible() const { return placeAt(verticalScrollBar()->value() + viewport()->height()); }

QRectF PageView::pageRect(int page) const
{
    const QSizeF size = m_layout.sizeOf(page);
    const double all = std::max<double>(viewport()->width(), m_layout.widestPoints() * m_layout.scale() + 2 * kMargin);
    return QRectF(QPointF(std::floor((all - size.width()) / 2) - horizontalScrollBar()->value(), std::floor(m_layout.topOf(page)) - verticalScrollBar()->value()), size);
}

void PageView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().color(QPalette::AlternateBase));
    painter.setPen(palette().color(QPalette::PlaceholderText));
    if (m_layout.count() == 0)
        return painter.drawText(viewport()->rect().adjusted(kMargin, 0, -kMargin, 0), Qt::AlignCenter | Qt::TextWordWrap, m_failure);
    for (int page = firstVisible().page; page <= m_layout.count() && pageRect(page).top() < viewport()->height(); ++page)
        paintPage(painter, page);
}

// Paper stays white in dark themes too: pictures on it are what they are.
void PageView::paintPage(QPainter& painter, int page) const
{
    const QRectF paper = pageRect(page);
    const Picture* picture = m_pictures.object(page);
    if (picture) {
        // Drawn for this size it is put on whole pixels, without a scaling that would blur it.
        const double ratio = devicePixelRatioF();
        const bool fits = std::abs(picture->image.width() - paper.width() * ratio) < 1.5;
        painter.setRenderHint(QPainter::SmoothPixmapTransform, !fits);
        painter.drawImage(fits ? QRectF(paper.topLeft(), QSizeF(picture->image.size()) / ratio) : paper, picture->image);
    } else {
        painter.fillRect(paper, Qt::white);
        const auto failure = m_failures.find(page);
        painter.setPen(QColor(0x60, 0x60, 0x60));
        painter.drawText(paper.adjusted(kMargin, kMargin, -kMargin, -kMargin), Qt::AlignCenter | Qt::TextWordWrap,
                         failure == m_failures.end() ? tr("Page %1").arg(page) : failure->second);
    }
    painter.setPen(palette().color(QPalette::Mid));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(paper.adjusted(-0.5, -0.5, 0.5, 0.5));
    paintMarks(painter, page, paper);
}

void PageView::paintMarks(QPainter& painter, int page, const QRectF& paper) const
{
    painter.save();
    painter.setClipRect(paper.adjusted(-kMargin, 0, 0, 0));
    painter.setRenderHint(QPainter::Antialiasing);
    const QPalette onPaper = paletteOf(ThemeKind::Light);
    const auto paint = [&](const PageMark& mark, const QColor& tint) {
        const QRectF box = m_layout.pixelsOf(mark.box).translated(paper.topLeft()).adjusted(-kGrid / 4, -kGrid / 8, kGrid / 4, kGrid / 8);
        painter.setCompositionMode(QPainter::CompositionMode_Multiply);   // letters stay black
        painter.fillRect(box, tint);
        painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
        if (mark.rank < 0 || !mark.begins)
            return;
        const double size = 2.5 * kGrid;
        const QRectF disc(std::max(paper.left() - kMargin / 2.0, box.left() - size - kGrid / 2), box.center().y() - size / 2, size, size);
        painter.setPen(Qt::NoPen);
        painter.setBrush(sourceColor(mark.rank));
        painter.drawEllipse(disc);
        painter.setPen(inkOn(sourceColor(mark.rank)));
        painter.setFont(scaled(window()->font(), 0.85));
        painter.drawText(disc, Qt::AlignCenter, QString::number(mark.rank + 1));
    };
    for (const PageMark& mark : m_marks) {
        if (mark.page == page)
            paint(mark, sourceTint(mark.rank, onPaper));
    }
    for (const PageMark& mark : m_found) {
        if (mark.page == page && !mark.box.isEmpty())
            paint(mark, mark.rank >= 0 ? sourceTint(mark.rank, onPaper) : mixed(Qt::white, onPaper.color(QPalette::Active, QPalette::Link), 0.2));
    }
    painter.restore();
}

void PageView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    arrange();
}

void PageView::showEvent(QShowEvent* event)
{
    QAbstractScrollArea::showEvent(event);
    m_pause.start();
}

void PageView::scrollContentsBy(int, int)
{
    viewport()->update();
    m_pause.start();
    emit viewMoved();
}

void PageView::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier))
        return QAbstractScrollArea::wheelEvent(event);
    setZoom(m_zoom * std::pow(kZoomStep, event->angleDelta().y() / 120.0));
    event->accept();
}

void PageView::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_Home: return bar->setValue(0);
    case Qt::Key_End: return bar->setValue(bar->maximum());
    case Qt::Key_Space: return bar->triggerAction(event->modifiers().testFlag(Qt::ShiftModifier) ? QScrollBar::SliderPageStepSub : QScrollBar::SliderPageStepAdd);
    default: return QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace octavo::ui
