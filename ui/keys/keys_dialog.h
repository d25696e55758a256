// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QKeySequence>

class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace octavo::ui {

class KeyEdit;
class KeyMap;
struct KeyRow;

// Everything that keys do, in groups and searchable, by what it is or by its keys; the chosen row's keys can be changed below.
class KeysDialog : public QDialog {
    Q_OBJECT

public:
    KeysDialog(KeyMap& keys, QWidget* parent = nullptr);

    void open() override;              // to the front, with the search field ready

private:
    void fill();
    void showKeys();                   // of all rows
    void narrow(const QString& searched);
    void showChosen();
    void take(const QKeySequence& keys);
    void tell(const QString& sentence);
    const KeyRow* chosen() const;      // null: none that can be changed

    KeyMap& m_keys;
    QLineEdit* m_search;
    QTreeWidget* m_tree;
    QLabel* m_name;
    KeyEdit* m_edit;
    QPushButton* m_reset;
    QLabel* m_sentence;
    QPushButton* m_take;               // shown while another row has the keys that were pressed
    QKeySequence m_wanted;
};

} // namespace octavo::ui
