// SPDX-License-Identifier: Apache-2.0
#include "find_bar.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QStringMatcher>
#include <QTimer>
#include <QToolButton>

#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kTypingPause = 120;   // ms; a search of a book should not stand between two key presses

} // namespace

QList<int> findAll(const QString& text, const QString& words)
{
    QList<int> found;
    if (words.isEmpty())
        return found;
    const QStringMatcher matcher(words, Qt::CaseInsensitive);
    for (qsizetype at = matcher.indexIn(text); at >= 0; at = matcher.indexIn(text, at + words.size()))
        found.append(static_cast<int>(at));
    return found;
}

FindBar::FindBar(const QString& what, const QString& name, QWidget* parent)
    : QWidget(parent), m_words(new QLineEdit(this)), m_count(label({}, "caption", this)), m_pause(new QTimer(this))
{
    setObjectName(name + QStringLiteral("Bar"));
    setProperty("role", "findBar");
    setAttribute(Qt::WA_StyledBackground);
    m_words->setObjectName(name + QStringLiteral("Words"));
    m_words->setAccessibleName(what);
    m_words->setPlaceholderText(what);
    m_words->setClearButtonEnabled(true);
    m_words->installEventFilter(this);
    m_count->setObjectName(name + QStringLiteral("Count"));
    m_count->setMinimumWidth(12 * kGrid);
    m_pause->setSingleShot(true);
    m_pause->setInterval(kTypingPause);

    auto* previousButton = iconButton(QLatin1String("up"), qUtf8Printable(name + QStringLiteral("Previous")), tr("Previous match"), this);
    auto* nextButton = iconButton(QLatin1String("down"), qUtf8Printable(name + QStringLiteral("Next")), tr("Next match"), this);
    auto* closeButton = iconButton(QLatin1String("close"), qUtf8Printable(name + QStringLiteral("Close")), tr("Close the find bar"), this, QKeySequence(Qt::Key_Escape));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * kGrid, kGrid, kGrid, kGrid);
    row->setSpacing(kGrid / 2);
    row->addWidget(m_words, 1);
    row->addSpacing(kGrid);
    row->addWidget(m_count);
    row->addWidget(previousButton);
    row->addWidget(nextButton);
    row->addWidget(closeButton);

    connect(m_words, &QLineEdit::textChanged, m_pause, qOverload<>(&QTimer::start));
    connect(m_pause, &QTimer::timeout, this, &FindBar::search);
    connect(previousButton, &QToolButton::clicked, this, &FindBar::previous);
    connect(nextButton, &QToolButton::clicked, this, &FindBar::next);
    connect(closeButton, &QToolButton::clicked, this, &FindBar::close);
    hide();
}

void FindBar::setText(const QString& text)
{
    m_text = text;
    m_from = 0;
    if (isVisible())
        search();
}

void FindBar::open(int fromPosition)
{
    m_from = fromPosition;
    show();
    m_words->setFocus(Qt::ShortcutFocusReason);
    m_words->selectAll();
    search();
}

void FindBar::close()
{
    hide();
    m_matches.clear();
    emit matchesChanged({}, 0);
    emit closed();
}

void FindBar::search()
{
    m_pause->stop();
    const QString words = m_words->text();
    m_matches = findAll(m_text, words);
    const auto behind = std::lower_bound(m_matches.begin(), m_matches.end(), m_from);
    m_current = m_matches.isEmpty() ? -1 : behind == m_matches.end() ? 0 : behind - m_matches.begin();
    emit matchesChanged(m_matches, static_cast<int>(words.size()));
    step(0);
}

void FindBar::step(int by)
{
    if (m_pause->isActive())
        return search();
    if (!m_matches.isEmpty()) {
        m_current = (m_current + by + m_matches.size()) % m_matches.size();
        m_from = m_matches[m_current];
        emit matchShown(m_from, m_from + static_cast<int>(m_words->text().size()));
    }
    showCount();
}

void FindBar::showCount()
{
    if (m_words->text().isEmpty())
        m_count->clear();
    else if (m_matches.isEmpty())
        m_count->setText(tr("not found"));
    else
        m_count->setText(tr("%L1 of %L2").arg(m_current + 1).arg(m_matches.size()));
}

bool FindBar::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return QWidget::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (!enter && key->key() != Qt::Key_Escape)
        return QWidget::eventFilter(watched, event);
    event->accept();       // Escape here closes the bar and stops nothing
    if (event->type() == QEvent::KeyPress && enter)
        step(key->modifiers() & Qt::ShiftModifier ? -1 : 1);
    else if (event->type() == QEvent::KeyPress)
        close();
    return true;
}

} // namespace octavo::ui
