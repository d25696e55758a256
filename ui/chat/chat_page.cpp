// SPDX-License-Identifier: Apache-2.0
#include "chat/chat_page.h"

#include <algorithm>
#include <limits>

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QToolButton>

#include "chat/branch_tree.h"
#include "chat/markdown_view.h"
#include "chat/message_view.h"
#include "chat/question_edit.h"
#include "elided_label.h"
#include "find_bar.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kWidest = 90 * kGrid;    // of the messages: long lines are hard to read
constexpr int kNearEnd = 4 * kGrid;
constexpr int kNearBegin = 60 * kGrid;
constexpr qsizetype kAtOnce = 4;       // messages of a conversation that is opened; a message takes some 3 ms
constexpr int kTypingPause = 500;      // ms
constexpr int kLaidOutAfter = 200;     // ms: a message is laid out more than once until its height is known
constexpr qsizetype kMore = 24;        // that come in above them, one after the other

using Role = app::Message::Role;

qsizetype indexOf(const QList<app::Message>& messages, app::MessageId id)
{
    const auto found = std::find_if(messages.begin(), messages.end(), [id](const app::Message& message) { return message.id == id; });
    return found == messages.end() ? -1 : found - messages.begin();
}

} // namespace

ChatPage::ChatPage(QWidget* parent)
    : QWidget(parent), m_title(new ElidedLabel(Qt::ElideRight, this)), m_scroll(new QScrollArea(this)), m_typing(new QTimer(this)), m_filling(new QTimer(this)), m_laidOut(new QTimer(this)),
      m_earlierButton(new QPushButton(this)), m_hint(label({}, "caption", this)),
      m_waiting(label({}, "caption", this))
{
    setObjectName(QStringLiteral("chatPage"));
    setAttribute(Qt::WA_StyledBackground);
    auto* list = new QWidget;
    list->setObjectName(QStringLiteral("messageList"));
    list->setMaximumWidth(kWidest);
    m_messages = new QVBoxLayout(list);
    m_messages->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    m_messages->setSpacing(3 * kGrid);
    m_hint->setObjectName(QStringLiteral("chatHint"));
    m_hint->setWordWrap(true);
    m_hint->setAlignment(Qt::AlignCenter);
    m_waiting->setObjectName(QStringLiteral("waitingLabel"));
    m_waiting->setWordWrap(true);
    m_waiting->hide();
    m_earlierButton->setObjectName(QStringLiteral("earlierButton"));
    m_earlierButton->hide();
    m_messages->addWidget(m_earlierButton, 0, Qt::AlignHCenter);
    m_messages->addWidget(m_hint, 1);
    m_messages->addWidget(m_waiting);
    m_messages->addStretch(0);
    m_scroll->setWidget(list);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    list->setAutoFillBackground(false);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    m_find = new FindBar(tr("Find in this conversation"), QStringLiteral("chatFind"), this);
    column->addWidget(m_find);
    connect(m_find, &FindBar::matchesChanged, this, [this](const QList<int>& begins, int length) {
        m_matches = begins;
        m_matchLength = length;
        markMatches();
    });
    connect(m_find, &FindBar::matchShown, this, &ChatPage::showMatch);
    connect(m_find, &FindBar::closed, this, &ChatPage::focusQuestion);
    column->addWidget(m_scroll, 1);
    column->addWidget(makeQuestionBox());

    QScrollBar* bar = m_scroll->verticalScrollBar();
    connect(bar, &QScrollBar::rangeChanged, this, &ChatPage::keepPlace);
    connect(bar, &QScrollBar::valueChanged, this, [this, bar](int value) {
        m_following = value >= bar->maximum() - kNearEnd;
        if (m_fromEnd >= 0 && !m_placing)
            m_fromEnd = bar->maximum() - value;
        if (value < kNearBegin && m_wanted == 0)
            showEarlier(kMore);
    });
    connect(m_earlierButton, &QPushButton::clicked, this, [this] { showEarlier(kMore); });
    connect(m_filling, &QTimer::timeout, this, &ChatPage::prependView);
    m_typing->setSingleShot(true);
    m_typing->setInterval(kTypingPause);
    connect(m_typing, &QTimer::timeout, this, &ChatPage::tellDraft);
    connect(m_typing, &QTimer::timeout, this, [this] {
        if (const QString text = m_question->toPlainText(); !text.trimmed().isEmpty())
            emit countWanted(text);
    });
    m_laidOut->setSingleShot(true);
    m_laidOut->setInterval(kLaidOutAfter);
    connect(m_laidOut, &QTimer::timeout, this, [this] { m_fromEnd = -1; });
    setHasOwnAnswering(false);
    showState();
}

