// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QKeySequence>
#include <QLineEdit>

namespace octavo::ui {

// Press keys here to choose them; they do nothing else meanwhile. Tab leaves it, Backspace and Delete take the keys away.
// (QKeySequenceEdit waits a second for more keys, and takes four of them.)
class KeyEdit : public QLineEdit {
    Q_OBJECT

public:
    explicit KeyEdit(QWidget* parent = nullptr);

signals:
    void pressed(const QKeySequence& keys);     // empty: taken away

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
};

} // namespace octavo::ui
