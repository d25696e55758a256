// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QHash>
#include <QObject>

#include "keys/key_table.h"

class QAction;
class QWidget;

namespace octavo::ui {

class WindowSettings;

// The keys of a window's actions: the table's, or those that a person has put in their place, kept in the settings as keys/<name>.
// Lifetime: settings and window outlive it.
class KeyMap : public QObject {
    Q_OBJECT

public:
    KeyMap(WindowSettings& settings, QWidget* window);

    // The row's action: with its text and keys, and in the window, so that they work. Buttons that the row names and that are there
    // tell the keys. The second form does so for an action that another widget has made.
    QAction* action(const QString& name);
    QAction* adopt(const QString& name, QAction* action);

    QList<QKeySequence> keysOf(const KeyRow& row) const;
    bool isDefault(const KeyRow& row) const;

    // Why these keys cannot be an action's, in one sentence; empty if they can.
    static QString whyUnfit(const QKeySequence& keys);
    const KeyRow* holderOf(const QKeySequence& keys, const KeyRow& besides) const;   // the row that has them; null: none

    void setKeys(const KeyRow& row, const QList<QKeySequence>& keys);
    void reset(const KeyRow& row);
    void resetAll();

signals:
    void changed();

private:
    std::optional<QList<QKeySequence>> keptKeys(const KeyRow& row) const;
    void show(const KeyRow& row);

    WindowSettings& m_settings;
    QWidget* m_window;
    QHash<QString, QAction*> m_actions;
};

QString keysText(const QList<QKeySequence>& keys);     // "Ctrl++, Ctrl+="

} // namespace octavo::ui