QWidget* ChatPage::makeHeader()
{
    auto* header = new QWidget(this);
    header->setObjectName(QStringLiteral("chatHeader"));
    header->setAttribute(Qt::WA_StyledBackground);
    m_title->setObjectName(QStringLiteral("sessionTitle"));
    m_title->setProperty("role", "title");
    auto* fresh = iconButton(QLatin1String("plus"), "newSessionButton", tr("New conversation"), header);
    m_answering = iconButton(QLatin1String("temperature"), "answeringButton", {}, header);
    m_answering->setCheckable(true);   // drawn as chosen where the conversation has its own
    connect(m_answering, &QToolButton::clicked, this, [this] {
        m_answering->setChecked(!m_answering->isChecked());
        emit answeringWanted(m_answering);
    });
    m_branchesButton = iconButton(QLatin1String("branches"), "branchesButton", tr("All branches of the conversation"), header);
    m_branchesButton->hide();
    m_branches = new BranchTree(this);
    connect(m_branchesButton, &QToolButton::clicked, this, &ChatPage::branchesWanted);
    connect(m_branches, &BranchTree::messageChosen, this, &ChatPage::wantBranch);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(2 * kGrid, kGrid / 2, kGrid, kGrid / 2);
    row->addWidget(m_title, 1);
    row->addWidget(m_branchesButton);
    row->addWidget(m_answering);
    row->addWidget(fresh);
    connect(fresh, &QToolButton::clicked, this, &ChatPage::newSessionWanted);
    return header;
}

QWidget* ChatPage::makeQuestionBox()
{
    auto* box = new QWidget(this);
    m_frame = new QWidget(box);
    m_frame->setObjectName(QStringLiteral("questionFrame"));
    m_frame->setAttribute(Qt::WA_StyledBackground);
    m_question = new QuestionEdit(m_frame);
    m_send = iconButton(QLatin1String("send"), "sendButton", tr("Ask"), m_frame, QKeySequence(Qt::Key_Return));
    m_stop = iconButton(QLatin1String("stop"), "stopButton", tr("Stop"), m_frame);
    auto* row = new QHBoxLayout(m_frame);
    row->setContentsMargins(kGrid, kGrid / 2, kGrid / 2, kGrid / 2);
    m_count = label({}, "caption", m_frame);
    m_count->setObjectName(QStringLiteral("tokenCount"));
    m_count->hide();
    row->addWidget(m_question, 1);
    row->addWidget(m_count, 0, Qt::AlignBottom);
    row->addWidget(m_send, 0, Qt::AlignBottom);
    row->addWidget(m_stop, 0, Qt::AlignBottom);
    auto* around = new QVBoxLayout(box);
    around->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    around->addWidget(m_frame);

    connect(m_question, &QuestionEdit::sendWanted, this, &ChatPage::send);
    connect(m_question, &QuestionEdit::textChanged, this, &ChatPage::showState);
    connect(m_question, &QuestionEdit::textChanged, m_count, &QWidget::hide);
    connect(m_question, &QuestionEdit::textChanged, m_typing, qOverload<>(&QTimer::start));
    connect(m_question, &QuestionEdit::focusChanged, m_frame, [this](bool focused) {
        m_frame->setProperty("active", focused);
        restyle(m_frame);
    });
    connect(m_send, &QToolButton::clicked, this, &ChatPage::send);
    connect(m_stop, &QToolButton::clicked, this, &ChatPage::stopWanted);
    return box;
}

app::MessageId ChatPage::lastAnswerWithHops() const
{
    const auto found = std::find_if(m_views.rbegin(), m_views.rend(), [](const MessageView* view) { return view->message().hasHops; });
    return found == m_views.rend() ? 0 : (*found)->message().id;
}

