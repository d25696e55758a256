// SPDX-License-Identifier: Apache-2.0
#include "reader/outline_popup.h"

#include <QTreeView>
#include <QVBoxLayout>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kWidth = 48 * kGrid;
constexpr int kTallest = 60 * kGrid;

} // namespace

OutlinePopup::OutlinePopup(QWidget* parent) : QFrame(parent, Qt::Popup), m_tree(new QTreeView(this))
{
    setObjectName(QStringLiteral("outlinePopup"));
    m_tree->setObjectName(QStringLiteral("outlineTree"));
    m_tree->setAccessibleName(tr("Contents of the document"));
    m_tree->setModel(&m_model);
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setTextElideMode(Qt::ElideRight);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    layout->addWidget(m_tree);

    const auto choose = [this](const QModelIndex& index) {
        if (const app::Part* part = m_model.partAt(index)) {
            const app::ByteRange bytes = part->bytes;
            hide();
            emit partChosen(bytes);
        }
    };
    connect(m_tree, &QTreeView::clicked, this, choose);
    connect(m_tree, &QTreeView::activated, this, choose);
}

void OutlinePopup::setOutline(const app::Part& root)
{
    m_model.setOutline(root);
    m_tree->expandToDepth(0);
}

void OutlinePopup::openBelow(QWidget* widget, qint64 currentByte)
{
    const QModelIndex current = m_model.indexOfByte(currentByte);
    m_tree->setCurrentIndex(current);
    resize(kWidth, std::min(kTallest, widget->window()->height() * 2 / 3));
    move(widget->mapToGlobal(QPoint(0, widget->height() + kGrid / 2)));
    show();
    m_tree->scrollTo(current, QAbstractItemView::PositionAtCenter);
    m_tree->setFocus(Qt::PopupFocusReason);
}

} // namespace octavo::ui
