// SPDX-License-Identifier: Apache-2.0
#include "chat/message_view.h"

#include <algorithm>
#include <cmath>

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QTimer>
#include <QTextBoundaryFinder>
#include <QToolButton>

#include "chat/markdown_view.h"
#include "chat/question_edit.h"
#include "chat/source_chip.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kRedrawEvery = 33;   // ms
constexpr int kBubbleMargin = 6 * kGrid;

using State = app::Message::State;

QString factorText(double nats)
{
    const double factor = std::exp(nats);
    return QLocale().toString(factor, 'f', factor < 10 ? 1 : 0);
}

// By how many percent something becomes less likely; what becomes likelier does not.
QString lossText(double nats)
{
    return QLocale().toString(std::max(0.0, 100 * (1 - std::exp(-nats))), 'f', 0);
}

// The whole word in which a token begins, without the space before it.
QString wordAt(const QString& text, qsizetype begin)
{
    while (begin < text.size() && text[begin].isSpace())
        ++begin;
    QTextBoundaryFinder finder(QTextBoundaryFinder::Word, text);
    finder.setPosition(begin);
    const qsizetype from = finder.isAtBoundary() ? begin : finder.toPreviousBoundary();
    const qsizetype to = finder.toNextBoundary();
    return from >= 0 && to > from ? text.mid(from, to - from).trimmed() : QString();
}

} // namespace

MessageView::MessageView(const app::Message& message, QWidget* parent)
    : QWidget(parent), m_message(message), m_column(new QVBoxLayout(this))
{
    setObjectName(message.role == app::Message::Role::User ? QStringLiteral("question") : QStringLiteral("answer"));
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(kGrid);
    if (message.role == app::Message::Role::User)
        buildQuestion();
    else
        buildAnswer();
}

void MessageView::buildQuestion()
{
    m_bubble = new QWidget(this);
    m_bubble->setObjectName(QStringLiteral("questionBubble"));
    m_bubble->setAttribute(Qt::WA_StyledBackground);
    m_text = new MarkdownView(m_bubble);
    m_text->setObjectName(QStringLiteral("questionText"));
    m_text->setAccessibleName(tr("Question"));
    auto* inside = new QVBoxLayout(m_bubble);
    inside->setContentsMargins(2 * kGrid, kGrid + kGrid / 2, 2 * kGrid, kGrid);
    inside->addWidget(m_text);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kBubbleMargin, 0, 0, 0);
    row->addWidget(m_bubble);
    m_edit = iconButton(QLatin1String("edit"), "editButton", tr("Ask in other words"), this);
    connect(m_edit, &QToolButton::clicked, this, &MessageView::edit);
    auto* actions = new QHBoxLayout;
    actions->setSpacing(kGrid / 4);
    actions->addStretch();
    actions->addLayout(makeVersions());
    actions->addWidget(m_edit);
    m_column->setSpacing(kGrid / 4);
    m_column->addLayout(row);
    m_column->addLayout(actions);
    m_text->showPlain(m_message.text);
    showVersions();
}

void MessageView::buildAnswer()
{
    m_text = new MarkdownView(this);
    m_text->setObjectName(QStringLiteral("answerText"));
    m_text->setAccessibleName(tr("Answer"));
    m_note = label({}, "caption", this);
    m_note->setWordWrap(true);
    m_sources = new QVBoxLayout;
    m_sources->setSpacing(kGrid / 2);
    m_verified = label({}, "caption", this);
    m_verified->setObjectName(QStringLiteral("verifiedLabel"));
    m_verified->setWordWrap(true);
    m_verified->hide();
    m_column->addWidget(m_text);
    m_column->addWidget(m_note);
    m_column->addLayout(m_sources);
    m_column->addWidget(m_verified);
    connect(m_text, &MarkdownView::wordsSelected, this, [this](const QString& before, const QString& words) { emit wordsSelected(m_message.id, before, words); });
    connect(m_text, &MarkdownView::markClicked, this, [this](int rank) {
        if (rank < m_sourceRows.size())
            m_sourceRows[rank].chip->click();
    });
    m_column->addLayout(makeActions());
    m_redraw = new QTimer(this);
    m_redraw->setSingleShot(true);
    m_redraw->setInterval(kRedrawEvery);
    connect(m_redraw, &QTimer::timeout, this, &MessageView::draw);
    draw();
    showSources();
    showNote();
    showActions();
}

