// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "chat/part_choice_model.h"
#include "octavo/app/assistant.h"

class QLabel;
class QPushButton;

namespace octavo::ui {

// What would the answer be without a chapter, or without a passage it drew on? Parts of the conversation's texts to untick, and the same question asked again.
class WhatIfDialog : public QDialog {
    Q_OBJECT

public:
    // `answer` with its sources; `texts` as Assistant::outlinesReady() has them.
    WhatIfDialog(const app::Message& answer, const QString& question, const QList<app::DocumentOutline>& texts, QWidget* parent = nullptr);

signals:
    void askWanted(octavo::app::MessageId question, const QList<octavo::app::TextPlace>& hidden);

private:
    void showChoice();

    PartChoiceModel m_model;
    QLabel* m_choice;
    QPushButton* m_ask;
};

} // namespace octavo::ui
