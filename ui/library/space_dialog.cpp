// SPDX-License-Identifier: Apache-2.0
#include "library/space_dialog.h"

#include <algorithm>

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr double kGigabyte = 1e9;
constexpr double kMostGigabytes = 100'000;

} // namespace

SpaceDialog::SpaceDialog(QWidget* parent) : QDialog(parent)
{
    setObjectName(QStringLiteral("spaceDialog"));
    setWindowTitle(tr("Disk space"));
    setMinimumWidth(56 * kGrid);
    auto* about = label(tr("What Octavo has understood of a book is kept, so that it is read once. Beyond the limit, what was not used for longest is "
                           "deleted; documents that are kept always stay, and so do all conversations."), "body", this);
    about->setWordWrap(true);
    m_used = label({}, "body", this);
    m_used->setObjectName(QStringLiteral("spaceUsed"));
    m_bar = new QProgressBar(this);
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("How much of the limit is taken"));
    m_quota = new QDoubleSpinBox(this);
    m_quota->setObjectName(QStringLiteral("spaceQuota"));
    m_quota->setAccessibleName(tr("Limit in gigabytes; 0: half of what is free"));
    m_quota->setRange(0, kMostGigabytes);
    m_quota->setDecimals(1);
    m_quota->setSuffix(tr(" GB"));
    m_quota->setSpecialValueText(tr("half of what is free"));
    auto* limit = new QHBoxLayout;
    limit->addWidget(label(tr("At most"), "body", this));
    limit->addWidget(m_quota);
    limit->addStretch(1);
    auto* set = new QPushButton(tr("Set"), this);
    set->setObjectName(QStringLiteral("spaceSet"));
    auto* close = new QPushButton(tr("Close"), this);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(set);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid + kGrid / 2);
    column->addWidget(about);
    column->addWidget(m_used);
    column->addWidget(m_bar);
    column->addLayout(limit);
    column->addLayout(buttons);
    connect(set, &QPushButton::clicked, this, [this] { emit quotaWanted(static_cast<qint64>(m_quota->value() * kGigabyte)); });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
}

void SpaceDialog::showSpace(const app::ReadingsSpace& space)
{
    const auto size = [](qint64 bytes) { return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat); };
    m_used->setText(space.readings == 1 ? tr("One book takes %1 of %2.").arg(size(space.bytes), size(space.quotaBytes))
                                        : tr("%1 books take %2 of %3.").arg(space.readings).arg(size(space.bytes), size(space.quotaBytes)));
    m_bar->setValue(space.quotaBytes > 0 ? static_cast<int>(std::min<qint64>(1000, space.bytes / std::max<qint64>(1, space.quotaBytes / 1000))) : 0);
    m_quota->setValue(static_cast<double>(space.quotaBytes) / kGigabyte);
}

} // namespace octavo::ui
