// SPDX-License-Identifier: Apache-2.0
#include "preview/preview_dialog.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTimer>
#include <QTreeView>
#include <QVBoxLayout>

#include "preview/preview_model.h"
#include "share_delegate.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kTypingPause = 200;       // ms
constexpr int kMostRowsOpened = 500;    // by themselves

// Rows are searched by the model, which knows the whole tree at once.
class FoundRows : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void filterAnew() { invalidateFilter(); }

private:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        return sourceModel()->index(row, 0, parent).data(PreviewModel::MatchesRole).toBool();
    }
};

} // namespace

PreviewDialog::PreviewDialog(app::OpenPreview preview, QWidget* parent)
    : QDialog(parent), m_id(preview.id), m_model(nullptr), m_shown(new FoundRows(this)), m_tree(new QTreeView(this))
{
    setObjectName(QStringLiteral("previewDialog"));
    setWindowTitle(tr("Before reading"));
    resize(110 * kGrid, 84 * kGrid);
    const QString name = preview.documents.size() == 1 ? preview.documents.first().item.name : tr("%1 documents").arg(preview.documents.size());
    m_model = new PreviewModel(std::move(preview), this);
    buildTree();

    auto* title = label(tr("Read %1?").arg(name), "large", this);
    title->setWordWrap(true);
    auto* about = label(tr("Untick what is to be left out. It is left out again when the text has changed and is read anew."), "caption", this);
    about->setWordWrap(true);
    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("previewSearch"));
    m_search->setAccessibleName(tr("Search folders and files"));
    m_search->setPlaceholderText(tr("Search folders and files"));
    m_search->setClearButtonEnabled(true);
    m_searchPause = new QTimer(this);
    m_searchPause->setSingleShot(true);
    m_searchPause->setInterval(kTypingPause);
    m_found = label({}, "caption", this);
    m_found->setObjectName(QStringLiteral("previewFound"));
    m_found->hide();
    m_cost = label({}, "title", this);
    m_cost->setObjectName(QStringLiteral("previewCost"));
    m_cost->setWordWrap(true);
    m_rest = label({}, "caption", this);
    m_rest->setWordWrap(true);
    m_read = new QPushButton(tr("Read"), this);
    m_read->setObjectName(QStringLiteral("previewRead"));
    m_read->setProperty("role", "primary");
    m_read->setDefault(true);
    auto* cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(QStringLiteral("previewCancel"));
    cancel->setAutoDefault(false);

    auto* searching = new QHBoxLayout;
    searching->addWidget(m_search, 1);
    searching->addWidget(m_found);
    auto* costs = new QVBoxLayout;
    costs->setSpacing(kGrid / 2);
    costs->addWidget(m_cost);
    costs->addWidget(m_rest);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(kGrid);
    foot->addLayout(costs, 1);
    foot->addWidget(cancel);
    foot->addWidget(m_read);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid);
    column->addWidget(title);
    column->addWidget(about);
    column->addLayout(searching);
    column->addWidget(m_tree, 1);
    column->addLayout(foot);

    connect(m_search, &QLineEdit::textChanged, m_searchPause, qOverload<>(&QTimer::start));
    connect(m_searchPause, &QTimer::timeout, this, &PreviewDialog::search);
    connect(m_model, &PreviewModel::choiceChanged, this, &PreviewDialog::showCost);
    connect(m_model, &PreviewModel::choiceChanged, m_tree->viewport(), qOverload<>(&QWidget::update));
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_read, &QPushButton::clicked, this, &QDialog::accept);
    connect(this, &QDialog::accepted, this, [this] { emit readWanted(m_id, m_model->choices()); });
    connect(this, &QDialog::rejected, this, [this] { emit dropWanted(m_id); });
    showCost();
    m_tree->setFocus(Qt::OtherFocusReason);
}

