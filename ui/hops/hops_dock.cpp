// SPDX-License-Identifier: Apache-2.0
#include "hops/hops_dock.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHash>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QSaveFile>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "hops/answer_words.h"
#include "hops/compare_page.h"
#include "hops/grid_table_model.h"
#include "hops/heads_page.h"
#include "hops/map_view.h"
#include "hops/path_view.h"
#include "octavo/app/hop_png.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

HopsDock::HopsDock(QWidget* parent)
    : QDockWidget(tr("Hops"), parent), m_words(new AnswerWords), m_summary(new QLabel), m_level(new QComboBox),
      m_logarithmic(new QCheckBox(tr("Logarithmic"))), m_asTable(new QCheckBox(tr("As table"))), m_textAlone(new QCheckBox(tr("The text alone"))), m_all(new QPushButton(tr("Whole answer"))),
      m_export(new QPushButton(tr("Export…"))), m_stack(new QStackedWidget), m_path(new PathView), m_map(new MapView), m_heads(new HeadsPage), m_compare(new ComparePage), m_table(new QTableView),
      m_model(new GridTableModel(this))
{
    setObjectName(QStringLiteral("hopsDock"));
    m_level->setObjectName(QStringLiteral("hopLevel"));
    m_level->setAccessibleName(tr("What to show"));
    m_logarithmic->setObjectName(QStringLiteral("hopLogarithmic"));
    m_asTable->setObjectName(QStringLiteral("hopAsTable"));
    m_textAlone->setObjectName(QStringLiteral("hopTextAlone"));
    m_textAlone->setToolTip(tr("As if there were no question and no first tokens, which attention falls on for want of a better place: each word’s attention to the text adds up to 100 %"));
    m_all->setObjectName(QStringLiteral("hopAll"));
    m_export->setObjectName(QStringLiteral("hopExport"));
    m_summary->setObjectName(QStringLiteral("hopSummary"));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // a long text must not widen the window
    m_table->setObjectName(QStringLiteral("hopTable"));
    m_table->setAccessibleName(tr("Shares of attention as a table"));
    m_table->setModel(m_model);
    m_table->setTabKeyNavigation(false);                                    // arrows lead about in it; Tab leads on
    m_stack->addWidget(m_path);
    m_stack->addWidget(m_map);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_heads);
    m_stack->addWidget(m_compare);

    auto* bar = new QHBoxLayout;
    bar->setSpacing(kGrid);
    bar->addWidget(m_level);
    bar->addWidget(m_logarithmic);
    bar->addWidget(m_asTable);
    bar->addWidget(m_textAlone);
    bar->addWidget(m_summary, 1);
    bar->addWidget(m_all);
    bar->addWidget(m_export);
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    layout->setSpacing(kGrid);
    layout->addLayout(bar);
    layout->addWidget(m_words);
    layout->addWidget(m_stack, 1);
    setWidget(content);

    connect(m_level, &QComboBox::currentIndexChanged, this, &HopsDock::showLevel);
    connect(m_asTable, &QCheckBox::toggled, this, [this] { showLevel(m_level->currentIndex()); });
    connect(m_textAlone, &QCheckBox::toggled, this, [this] { showLevel(m_level->currentIndex()); });
    connect(m_logarithmic, &QCheckBox::toggled, m_map, &MapView::setLogarithmic);
    connect(m_logarithmic, &QCheckBox::toggled, m_heads, &HeadsPage::setLogarithmic);
    connect(m_asTable, &QCheckBox::toggled, m_heads, &HeadsPage::setAsTable);
    connect(m_heads, &HeadsPage::headChosen, this, &HopsDock::headPathWanted);
    connect(m_heads, &HeadsPage::placeChosen, this, &HopsDock::placeChosen);
    connect(m_compare, &ComparePage::otherWanted, this, &HopsDock::otherWanted);
    connect(m_compare, &ComparePage::placeChosen, this, &HopsDock::placeChosen);
    connect(m_logarithmic, &QCheckBox::toggled, this, &HopsDock::logarithmicChosen);
    connect(m_asTable, &QCheckBox::toggled, this, &HopsDock::asTableChosen);
    connect(m_path, &PathView::placeChosen, this, &HopsDock::placeChosen);
    connect(m_map, &MapView::placeChosen, this, &HopsDock::placeChosen);
    connect(m_words, &AnswerWords::tokensSelected, this, [this](int begin, int end) {
        m_selected = {begin, end};
        m_headsKnown = false;
        emit selectionChanged(m_view.message, begin, end);
    });
    connect(m_all, &QPushButton::clicked, m_words, &AnswerWords::selectAllTokens);
    connect(m_export, &QPushButton::clicked, this, &HopsDock::askForFile);
    clear();
}

void HopsDock::setLogarithmic(bool on)
{
    m_logarithmic->setChecked(on);
}

void HopsDock::setAsTable(bool on)
{
    m_asTable->setChecked(on);
}

void HopsDock::clear()
{
    showHops({});
}

