// SPDX-License-Identifier: Apache-2.0
#include "work/work_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include "elided_label.h"
#include "icons.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kSteps = 1000;

using Kind = app::WorkItem::Kind;
using State = app::WorkItem::State;

QString nameOf(const app::WorkItem& item, const QString& title)
{
    switch (item.kind) {
    case Kind::Opening: return WorkRow::tr("Opening %1").arg(title);
    case Kind::Reading: return WorkRow::tr("Reading %1").arg(title);
    case Kind::Answer: return WorkRow::tr("Answering in %1").arg(title);
    case Kind::Summary: return WorkRow::tr("Summarizing %1").arg(title);
    case Kind::Download: return WorkRow::tr("Downloading %1").arg(title);
    case Kind::Looking: return WorkRow::tr("Looking again at an answer in %1").arg(title);
    }
    return title;
}

} // namespace

WorkRow::WorkRow(const app::WorkItem& item, const QString& title, QWidget* parent)
    : QWidget(parent), m_item(item), m_title(title), m_name(new ElidedLabel(Qt::ElideMiddle, this)), m_detail(label({}, "caption", this)),
      m_bar(new QProgressBar(this))
{
    setObjectName(QStringLiteral("workRow"));
    m_name->setObjectName(QStringLiteral("workName"));
    m_detail->setObjectName(QStringLiteral("workDetail"));
    m_bar->setObjectName(QStringLiteral("workBar"));
    m_bar->setTextVisible(false);
    m_bar->setRange(0, kSteps);
    m_pause = iconButton(QLatin1String("pause"), "pauseWorkButton", {}, this);
    m_stop = iconButton(QLatin1String("stop"), "stopWorkButton", {}, this);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(m_name, 1);
    row->addWidget(m_pause);
    row->addWidget(m_stop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, kGrid);
    column->setSpacing(kGrid / 2);
    column->addLayout(row);
    column->addWidget(m_bar);
    column->addWidget(m_detail);
    connect(m_pause, &QToolButton::clicked, this,
            [this] { m_item.state == State::Paused ? emit goOnWanted(m_item.id) : emit pauseWanted(m_item.id); });
    connect(m_stop, &QToolButton::clicked, this, [this] { emit stopWanted(m_item.id); });
    draw();
}

void WorkRow::showItem(const app::WorkItem& item, const QString& title)
{
    m_item = item;
    m_title = title;
    if (item.state != State::Running)
        m_secondsLeft = -1;
    draw();
}

void WorkRow::showProgress(const QString& what, double share, double secondsLeft)
{
    if (m_item.state == State::Paused)     // the last word of what was stopped
        return;
    m_what = what;
    m_share = share;
    m_secondsLeft = secondsLeft;
    draw();
}

QString WorkRow::stateText() const
{
    const QString share = m_share >= 0 ? percentText(m_share) : QString();
    if (m_item.state == State::Waiting)
        return tr("waits for its turn");
    if (m_item.state == State::Paused)
        return share.isEmpty() ? tr("paused") : tr("paused at %1").arg(share);
    QStringList facts;
    for (const QString& fact : {m_what, share, m_secondsLeft >= 0 ? tr("%1 left").arg(shortDuration(m_secondsLeft)) : QString()}) {
        if (!fact.isEmpty())
            facts.append(fact);
    }
    return facts.isEmpty() ? tr("begins…") : facts.join(QStringLiteral(" · "));
}

QString WorkRow::text() const
{
    return tr("%1: %2").arg(nameOf(m_item, m_title), stateText());
}

void WorkRow::draw()
{
    const QString name = nameOf(m_item, m_title);
    const bool isPaused = m_item.state == State::Paused;
    m_name->setText(name);
    m_detail->setText(stateText());
    const bool isUnknown = m_share < 0 && m_item.state == State::Running;
    m_bar->setRange(0, isUnknown ? 0 : kSteps);    // 0 … 0: it goes on, nobody knows how far
    m_bar->setValue(static_cast<int>(std::max(0.0, m_share) * kSteps));
    m_bar->setAccessibleName(tr("How far it has come: %1").arg(name));
    m_pause->setVisible(m_item.canPause());
    setFocusProxy(m_item.canPause() ? m_pause : m_stop);
    m_pause->setIcon(icon(isPaused ? QLatin1String("play") : QLatin1String("pause")));
    for (const auto& [button, what] : {std::pair(m_pause, isPaused ? tr("Go on: %1") : tr("Pause: %1")), std::pair(m_stop, isPaused ? tr("Take off the list: %1") : tr("Stop: %1"))}) {
        button->setToolTip(plainTip(what.arg(name)));
        button->setAccessibleName(what.arg(name));
    }
}

} // namespace octavo::ui
