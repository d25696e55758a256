// SPDX-License-Identifier: Apache-2.0
#include "hops/grid_table_model.h"

#include <QLocale>

#include "widgets.h"

namespace octavo::ui {

void GridTableModel::setGrid(const app::HopGrid& grid)
{
    beginResetModel();
    m_grid = grid;
    endResetModel();
}

QVariant GridTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::DisplayRole)
        return QLocale().toString(100 * m_grid.at(index.row(), index.column()), 'f', 2) + QStringLiteral(" %");
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant GridTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    const QStringList& titles = orientation == Qt::Horizontal ? m_grid.columns : m_grid.rows;
    if (section < 0 || section >= titles.size() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const QString title = titles[section].simplified();
    return role == Qt::ToolTipRole ? plainTip(title) : title.left(32);
}

} // namespace octavo::ui
