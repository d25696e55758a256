// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "search_dialog.h"

class QLabel;
class QListWidget;
class QVBoxLayout;

namespace octavo::ui {

class WindowSettings;

// All settings, by groups or by the words one looks for. What is set holds at once; the window stays usable beside it.
class SettingsDialog : public SearchDialog {
    Q_OBJECT

public:
    // Something that is set elsewhere, found here too.
    struct Link {
        const char* name;              // of its button
        const char* group;             // one of the table's
        QString text;
        QString help;
        std::function<void()> open;
    };

    SettingsDialog(WindowSettings& settings, const std::vector<Link>& links, QWidget* parent = nullptr);

private:
    void addEntry(QWidget* row, const QString& group, const QString& words);
    QWidget* makePage();
    void showEntries();

    struct Entry {
        QWidget* row;
        QString group;
        QString words;                 // what the search goes through
    };
    struct Heading {
        QLabel* label;
        QString group;
    };
    QListWidget* m_groups;
    QVBoxLayout* m_column;
    QLabel* m_nothing;
    std::vector<Entry> m_entries;
    std::vector<Heading> m_headings;
};

} // namespace octavo::ui
