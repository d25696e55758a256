// SPDX-License-Identifier: Apache-2.0
#include "library/reading_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QToolButton>

#include "elided_label.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kSteps = 1000;

QString estimateText(const app::ReadEstimate& estimate)
{
    QStringList facts{ReadingCard::tr("%1 tokens").arg(shortCount(estimate.tokens))};
    if (estimate.seconds > 0)
        facts.append(ReadingCard::tr("about %1").arg(shortDuration(estimate.seconds)));
    facts.append(ReadingCard::tr("%1 of memory").arg(QLocale().formattedDataSize(estimate.memoryBytes, 1)));
    facts.append(estimate.device);
    return facts.join(QStringLiteral(" · "));
}

} // namespace

ReadingCard::ReadingCard(QWidget* parent)
    : QFrame(parent), m_title(new ElidedLabel(Qt::ElideRight, this)), m_estimate(label({}, "caption", this)), m_bar(new QProgressBar(this)),
      m_detail(label({}, "caption", this))
{
    setObjectName(QStringLiteral("readingCard"));
    m_title->setObjectName(QStringLiteral("readingTitle"));
    m_title->setProperty("role", "title");
    m_estimate->setObjectName(QStringLiteral("estimateLabel"));
    m_estimate->setWordWrap(true);
    m_bar->setObjectName(QStringLiteral("readingBar"));
    m_bar->setAccessibleName(tr("How much has been read"));
    m_bar->setTextVisible(false);
    m_bar->setRange(0, kSteps);
    m_detail->setObjectName(QStringLiteral("readingDetail"));
    auto* stop = iconButton(QLatin1String("stop"), "stopReadingButton", tr("Stop reading; what was read is kept"), this);

    auto* row = new QHBoxLayout;
    row->addWidget(m_title, 1);
    row->addWidget(stop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kGrid + kGrid / 2, kGrid / 2, kGrid / 2, kGrid + kGrid / 2);
    column->setSpacing(kGrid / 2);
    column->addLayout(row);
    column->addWidget(m_estimate);
    column->addSpacing(kGrid / 2);
    column->addWidget(m_bar);
    column->addWidget(m_detail);
    connect(stop, &QToolButton::clicked, this, &ReadingCard::stopWanted);
    hide();
}

void ReadingCard::showEstimate(const QString& title, const app::ReadEstimate& estimate)
{
    m_estimated = estimate.document;
    m_title->setText(title);
    m_estimate->setText(estimateText(estimate));
    m_estimate->show();
    m_bar->setValue(0);
    m_detail->setText(tr("Reading begins…"));
    show();
}

void ReadingCard::showProgress(const QString& title, const app::ReadProgress& progress)
{
    m_title->setText(title);
    m_estimate->setVisible(progress.document == m_estimated);
    const double share = progress.tokens > 0 ? static_cast<double>(progress.readTokens) / static_cast<double>(progress.tokens) : 0;
    m_bar->setValue(static_cast<int>(share * kSteps));
    QStringList facts{percentText(share)};
    if (progress.tokensPerSecond > 0)
        facts.append(tr("%1 t/s").arg(QLocale().toString(progress.tokensPerSecond, 'f', 0)));
    if (progress.secondsLeft >= 0)
        facts.append(tr("%1 left").arg(shortDuration(progress.secondsLeft)));
    m_detail->setText(facts.join(QStringLiteral(" · ")));
    show();
}

void ReadingCard::finish()
{
    hide();
    m_estimated = 0;
}

} // namespace octavo::ui
