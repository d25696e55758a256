// SPDX-License-Identifier: Apache-2.0
#include "hops/heads_page.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "hops/grid_table_model.h"
#include "hops/map_view.h"
#include "hops/path_view.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

HeadsPage::HeadsPage(QWidget* parent)
    : QWidget(parent), m_place(new QComboBox(this)), m_stack(new QStackedWidget(this)), m_map(new MapView), m_table(new QTableView),
      m_model(new GridTableModel(this)), m_head(label({}, "caption", this)), m_path(new PathView(this))
{
    setObjectName(QStringLiteral("headsPage"));
    m_place->setObjectName(QStringLiteral("headsPlace"));
    m_place->setAccessibleName(tr("Attention to what"));
    m_place->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_map->setObjectName(QStringLiteral("headsMap"));
    m_map->setAccessibleName(tr("Heat map of layers and heads"));
    m_map->setTip([this](int layer, int head, float share) {
        return tr("Layer %1, head %2: %3 % of its attention. Click to see where it looked.").arg(layer + 1).arg(head + 1).arg(QLocale().toString(100 * share, 'g', 3));
    });
    m_table->setObjectName(QStringLiteral("headsTable"));
    m_table->setAccessibleName(tr("Shares of attention by layer and head; Return shows where a head looked"));
    m_table->setModel(m_model);
    m_table->setTabKeyNavigation(false);
    m_stack->addWidget(m_map);
    m_stack->addWidget(m_table);
    m_head->setObjectName(QStringLiteral("headLabel"));
    m_head->setWordWrap(true);
    m_path->setObjectName(QStringLiteral("headPath"));

    auto* left = new QVBoxLayout;
    left->setSpacing(kGrid);
    left->addWidget(m_place);
    left->addWidget(m_stack, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(kGrid);
    right->addWidget(m_head);
    right->addWidget(m_path, 1);
    auto* both = new QHBoxLayout(this);
    both->setContentsMargins(0, 0, 0, 0);
    both->setSpacing(2 * kGrid);
    both->addLayout(left, 1);
    both->addLayout(right, 1);

    connect(m_place, &QComboBox::currentIndexChanged, this, &HeadsPage::showPlace);
    connect(m_map, &MapView::cellChosen, this, &HeadsPage::choose);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) { choose(index.row(), index.column()); });
    connect(m_path, &PathView::placeChosen, this, &HeadsPage::placeChosen);
    showHeads({});
}

void HeadsPage::showHeads(const app::HeadsView& view)
{
    const int place = m_place->currentIndex();
    m_view = view;
    {
        const QSignalBlocker quiet(m_place);
        m_place->clear();
        for (qsizetype at = 0; at < view.places.size(); ++at)
            m_place->addItem(at == 0 ? tr("Attention to the text") : tr("Attention to source %1: %2").arg(at).arg(view.places[at].simplified()));
        m_place->setCurrentIndex(std::clamp(place, 0, std::max(0, m_place->count() - 1)));
    }
    m_place->setEnabled(m_place->count() > 0);
    m_path->setPath({});
    m_head->setText(view.layers > 0 ? tr("Choose a head to see where it looked for “%1”.").arg(view.words.simplified())
                    : view.message != 0 ? tr("Where the heads looked is not known.")
                                        : QString());
    showPlace(m_place->currentIndex());
}

void HeadsPage::wait()
{
    showHeads({});
    m_head->setText(tr("Looking at each head while the answer is told again…"));
}

void HeadsPage::showHeadPath(const app::HeadPath& path)
{
    if (path.message != m_view.message)
        return;
    m_head->setText(tr("Layer %1, head %2: %3 % of its attention went to the first tokens, the question and the answer itself; of the rest:")
                        .arg(path.layer + 1).arg(path.head + 1).arg(QLocale().toString(100 * path.outsideShare, 'f', 0)));
    m_path->setPath(path.path);
}

void HeadsPage::setLogarithmic(bool on)
{
    m_map->setLogarithmic(on);
}

void HeadsPage::setAsTable(bool on)
{
    m_stack->setCurrentWidget(on ? static_cast<QWidget*>(m_table) : m_map);
}

void HeadsPage::showPlace(int place)
{
    m_grid = {};
    if (place >= 0 && place < m_view.places.size()) {
        m_grid.title = tr("Heads");
        m_grid.unit = tr("share of each head’s attention");
        for (int head = 0; head < m_view.heads; ++head)
            m_grid.columns.append(tr("Head %1").arg(head + 1));
        m_grid.columnDocuments.fill(m_view.where[place].document, m_view.heads);
        m_grid.columnBytes.fill(m_view.where[place].bytes, m_view.heads);
        for (int layer = 0; layer < m_view.layers; ++layer) {
            m_grid.rows.append(tr("Layer %1").arg(layer + 1));
            for (int head = 0; head < m_view.heads; ++head)
                m_grid.values.append(m_view.at(place, layer, head));
        }
    }
    m_map->setGrid(m_grid);
    m_model->setGrid(m_grid);
}

void HeadsPage::choose(int layer, int head)
{
    emit headChosen(m_view.message, layer, head);
}

} // namespace octavo::ui
