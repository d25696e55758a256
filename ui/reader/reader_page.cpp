// SPDX-License-Identifier: Apache-2.0
#include "reader/reader_page.h"

#include <algorithm>
#include <utility>

#include <QApplication>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>

#include "find_bar.h"
#include "reader/coverage_ribbon.h"
#include "elided_label.h"
#include "reader/outline_popup.h"
#include "reader/page_view.h"
#include "reader/reader_text.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

// Prose as plain text was wrapped by hand; in Markdown and code line ends mean something.
bool wasWrappedByHand(const app::Document& document)
{
    return document.kind == app::DocumentKind::PlainText;
}

// A file of its own on this machine: one in a ZIP file is nowhere, and where the files of an imported conversation lie is not believed.
bool hasPages(const app::SourceFile& file)
{
    return file.format == QLatin1String("PDF") && file.diskBytes >= 0;
}

ReaderText::Face faceOf(const app::Document& document)
{
    const bool lines = document.kind == app::DocumentKind::Code || document.kind == app::DocumentKind::Folder;
    return lines ? ReaderText::Face::Code : ReaderText::Face::Book;
}

} // namespace

ReaderPage::ReaderPage(QWidget* parent)
    : QWidget(parent), m_views(new QStackedWidget(this)), m_text(new ReaderText(m_views)), m_pages(new PageView(m_views)), m_find(new FindBar(tr("Find in this document"), QStringLiteral("find"), this)), m_ribbon(new CoverageRibbon(this)),
      m_outline(new OutlinePopup(this))
{
    setObjectName(QStringLiteral("readerPage"));
    setAttribute(Qt::WA_StyledBackground);
    auto* body = new QHBoxLayout;
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(0);
    m_views->addWidget(m_text);
    m_views->addWidget(m_pages);
    body->addWidget(m_views, 1);
    body->addWidget(m_ribbon);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(m_find);
    column->addLayout(body, 1);

    connect(m_text, &ReaderText::viewMoved, this, &ReaderPage::followView);
    connect(m_pages, &PageView::viewMoved, this, &ReaderPage::followView);
    connect(m_ribbon, &CoverageRibbon::placeChosen, this, [this](qint64 byte) { jump({byte, byte}); });
    connect(m_find, &FindBar::matchesChanged, m_text, &ReaderText::setMatches);
    connect(m_find, &FindBar::matchShown, this, &ReaderPage::goToFound);
    connect(m_find, &FindBar::closed, this, [this] { m_views->currentWidget()->setFocus(); });
    connect(m_outline, &OutlinePopup::partChosen, this, [this](app::ByteRange bytes) {
        m_history.leave(here());
        jump({bytes.begin, bytes.begin});
    });
    setFocusProxy(m_views);
    m_views->setFocusProxy(m_text);
}

ReaderPage::~ReaderPage() = default;

QWidget* ReaderPage::makeHeader()
{
    auto* header = new QWidget(this);
    header->setObjectName(QStringLiteral("readerHeader"));
    header->setAttribute(Qt::WA_StyledBackground);
    m_contents = iconButton(QLatin1String("list"), "contentsButton", tr("Contents"), header);
    m_place = new ElidedLabel(Qt::ElideMiddle, header);
    m_place->setObjectName(QStringLiteral("placeLabel"));
    m_place->setProperty("role", "caption");
    m_back = iconButton(QLatin1String("back"), "backButton", tr("Back"), header);
    m_forward = iconButton(QLatin1String("forward"), "forwardButton", tr("Forward"), header);
    auto* findButton = iconButton(QLatin1String("search"), "findButton", tr("Find in this document"), header);
    m_back->setEnabled(false);
    m_forward->setEnabled(false);

    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(kGrid, kGrid / 2, kGrid, kGrid / 2);
    row->setSpacing(kGrid / 2);
    row->addWidget(m_contents);
    row->addSpacing(kGrid / 2);
    row->addWidget(m_place, 1);
    m_textButton = viewButton("textViewButton", tr("Text"), tr("The text as Octavo reads it"), false, header);
    m_pagesButton = viewButton("pageViewButton", tr("Pages"), tr("The pages as they look"), true, header);
    auto* views = new QButtonGroup(header);
    for (QToolButton* button : {m_textButton, m_pagesButton}) {
        views->addButton(button);
        row->addWidget(button);
    }
    m_textButton->setChecked(true);
    row->addSpacing(kGrid / 2);
    row->addWidget(m_back);
    row->addWidget(m_forward);
    row->addWidget(findButton);
    connect(m_contents, &QToolButton::clicked, this, &ReaderPage::openContents);
    connect(m_back, &QToolButton::clicked, this, &ReaderPage::goBack);
    connect(m_forward, &QToolButton::clicked, this, &ReaderPage::goForward);
    connect(findButton, &QToolButton::clicked, this, &ReaderPage::find);
    return header;
}

