// SPDX-License-Identifier: Apache-2.0
#include "keys/key_map.h"

#include <QAbstractButton>
#include <QAction>

#include "settings/window_settings.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

QString settingOf(const KeyRow& row) { return QStringLiteral("keys/") + QLatin1String(row.name); }

} // namespace

KeyMap::KeyMap(WindowSettings& settings, QWidget* window) : QObject(window), m_settings(settings), m_window(window) {}

QAction* KeyMap::action(const QString& name)
{
    if (QAction* made = m_actions.value(name))
        return made;
    return adopt(name, new QAction(keyText(keyRow(name).text), m_window));
}

QAction* KeyMap::adopt(const QString& name, QAction* action)
{
    action->setObjectName(name + QStringLiteral("Action"));
    m_actions.insert(name, action);
    m_window->addAction(action);
    show(keyRow(name));
    return action;
}

// Nothing, where the table's hold. No keys at all where a person has taken them away. What is not fit for keys counts for nothing.
std::optional<QList<QKeySequence>> KeyMap::keptKeys(const KeyRow& row) const
{
    const QVariant kept = *row.name ? m_settings.kept(settingOf(row)) : QVariant();
    if (!kept.isValid())
        return {};
    QList<QKeySequence> keys;
    for (const QString& text : kept.toString().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const QKeySequence read = QKeySequence::fromString(text, QKeySequence::PortableText);
        if (read.isEmpty() || read[0].key() == Qt::Key_unknown || !whyUnfit(read).isEmpty())
            return {};
        keys.append(read);
    }
    return keys;
}

// Two actions with the same keys would both do nothing. A person's choice goes before the table's, of a later version perhaps; the first of
// two choices before the other, as only a file changed by hand has them.
QList<QKeySequence> KeyMap::keysOf(const KeyRow& row) const
{
    const auto kept = keptKeys(row);
    QList<QKeySequence> keys = kept.value_or(row.byDefault);
    if (!*row.name)
        return keys;
    for (const KeyRow& other : keyTable()) {
        if (&other == &row && kept)
            break;
        if (const auto taken = keptKeys(other); taken && &other != &row)
            keys.removeIf([&](const QKeySequence& sequence) { return taken->contains(sequence); });
    }
    return keys;
}

bool KeyMap::isDefault(const KeyRow& row) const
{
    return keysOf(row) == row.byDefault;
}

QString KeyMap::whyUnfit(const QKeySequence& keys)
{
    const QKeyCombination pressed = keys[0];
    const Qt::KeyboardModifiers held = pressed.keyboardModifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier);
    const bool isFunction = pressed.key() >= Qt::Key_F1 && pressed.key() <= Qt::Key_F35;
    if (keys.count() == 1 && (held != Qt::NoModifier || isFunction || pressed.key() == Qt::Key_Escape))
        return {};
    return tr("%1 alone is needed for typing and moving about; hold Ctrl or Alt with it, or take a function key.")
        .arg(keys.toString(QKeySequence::NativeText));
}

const KeyRow* KeyMap::holderOf(const QKeySequence& keys, const KeyRow& besides) const
{
    for (const KeyRow& row : keyTable()) {
        if (&row != &besides && keysOf(row).contains(keys))
            return &row;
    }
    return nullptr;
}

void KeyMap::setKeys(const KeyRow& row, const QList<QKeySequence>& keys)
{
    Q_ASSERT(*row.name);
    QStringList texts;
    for (const QKeySequence& sequence : keys)
        texts.append(sequence.toString(QKeySequence::PortableText));
    m_settings.keep(settingOf(row), keys == row.byDefault ? QVariant() : QVariant(texts.join(QLatin1Char(' '))));
    for (const KeyRow& shown : keyTable())     // another row may have lost or got back its own
        show(shown);
    emit changed();
}

void KeyMap::reset(const KeyRow& row)
{
    setKeys(row, row.byDefault);
}

void KeyMap::resetAll()
{
    for (const KeyRow& row : keyTable()) {
        if (*row.name && !isDefault(row))
            reset(row);
    }
}

void KeyMap::show(const KeyRow& row)
{
    const QList<QKeySequence> keys = keysOf(row);
    const QKeySequence told = keys.value(0);
    if (QAction* action = m_actions.value(QLatin1String(row.name))) {
        action->setShortcuts(keys);
        action->setToolTip(tipWithKeys(keyText(row.text), told));
    }
    for (const QString& name : QString::fromLatin1(row.buttons).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        for (auto* button : m_window->findChildren<QAbstractButton*>(name))
            button->setToolTip(tipWithKeys(button->accessibleName(), told));
    }
}

QString keysText(const QList<QKeySequence>& keys)
{
    QStringList texts;
    for (const QKeySequence& sequence : keys)
        texts.append(sequence.toString(QKeySequence::NativeText));
    return texts.join(QStringLiteral(", "));
}

} // namespace octavo::ui