void PreviewDialog::buildTree()
{
    m_shown->setSourceModel(m_model);
    m_shown->setDynamicSortFilter(false);  // ticks change neither order nor what is found, and may be of 200,000 rows at once
    m_shown->setSortRole(PreviewModel::SortRole);
    m_shown->setSortCaseSensitivity(Qt::CaseInsensitive);
    m_tree->setObjectName(QStringLiteral("previewTree"));
    m_tree->setAccessibleName(tr("What is read, and what is left out"));
    m_tree->setModel(m_shown);
    m_tree->setUniformRowHeights(true);    // hundreds of thousands of files
    m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tree->setItemDelegateForColumn(PreviewModel::ShareColumn, new ShareDelegate(PreviewModel::ShareRole, m_tree));
    m_tree->installEventFilter(this);
    QHeaderView* header = m_tree->header();
    header->setStretchLastSection(false);
    header->setSectionResizeMode(PreviewModel::NameColumn, QHeaderView::Stretch);
    header->resizeSection(PreviewModel::TokensColumn, 11 * kGrid);
    header->resizeSection(PreviewModel::ShareColumn, 30 * kGrid);
    header->resizeSection(PreviewModel::SizeColumn, 11 * kGrid);
    header->setSortIndicator(-1, Qt::DescendingOrder);   // as it is read
    header->setSortIndicatorClearable(true);
    m_tree->setSortingEnabled(true);
    openOuterRows();
    m_tree->setCurrentIndex(m_shown->index(0, 0));
}

// Documents, and what has few rows.
void PreviewDialog::openOuterRows()
{
    int opened = 0;
    for (int row = 0; row < m_shown->rowCount(); ++row) {
        const QModelIndex document = m_shown->index(row, 0);
        opened += m_shown->rowCount(document);
        if (row == 0 || opened <= kMostRowsOpened)
            m_tree->expand(document);
    }
}

void PreviewDialog::showCost()
{
    const app::ReadEstimate cost = m_model->cost();
    const auto size = [](qint64 bytes) { return QLocale().formattedDataSize(bytes, 1); };
    QStringList facts{tr("%1 tokens").arg(QLocale().toString(cost.tokens))};
    if (m_model->isTimeKnown())
        facts.append(cost.seconds > 0 ? tr("about %1").arg(shortDuration(cost.seconds)) : tr("read already"));
    facts.append(tr("%1 of memory").arg(size(cost.memoryBytes)));
    facts.append(tr("%1 of disk").arg(size(cost.diskBytes)));
    m_cost->setText(cost.tokens > 0 ? facts.join(QStringLiteral(" · ")) : tr("Nothing is ticked."));
    QStringList rest{cost.device};
    if (!m_model->isTimeKnown())
        rest.append(tr("how fast this machine reads is known after the first reading"));
    if (const int leftOut = m_model->leftOutInAnyCase(); leftOut > 0)
        rest.append(tr("%1 left out in any case, with their reasons above").arg(QLocale().toString(leftOut)));
    m_rest->setText(rest.join(QStringLiteral(" · ")));
    m_read->setEnabled(cost.tokens > 0);
}

void PreviewDialog::search()
{
    const QString words = m_search->text().trimmed();
    const int found = m_model->search(words);
    static_cast<FoundRows*>(m_shown)->filterAnew();
    m_found->setText(tr("%1 found").arg(QLocale().toString(found)));
    m_found->setVisible(!words.isEmpty());
    if (!words.isEmpty() && found <= kMostRowsOpened)
        m_tree->expandAll();
    else
        openOuterRows();
}

// All to what the first becomes.
void PreviewDialog::toggleSelected()
{
    QModelIndexList rows = m_tree->selectionModel()->selectedRows();
    if (!rows.contains(m_tree->currentIndex().siblingAtColumn(0)))
        rows.prepend(m_tree->currentIndex().siblingAtColumn(0));
    const auto first = std::find_if(rows.begin(), rows.end(), [](const QModelIndex& row) { return row.flags() & Qt::ItemIsUserCheckable; });
    if (first == rows.end())
        return;
    const Qt::CheckState state = first->data(Qt::CheckStateRole).toInt() == Qt::Checked ? Qt::Unchecked : Qt::Checked;
    for (const QModelIndex& row : std::as_const(rows))
        m_shown->setData(row, state, Qt::CheckStateRole);
}

bool PreviewDialog::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_tree && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space) {
        toggleSelected();
        return true;
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace octavo::ui
