// SPDX-License-Identifier: Apache-2.0
#include "reader/outline_popup.h"

#include <QTreeView>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr int kWidth = 48 * kGrid;

} // namespace

OutlinePopup::OutlinePopup(QWidget* parent) : TreePopup(QStringLiteral("outlinePopup"), QStringLiteral("outlineTree"), kWidth, parent)
{
    setTree(m_model, tr("Contents of the document"));
}

void OutlinePopup::choose(const QModelIndex& index)
{
    if (const app::Part* part = m_model.partAt(index)) {
        const app::ByteRange bytes = part->bytes;
        hide();
        emit partChosen(bytes);
    }
}

void OutlinePopup::setOutline(const app::Part& root)
{
    m_model.setOutline(root);
    tree().expandToDepth(0);
}

void OutlinePopup::openBelow(QWidget* widget, qint64 currentByte)
{
    TreePopup::openBelow(widget, Qt::LeftEdge, m_model.indexOfByte(currentByte));
}

} // namespace octavo::ui
