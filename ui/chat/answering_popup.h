// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QDialog>

class QCheckBox;
class QDoubleSpinBox;
class QSpinBox;

namespace octavo::ui {

// How answers of one conversation are written.
struct Answering {
    double temperature = 0;
    int maxTokens = 512;
};

// How the answers of this conversation are written, where that is not as the settings say. Drops down from a button.
class AnsweringPopup : public QDialog {
    Q_OBJECT

public:
    explicit AnsweringPopup(QWidget* parent = nullptr);

    // `usual`: what the settings say; `own`: of this conversation, if it has its own.
    void openBelow(QWidget* button, const Answering& usual, const std::optional<Answering>& own);

signals:
    void chosen(const std::optional<octavo::ui::Answering>& own);      // at once, with each change

private:
    void tell();

    QCheckBox* m_isOwn;
    QDoubleSpinBox* m_temperature;
    QSpinBox* m_maxTokens;
};

} // namespace octavo::ui
