// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "octavo/app/summary.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace octavo::ui {

class ElidedLabel;
class MarkdownView;
class SummaryPartView;

// A summary in the place of the conversation: the whole, what it passes over, then the chapters, each to be opened. Passive: it shows what it is given
// and tells what the person wishes.
class SummaryPage : public QWidget {
    Q_OBJECT

public:
    explicit SummaryPage(QWidget* parent = nullptr);

    app::SessionId session() const { return m_summary.session.id; }    // 0: none is shown
    const app::Summary& summary() const { return m_summary; }
    app::MessageId topMessage() const;                                 // with hops; 0: none

public slots:
    void showSummary(const octavo::app::Summary& summary);
    void clear();
    // These three are ignored where they are not about the summary shown.
    void updateSummary(const octavo::app::Summary& summary);
    void addPiece(octavo::app::SessionId session, int part, const QString& piece);
    void showProgress(const octavo::app::SummaryProgress& progress);
    void showWaiting(const QString& why);                              // what has to be done before anything can be written
    void setBusy(bool busy);

signals:
    void stopWanted();
    void goOnWanted(octavo::app::SessionId session);
    void readAgainWanted(octavo::app::SessionId session, const QList<int>& chapters);
    void exportWanted(const octavo::app::Summary& summary);
    void askWanted();                                                  // a conversation about the same documents
    void sourceClicked(const octavo::app::Source& source);
    void hopsWanted(octavo::app::MessageId message);
    void sourcesShown(const QList<octavo::app::Source>& sources);

private:
    struct Again {                   // chapters read again, below their document's whole
        app::DocumentId document = 0;
        MarkdownView* text = nullptr;
    };

    QWidget* makeHeader();
    QWidget* makeProgress();
    QWidget* makeCoverage();
    QWidget* makeFooter();
    SummaryPartView* addPart(int at);
    void build();
    void openWhileWritten(int at);
    void closeOpened();
    void showState();
    void showAgain();
    void showCoverage();

    app::Summary m_summary;
    bool m_busy = false;
    QList<SummaryPartView*> m_views; // one for each part
    QList<Again> m_again;
    int m_opened = -1;               // the chapter that was opened because it is being written

    ElidedLabel* m_title;
    QToolButton* m_copy;
    QToolButton* m_export;
    QLabel* m_progressText;
    QProgressBar* m_bar;
    QToolButton* m_stop;
    QPushButton* m_goOn;
    QScrollArea* m_scroll;
    QWidget* m_coverage;
    QLabel* m_coverageText;
    QPushButton* m_readAgain;
    QVBoxLayout* m_column = nullptr; // of what is in the scroll area
};

} // namespace octavo::ui
