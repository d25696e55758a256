// SPDX-License-Identifier: Apache-2.0
#include "keys/key_edit.h"

#include <QKeyEvent>

namespace octavo::ui {

KeyEdit::KeyEdit(QWidget* parent) : QLineEdit(parent)
{
    setReadOnly(true);
    setContextMenuPolicy(Qt::NoContextMenu);
    setPlaceholderText(tr("Press the keys here"));
}

bool KeyEdit::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();       // else the window, or the dialog, would act on them
        return true;
    }
    return QLineEdit::event(event);
}

void KeyEdit::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Control:
    case Qt::Key_Shift:
    case Qt::Key_Alt:
    case Qt::Key_AltGr:
    case Qt::Key_Meta:
    case Qt::Key_unknown: return;
    case Qt::Key_Backspace:
    case Qt::Key_Delete:
        if (event->modifiers() == Qt::NoModifier)
            return emit pressed({});
    }
    emit pressed(QKeySequence(event->keyCombination()));
}

} // namespace octavo::ui
