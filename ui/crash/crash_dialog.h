// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

namespace octavo::ui {

// A crash report, all of it, to be read, copied or saved. Nothing is sent.
class CrashDialog : public QDialog {
    Q_OBJECT

public:
    explicit CrashDialog(const QString& file, QWidget* parent = nullptr);
};

} // namespace octavo::ui