void HopsDock::showHops(const app::HopView& view)
{
    const int level = m_level->currentIndex();
    const int fromEnd = m_level->count() - level;      // of Heads 2, of Compare 1
    m_compared = false;
    if (view.message != m_view.message) {
        m_selected = {0, 0};
        m_headsKnown = false;
        m_heads->showHeads({});
    }
    m_view = view;
    const bool any = !view.answerTokens.isEmpty();
    m_words->setTokens(view.answerTokens);
    m_summary->setText(any ? tr("%1 % of the attention went to the question, the answer itself and the first tokens")
                                 .arg(QLocale().toString(100 * view.outsideShare, 'f', 0))
                           : QString());
    m_summary->setToolTip(plainTip(m_summary->text()));
    m_path->setPath(view.path);
    {
        const QSignalBlocker quiet(m_level);
        m_level->clear();
        m_level->addItem(tr("Path"));
        for (const app::HopGrid& grid : view.grids)
            m_level->addItem(tr("Map: %1").arg(grid.title));
        m_level->addItem(tr("Heads"));
        m_level->addItem(tr("Compare"));
        m_level->setCurrentIndex(level > 0 && fromEnd <= 2 ? m_level->count() - fromEnd : level > 0 && level <= view.grids.size() ? level : 0);
    }
    for (QWidget* control : {static_cast<QWidget*>(m_level), static_cast<QWidget*>(m_all)})
        control->setEnabled(any);
    showLevel(m_level->currentIndex());
}

void HopsDock::setAnswers(const QList<AnswerChoice>& answers)
{
    m_answers = answers;
}

void HopsDock::selectShown(app::MessageId message, const QString& before, const QString& words)
{
    if (message == m_view.message && isVisible())
        m_words->selectShown(before, words);
}

app::MessageId HopsDock::waitsFor() const
{
    return m_compare->waitsFor();
}

void HopsDock::showOther(const app::HopView& view)
{
    m_compare->showSecond(view);
}

void HopsDock::showHeads(const app::HeadsView& view)
{
    if (view.message == m_view.message)
        m_heads->showHeads(view);
}

void HopsDock::showHeadPath(const app::HeadPath& path)
{
    m_heads->showHeadPath(path);
}

bool HopsDock::isHeads(int index) const
{
    return index > 0 && index == m_view.grids.size() + 1;
}

bool HopsDock::isComparison(int index) const
{
    return index > 0 && index == m_view.grids.size() + 2;
}

void HopsDock::showLevel(int index)
{
    const bool comparison = isComparison(index) && m_view.message != 0;
    if (comparison && !std::exchange(m_compared, true))
        m_compare->showFirst(m_view, m_answers);
    const bool heads = isHeads(index) && m_view.message != 0;
    if (heads && !m_headsKnown) {
        m_headsKnown = true;
        m_heads->wait();
        emit headsWanted(m_view.message, m_selected.first, m_selected.second);
    }
    const bool map = index > 0 && index <= m_view.grids.size();
    m_logarithmic->setVisible((map || heads) && !m_asTable->isChecked());
    m_asTable->setVisible(map || heads);
    m_textAlone->setVisible(map);
    const app::HopGrid grid = map ? gridShown(index) : app::HopGrid();
    m_map->setGrid(grid);
    m_model->setGrid(grid);
    m_export->setEnabled(!m_view.answerTokens.isEmpty() && !comparison);
    m_stack->setCurrentWidget(comparison ? static_cast<QWidget*>(m_compare) : heads ? m_heads : !map ? m_path : m_asTable->isChecked() ? static_cast<QWidget*>(m_table) : m_map);
}

app::HopGrid HopsDock::gridShown(int index) const
{
    app::HopGrid grid = m_view.grids[index - 1];
    if (!m_textAlone->isChecked() || m_view.outside.size() != grid.rows.size())
        return grid;
    grid.unit = tr("%1, of what went to the text").arg(grid.unit);
    for (qsizetype at = 0; at < grid.values.size(); ++at)
        if (const float inside = 1 - m_view.outside[at / grid.columns.size()]; inside > 0)
            grid.values[at] = std::min(1.0F, grid.values[at] / inside);
    return grid;
}

QString HopsDock::exportTo(const QString& file) const
{
    const QString ending = QFileInfo(file).suffix().toLower();
    int level = m_level->currentIndex() - 1; // -1: the path
    app::HopView view = m_view;
    if (level >= 0 && level < view.grids.size())
        view.grids[level] = gridShown(level + 1);
    if (isHeads(m_level->currentIndex())) {
        view.grids = {m_heads->grid()};
        level = 0;
    }
    const QHash<QString, app::HopFormat> formats{{QStringLiteral("svg"), app::HopFormat::Svg},   {QStringLiteral("png"), app::HopFormat::Svg},
                                                 {QStringLiteral("csv"), app::HopFormat::Csv},   {QStringLiteral("json"), app::HopFormat::Json},
                                                 {QStringLiteral("npy"), app::HopFormat::Npy},   {QStringLiteral("html"), app::HopFormat::Html}};
    if (!formats.contains(ending))
        return tr("%1 has no ending that says what to write; use .svg, .png, .csv, .json, .npy or .html.").arg(file);
    const bool table = ending == QStringLiteral("csv") || ending == QStringLiteral("npy"); // only a map has numbers in rows
    QByteArray bytes = app::exportHops(view, formats[ending], table ? std::max(0, level) : level);
    if (ending == QStringLiteral("png"))
        bytes = app::pngOfSvg(bytes);
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
        return tr("%1 cannot be written (%2); choose another folder.").arg(file, out.errorString());
    return {};
}

void HopsDock::askForFile()
{
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Export hops"), QStringLiteral("hops.svg"),
        tr("SVG picture (*.svg);;PNG picture (*.png);;CSV table (*.csv);;JSON (*.json);;NumPy array (*.npy);;Web page (*.html)"));
    if (file.isEmpty())
        return;
    if (const QString problem = exportTo(file); !problem.isEmpty())
        QMessageBox::warning(this, tr("Export hops"), problem);
}

} // namespace octavo::ui
