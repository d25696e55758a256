// SPDX-License-Identifier: Apache-2.0
#include "summary/summary_part_view.h"

#include <utility>

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "chat/message_view.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

using Gap = app::SummaryPart::Gap;
using State = app::Message::State;

QString stateWords(const app::SummaryPart& part)
{
    if (part.message.id == 0)
        return SummaryPartView::tr("not written yet");
    if (part.message.state == State::Streaming)
        return SummaryPartView::tr("being written…");
    if (part.gap == Gap::PassedOver)
        return SummaryPartView::tr("passed over");
    if (part.message.state == State::Stopped)
        return SummaryPartView::tr("stopped");
    if (part.message.state == State::Failed || part.gap == Gap::Unsaid)
        return SummaryPartView::tr("nothing of it");
    return part.again ? SummaryPartView::tr("read again") : QString();
}

} // namespace

SummaryPartView::SummaryPartView(const app::SummaryPart& part, QWidget* parent)
    : QWidget(parent), m_part(part), m_head(new QToolButton(this)), m_state(label({}, "caption", this)), m_column(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("summaryPart"));
    m_head->setObjectName(QStringLiteral("summaryPartHead"));
    m_head->setText(part.title.simplified());
    m_head->setToolTip(plainTip(part.title));
    m_head->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_head->setCheckable(true);
    m_head->setArrowType(Qt::RightArrow);
    m_head->setFocusPolicy(Qt::StrongFocus);
    m_head->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);   // a long title must not make the pane wide
    m_state->setObjectName(QStringLiteral("summaryPartState"));
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_head, 1);
    row->addWidget(m_state);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(kGrid / 2);
    m_column->addLayout(row);
    connect(m_head, &QToolButton::toggled, this, [this](bool open) {
        m_head->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        showBody();
        if (open && !m_part.message.sources.isEmpty())
            emit sourcesShown(m_part.message.sources);
    });
    showState();
}

void SummaryPartView::setPart(const app::SummaryPart& part)
{
    const app::SummaryPart before = std::exchange(m_part, part);
    const bool sameMessage = before.message.id == part.message.id && before.message.state == part.message.state;
    if (m_body && !sameMessage) {
        if (before.message.id == part.message.id && part.message.state != State::Streaming)
            m_body->finish(part.message, {});
        else
            delete std::exchange(m_body, nullptr);
    }
    showState();
    showBody();
}

void SummaryPartView::append(const QString& piece)
{
    m_part.message.text += piece;
    if (m_body)
        m_body->append(piece);
}

bool SummaryPartView::isOpen() const { return m_head->isChecked(); }
void SummaryPartView::setOpen(bool open) { m_head->setChecked(open); }

void SummaryPartView::showState()
{
    const QString words = stateWords(m_part);
    m_state->setText(words);
    m_state->setVisible(!words.isEmpty());
    m_head->setAccessibleName(words.isEmpty() ? m_head->text() : QStringLiteral("%1, %2").arg(m_head->text(), words));
}

void SummaryPartView::showBody()
{
    if (!m_body && isOpen() && m_part.message.id != 0) {
        m_body = new MessageView(m_part.message, this);
        m_body->setLast(false);
        connect(m_body, &MessageView::sourceClicked, this, &SummaryPartView::sourceClicked);
        connect(m_body, &MessageView::hopsWanted, this, &SummaryPartView::hopsWanted);
        connect(m_body, &MessageView::chosen, this, [this] { emit sourcesShown(m_part.message.sources); });
        m_column->addWidget(m_body);
    }
    if (m_body)
        m_body->setVisible(isOpen());
}

} // namespace octavo::ui
