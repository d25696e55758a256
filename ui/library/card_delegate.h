// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace octavo::ui {

// Paints a row of the library as a title above a faint line, with a small icon before and, at the row's end, one that acts on
// the row while the mouse is over it or it is selected.
class CardDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    struct Look {
        int detailRole = -1;
        int shareRole = -1;        // 0…1, drawn as a thin bar while activeRole is true; < 0: no bar
        int activeRole = -1;
        int kindRole = -1;     // app::DocumentKind as int; < 0: the chat icon
        QString actionIcon;
        QString actionTip;
    };

    CardDelegate(Look look, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option, const QModelIndex& index) override;
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option, const QModelIndex& index) override;

    static QRect actionRect(const QRect& row);

signals:
    void actionClicked(const QModelIndex& index);

private:
    QString iconName(const QModelIndex& index) const;

    Look m_look;
};

} // namespace octavo::ui
