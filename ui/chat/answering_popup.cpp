// SPDX-License-Identifier: Apache-2.0
#include "chat/answering_popup.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QSpinBox>

#include "settings/settings_table.h"
#include "theme.h"

namespace octavo::ui {

namespace {

// The ranges are those of the settings.
const Number& rangeOf(Setting setting) { return std::get<Number>(rowOf(setting).form); }

} // namespace

AnsweringPopup::AnsweringPopup(QWidget* parent)
    : QDialog(parent), m_isOwn(new QCheckBox(tr("This conversation has its own"), this)), m_temperature(new QDoubleSpinBox(this)), m_maxTokens(new QSpinBox(this))
{
    setObjectName(QStringLiteral("answeringPopup"));
    setWindowTitle(tr("How answers are written here"));
    m_isOwn->setObjectName(QStringLiteral("answeringIsOwn"));
    m_temperature->setObjectName(QStringLiteral("answeringTemperature"));
    m_temperature->setAccessibleName(tr("Temperature"));
    const Number& warmth = rangeOf(Setting::Temperature);
    m_temperature->setRange(warmth.least, warmth.most);
    m_temperature->setSingleStep(warmth.step);
    m_temperature->setDecimals(1);
    m_maxTokens->setObjectName(QStringLiteral("answeringMaxTokens"));
    m_maxTokens->setAccessibleName(tr("Longest answer, tokens"));
    const Number& length = rangeOf(Setting::AnswerTokens);
    m_maxTokens->setRange(static_cast<int>(length.least), static_cast<int>(length.most));
    m_maxTokens->setSingleStep(static_cast<int>(length.step));
    m_maxTokens->setSuffix(tr(" tokens"));
    auto* form = new QFormLayout(this);
    form->setContentsMargins(2 * kGrid, kGrid + kGrid / 2, 2 * kGrid, kGrid + kGrid / 2);
    form->setSpacing(kGrid);
    form->addRow(m_isOwn);
    form->addRow(tr("Temperature"), m_temperature);
    form->addRow(tr("Longest answer"), m_maxTokens);
    connect(m_isOwn, &QCheckBox::toggled, this, &AnsweringPopup::tell);
    connect(m_temperature, &QDoubleSpinBox::valueChanged, this, &AnsweringPopup::tell);
    connect(m_maxTokens, &QSpinBox::valueChanged, this, &AnsweringPopup::tell);
}

void AnsweringPopup::openBelow(QWidget* button, const Answering& usual, const std::optional<Answering>& own)
{
    {
        const QSignalBlocker a(m_isOwn), b(m_temperature), c(m_maxTokens);
        const Answering shown = own.value_or(usual);
        m_isOwn->setChecked(own.has_value());
        m_temperature->setValue(shown.temperature);
        m_maxTokens->setValue(shown.maxTokens);
        m_temperature->setEnabled(own.has_value());
        m_maxTokens->setEnabled(own.has_value());
    }
    adjustSize();
    move(button->mapToGlobal(QPoint(button->width() - width(), button->height() + kGrid / 2)));
    open();
    m_isOwn->setFocus(Qt::PopupFocusReason);
}

void AnsweringPopup::tell()
{
    const bool own = m_isOwn->isChecked();
    m_temperature->setEnabled(own);
    m_maxTokens->setEnabled(own);
    emit chosen(own ? std::optional(Answering{m_temperature->value(), m_maxTokens->value()}) : std::nullopt);
}

} // namespace octavo::ui