void ChatPage::focusQuestion()
{
    m_question->setFocus(Qt::ShortcutFocusReason);
}

void ChatPage::find()
{
    showEarlier(m_earlier.size());     // nothing is passed over because it was out of sight
    searchAnew();
    m_find->open(0);
}

void ChatPage::findNext()
{
    m_find->isVisible() ? m_find->next() : find();
}

void ChatPage::findPrevious()
{
    m_find->isVisible() ? m_find->previous() : find();
}

// The words as they are shown, without Markdown's signs.
void ChatPage::searchAnew()
{
    QString text;
    m_begins.clear();
    for (const MessageView* view : m_views) {
        m_begins.append(static_cast<int>(text.size()));
        text += view->text().toPlainText() + QChar(QChar::ParagraphSeparator);   // no match reaches from one message into the next
    }
    m_find->setText(text);
}

void ChatPage::markMatches(int shown)
{
    auto match = m_matches.begin();
    for (qsizetype at = 0; at < m_views.size() && at < m_begins.size(); ++at) {
        const int begin = m_begins[at], end = at + 1 < m_begins.size() ? m_begins[at + 1] : std::numeric_limits<int>::max();
        QList<int> own;
        for (; match != m_matches.end() && *match < end; ++match)
            own.append(*match - begin);
        m_views[at]->text().setMatches(own, m_matchLength, shown >= begin && shown < end ? shown - begin : -1);
    }
}

void ChatPage::showMatch(int begin)
{
    markMatches(begin);
    const auto after = std::upper_bound(m_begins.begin(), m_begins.end(), begin);
    if (after == m_begins.begin() || after - m_begins.begin() > m_views.size())
        return;
    const qsizetype at = after - m_begins.begin() - 1;
    const MarkdownView& text = m_views[at]->text();
    const QPoint place = text.mapTo(m_scroll->widget(), text.placeOf(begin - m_begins[at]).center());
    m_following = false;
    m_scroll->ensureVisible(place.x(), place.y(), kNearEnd, kNearEnd * 2);
}

void ChatPage::openBranches()
{
    if (m_branchesButton->isVisible())
        emit branchesWanted();
}

void ChatPage::editLastQuestion()
{
    const auto last = std::find_if(m_views.rbegin(), m_views.rend(), [](const MessageView* view) { return view->message().role == Role::User; });
    if (last != m_views.rend() && !m_sent && !m_streaming)
        (*last)->edit();
}

void ChatPage::showSession(const app::Session& session)
{
    const bool goesOn = m_sent && m_session == 0;      // the session was made for the question on its way
    tellDraft();
    if (!goesOn)
        clearViews();
    m_session = session.summary.id;
    m_title->setText(session.summary.title);
    m_following = true;
    app::MessageId lookAt = 0;
    qsizetype first = std::max<qsizetype>(0, session.messages.size() - kAtOnce);
    if (const qsizetype place = indexOf(session.messages, std::exchange(m_lookAt, 0)); place >= 0) {
        first = std::min(first, place);
        m_following = false;
        lookAt = session.messages[place].id;
    }
    m_earlier = session.messages.first(first);
    for (const app::Message& message : session.messages.sliced(m_earlier.size()))
        addView(message);
    showEarlier(kMore);
    m_branchesButton->setVisible(std::any_of(session.messages.begin(), session.messages.end(), [](const app::Message& message) { return !message.versions.isEmpty(); }));
    if (lookAt != 0)
        lookAtVersion(lookAt);
    emit sourcesShown(session.messages.isEmpty() ? QList<app::Source>() : session.messages.last().sources);
    showState();
}

void ChatPage::wantBranch(app::MessageId through)
{
    m_lookAt = through;
    emit branchWanted(through);
}

void ChatPage::lookAtVersion(app::MessageId message)
{
    MessageView* view = viewOf(message);
    view->focusVersions();
    QTimer::singleShot(0, view, [this, view] { m_scroll->ensureWidgetVisible(view); });   // once it is laid out
}

void ChatPage::showBranches(app::SessionId session, const QList<app::Message>& messages)
{
    if (session == m_session && !m_views.isEmpty())
        m_branches->openBelow(m_branchesButton, messages, m_views.last()->message().id);
}

