// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

class QPlainTextEdit;

namespace octavo::ui {

// A crash report, all of it, to be read, copied or saved. Nothing is sent.
class CrashDialog : public QDialog {
    Q_OBJECT

public:
    explicit CrashDialog(const QString& file, QWidget* parent = nullptr);

    // An empty string, or the sentence that tells what went wrong.
    QString saveAs(const QString& file) const;

private:
    void askForFile();

    QString m_name;
    QPlainTextEdit* m_text;
};

} // namespace octavo::ui
