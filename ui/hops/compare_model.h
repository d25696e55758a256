// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "octavo/app/hop_view.h"

namespace octavo::ui {

// Two answers, chapter by chapter: what share of its attention to the text each gave to a chapter. Chapters in the order of the first answer's texts, those
// that only the other looked at behind them; without what neither gave a two-hundredth to.
class CompareModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { PlaceColumn, FirstColumn, FirstBar, SecondColumn, SecondBar, ColumnCount };
    enum Role { ShareRole = Qt::UserRole, DocumentRole, BytesRole };   // shares as parts of the largest of all, for bars

    using QAbstractTableModel::QAbstractTableModel;

    void setViews(const app::HopView& first, const app::HopView& second);
    // What both have in common, 0…1: of each chapter's two shares the smaller.
    double overlap() const { return m_overlap; }

    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString place;
        app::TextPlace where;
        double shares[2] = {0, 0};
    };
    void add(const app::HopView& view, int which);

    QList<Row> m_rows;
    double m_overlap = 0;
    double m_largest = 0;
};

} // namespace octavo::ui
