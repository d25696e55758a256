// SPDX-License-Identifier: Apache-2.0
#include "settings/settings_dialog.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>

#include "settings/setting_row_view.h"
#include "settings/window_settings.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kGroupsWidth = 20 * kGrid;

// All that a person may look for: also what can be chosen.
QString wordsOf(const SettingRow& row)
{
    QStringList words{settingText(row.group), settingText(row.text), settingText(row.help)};
    if (const auto* choice = std::get_if<Choice>(&row.form)) {
        for (const Choice::Option& option : choice->options)
            words.append(settingText(option.text));
    }
    return words.join(QLatin1Char(' '));
}

} // namespace

SettingsDialog::SettingsDialog(WindowSettings& settings, const std::vector<Link>& links, QWidget* parent)
    : SearchDialog("settingsSearch", tr("Search settings"), tr("Search settings"), parent), m_groups(new QListWidget(this)),
      m_nothing(label(tr("No setting has these words."), "caption", this))
{
    setObjectName(QStringLiteral("settingsDialog"));
    setWindowTitle(tr("Settings"));
    resize(104 * kGrid, 76 * kGrid);
    m_groups->setObjectName(QStringLiteral("settingsGroups"));
    m_groups->setAccessibleName(tr("Groups of settings"));
    m_groups->setFixedWidth(kGroupsWidth);
    auto* page = makePage();
    for (const SettingRow& row : settingsTable())
        addEntry(new SettingRowView(row, settings), settingText(row.group), wordsOf(row));
    for (const Link& link : links) {
        auto* row = new QWidget;
        auto* button = makeButton(tr("Open…"), link.name);
        layOutSetting(row, link.text, link.help, button);
        connect(button, &QPushButton::clicked, this, [open = link.open] { open(); });
        addEntry(row, settingText(link.group), link.text + QLatin1Char(' ') + link.help);
    }

    auto* all = makeButton(tr("Reset all"), "resetAllSettings");
    auto* close = makeButton(tr("Close"), "closeSettings");

    auto* middle = new QHBoxLayout;
    middle->setSpacing(2 * kGrid);
    middle->addWidget(m_groups);
    middle->addWidget(page, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(all);
    buttons->addStretch(1);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addWidget(search());
    column->addLayout(middle, 1);
    column->addLayout(buttons);

    m_groups->setCurrentRow(0);
    showEntries();
    connect(search(), &QLineEdit::textChanged, this, &SettingsDialog::showEntries);
    connect(m_groups, &QListWidget::currentRowChanged, this, &SettingsDialog::showEntries);
    connect(m_groups, &QListWidget::itemClicked, search(), &QLineEdit::clear);
    connect(all, &QPushButton::clicked, &settings, &WindowSettings::resetAll);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
}

QWidget* SettingsDialog::makePage()
{
    auto* scroll = new QScrollArea(this);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    auto* list = new QWidget;
    list->setAutoFillBackground(false);
    m_column = new QVBoxLayout(list);
    m_column->setContentsMargins(kGrid / 2, 0, kGrid, 0);
    m_column->setSpacing(0);
    m_column->addWidget(m_nothing);
    m_column->addStretch(1);
    scroll->setWidget(list);
    return scroll;
}

void SettingsDialog::addEntry(QWidget* row, const QString& group, const QString& words)
{
    const auto last = std::find_if(m_entries.rbegin(), m_entries.rend(), [&](const Entry& entry) { return entry.group == group; });
    int at = m_column->count() - 1;                 // before the stretch
    if (last != m_entries.rend()) {
        at = m_column->indexOf(last->row) + 1;
    } else {
        m_groups->addItem(group);
        m_headings.push_back({label(group, "large", this), group});
        m_column->insertWidget(at++, m_headings.back().label);
    }
    m_column->insertWidget(at, row);
    m_entries.push_back({row, group, words});
}

void SettingsDialog::showEntries()
{
    const QString searched = search()->text();
    const bool searching = !searched.trimmed().isEmpty();
    const QString group = m_groups->currentItem() ? m_groups->currentItem()->text() : QString();
    bool any = false;
    for (const Heading& heading : m_headings) {
        bool inGroup = false;
        for (const Entry& entry : m_entries) {
            if (entry.group != heading.group)
                continue;
            const bool wanted = searching ? hasAllWords(entry.words, searched) : entry.group == group;
            entry.row->setVisible(wanted);
            inGroup = inGroup || wanted;
        }
        heading.label->setVisible(inGroup);
        any = any || inGroup;
    }
    m_nothing->setVisible(!any);
}

} // namespace octavo::ui
