// SPDX-License-Identifier: Apache-2.0
#include "summary/summary_page.h"

#include <algorithm>

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "chat/markdown_view.h"
#include "elided_label.h"
#include "summary/summary_part_view.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kWidest = 90 * kGrid;    // as of a conversation

using Kind = app::SummaryPart::Kind;

} // namespace

SummaryPage::SummaryPage(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("summaryPage"));
    setAttribute(Qt::WA_StyledBackground);
    m_scroll = new QScrollArea(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(makeProgress());
    column->addWidget(m_scroll, 1);
    column->addWidget(makeFooter());
    build();
}

QWidget* SummaryPage::makeHeader()
{
    auto* header = new QWidget(this);
    header->setObjectName(QStringLiteral("chatHeader"));
    header->setAttribute(Qt::WA_StyledBackground);
    m_title = new ElidedLabel(Qt::ElideRight, header);
    m_title->setObjectName(QStringLiteral("summaryTitle"));
    m_title->setProperty("role", "title");
    m_copy = iconButton(QLatin1String("copy"), "copySummaryButton", tr("Copy the summary as Markdown"), header);
    m_export = iconButton(QLatin1String("document"), "exportSummaryButton", tr("Save the summary as Markdown…"), header);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(2 * kGrid, kGrid / 2, kGrid, kGrid / 2);
    row->addWidget(m_title, 1);
    row->addWidget(m_copy);
    row->addWidget(m_export);
    connect(m_copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(app::markdownOf(m_summary)); });
    connect(m_export, &QToolButton::clicked, this, [this] { emit exportWanted(m_summary); });
    return header;
}

QWidget* SummaryPage::makeProgress()
{
    auto* box = new QWidget(this);
    m_progressText = label({}, "caption", box);
    m_progressText->setObjectName(QStringLiteral("summaryProgressText"));
    m_progressText->setWordWrap(true);
    m_bar = new QProgressBar(box);
    m_bar->setObjectName(QStringLiteral("summaryBar"));
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Parts of the summary that are written"));
    m_stop = iconButton(QLatin1String("stop"), "stopSummaryButton", tr("Stop"), box);
    m_goOn = new QPushButton(tr("Go on"), box);
    m_goOn->setObjectName(QStringLiteral("goOnButton"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_progressText, 1);
    row->addWidget(m_stop);
    row->addWidget(m_goOn);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 0);
    column->addLayout(row);
    column->addWidget(m_bar);
    connect(m_stop, &QToolButton::clicked, this, &SummaryPage::stopWanted);
    connect(m_goOn, &QPushButton::clicked, this, [this] { emit goOnWanted(session()); });
    return box;
}

QWidget* SummaryPage::makeCoverage()
{
    m_coverage = new QWidget;
    m_coverage->setObjectName(QStringLiteral("coverageBox"));
    m_coverage->setAttribute(Qt::WA_StyledBackground);
    m_coverageText = label({}, "body", m_coverage);
    m_coverageText->setObjectName(QStringLiteral("coverageText"));
    m_coverageText->setWordWrap(true);
    m_coverageText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_readAgain = new QPushButton(tr("Read again"), m_coverage);
    m_readAgain->setObjectName(QStringLiteral("readAgainButton"));
    m_readAgain->setToolTip(tr("Asks anew about just these chapters and puts the answers into the summary"));
    auto* column = new QVBoxLayout(m_coverage);
    column->setContentsMargins(2 * kGrid, kGrid + kGrid / 2, 2 * kGrid, kGrid + kGrid / 2);
    column->addWidget(m_coverageText);
    column->addWidget(m_readAgain, 0, Qt::AlignLeft);
    connect(m_readAgain, &QPushButton::clicked, this, [this] { emit readAgainWanted(session(), m_summary.gaps()); });
    return m_coverage;
}

QWidget* SummaryPage::makeFooter()
{
    auto* footer = new QWidget(this);
    auto* ask = new QPushButton(tr("Ask about it"), footer);
    ask->setObjectName(QStringLiteral("askAboutButton"));
    ask->setToolTip(tr("Begins a conversation about the same text"));
    auto* row = new QHBoxLayout(footer);
    row->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    row->addWidget(ask, 1);
    connect(ask, &QPushButton::clicked, this, &SummaryPage::askWanted);
    return footer;
}

app::MessageId SummaryPage::topMessage() const
{
    const int top = m_summary.topOf(0);
    return top >= 0 && m_summary.parts[top].message.hasHops ? m_summary.parts[top].message.id : 0;
}

void SummaryPage::showSummary(const app::Summary& summary)
{
    m_summary = summary;
    m_progressText->clear();
    build();
    const int top = m_summary.topOf(0);
    emit sourcesShown(top >= 0 ? m_summary.parts[top].message.sources : QList<app::Source>());
}

void SummaryPage::clear()
{
    showSummary({});
}

SummaryPartView* SummaryPage::addPart(int at)
{
    auto* view = new SummaryPartView(m_summary.parts[at]);
    connect(view, &SummaryPartView::sourceClicked, this, &SummaryPage::sourceClicked);
    connect(view, &SummaryPartView::hopsWanted, this, &SummaryPage::hopsWanted);
    connect(view, &SummaryPartView::sourcesShown, this, &SummaryPage::sourcesShown);
    m_column->addWidget(view);
    return m_views[at] = view;
}

