// SPDX-License-Identifier: Apache-2.0
#include "search_dialog.h"

#include <algorithm>

#include <QLineEdit>
#include <QPushButton>

namespace octavo::ui {

SearchDialog::SearchDialog(const char* searchName, const QString& what, const QString& hint, QWidget* parent)
    : QDialog(parent), m_search(new QLineEdit(this))
{
    m_search->setObjectName(QLatin1String(searchName));
    m_search->setAccessibleName(what);
    m_search->setPlaceholderText(hint);
    m_search->setClearButtonEnabled(true);
}

QPushButton* SearchDialog::makeButton(const QString& text, const char* name)
{
    auto* button = new QPushButton(text, this);
    button->setObjectName(QLatin1String(name));
    button->setAutoDefault(false);
    return button;
}

void SearchDialog::open()
{
    show();
    raise();
    activateWindow();
    m_search->setFocus(Qt::PopupFocusReason);
    m_search->selectAll();
}

bool hasAllWords(const QString& text, const QString& searched)
{
    const QStringList words = searched.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::all_of(words.begin(), words.end(), [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace octavo::ui
