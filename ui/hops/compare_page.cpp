// SPDX-License-Identifier: Apache-2.0
#include "hops/compare_page.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include "share_delegate.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kNumberWidth = 14 * kGrid;

} // namespace

ComparePage::ComparePage(QWidget* parent) : QWidget(parent), m_other(new QComboBox(this)), m_common(label({}, "caption", this)), m_table(new QTableView(this))
{
    setObjectName(QStringLiteral("comparePage"));
    m_other->setObjectName(QStringLiteral("compareOther"));
    m_other->setAccessibleName(tr("Compare with"));
    m_other->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_common->setObjectName(QStringLiteral("compareCommon"));
    m_table->setObjectName(QStringLiteral("compareTable"));
    m_table->setAccessibleName(tr("Where two answers looked, by chapters; Return leads there"));
    m_table->setModel(&m_model);
    m_table->setTabKeyNavigation(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    QHeaderView* header = m_table->horizontalHeader();
    for (const int column : {CompareModel::PlaceColumn, CompareModel::FirstBar, CompareModel::SecondBar})
        header->setSectionResizeMode(column, QHeaderView::Stretch);
    for (const int column : {CompareModel::FirstColumn, CompareModel::SecondColumn})
        header->resizeSection(column, kNumberWidth);
    for (const int column : {CompareModel::FirstBar, CompareModel::SecondBar})
        m_table->setItemDelegateForColumn(column, new ShareDelegate(CompareModel::ShareRole, m_table));

    auto* row = new QHBoxLayout;
    row->setSpacing(kGrid);
    row->addWidget(m_other, 1);
    row->addWidget(m_common, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addLayout(row);
    column->addWidget(m_table, 1);
    connect(m_other, &QComboBox::currentIndexChanged, this, &ComparePage::wantOther);
    connect(m_table, &QTableView::clicked, this, &ComparePage::choose);
    connect(m_table, &QTableView::activated, this, &ComparePage::choose);
}

void ComparePage::showFirst(const app::HopView& view, const QList<AnswerChoice>& answers)
{
    const QVariant before = m_other->currentData();
    m_first = view;
    {
        const QSignalBlocker quiet(m_other);
        m_other->clear();
        for (const AnswerChoice& answer : answers)
            m_other->addItem(tr("Compare with: %1").arg(answer.name), answer.message);
        m_other->setCurrentIndex(std::max(0, m_other->findData(before)));
    }
    m_other->setEnabled(!answers.isEmpty());
    m_model.setViews({}, {});
    m_common->setText(answers.isEmpty() ? tr("There is no other answer in this conversation to compare with.") : QString());
    wantOther();
}

void ComparePage::wantOther()
{
    m_wanted = m_other->currentData().value<app::MessageId>();
    if (m_wanted != 0)
        emit otherWanted(m_wanted);
}

void ComparePage::showSecond(const app::HopView& view)
{
    m_wanted = 0;
    m_model.setViews(m_first, view);
    m_common->setText(tr("%1 of where they looked in the text is the same, by chapters").arg(percentText(m_model.overlap())));
}

void ComparePage::choose(const QModelIndex& index)
{
    emit placeChosen(index.data(CompareModel::DocumentRole).value<app::DocumentId>(), index.data(CompareModel::BytesRole).value<app::ByteRange>());
}

} // namespace octavo::ui
