// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QKeySequence>

#include "search_dialog.h"

class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace octavo::ui {

class KeyEdit;
class KeyMap;
struct KeyRow;

// Everything that keys do, in groups and searchable, by what it is or by its keys; the chosen row's keys can be changed below.
class KeysDialog : public SearchDialog {
    Q_OBJECT

public:
    KeysDialog(KeyMap& keys, QWidget* parent = nullptr);

private:
    void fill();
    void showKeys();                   // of all rows
    void narrow(const QString& searched);
    void showChosen();
    void take(const QKeySequence& keys);
    void tell(const QString& sentence);
    const KeyRow* chosen() const;      // null: none that can be changed

    KeyMap& m_keys;
    QTreeWidget* m_tree;
    QLabel* m_name;
    KeyEdit* m_edit;
    QPushButton* m_reset;
    QLabel* m_sentence;
    QPushButton* m_take;               // shown while another row has the keys that were pressed
    QKeySequence m_wanted;
};

} // namespace octavo::ui