void ChatPage::setHasOwnAnswering(bool own)
{
    const QString what = own ? tr("How answers are written here: this conversation has its own settings") : tr("How answers are written here: as the settings say");
    m_answering->setChecked(own);
    m_answering->setToolTip(what);
    m_answering->setAccessibleName(what);
}

void ChatPage::showCount(const QString& question, qint64 tokens)
{
    if (question != m_question->toPlainText())
        return;
    m_count->setText(tr("%1 tokens").arg(QLocale().toString(tokens)));
    m_count->show();
}

void ChatPage::tellDraft()
{
    m_typing->stop();
    const QString text = m_question->toPlainText();
    if (text != m_draft)
        emit draftChanged(m_session, m_draft = text);
}

void ChatPage::setDraft(const QString& text)
{
    m_draft = text;
    m_question->setPlainText(text);
    m_question->moveCursor(QTextCursor::End);
    m_typing->stop();
}

void ChatPage::clearSession()
{
    tellDraft();
    m_branchesButton->hide();
    clearViews();
    m_session = 0;
    m_title->clear();
    emit sourcesShown({});
    showState();
}

void ChatPage::setAbout(const QString& title)
{
    m_about = title;
    showState();
}

void ChatPage::addMessage(app::SessionId session, const app::Message& message)
{
    if (session != m_session)
        return;
    if (m_sent && message.role == Role::User)
        delete std::exchange(m_sent, nullptr);
    addView(message);
    showState();
}

void ChatPage::startAnswer(app::SessionId session, app::MessageId message)
{
    if (session != m_session)
        return;
    // Another answer to the last question takes the place of the one before; that one stays in the library.
    if (!m_views.isEmpty() && m_views.last()->message().role == Role::Assistant)
        removeLastView();
    app::Message answer;
    answer.id = message;
    answer.role = Role::Assistant;
    answer.state = app::Message::State::Streaming;
    m_streaming = true;
    m_following = true;
    showWaiting({});
    addView(answer);
    showState();
}

void ChatPage::addPiece(app::MessageId message, const QString& piece)
{
    showWaiting({});
    if (MessageView* view = viewOf(message))
        view->append(piece);
}

void ChatPage::finishAnswer(app::SessionId session, const app::Message& message, const app::AnswerTimings& timings)
{
    m_streaming = false;
    showWaiting({});
    if (session != m_session)
        return;
    if (MessageView* view = viewOf(message.id)) {
        view->finish(message, timings);
        m_branchesButton->setVisible(m_branchesButton->isVisible() || !message.versions.isEmpty());
        emit sourcesShown(message.sources);
    }
    showState();
}

void ChatPage::showWaiting(const QString& why)
{
    m_waiting->setText(why);
    m_waiting->setVisible(!why.isEmpty() && (m_sent || m_streaming));
}

void ChatPage::setBusy(bool busy)
{
    if (!busy) {
        m_streaming = false;
        m_verifying = 0;
        retractQuestion();
        showWaiting({});
    }
    showState();
}

MessageView* ChatPage::makeView(const app::Message& message)
{
    auto* view = new MessageView(message);
    connect(view, &MessageView::sourceClicked, this, &ChatPage::sourceClicked);
    connect(view, &MessageView::hopsWanted, this, &ChatPage::hopsWanted);
    connect(view, &MessageView::wordsSelected, this, &ChatPage::wordsSelected);
    connect(view, &MessageView::regenerateWanted, this, [this, view](app::MessageId question) {
        view == m_views.last() ? emit regenerateWanted() : emit answerAgainWanted(question, {});
    });
    connect(view, &MessageView::verifyWanted, this, [this, view](app::MessageId answer) {
        m_verifying = answer;
        view->setVerifying(true);
        showState();
        emit verifyWanted(answer);
    });
    connect(view, &MessageView::whatIfWanted, this, [this](app::MessageId answer) {
        m_whatIf = answer;
        emit outlinesWanted();
    });
    connect(view, &MessageView::editWanted, this, &ChatPage::editWanted);
    connect(view, &MessageView::versionWanted, this, &ChatPage::wantBranch);
    connect(view, &MessageView::chosen, this, [this, view] { emit sourcesShown(view->message().sources); });
    return view;
}

