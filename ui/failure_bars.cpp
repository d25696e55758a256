// SPDX-License-Identifier: Apache-2.0
#include "failure_bars.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "icons.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

FailureBars::FailureBars(QWidget* parent) : QWidget(parent), m_bars(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("failureBars"));
    m_bars->setContentsMargins(0, 0, 0, 0);
    m_bars->setSpacing(0);
}

void FailureBars::add(const app::Failure& failure) { addBar(failure.sentence, "warning"); }

void FailureBars::inform(const QString& sentence) { addBar(sentence, "info"); }

void FailureBars::offer(const QString& sentence, const std::vector<Remedy>& remedies) { addBar(sentence, "info", remedies); }

void FailureBars::addBar(const QString& sentence, const char* signName, const std::vector<Remedy>& remedies)
{
    for (const QLabel* shown : findChildren<QLabel*>(QStringLiteral("failureText"))) {
        if (shown->text() == sentence)
            return;
    }
    while (m_bars->count() >= kMost)
        delete m_bars->itemAt(0)->widget();

    auto* bar = new QWidget(this);
    bar->setObjectName(QStringLiteral("failureBar"));
    bar->setAttribute(Qt::WA_StyledBackground);
    auto* sign = new QLabel(bar);
    sign->setPixmap(icon(QLatin1String(signName)).pixmap(18, 18));
    auto* text = label(sentence, "body", bar);
    text->setObjectName(QStringLiteral("failureText"));
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* close = iconButton(QLatin1String("close"), "failureClose", tr("Close this message"), bar);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(2 * kGrid, kGrid / 2, kGrid, kGrid / 2);
    row->setSpacing(kGrid + kGrid / 2);
    row->addWidget(sign, 0, Qt::AlignVCenter);
    row->addWidget(text, 1);
    for (const Remedy& remedy : remedies) {
        auto* button = new QPushButton(remedy.text, bar);
        button->setObjectName(QLatin1String(remedy.name));
        row->addWidget(button, 0, Qt::AlignVCenter);
        connect(button, &QPushButton::clicked, bar, [bar, action = remedy.action] {
            bar->deleteLater();
            action();
        });
    }
    row->addWidget(close, 0, Qt::AlignVCenter);
    m_bars->addWidget(bar);
    connect(close, &QToolButton::clicked, bar, &QObject::deleteLater);
    QAccessibleEvent alert(text, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

} // namespace octavo::ui
