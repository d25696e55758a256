// SPDX-License-Identifier: Apache-2.0
#include "keys/keys_dialog.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>

#include "keys/key_edit.h"
#include "keys/key_map.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kRowIndex = Qt::UserRole;       // of an item, into keyTable()

const KeyRow& rowOf(const QTreeWidgetItem* item) { return keyTable()[item->data(0, kRowIndex).toUInt()]; }

} // namespace

KeysDialog::KeysDialog(KeyMap& keys, QWidget* parent)
    : SearchDialog("keysSearch", tr("Search the keyboard map"), tr("Search by what it does, or by its keys"), parent), m_keys(keys),
      m_tree(new QTreeWidget(this)), m_name(label({}, "title", this)),
      m_edit(new KeyEdit(this)), m_reset(makeButton(tr("Reset"), "resetKeys")), m_sentence(label({}, "caption", this)),
      m_take(makeButton(tr("Use them here"), "takeKeys"))
{
    setObjectName(QStringLiteral("keysDialog"));
    setWindowTitle(tr("Keyboard map"));
    resize(80 * kGrid, 80 * kGrid);
    m_tree->setObjectName(QStringLiteral("keysTree"));
    m_tree->setAccessibleName(tr("What keys do"));
    m_tree->setColumnCount(2);
    m_tree->setHeaderLabels({tr("What it does"), tr("Keys")});
    m_tree->header()->setSectionsMovable(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_tree->header()->setStretchLastSection(false);
    m_name->setObjectName(QStringLiteral("keysName"));
    m_edit->setObjectName(QStringLiteral("keysEdit"));
    m_edit->setFixedWidth(26 * kGrid);
    m_sentence->setObjectName(QStringLiteral("keysSentence"));
    m_sentence->setWordWrap(true);
    m_sentence->setMinimumHeight(2 * m_sentence->fontMetrics().lineSpacing());   // or all would move when it speaks
    auto* all = makeButton(tr("Reset all"), "resetAllKeys");
    auto* close = makeButton(tr("Close"), "closeKeys");

    auto* change = new QHBoxLayout;
    change->setSpacing(kGrid);
    change->addWidget(m_name, 1);
    change->addWidget(m_edit);
    change->addWidget(m_reset);
    auto* told = new QHBoxLayout;
    told->addWidget(m_sentence, 1);
    told->addWidget(m_take);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(all);
    buttons->addStretch(1);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid + kGrid / 2);
    column->addWidget(search());
    column->addWidget(m_tree, 1);
    column->addLayout(change);
    column->addLayout(told);
    column->addLayout(buttons);

    fill();
    connect(search(), &QLineEdit::textChanged, this, &KeysDialog::narrow);
    connect(m_tree, &QTreeWidget::currentItemChanged, this, &KeysDialog::showChosen);
    connect(m_tree, &QTreeWidget::itemActivated, m_edit, qOverload<>(&QWidget::setFocus));
    connect(m_edit, &KeyEdit::pressed, this, &KeysDialog::take);
    connect(m_reset, &QPushButton::clicked, this, [this] {
        const KeyRow& row = *chosen();
        for (const QKeySequence& usual : row.byDefault) {
            if (m_keys.holderOf(usual, row))
                return take(usual);    // tells who has them
        }
        m_keys.reset(row);
    });
    connect(m_take, &QPushButton::clicked, this, [this] {
        const KeyRow& row = *chosen();
        if (const KeyRow* holder = m_keys.holderOf(m_wanted, row)) {
            QList<QKeySequence> left = m_keys.keysOf(*holder);
            left.removeAll(m_wanted);
            m_keys.setKeys(*holder, left);
        }
        m_edit->setFocus();
        m_keys.setKeys(row, {m_wanted});
    });
    connect(all, &QPushButton::clicked, &m_keys, &KeyMap::resetAll);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(&m_keys, &KeyMap::changed, this, &KeysDialog::showKeys);
    showKeys();
    m_tree->setCurrentItem(m_tree->topLevelItem(0)->child(0));
}

