// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPlainTextEdit>

namespace octavo::ui {

// Where questions are typed: Enter sends, Shift+Enter begins a new line, and it grows with its text. Files dropped on it
// are left to the window.
class QuestionEdit : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit QuestionEdit(QWidget* parent = nullptr);

signals:
    void sendWanted();
    void focusChanged(bool focused);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool canInsertFromMimeData(const QMimeData* source) const override;

private:
    void fitHeight();
};

} // namespace octavo::ui
