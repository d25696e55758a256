// SPDX-License-Identifier: Apache-2.0
#include "reader/reader_page.h"

#include <utility>

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "reader/coverage_ribbon.h"
#include "elided_label.h"
#include "reader/find_bar.h"
#include "reader/outline_popup.h"
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

ReaderText::Face faceOf(const app::Document& document)
{
    const bool lines = document.kind == app::DocumentKind::Code || document.kind == app::DocumentKind::Folder;
    return lines ? ReaderText::Face::Code : ReaderText::Face::Book;
}

} // namespace

ReaderPage::ReaderPage(QWidget* parent)
    : QWidget(parent), m_text(new ReaderText(this)), m_find(new FindBar(this)), m_ribbon(new CoverageRibbon(this)),
      m_outline(new OutlinePopup(this))
{
    setObjectName(QStringLiteral("readerPage"));
    setAttribute(Qt::WA_StyledBackground);
    auto* body = new QHBoxLayout;
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(0);
    body->addWidget(m_text, 1);
    body->addWidget(m_ribbon);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(m_find);
    column->addLayout(body, 1);

    connect(m_text, &ReaderText::viewMoved, this, &ReaderPage::followView);
    connect(m_ribbon, &CoverageRibbon::placeChosen, this, [this](qint64 byte) {
        const int position = m_map.positionOf(byte);
        m_text->reveal(position, position);
    });
    connect(m_find, &FindBar::matchesChanged, m_text, &ReaderText::setMatches);
    connect(m_find, &FindBar::matchShown, m_text, &ReaderText::reveal);
    connect(m_find, &FindBar::closed, m_text, [this] { m_text->setFocus(); });
    connect(m_outline, &OutlinePopup::partChosen, this, [this](app::ByteRange bytes) {
        m_history.leave(here());
        jump({bytes.begin, bytes.begin});
    });
    setFocusProxy(m_text);
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

ReaderHistory::Place ReaderPage::here() const
{
    return {m_id, m_map.byteOf(m_text->firstVisiblePosition())};
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
    const app::ByteRange visible{m_map.byteOf(m_text->firstVisiblePosition()), m_map.byteOf(m_text->lastVisiblePosition())};
    m_ribbon->showView(visible);
    QStringList titles{m_document.title};
    for (const app::Part* part : m_document.partsAt(visible.begin + visible.size() / 3))
        titles.append(part->title.simplified());
    const QString mark = m_document.markWords(visible.begin + visible.size() / 3);
    m_place->setText(titles.join(QStringLiteral("  ▸  ")) + (mark.isEmpty() ? QString() : QStringLiteral("  ·  ") + mark));
    m_back->setEnabled(m_history.canGoBack());
    m_forward->setEnabled(m_history.canGoForward());
}

} // namespace octavo::ui
