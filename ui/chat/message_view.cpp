// SPDX-License-Identifier: Apache-2.0
#include "chat/message_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QTimer>
#include <QToolButton>

#include "chat/markdown_view.h"
#include "chat/source_chip.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kRedrawEvery = 33;   // ms
constexpr int kBubbleMargin = 6 * kGrid;

using State = app::Message::State;

} // namespace

MessageView::MessageView(const app::Message& message, QWidget* parent)
    : QWidget(parent), m_message(message), m_column(new QVBoxLayout(this))
{
    setObjectName(message.role == app::Message::Role::User ? QStringLiteral("question") : QStringLiteral("answer"));
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(kGrid);
    if (message.role == app::Message::Role::User)
        buildQuestion();
    else
        buildAnswer();
}

void MessageView::buildQuestion()
{
    auto* bubble = new QWidget(this);
    bubble->setObjectName(QStringLiteral("questionBubble"));
    bubble->setAttribute(Qt::WA_StyledBackground);
    m_text = new MarkdownView(bubble);
    m_text->setObjectName(QStringLiteral("questionText"));
    m_text->setAccessibleName(tr("Question"));
    auto* inside = new QVBoxLayout(bubble);
    inside->setContentsMargins(2 * kGrid, kGrid + kGrid / 2, 2 * kGrid, kGrid);
    inside->addWidget(m_text);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kBubbleMargin, 0, 0, 0);
    row->addWidget(bubble);
    m_column->addLayout(row);
    m_text->showPlain(m_message.text);
}

void MessageView::buildAnswer()
{
    m_text = new MarkdownView(this);
    m_text->setObjectName(QStringLiteral("answerText"));
    m_text->setAccessibleName(tr("Answer"));
    m_note = label({}, "caption", this);
    m_note->setWordWrap(true);
    m_sources = new QVBoxLayout;
    m_sources->setSpacing(kGrid / 2);
    m_column->addWidget(m_text);
    m_column->addWidget(m_note);
    m_column->addLayout(m_sources);
    m_column->addLayout(makeActions());
    m_redraw = new QTimer(this);
    m_redraw->setSingleShot(true);
    m_redraw->setInterval(kRedrawEvery);
    connect(m_redraw, &QTimer::timeout, this, &MessageView::draw);
    draw();
    showSources();
    showNote();
    showActions();
}

QHBoxLayout* MessageView::makeActions()
{
    m_hops = iconButton(QLatin1String("hops"), "hopsButton", tr("Show where this answer looked"), this);
    m_hops->setText(tr("Show hops"));
    m_hops->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_copy = iconButton(QLatin1String("copy"), "copyButton", tr("Copy the answer"), this);
    m_regenerate = iconButton(QLatin1String("regenerate"), "regenerateButton", tr("Answer again"), this);
    m_regenerate->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_timings = label({}, "caption", this);
    m_timings->setObjectName(QStringLiteral("timings"));
    connect(m_hops, &QToolButton::clicked, this, [this] { emit hopsWanted(m_message.id); });
    connect(m_copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_message.text); });
    connect(m_regenerate, &QToolButton::clicked, this, &MessageView::regenerateWanted);
    auto* row = new QHBoxLayout;
    row->setSpacing(kGrid / 4);
    for (QToolButton* button : {m_hops, m_copy, m_regenerate})
        row->addWidget(button);
    row->addStretch();
    row->addWidget(m_timings);
    return row;
}

void MessageView::append(const QString& piece)
{
    m_message.text += piece;
    if (!m_redraw->isActive())
        m_redraw->start();
}

void MessageView::finish(const app::Message& message, const app::AnswerTimings& timings)
{
    m_message = message;
    m_redraw->stop();
    if (timings.tokensPerSecond > 0) {
        m_timings->setText(tr("%1 t/s").arg(QLocale().toString(timings.tokensPerSecond, 'f', 1)));
        m_timings->setToolTip(tr("First word after %1 s; %2 tokens of the text were there already, %3 were read for this answer")
                                  .arg(QLocale().toString(timings.firstTokenSeconds, 'f', 1), shortCount(timings.reusedTokens),
                                       shortCount(timings.readTokens)));
    }
    draw();
    showSources();
    showNote();
    showActions();
}

void MessageView::setLast(bool last)
{
    m_last = last;
    if (m_message.role == app::Message::Role::Assistant)
        showActions();
}

QString MessageView::streamedText() const
{
    return m_message.text + QStringLiteral("▍");
}

void MessageView::draw()
{
    m_text->setVisible(m_message.state == State::Streaming || !m_message.text.isEmpty());
    m_text->showMarkdown(m_message.state == State::Streaming ? streamedText() : m_message.text);
    emit grown();
}

void MessageView::showSources()
{
    while (QLayoutItem* item = m_sources->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (qsizetype rank = 0; rank < m_message.sources.size(); ++rank) {
        auto* chip = new SourceChip(m_message.sources[rank], static_cast<int>(rank), this);
        connect(chip, &SourceChip::clicked, this, [this, chip] {
            emit chosen();
            emit sourceClicked(chip->source());
        });
        m_sources->addWidget(chip);
    }
}

void MessageView::showNote()
{
    const bool failed = m_message.state == State::Failed;
    m_note->setObjectName(failed ? QStringLiteral("failedNote") : QStringLiteral("noteLabel"));
    m_note->setText(noteText());
    m_note->setVisible(!m_note->text().isEmpty());
    restyle(m_note);
}

QString MessageView::noteText() const
{
    if (!m_message.note.isEmpty())
        return m_message.note;
    if (m_message.state == State::Stopped)
        return tr("Stopped.");
    if (m_message.state == State::Complete && m_message.text.trimmed().isEmpty())
        return tr("The model gave an empty answer. Ask in other words, or let it answer again.");
    return {};
}

void MessageView::showActions()
{
    const bool done = m_message.state != State::Streaming;
    m_copy->setVisible(done && !m_message.text.isEmpty());
    m_hops->setVisible(done && m_message.hasHops);
    m_regenerate->setVisible(done && m_last);
    m_regenerate->setText(m_message.state == State::Failed ? tr("Try again") : QString());
    m_timings->setVisible(done && !m_timings->text().isEmpty());
}

} // namespace octavo::ui