void KeysDialog::fill()
{
    const auto& table = keyTable();
    for (std::size_t at = 0; at < table.size(); ++at) {
        const QString group = keyText(table[at].group);
        QTreeWidgetItem* parent = m_tree->topLevelItemCount() > 0 ? m_tree->topLevelItem(m_tree->topLevelItemCount() - 1) : nullptr;
        if (!parent || parent->text(0) != group) {
            parent = new QTreeWidgetItem(m_tree, {group});
            parent->setFlags(Qt::ItemIsEnabled);
            parent->setFirstColumnSpanned(true);
            QFont bold = font();
            bold.setWeight(QFont::DemiBold);
            parent->setFont(0, bold);
        }
        auto* item = new QTreeWidgetItem(parent, {keyText(table[at].text)});
        item->setData(0, kRowIndex, static_cast<uint>(at));
    }
    m_tree->expandAll();
}

void KeysDialog::showKeys()
{
    for (QTreeWidgetItemIterator at(m_tree, QTreeWidgetItemIterator::NoChildren); *at; ++at)
        (*at)->setText(1, keysText(m_keys.keysOf(rowOf(*at))));
    showChosen();
}

void KeysDialog::narrow(const QString& searched)
{
    QTreeWidgetItem* first = nullptr;
    for (int group = 0; group < m_tree->topLevelItemCount(); ++group) {
        QTreeWidgetItem* parent = m_tree->topLevelItem(group);
        bool any = false;
        for (int at = 0; at < parent->childCount(); ++at) {
            QTreeWidgetItem* item = parent->child(at);
            const bool wanted = hasAllWords(parent->text(0) + QLatin1Char(' ') + item->text(0) + QLatin1Char(' ') + item->text(1), searched);
            item->setHidden(!wanted);
            any = any || wanted;
            if (wanted && !first)
                first = item;
        }
        parent->setHidden(!any);
    }
    m_tree->setCurrentItem(first);
    if (first)
        m_tree->scrollToItem(first);
}

const KeyRow* KeysDialog::chosen() const
{
    const QTreeWidgetItem* item = m_tree->currentItem();
    return item && item->parent() && *rowOf(item).name ? &rowOf(item) : nullptr;
}

void KeysDialog::showChosen()
{
    const KeyRow* row = chosen();
    const QTreeWidgetItem* item = m_tree->currentItem();
    m_name->setText(item && item->parent() ? item->text(0) : QString());
    m_edit->setAccessibleName(tr("Keys of: %1").arg(m_name->text()));
    m_edit->setText(item && item->parent() ? item->text(1) : QString());
    m_edit->setEnabled(row);
    m_reset->setEnabled(row && !m_keys.isDefault(*row));
    m_take->hide();
    tell(row || m_name->text().isEmpty() ? QString() : tr("These keys cannot be changed."));
}

void KeysDialog::take(const QKeySequence& keys)
{
    const KeyRow& row = *chosen();
    m_take->hide();
    if (keys.isEmpty())
        return m_keys.setKeys(row, {});
    if (const QString why = KeyMap::whyUnfit(keys); !why.isEmpty())
        return tell(why);
    const KeyRow* holder = m_keys.holderOf(keys, row);
    if (!holder)
        return m_keys.setKeys(row, {keys});
    m_edit->setText(keysText({keys}));
    m_wanted = keys;
    m_take->setVisible(*holder->name);
    tell(*holder->name ? tr("%1 is taken by “%2”. Used here, it will do nothing there.").arg(keysText({keys}), keyText(holder->text))
                       : tr("%1 is taken by “%2”, which cannot be changed. Press other keys.").arg(keysText({keys}), keyText(holder->text)));
}

void KeysDialog::tell(const QString& sentence)
{
    m_sentence->setText(sentence);
    if (sentence.isEmpty())
        return;
    QAccessibleEvent alert(m_sentence, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

} // namespace octavo::ui
