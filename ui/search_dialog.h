// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace octavo::ui {

// A dialog beside the window that begins with a search field.
class SearchDialog : public QDialog {
    Q_OBJECT

public:
    void open() override;                              // to the front, with what was last searched for ready to be typed over

protected:
    SearchDialog(const char* searchName, const QString& what, const QString& hint, QWidget* parent);

    QLineEdit* search() const { return m_search; }
    QPushButton* makeButton(const QString& text, const char* name);    // one that Return in the search field does not press

private:
    QLineEdit* m_search;
};

// Whether each word of `searched`, or its beginning as it is typed, is somewhere in `text`; nothing searched for is everywhere.
bool hasAllWords(const QString& text, const QString& searched);

} // namespace octavo::ui
