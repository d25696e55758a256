// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <QWidget>

#include "octavo/app/failure.h"

class QVBoxLayout;

namespace octavo::ui {

// Failures and notices, one bar each with its sentence and a button to close it; nothing waits for them. The same sentence is shown once, and
// of more than kMost the oldest goes.
class FailureBars : public QWidget {
    Q_OBJECT

public:
    static constexpr int kMost = 3;

    explicit FailureBars(QWidget* parent = nullptr);

    // A notice with things to do about it, a button each; every one closes the bar.
    struct Remedy {
        const char* name;                   // the button's object name
        QString text;
        std::function<void()> action;
    };
    void offer(const QString& sentence, const std::vector<Remedy>& remedies);

public slots:
    void add(const octavo::app::Failure& failure);
    void inform(const QString& sentence);   // nothing has failed

private:
    void addBar(const QString& sentence, const char* sign, const std::vector<Remedy>& remedies = {});

    QVBoxLayout* m_bars;
};

} // namespace octavo::ui