void ReaderPage::setLook(const PageLook& look)
{
    m_text->setLook(look);
}

QToolButton* ReaderPage::viewButton(const char* name, const QString& text, const QString& what, bool pages, QWidget* header)
{
    auto* button = new QToolButton(header);
    button->setObjectName(QLatin1String(name));
    button->setText(text);
    button->setAccessibleName(what);
    button->setToolTip(what);
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->hide();
    connect(button, &QToolButton::clicked, this, [this, pages] { showPages(pages); });
    return button;
}

bool ReaderPage::showsPages() const { return m_views->currentWidget() == m_pages; }

void ReaderPage::zoomPages(double factor) { m_pages->setZoom(factor * m_pages->zoom()); }

void ReaderPage::showPages(bool pages)
{
    const qint64 byte = here().byte;
    const bool turns = pages && showFileAt(byte);
    m_views->setCurrentWidget(turns ? static_cast<QWidget*>(m_pages) : m_text);
    m_views->setFocusProxy(m_views->currentWidget());
    (turns ? m_pagesButton : m_textButton)->setChecked(true);
    if (isAncestorOf(QApplication::focusWidget()))
        m_views->currentWidget()->setFocus();
    if (byte > 0)
        jump({byte, byte});
}

const app::SourceFile* ReaderPage::pdfAt(qint64 byte) const
{
    const app::SourceFile* file = m_document.fileAt(byte);
    if (!file && m_document.files.size() == 1)   // at the very end of its text
        file = &m_document.files.first();
    return file && hasPages(*file) ? file : nullptr;
}

bool ReaderPage::showFileAt(qint64 byte)
{
    const app::SourceFile* file = pdfAt(byte);
    if (!file)
        return false;
    if (m_pages->file() != file->path) {
        m_pages->showFile(file->path);
        tintSources();
    }
    return true;
}

QList<PageMark> ReaderPage::boxesOf(app::ByteRange bytes, int rank) const
{
    QList<PageMark> boxes;
    const app::SourceFile* file = pdfAt(bytes.begin);
    if (!file || file->path != m_pages->file())
        return boxes;
    const app::PlaceMark* first = m_document.markAt(bytes.begin);
    const qint64 begin = first ? first->byte : bytes.begin;
    for (const app::PlaceMark& mark : file->places) {
        if (mark.byte >= begin && (mark.byte < bytes.end || mark.byte == begin))
            boxes.append({mark.page, mark.box, rank, boxes.isEmpty()});
    }
    return boxes;
}

// The first line that begins there or below; of a page without lines, the one before it.
qint64 ReaderPage::byteOnPage(int page, double y) const
{
    qint64 before = 0;
    for (const app::SourceFile& file : m_document.files) {
        if (file.path != m_pages->file())
            continue;
        before = file.bytes.begin;
        for (const app::PlaceMark& mark : file.places) {
            if (mark.page > page || (mark.page == page && mark.box.bottom() > y))
                return mark.page == page ? mark.byte : before;
            before = mark.byte;
        }
    }
    return before;
}

void ReaderPage::goToFound(int begin, int end)
{
    m_text->reveal(begin, end);
    const app::ByteRange bytes{m_map.byteOf(begin), m_map.byteOf(end)};
    if (showsPages() && showFileAt(bytes.begin))
        m_pages->reveal(boxesOf(bytes, -1));
}

void ReaderPage::showDocument(app::DocumentId id, const app::Document& document)
{
    if (id != m_id) {
        m_id = id;
        m_document = document;
        m_map = TextMap(document.text, wasWrappedByHand(document));
        m_text->setText(m_map.shown(), faceOf(document));
        m_find->setText(m_map.shown());
        m_outline->setOutline(document.outline);
        m_contents->setEnabled(!m_outline->isEmpty());
        m_ribbon->showDocument(document);
        const bool anyPages = std::any_of(document.files.begin(), document.files.end(), hasPages);
        m_textButton->setVisible(anyPages);
        m_pagesButton->setVisible(anyPages);
        m_pages->showFile({});
        if (showsPages())
            showPages(anyPages);
        tintSources();
    }
    if (m_wish && m_wish->document == id)
        jump(std::exchange(m_wish, std::nullopt)->bytes);
    followView();
}

