// SPDX-License-Identifier: Apache-2.0
#include "settings/setting_row_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>
#include <QWheelEvent>

#include "settings/window_settings.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kControlWidth = 24 * kGrid;
constexpr int kEndWidth = 5 * kGrid;

// A wheel that scrolls the page must not change what lies under it on the way.
template <class Control>
class Calm : public Control {
public:
    using Control::Control;

protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

} // namespace

void layOutSetting(QWidget* row, const QString& text, const QString& help, QWidget* control, QToolButton* reset)
{
    auto* name = label(text, "body", row);
    name->setWordWrap(true);
    auto* about = label(help, "caption", row);
    about->setWordWrap(true);
    auto* words = new QVBoxLayout;
    words->setSpacing(kGrid / 4);
    words->addWidget(name);
    words->addWidget(about);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, kGrid, 0, kGrid);
    line->setSpacing(2 * kGrid);
    line->addLayout(words, 1);
    control->setMinimumWidth(kControlWidth);
    control->setAccessibleName(text);
    control->setAccessibleDescription(help);
    line->addWidget(control, 0, Qt::AlignVCenter);
    QWidget* end = reset ? static_cast<QWidget*>(reset) : new QWidget(row);
    end->setFixedWidth(kEndWidth);
    line->addWidget(end, 0, Qt::AlignVCenter);
}

SettingRowView::SettingRowView(const SettingRow& row, WindowSettings& settings, QWidget* parent)
    : QWidget(parent), m_row(row), m_settings(settings), m_control(makeControl())
{
    setObjectName(QStringLiteral("settingRow"));
    m_control->setObjectName(QLatin1String(row.name));
    const QString text = settingText(row.text);
    QString help = settingText(row.help);
    if (row.atStart)
        help += QLatin1Char(' ') + tr("Holds from the next start of Octavo.");
    m_reset = iconButton(QLatin1String("back"), "resetSetting", tr("Back to the default: %1").arg(text), this);
    QSizePolicy keepsRoom = m_reset->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(keepsRoom);
    layOutSetting(this, text, help, m_control, m_reset);
    setTabOrder(m_control, m_reset);
    connect(m_reset, &QToolButton::clicked, this, [this] {
        m_control->setFocus(Qt::OtherFocusReason);      // the button goes
        m_settings.reset(m_row.setting);
    });
    connect(&m_settings, &WindowSettings::changed, this, [this](Setting setting) {
        if (setting == m_row.setting)
            showValue();
    });
    showValue();
}

QWidget* SettingRowView::makeControl()
{
    const auto set = [this](const QVariant& value) { m_settings.set(m_row.setting, value); };
    if (const auto* number = std::get_if<Number>(&m_row.form)) {
        auto* box = new Calm<QDoubleSpinBox>(this);
        box->setDecimals(number->decimals);
        box->setRange(number->least, number->most);
        box->setSingleStep(number->step);
        box->setSuffix(settingText(number->unit));
        if (number->leastText)
            box->setSpecialValueText(settingText(number->leastText));
        box->setKeyboardTracking(false);                // a number half typed is none
        connect(box, &QDoubleSpinBox::valueChanged, this, set);
        return box;
    }
    if (const auto* choice = std::get_if<Choice>(&m_row.form)) {
        auto* box = new Calm<QComboBox>(this);
        for (const Choice::Option& option : choice->options)
            box->addItem(settingText(option.text), QString::fromLatin1(option.name));
        connect(box, &QComboBox::currentIndexChanged, this, [box, set](int index) { set(box->itemData(index)); });
        return box;
    }
    auto* box = new QCheckBox(tr("On"), this);
    connect(box, &QCheckBox::toggled, this, set);
    return box;
}

void SettingRowView::showValue()
{
    const QSignalBlocker quiet(m_control);
    const QVariant value = m_settings.value(m_row.setting);
    if (auto* number = qobject_cast<QDoubleSpinBox*>(m_control))
        number->setValue(value.toDouble());
    else if (auto* choice = qobject_cast<QComboBox*>(m_control))
        choice->setCurrentIndex(choice->findData(value));
    else
        qobject_cast<QCheckBox*>(m_control)->setChecked(value.toBool());
    m_reset->setVisible(!m_settings.isDefault(m_row.setting));
}

} // namespace octavo::ui
