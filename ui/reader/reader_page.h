// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QWidget>

#include "octavo/app/document.h"
#include "octavo/app/session.h"
#include "reader/reader_history.h"
#include "reader/text_map.h"

class QLabel;
class QStackedWidget;
class QToolButton;

namespace octavo::ui {

class CoverageRibbon;
class FindBar;
class OutlinePopup;
class PageView;
class ReaderText;
struct PageLook;
struct PageMark;
struct PassageMark;

// The document itself: its text or, of a PDF, its pages, with the passages an answer drew on, the way through it, and its coverage ribbon.
// Passive: it is given documents, sources and places, and asks for a document it does not show with documentWanted(). What pages() asks for is wired apart.
class ReaderPage : public QWidget {
    Q_OBJECT

public:
    explicit ReaderPage(QWidget* parent = nullptr);
    ~ReaderPage() override;

    app::DocumentId document() const { return m_id; }
    void setLook(const PageLook& look);
    PageView& pages() { return *m_pages; }
    bool showsPages() const;
    void zoomPages(double factor);

public slots:
    void showDocument(octavo::app::DocumentId id, const octavo::app::Document& document);
    void showRead(octavo::app::DocumentId id, double share);
    void showSources(const QList<octavo::app::Source>& sources);        // of one answer, of any documents, as they come with it
    // Scrolls to the bytes and selects them; if another document is shown, after it has been given.
    void showPlace(octavo::app::DocumentId id, octavo::app::ByteRange bytes);
    void forget(octavo::app::DocumentId id);                            // removed from the library
    void find();
    void findNext();
    void findPrevious();
    void goBack();
    void goForward();
    void openContents();
    void showPages(bool pages);                                         // else the text; of the same place

signals:
    void documentWanted(octavo::app::DocumentId id);

private:
    QWidget* makeHeader();
    QToolButton* viewButton(const char* name, const QString& text, const QString& what, bool pages, QWidget* header);
    app::ByteRange visible() const;
    ReaderHistory::Place here() const;
    const app::SourceFile* pdfAt(qint64 byte) const;                    // the file there, if it is a PDF; else null
    QList<PageMark> boxesOf(app::ByteRange bytes, int rank) const;      // of lines, on the pages of the file shown
    qint64 byteOnPage(int page, double y) const;
    bool showFileAt(qint64 byte);                                       // false if there is no PDF
    void goToFound(int begin, int end);
    PassageMark markOf(app::ByteRange bytes, int rank = 0) const;
    void jump(app::ByteRange bytes);
    void goTo(const std::optional<ReaderHistory::Place>& place);
    void tintSources();
    void followView();

    app::DocumentId m_id = 0;
    app::Document m_document;
    TextMap m_map;
    QList<app::Source> m_sources;
    ReaderHistory m_history;
    struct Wish {
        app::DocumentId document;
        app::ByteRange bytes;
    };
    std::optional<Wish> m_wish;        // waits for its document

    QLabel* m_place;
    QToolButton* m_contents;
    QToolButton* m_back;
    QToolButton* m_forward;
    QToolButton* m_textButton;
    QToolButton* m_pagesButton;
    // These before the find bar: Tab comes to them first, as they have the page's focus, and must not skip the bar.
    QStackedWidget* m_views;           // text or pages
    ReaderText* m_text;
    PageView* m_pages;
    FindBar* m_find;
    CoverageRibbon* m_ribbon;
    OutlinePopup* m_outline;
};

} // namespace octavo::ui
