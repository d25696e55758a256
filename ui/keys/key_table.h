// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QKeySequence>
#include <QList>
#include <QString>

namespace octavo::ui {

// One thing that keys do.
struct KeyRow {
    const char* name;                  // in window.ini, and of its action; empty: these keys belong to a widget and cannot be changed
    const char* group;
    const char* text;
    QList<QKeySequence> byDefault;
    const char* buttons = "";          // names of the icon buttons that do the same, separated by spaces; their tips tell the keys
};

// Everything that the window does by keys, groups together. Texts are untranslated, for keyText().
const std::vector<KeyRow>& keyTable();
const KeyRow& keyRow(const QString& name);
QString keyText(const char* text);

} // namespace octavo::ui