// The whole on top, of several documents all together, then each with its whole and its chapters.
void SummaryPage::build()
{
    m_opened = -1;
    m_again.clear();
    m_views = QList<SummaryPartView*>(m_summary.parts.size(), nullptr);
    auto* list = new QWidget;
    list->setObjectName(QStringLiteral("summaryList"));
    list->setMaximumWidth(kWidest);
    m_column = new QVBoxLayout(list);
    m_column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    m_column->setSpacing(kGrid);
    QWidget* coverage = makeCoverage();
    const bool several = m_summary.documents.size() > 1;
    if (const int together = m_summary.topOf(0); several && together >= 0)
        addPart(together)->setOpen(true);
    if (several)
        m_column->addWidget(coverage);
    for (const app::SummarizedDocument& document : m_summary.documents) {
        const int top = m_summary.topOf(document.id);
        if (top < 0)
            continue;
        if (several) {
            QLabel* heading = label(document.title, "large", list);
            heading->setWordWrap(true);
            m_column->addSpacing(kGrid);
            m_column->addWidget(heading);
        }
        addPart(top)->setOpen(true);
        auto* again = new MarkdownView(list);
        again->setObjectName(QStringLiteral("againText"));
        again->setAccessibleName(tr("Chapters that were read again"));
        m_column->addWidget(again);
        m_again.append({document.id, again});
        if (!several)
            m_column->addWidget(coverage);
        for (int at = 0; at < top; ++at)
            if (m_summary.parts[at].document == document.id)
                addPart(at);
    }
    if (!coverage->parentWidget())   // there is nothing to stand under
        m_column->addWidget(coverage);
    m_column->addStretch();
    m_scroll->setWidget(list);   // the one before goes
    list->setAutoFillBackground(false);
    showState();
}

void SummaryPage::updateSummary(const app::Summary& summary)
{
    if (summary.session.id != session() || summary.parts.size() != m_views.size())
        return;
    m_summary = summary;
    for (int at = 0; at < m_views.size(); ++at) {
        SummaryPartView* view = m_views[at];
        if (!view)
            continue;
        view->setPart(m_summary.parts[at]);
        openWhileWritten(at);
    }
    if (!m_summary.running)
        closeOpened();
    showState();
}

// A part is open while it is written, and until the next is.
void SummaryPage::openWhileWritten(int at)
{
    if (!m_views[at]->isWriting() || m_opened == at)
        return;
    closeOpened();
    if (m_views[at]->isOpen())
        return;
    m_views[at]->setOpen(true);
    m_opened = at;
}

void SummaryPage::closeOpened()
{
    if (m_opened >= 0)
        m_views[m_opened]->setOpen(false);
    m_opened = -1;
}

void SummaryPage::addPiece(app::SessionId session, int part, const QString& piece)
{
    if (session != this->session() || part < 0 || part >= m_views.size())
        return;
    m_summary.parts[part].message.text += piece;
    if (m_views[part])
        m_views[part]->append(piece);
}

void SummaryPage::showProgress(const app::SummaryProgress& progress)
{
    if (progress.session != session())
        return;
    QString text = tr("Part %1 of %2").arg(progress.done + 1).arg(progress.count);
    if (progress.secondsLeft >= 0)
        text += tr(", about %1 left").arg(shortDuration(progress.secondsLeft));
    m_progressText->setText(text);
    m_bar->setRange(0, progress.count);
    m_bar->setValue(progress.done);
    showState();
}

void SummaryPage::showWaiting(const QString& why)
{
    if (!why.isEmpty() && m_summary.running)
        m_progressText->setText(why);
}

void SummaryPage::setBusy(bool busy)
{
    m_busy = busy;
    if (!busy)
        m_summary.running = false;
    showState();
}

void SummaryPage::showState()
{
    m_title->setText(m_summary.session.title.simplified());
    const bool writing = m_busy && m_summary.running;
    const auto done = static_cast<int>(std::count_if(m_summary.parts.begin(), m_summary.parts.end(), [](const app::SummaryPart& part) { return part.isDone(); }));
    const bool complete = m_summary.isComplete();
    m_bar->setVisible(writing);
    m_stop->setVisible(writing);
    m_goOn->setVisible(!writing && !m_busy && !complete);
    if (!writing)
        m_progressText->setText(complete ? QString() : tr("Stopped; %1 of %2 parts are written.").arg(done).arg(m_summary.parts.size()));
    m_progressText->setVisible(!m_progressText->text().isEmpty());
    m_copy->setEnabled(done > 0);
    m_export->setEnabled(done > 0);
    showAgain();
    showCoverage();
}

void SummaryPage::showAgain()
{
    for (const Again& again : m_again) {
        QString markdown;
        for (const app::SummaryPart& part : m_summary.parts)
            if (part.document == again.document && part.again)
                markdown += app::markdownOf(part);
        again.text->setVisible(!markdown.isEmpty());
        again.text->showMarkdown(markdown);
    }
}

void SummaryPage::showCoverage()
{
    QStringList sentences = app::coverageWords(m_summary);
    const bool complete = m_summary.isComplete();
    const bool hasGaps = !m_summary.gaps().isEmpty();
    if (complete && !hasGaps)
        sentences.prepend(tr("No chapter is passed over: the summary looked at each of them, or mentions what is in it."));
    m_coverageText->setText(sentences.join(QStringLiteral("\n\n")));
    // Before the whole is there, there is no saying what it passes over.
    const int top = m_summary.topOf(0);
    const bool ended = top >= 0 && m_summary.parts[top].message.id != 0 && !m_views[top]->isWriting();
    m_coverage->setVisible(ended && !sentences.isEmpty());
    m_readAgain->setVisible(hasGaps);
    m_readAgain->setEnabled(!m_busy);
}

} // namespace octavo::ui