QHBoxLayout* MessageView::makeActions()
{
    m_hops = iconButton(QLatin1String("hops"), "hopsButton", tr("Show where this answer looked"), this);
    m_hops->setText(tr("Show hops"));
    m_hops->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_copy = iconButton(QLatin1String("copy"), "copyButton", tr("Copy the answer"), this);
    m_regenerate = iconButton(QLatin1String("regenerate"), "regenerateButton", tr("Answer again"), this);
    m_regenerate->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_timings = label({}, "caption", this);
    m_timings->setObjectName(QStringLiteral("timings"));
    connect(m_hops, &QToolButton::clicked, this, [this] { emit hopsWanted(m_message.id); });
    connect(m_copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_message.text); });
    m_verify = iconButton(QLatin1String("verify"), "verifyButton", tr("Verify the sources: is the answer less likely without them?"), this);
    m_whatIf = iconButton(QLatin1String("whatif"), "whatIfButton", tr("What if? Ask again without parts of the text"), this);
    connect(m_regenerate, &QToolButton::clicked, this, [this] { emit regenerateWanted(m_message.parent); });
    connect(m_verify, &QToolButton::clicked, this, [this] { emit verifyWanted(m_message.id); });
    connect(m_whatIf, &QToolButton::clicked, this, [this] { emit whatIfWanted(m_message.id); });
    auto* row = new QHBoxLayout;
    row->setSpacing(kGrid / 4);
    for (QToolButton* button : {m_hops, m_copy, m_regenerate, m_verify, m_whatIf})
        row->addWidget(button);
    row->addLayout(makeVersions());
    row->addStretch();
    row->addWidget(m_timings);
    return row;
}

QHBoxLayout* MessageView::makeVersions()
{
    const bool asks = m_message.role == app::Message::Role::User;
    m_older = iconButton(QLatin1String("back"), "olderVersion", asks ? tr("The question as it was asked before") : tr("The answer before"), this);
    m_newer = iconButton(QLatin1String("forward"), "newerVersion", asks ? tr("The question as it was asked next") : tr("The next answer"), this);
    m_version = label({}, "caption", this);
    m_version->setObjectName(QStringLiteral("versionLabel"));
    connect(m_older, &QToolButton::clicked, this, [this] { stepVersion(-1); });
    connect(m_newer, &QToolButton::clicked, this, [this] { stepVersion(1); });
    auto* row = new QHBoxLayout;
    row->setSpacing(kGrid / 4);
    for (QWidget* part : {static_cast<QWidget*>(m_older), static_cast<QWidget*>(m_version), static_cast<QWidget*>(m_newer)})
        row->addWidget(part);
    return row;
}

void MessageView::stepVersion(int step)
{
    const qsizetype to = m_message.versions.indexOf(m_message.id) + step;
    if (to >= 0 && to < m_message.versions.size())
        emit versionWanted(m_message.versions[to]);
}

void MessageView::showVersions()
{
    const qsizetype at = m_message.versions.indexOf(m_message.id), count = m_message.versions.size();
    const bool several = at >= 0 && m_message.state != State::Streaming;
    for (QWidget* part : {static_cast<QWidget*>(m_older), static_cast<QWidget*>(m_version), static_cast<QWidget*>(m_newer)})
        part->setVisible(several);
    m_version->setText(tr("%1 of %2").arg(at + 1).arg(count));
    m_older->setEnabled(at > 0 && !m_underWay);
    m_newer->setEnabled(at + 1 < count && !m_underWay);
    if (m_edit)
        m_edit->setEnabled(m_message.id != 0 && !m_underWay);
    for (QToolButton* button : {m_regenerate, m_verify, m_whatIf})
        if (button)
            button->setEnabled(!m_underWay);
}