MessageView* ChatPage::addView(const app::Message& message)
{
    MessageView* view = makeView(message);
    if (!m_views.isEmpty())
        m_views.last()->setLast(false);
    m_views.append(view);
    m_messages->insertWidget(m_messages->indexOf(m_waiting), view);
    return view;
}

// A conversation of thousands of messages opens as fast as a short one: what is out of sight comes in while nothing else happens.
void ChatPage::showEarlier(qsizetype count)
{
    m_wanted = std::min(count, m_earlier.size());
    m_earlierButton->setVisible(!m_earlier.isEmpty());
    m_earlierButton->setText(tr("%1 earlier messages").arg(m_earlier.size()));
    m_wanted > 0 ? m_filling->start(0) : m_filling->stop();
}

void ChatPage::prependView()
{
    const QScrollBar* bar = m_scroll->verticalScrollBar();
    if (m_fromEnd < 0)
        m_fromEnd = bar->maximum() - bar->value();
    m_laidOut->start();
    MessageView* view = makeView(m_earlier.takeLast());
    view->setLast(false);
    m_views.prepend(view);
    m_messages->insertWidget(m_messages->indexOf(m_earlierButton) + 1, view);
    showEarlier(m_wanted - 1);
    if (m_wanted == 0 && m_find->isVisible())
        searchAnew();
}

void ChatPage::removeLastView()
{
    delete m_views.takeLast();
}

void ChatPage::clearViews()
{
    delete std::exchange(m_sent, nullptr);
    qDeleteAll(m_views);
    m_views.clear();
    m_earlier.clear();
    showEarlier(0);
    m_streaming = false;
    m_waiting->hide();
}

MessageView* ChatPage::viewOf(app::MessageId message) const
{
    const auto found = std::find_if(m_views.begin(), m_views.end(),
                                    [message](const MessageView* view) { return view->message().id == message; });
    return found == m_views.end() ? nullptr : *found;
}

void ChatPage::send()
{
    const QString text = m_question->toPlainText().trimmed();
    if (text.isEmpty() || !m_send->isEnabled())
        return;
    app::Message question;
    question.text = text;
    m_sent = new MessageView(question);
    m_messages->insertWidget(m_messages->indexOf(m_waiting), m_sent);
    m_question->clear();
    m_following = true;
    showState();
    emit questionAsked(text);
}

void ChatPage::retractQuestion()
{
    if (!m_sent)
        return;
    if (m_question->toPlainText().isEmpty())
        m_question->setPlainText(m_sent->message().text);
    delete std::exchange(m_sent, nullptr);
}

void ChatPage::showState()
{
    if (m_find->isVisible())
        searchAnew();
    const bool canAsk = m_session != 0 || !m_about.isEmpty();
    const bool underWay = m_sent || m_streaming || m_verifying != 0;
    const QString about = m_about.isEmpty() ? tr("this text") : m_about;
    m_question->setPlaceholderText(canAsk ? tr("Ask about %1…").arg(about) : tr("Open a book or a folder first"));
    m_question->setEnabled(canAsk);
    m_send->setEnabled(canAsk && !underWay && !m_question->toPlainText().trimmed().isEmpty());
    m_send->setVisible(!underWay);
    for (MessageView* view : m_views)
        view->setUnderWay(underWay);
    m_stop->setVisible(underWay);
    m_hint->setVisible(m_views.isEmpty() && !m_sent);
    m_hint->setText(canAsk ? tr("Ask anything about the text. Every answer names the passages it drew on; click one to read it there.")
                           : tr("Open a book or a code folder, then ask. Every answer names the passages it drew on."));
    if (m_views.isEmpty() && !m_sent)
        m_title->setText(canAsk && m_session == 0 ? tr("New conversation") : m_title->text());
}

void ChatPage::keepPlace()
{
    QScrollBar* bar = m_scroll->verticalScrollBar();
    m_placing = true;
    if (m_following)
        bar->setValue(bar->maximum());
    else if (m_fromEnd >= 0)
        bar->setValue(bar->maximum() - m_fromEnd);
    m_placing = false;
}

} // namespace octavo::ui
