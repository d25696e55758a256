// SPDX-License-Identifier: Apache-2.0
#include "crash/crash_dialog.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>

#include "octavo/app/crash_reports.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

CrashDialog::CrashDialog(const QString& file, QWidget* parent)
    : QDialog(parent), m_name(QFileInfo(file).fileName()), m_text(new QPlainTextEdit(app::crashReportText(file), this))
{
    setObjectName(QStringLiteral("crashDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Crash report"));
    resize(90 * kGrid, 70 * kGrid);
    auto* where = label(tr("%1\nIt stays on this machine. If you want to help, put it into a report of the problem.").arg(file), "caption", this);
    where->setWordWrap(true);
    where->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setObjectName(QStringLiteral("crashText"));
    m_text->setAccessibleName(tr("Crash report"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(codeFont(font()));
    auto* copy = new QPushButton(tr("Copy"), this);
    copy->setObjectName(QStringLiteral("copyButton"));
    auto* save = new QPushButton(tr("Save as…"), this);
    save->setObjectName(QStringLiteral("saveButton"));
    auto* close = new QPushButton(tr("Close"), this);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(copy);
    buttons->addWidget(save);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->addWidget(where);
    column->addWidget(m_text, 1);
    column->addLayout(buttons);
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_text->toPlainText()); });
    connect(save, &QPushButton::clicked, this, &CrashDialog::askForFile);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
}

QString CrashDialog::saveAs(const QString& file) const
{
    const QByteArray bytes = m_text->toPlainText().toUtf8();
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
        return tr("%1 cannot be written (%2); choose another folder.").arg(file, out.errorString());
    return {};
}

void CrashDialog::askForFile()
{
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the crash report"), m_name, tr("Text (*.txt)"));
    if (file.isEmpty())
        return;
    if (const QString problem = saveAs(file); !problem.isEmpty())
        QMessageBox::warning(this, tr("Save the crash report"), problem);
}

} // namespace octavo::ui