void MessageView::setUnderWay(bool underWay)
{
    m_underWay = underWay;
    showVersions();
}

void MessageView::focusVersions()
{
    (m_older->isEnabled() ? m_older : m_newer)->setFocus(Qt::OtherFocusReason);
}

void MessageView::edit()
{
    if (m_editing)
        return m_editing->setFocus();
    m_editing = new QuestionEdit(m_bubble);
    m_editing->setObjectName(QStringLiteral("questionEditor"));
    m_editing->setAccessibleName(tr("Question in other words; Enter asks it, Escape leaves it as it was"));
    m_editing->setPlainText(m_message.text);
    m_editing->installEventFilter(this);
    m_text->hide();
    m_bubble->layout()->addWidget(m_editing);
    m_bubble->setProperty("active", true);
    restyle(m_bubble);
    connect(m_editing, &QuestionEdit::sendWanted, this, [this] {
        const QString text = m_editing->toPlainText().trimmed();
        if (text.isEmpty() || m_underWay)
            return;
        endEdit();
        if (text != m_message.text)
            emit editWanted(m_message.id, text);
    });
    m_editing->setFocus(Qt::OtherFocusReason);
    m_editing->selectAll();
}

void MessageView::endEdit()
{
    m_editing->hide();
    m_editing->deleteLater();
    m_editing = nullptr;
    m_bubble->setProperty("active", false);
    restyle(m_bubble);
    m_text->show();
    m_edit->setFocus(Qt::OtherFocusReason);
}