void ReaderPage::showRead(app::DocumentId id, double share)
{
    if (id == m_id)
        m_ribbon->showRead(share);
}

void ReaderPage::showSources(const QList<app::Source>& sources)
{
    m_sources = sources;
    tintSources();
}

void ReaderPage::tintSources()
{
    QList<PassageMark> marks;
    for (qsizetype rank = 0; rank < m_sources.size(); ++rank) {
        const app::Source& source = m_sources[rank];
        if (source.document == m_id)
            marks.append(markOf(source.bytes, static_cast<int>(rank)));
    }
    m_text->setMarks(marks);
    QList<PageMark> boxes;
    for (qsizetype rank = 0; rank < m_sources.size(); ++rank) {
        if (m_sources[rank].document == m_id)
            boxes.append(boxesOf(m_sources[rank].bytes, static_cast<int>(rank)));
    }
    m_pages->setMarks(boxes);
    m_ribbon->showSources(m_sources, m_id);
}

void ReaderPage::showPlace(app::DocumentId id, app::ByteRange bytes)
{
    if (m_id != 0)
        m_history.leave(here());
    if (id == m_id)
        return jump(bytes);
    m_wish = Wish{id, bytes};
    emit documentWanted(id);
}

// Without the room around it.
PassageMark ReaderPage::markOf(app::ByteRange bytes, int rank) const
{
    PassageMark mark{m_map.positionOf(bytes.begin), m_map.positionOf(bytes.end), rank};
    while (mark.end > mark.begin && m_map.shown()[mark.end - 1].isSpace())
        --mark.end;
    while (mark.begin < mark.end && m_map.shown()[mark.begin].isSpace())
        ++mark.begin;
    return mark;
}

void ReaderPage::jump(app::ByteRange bytes)
{
    const PassageMark mark = markOf(bytes);
    m_text->reveal(mark.begin, mark.end);
    if (showsPages()) {
        if (!showFileAt(bytes.begin))
            return showPages(false);   // another file of the same folder
        const auto isIt = [&](const app::Source& each) { return each.document == m_id && each.bytes == bytes; };
        const auto source = std::find_if(m_sources.begin(), m_sources.end(), isIt);
        m_pages->reveal(boxesOf(bytes, source == m_sources.end() ? -1 : static_cast<int>(source - m_sources.begin())));
    }
    followView();
}

void ReaderPage::forget(app::DocumentId id)
{
    m_history.forget(id);
    if (id == m_id)
        showDocument(0, {});
}

void ReaderPage::find()
{
    m_find->open(m_text->firstVisiblePosition());
}

void ReaderPage::findNext()
{
    m_find->isVisible() ? m_find->next() : find();
}

void ReaderPage::findPrevious()
{
    m_find->isVisible() ? m_find->previous() : find();
}

void ReaderPage::openContents()
{
    if (m_contents->isEnabled())
        m_outline->openBelow(m_contents, here().byte);
}

app::ByteRange ReaderPage::visible() const
{
    const PageView::Place first = m_pages->firstVisible();
    if (!showsPages() || first.page == 0)
        return {m_map.byteOf(m_text->firstVisiblePosition()), m_map.byteOf(m_text->lastVisiblePosition())};
    const PageView::Place last = m_pages->lastVisible();
    const qint64 begin = byteOnPage(first.page, first.y);
    return {begin, std::max(begin, byteOnPage(last.page, last.y))};
}

ReaderHistory::Place ReaderPage::here() const
{
    return {m_id, visible().begin};
}

void ReaderPage::goBack()
{
    goTo(m_history.back(here()));
}

void ReaderPage::goForward()
{
    goTo(m_history.forward(here()));
}

void ReaderPage::goTo(const std::optional<ReaderHistory::Place>& place)
{
    if (!place)
        return;
    const app::ByteRange bytes{place->byte, place->byte};
    if (place->document == m_id)
        return jump(bytes);
    m_wish = Wish{place->document, bytes};
    emit documentWanted(place->document);
}

void ReaderPage::followView()
{
    const app::ByteRange seen = visible();
    m_ribbon->showView(seen);
    QStringList titles{m_document.title};
    for (const app::Part* part : m_document.partsAt(seen.begin + seen.size() / 3))
        titles.append(part->title.simplified());
    const QString mark = m_document.markWords(seen.begin + seen.size() / 3);
    m_place->setText(titles.join(QStringLiteral("  ▸  ")) + (mark.isEmpty() ? QString() : QStringLiteral("  ·  ") + mark));
    m_back->setEnabled(m_history.canGoBack());
    m_forward->setEnabled(m_history.canGoForward());
}

} // namespace octavo::ui
