// SPDX-License-Identifier: Apache-2.0
#include "welcome_page.h"

#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "icons.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

WelcomePage::WelcomePage(const QString& sampleDir, QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("welcomePage"));
    setAttribute(Qt::WA_StyledBackground);
    auto* mark = new QLabel(this);
    mark->setPixmap(programIcon().pixmap(72, 72));
    auto* title = label(tr("Drop a book or a code folder here"), "display", this);
    title->setWordWrap(true);
    auto* about = label(tr("Octavo reads all of it, answers your questions and shows the passages each answer drew on. "
                           "PDF, EPUB, Word and web pages, plain text and source code; nothing leaves this machine."), "body", this);
    about->setWordWrap(true);
    about->setAlignment(Qt::AlignCenter);
    about->setFixedWidth(58 * kGrid);
    about->ensurePolished(); // its height depends on the style sheet's font, and layouts centre it without asking
    about->setMinimumHeight(about->heightForWidth(58 * kGrid));
    title->setAlignment(Qt::AlignCenter);

    auto* files = new QPushButton(tr("Open files…"), this);
    files->setObjectName(QStringLiteral("openFilesButton"));
    files->setProperty("role", "primary");
    auto* folder = new QPushButton(tr("Open a folder…"), this);
    folder->setObjectName(QStringLiteral("openFolderButton"));
    auto* summarize = new QPushButton(tr("Summarize…"), this);
    summarize->setObjectName(QStringLiteral("summarizeFilesButton"));
    summarize->setToolTip(tr("Reads files and summarizes them, chapter by chapter and as a whole"));
    auto* sample = new QPushButton(tr("Try it with Octavo’s own source code"), this);
    sample->setObjectName(QStringLiteral("sampleButton"));
    sample->setVisible(!sampleDir.isEmpty() && QDir(sampleDir).exists());

    auto* row = new QHBoxLayout;
    row->setSpacing(kGrid);
    row->addStretch();
    row->addWidget(files);
    row->addWidget(folder);
    row->addWidget(summarize);
    row->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6 * kGrid, 6 * kGrid, 6 * kGrid, 6 * kGrid);
    column->addStretch(2);
    column->addWidget(mark, 0, Qt::AlignHCenter);
    column->addSpacing(3 * kGrid);
    column->addWidget(title);
    column->addSpacing(kGrid);
    column->addWidget(about, 0, Qt::AlignHCenter);
    column->addSpacing(3 * kGrid);
    column->addLayout(row);
    column->addSpacing(kGrid);
    column->addWidget(sample, 0, Qt::AlignHCenter);
    column->addStretch(3);
    connect(files, &QPushButton::clicked, this, &WelcomePage::openFilesWanted);
    connect(folder, &QPushButton::clicked, this, &WelcomePage::openFolderWanted);
    connect(summarize, &QPushButton::clicked, this, &WelcomePage::summarizeWanted);
    connect(sample, &QPushButton::clicked, this, &WelcomePage::sampleWanted);
}

void WelcomePage::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    QPen dashes(palette().color(QPalette::Mid), 1.5, Qt::DashLine);
    dashes.setDashPattern({5, 4});
    painter.setPen(dashes);
    painter.drawRoundedRect(QRectF(rect()).adjusted(3 * kGrid, 3 * kGrid, -3 * kGrid, -3 * kGrid), 2 * kGrid, 2 * kGrid);
}

} // namespace octavo::ui
