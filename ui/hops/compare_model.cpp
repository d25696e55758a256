// SPDX-License-Identifier: Apache-2.0
#include "hops/compare_model.h"

#include <algorithm>

#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr double kLeastShown = 0.005;

} // namespace

void CompareModel::setViews(const app::HopView& first, const app::HopView& second)
{
    beginResetModel();
    m_rows.clear();
    add(first, 0);
    add(second, 1);
    m_overlap = m_largest = 0;
    for (const Row& row : m_rows) {
        m_overlap += std::min(row.shares[0], row.shares[1]);
        m_largest = std::max({m_largest, row.shares[0], row.shares[1]});
    }
    m_rows.removeIf([](const Row& row) { return std::max(row.shares[0], row.shares[1]) < kLeastShown; });
    endResetModel();
}

void CompareModel::add(const app::HopView& view, int which)
{
    if (view.grids.isEmpty())
        return;
    const app::HopGrid& chapters = view.grids.first();
    double sum = 0;
    for (const float value : chapters.values)
        sum += static_cast<double>(value);
    for (qsizetype column = 0; column < chapters.columns.size() && sum > 0; ++column) {
        const app::TextPlace where{chapters.columnDocuments[column], chapters.columnBytes[column]};
        auto row = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& one) { return one.where == where; });
        if (row == m_rows.end())
            row = m_rows.insert(m_rows.end(), {chapters.columns[column].simplified(), where});
        for (qsizetype token = 0; token < chapters.rows.size(); ++token)
            row->shares[which] += static_cast<double>(chapters.at(token, column)) / sum;
    }
}

QVariant CompareModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Row& row = m_rows[index.row()];
    const int which = index.column() == FirstColumn || index.column() == FirstBar ? 0 : 1;
    const bool isPlace = index.column() == PlaceColumn, isBar = index.column() == FirstBar || index.column() == SecondBar;
    switch (role) {
    case Qt::DisplayRole: return isPlace ? row.place : isBar ? QString() : percentText(row.shares[which]);
    case Qt::AccessibleTextRole: return isPlace ? row.place : percentText(row.shares[which]);
    case Qt::ToolTipRole: return plainTip(row.place);
    case Qt::TextAlignmentRole: return QVariant::fromValue(Qt::AlignVCenter | (isPlace ? Qt::AlignLeft : Qt::AlignRight));
    case ShareRole: return isBar && m_largest > 0 ? row.shares[which] / m_largest : 0;
    case DocumentRole: return row.where.document;
    case BytesRole: return QVariant::fromValue(row.where.bytes);
    default: return {};
    }
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case PlaceColumn: return tr("Chapter");
    case FirstColumn: return tr("This answer");
    case SecondColumn: return tr("The other");
    default: return QString();
    }
}

} // namespace octavo::ui