bool MessageView::eventFilter(QObject* watched, QEvent* event)
{
    // Before the key becomes the window's, which would stop an answer.
    const bool escapes = (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape;
    if (!m_editing || watched != m_editing || !escapes)
        return QWidget::eventFilter(watched, event);
    event->accept();
    if (event->type() == QEvent::KeyPress)
        endEdit();
    return true;
}

void MessageView::append(const QString& piece)
{
    m_message.text += piece;
    if (!m_redraw->isActive())
        m_redraw->start();
}

void MessageView::finish(const app::Message& message, const app::AnswerTimings& timings)
{
    m_message = message;
    m_redraw->stop();
    if (timings.tokensPerSecond > 0) {
        m_timings->setText(tr("%1 t/s").arg(QLocale().toString(timings.tokensPerSecond, 'f', 1)));
        m_timings->setToolTip(tr("First word after %1 s; %2 tokens of the text were there already, %3 were read for this answer")
                                  .arg(QLocale().toString(timings.firstTokenSeconds, 'f', 1), shortCount(timings.reusedTokens),
                                       shortCount(timings.readTokens)));
    }
    draw();
    showSources();
    showNote();
    showActions();
}

void MessageView::setLast(bool last)
{
    m_last = last;
    if (m_message.role == app::Message::Role::Assistant)
        showActions();
}

QString MessageView::streamedText() const
{
    return m_message.text + QStringLiteral("▍");
}

void MessageView::draw()
{
    m_text->setVisible(m_message.state == State::Streaming || !m_message.text.isEmpty());
    if (m_message.state == State::Streaming)
        m_text->showMarkdown(streamedText());
    else
        showAnswerText();
    emit grown();
}

void MessageView::showAnswerText()
{
    QList<MarkdownView::Mark> marks;
    for (qsizetype rank = 0; rank < m_message.sources.size(); ++rank)
        for (const int at : m_message.sources[rank].marks)
            marks.append({at, static_cast<int>(rank)});
    std::stable_sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    m_text->showMarkdown(m_message.text, marks);
}

void MessageView::setVerifying(bool verifying)
{
    if (verifying) {
        m_elsewhere = 0;
        m_verified->setText(tr("Verifying: each passage is hidden in turn…"));
        for (const SourceRow& row : m_sourceRows) {
            row.check->hide();
            row.chip->setVerified(false);
        }
    }
    const bool found = std::any_of(m_sourceRows.begin(), m_sourceRows.end(), [](const SourceRow& row) { return !row.check->isHidden(); });
    m_verified->setVisible(verifying || found);
}

void MessageView::showVerification(const app::Verification& verification)
{
    if (verification.source >= m_sourceRows.size())
        return;
    QLabel* check = m_sourceRows[verification.source].check;
    check->setText(checkText(verification));
    m_sourceRows[verification.source].chip->setVerified(verification.matters());
    check->setProperty("role", verification.matters() ? "verified" : "caption");
    restyle(check);
    check->show();
    m_elsewhere = std::max(m_elsewhere, verification.elsewhereDrop);
    m_verified->setText(tr("Of each token in the sentences marked with a passage, where question and answer do not see it. Without as much text elsewhere: %1 % at most. "
                           "What stands behind a passage was read with it in sight, so its whole part may be larger.").arg(lossText(m_elsewhere)));
    emit grown();
}

QString MessageView::checkText(const app::Verification& verification) const
{
    if (!verification.matters())
        return tr("Hardly needed: without it %1 % less likely").arg(lossText(verification.drop));
    const auto most = std::max_element(verification.tokenDrops.begin(), verification.tokenDrops.end()) - verification.tokenDrops.begin();
    return tr("Without it %1 times less likely, most of all “%2”").arg(factorText(verification.drop), wordAt(m_message.text, verification.begins[most]));
}

void MessageView::showSources()
{
    while (QLayoutItem* item = m_sources->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_sourceRows.clear();
    m_verified->hide();
    for (qsizetype rank = 0; rank < m_message.sources.size(); ++rank) {
        auto* chip = new SourceChip(m_message.sources[rank], static_cast<int>(rank), this);
        connect(chip, &SourceChip::clicked, this, [this, chip] {
            emit chosen();
            emit sourceClicked(chip->source());
        });
        QLabel* check = label({}, "caption", this);
        check->setObjectName(QStringLiteral("checkLabel"));
        check->setWordWrap(true);
        check->setIndent(4 * kGrid);
        check->hide();
        m_sources->addWidget(chip);
        m_sources->addWidget(check);
        m_sourceRows.append({chip, check});
    }
}

void MessageView::showNote()
{
    const bool failed = m_message.state == State::Failed;
    m_note->setObjectName(failed ? QStringLiteral("failedNote") : QStringLiteral("noteLabel"));
    m_note->setText(noteText());
    m_note->setVisible(!m_note->text().isEmpty());
    restyle(m_note);
}

QString MessageView::noteText() const
{
    if (!m_message.note.isEmpty())
        return m_message.note;
    if (m_message.state == State::Stopped)
        return tr("Stopped.");
    if (m_message.state == State::Complete && m_message.text.trimmed().isEmpty())
        return tr("The model gave an empty answer. Ask in other words, or let it answer again.");
    return {};
}

void MessageView::showActions()
{
    const bool done = m_message.state != State::Streaming;
    m_copy->setVisible(done && !m_message.text.isEmpty());
    m_hops->setVisible(done && m_message.hasHops);
    m_regenerate->setVisible(done && (m_last || m_message.parent != 0));
    m_verify->setVisible(done && m_message.hasHops && !m_message.sources.isEmpty());
    m_whatIf->setVisible(done && m_message.hasHops && m_message.parent != 0);
    m_regenerate->setText(m_message.state == State::Failed ? tr("Try again") : QString());
    m_timings->setVisible(done && !m_timings->text().isEmpty());
    showVersions();
}

} // namespace octavo::ui
