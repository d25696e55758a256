// SPDX-License-Identifier: Apache-2.0
#include "work/work_panel.h"

#include <algorithm>

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "theme.h"
#include "widgets.h"
#include "work/work_row.h"

namespace octavo::ui {

namespace {

constexpr int kWidth = 48 * kGrid;

using Kind = app::WorkItem::Kind;
using State = app::WorkItem::State;

double shareOf(const app::ReadProgress& progress)
{
    return progress.tokens > 0 ? static_cast<double>(progress.readTokens) / static_cast<double>(progress.tokens) : -1;
}

} // namespace

WorkPanel::WorkPanel(std::function<QString(const app::WorkItem&)> titleOf, QWidget* parent)
    : QDialog(parent), m_titleOf(std::move(titleOf)), m_column(new QVBoxLayout(this)),
      m_nothing(label(tr("Nothing is being read, answered or summarized."), "caption", this))
{
    setObjectName(QStringLiteral("workPanel"));
    setWindowTitle(tr("What is being done"));
    m_nothing->setObjectName(QStringLiteral("workNothing"));
    m_column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, kGrid);
    m_column->setSpacing(kGrid);
    m_column->addWidget(m_nothing);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_close = buttons->button(QDialogButtonBox::Close);
    m_column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    setFixedWidth(kWidth);
}

void WorkPanel::showWork(const QList<app::WorkItem>& work)
{
    for (qsizetype at = m_rows.size() - 1; at >= 0; --at) {
        const app::WorkId id = m_rows[at]->item().id;
        if (std::none_of(work.begin(), work.end(), [id](const app::WorkItem& item) { return item.id == id; }))
            delete m_rows.takeAt(at);
    }
    for (const app::WorkItem& item : work) {
        if (WorkRow* row = rowOf(item.id))
            row->showItem(item, m_titleOf(item));
        else
            m_rows.append(addRow(item));
    }
    m_nothing->setVisible(m_rows.isEmpty());
    adjustSize();
    emit changed();
}

WorkRow* WorkPanel::addRow(const app::WorkItem& item)
{
    auto* row = new WorkRow(item, m_titleOf(item), this);
    connect(row, &WorkRow::pauseWanted, this, &WorkPanel::pauseWanted);
    connect(row, &WorkRow::goOnWanted, this, &WorkPanel::goOnWanted);
    connect(row, &WorkRow::stopWanted, this, &WorkPanel::stopWanted);
    m_column->insertWidget(m_column->count() - 1, row);
    return row;
}

void WorkPanel::showOpening(const app::OpenProgress& progress)
{
    WorkRow* row = running(Kind::Opening, 0);
    if (!row)
        return;
    if (progress.allScans > 0)
        row->showProgress(tr("pictures of pages"), static_cast<double>(progress.scans) / progress.allScans, -1);
    else
        row->showProgress(progress.counted < 0 ? tr("%1 files").arg(progress.files) : tr("counting tokens"), progress.counted, -1);
    emit changed();
}

// What is read for a summary or an answer is a part of that.
void WorkPanel::showReading(const app::ReadProgress& progress)
{
    if (WorkRow* row = running(Kind::Reading, progress.document)) {
        row->showProgress({}, shareOf(progress), progress.secondsLeft);
    } else {
        for (const Kind kind : {Kind::Answer, Kind::Summary, Kind::Looking}) {
            if (WorkRow* other = running(kind, 0)) {
                other->showProgress(tr("the text is read first"), shareOf(progress), progress.secondsLeft);
                break;
            }
        }
    }
    emit changed();
}

void WorkPanel::showDownload(const app::ModelDownload& download)
{
    if (WorkRow* row = running(Kind::Download, 0)) {
        row->showProgress({}, download.total > 0 ? static_cast<double>(download.bytes) / static_cast<double>(download.total) : -1, download.secondsLeft);
        emit changed();
    }
}

void WorkPanel::showSummary(const app::SummaryProgress& progress)
{
    if (WorkRow* row = running(Kind::Summary, progress.session)) {
        const double share = progress.count > 0 ? static_cast<double>(progress.done) / progress.count : -1;
        row->showProgress(tr("%1 of %2 parts").arg(progress.done).arg(progress.count), share, progress.secondsLeft);
        emit changed();
    }
}

QString WorkPanel::headline() const
{
    const auto runs = std::find_if(m_rows.begin(), m_rows.end(), [](const WorkRow* row) { return row->item().state == State::Running; });
    if (m_rows.size() == 1)
        return m_rows.first()->text();
    if (runs == m_rows.end())
        return m_rows.isEmpty() ? QString() : tr("%1 jobs").arg(m_rows.size());
    return tr("%1, and %2 more").arg((*runs)->text()).arg(m_rows.size() - 1);
}

void WorkPanel::openAbove(QWidget* widget)
{
    adjustSize();
    const QPoint corner = widget->mapToGlobal(QPoint(widget->width(), -kGrid));
    if (!isVisible())
        move(std::max(widget->window()->mapToGlobal(QPoint(kGrid, 0)).x(), corner.x() - width()), corner.y() - height());
    show();
    raise();
    activateWindow();
    QWidget* first = m_rows.isEmpty() ? static_cast<QWidget*>(m_close) : m_rows.first();
    first->setFocus(Qt::PopupFocusReason);
}

WorkRow* WorkPanel::rowOf(app::WorkId work) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [work](const WorkRow* row) { return row->item().id == work; });
    return found == m_rows.end() ? nullptr : *found;
}

WorkRow* WorkPanel::running(Kind kind, qint64 subject) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const WorkRow* row) {
        const app::WorkItem& item = row->item();
        return item.kind == kind && item.state == State::Running && (subject == 0 || item.subject == subject);
    });
    return found == m_rows.end() ? nullptr : *found;
}

} // namespace octavo::ui
