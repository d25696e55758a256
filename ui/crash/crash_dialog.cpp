// SPDX-License-Identifier: Apache-2.0
#include "crash/crash_dialog.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "octavo/app/crash_reports.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

CrashDialog::CrashDialog(const QString& file, QWidget* parent) : QDialog(parent)
{
    setObjectName(QStringLiteral("crashDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Crash report"));
    resize(90 * kGrid, 70 * kGrid);
    auto* where = label(tr("%1\nIt stays on this machine. If you want to help, put it into a report of the problem.").arg(file), "caption", this);
    where->setWordWrap(true);
    where->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* text = new QPlainTextEdit(app::crashReportText(file), this);
    text->setObjectName(QStringLiteral("crashText"));
    text->setAccessibleName(tr("Crash report"));
    text->setReadOnly(true);
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setFont(codeFont(font()));
    auto* copy = new QPushButton(tr("Copy"), this);
    copy->setObjectName(QStringLiteral("copyButton"));
    auto* close = new QPushButton(tr("Close"), this);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(copy);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->addWidget(where);
    column->addWidget(text, 1);
    column->addLayout(buttons);
    connect(copy, &QPushButton::clicked, this, [text] { QApplication::clipboard()->setText(text->toPlainText()); });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
}

} // namespace octavo::ui
