// SPDX-License-Identifier: Apache-2.0
#include "chat/chat_page.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>

#include "chat/message_view.h"
#include "chat/question_edit.h"
#include "elided_label.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kWidest = 90 * kGrid;    // of the messages: long lines are hard to read
constexpr int kNearEnd = 4 * kGrid;

using Role = app::Message::Role;

} // namespace

ChatPage::ChatPage(QWidget* parent)
    : QWidget(parent), m_title(new ElidedLabel(Qt::ElideRight, this)), m_scroll(new QScrollArea(this)), m_hint(label({}, "caption", this)),
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
    column->addWidget(m_scroll, 1);
    column->addWidget(makeQuestionBox());

    QScrollBar* bar = m_scroll->verticalScrollBar();
    connect(bar, &QScrollBar::rangeChanged, this, &ChatPage::followEnd);
    connect(bar, &QScrollBar::valueChanged, this, [this, bar](int value) { m_following = value >= bar->maximum() - kNearEnd; });
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
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(2 * kGrid, kGrid / 2, kGrid, kGrid / 2);
    row->addWidget(m_title, 1);
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
    row->addWidget(m_question, 1);
    row->addWidget(m_send, 0, Qt::AlignBottom);
    row->addWidget(m_stop, 0, Qt::AlignBottom);
    auto* around = new QVBoxLayout(box);
    around->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    around->addWidget(m_frame);

    connect(m_question, &QuestionEdit::sendWanted, this, &ChatPage::send);
    connect(m_question, &QuestionEdit::textChanged, this, &ChatPage::showState);
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

void ChatPage::showSession(const app::Session& session)
{
    const bool goesOn = m_sent && m_session == 0;      // the session was made for the question on its way
    if (!goesOn)
        clearViews();
    m_session = session.summary.id;
    m_title->setText(session.summary.title);
    m_following = true;
    for (const app::Message& message : session.messages)
        addView(message);
    emit sourcesShown(session.messages.isEmpty() ? QList<app::Source>() : session.messages.last().sources);
    showState();
}

void ChatPage::clearSession()
{
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
        retractQuestion();
        showWaiting({});
    }
    showState();
}

MessageView* ChatPage::addView(const app::Message& message)
{
    auto* view = new MessageView(message);
    connect(view, &MessageView::sourceClicked, this, &ChatPage::sourceClicked);
    connect(view, &MessageView::hopsWanted, this, &ChatPage::hopsWanted);
    connect(view, &MessageView::regenerateWanted, this, &ChatPage::regenerateWanted);
    connect(view, &MessageView::chosen, this, [this, view] { emit sourcesShown(view->message().sources); });
    if (!m_views.isEmpty())
        m_views.last()->setLast(false);
    m_views.append(view);
    m_messages->insertWidget(m_messages->indexOf(m_waiting), view);
    return view;
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
    const bool canAsk = m_session != 0 || !m_about.isEmpty();
    const bool underWay = m_sent || m_streaming;
    const QString about = m_about.isEmpty() ? tr("this text") : m_about;
    m_question->setPlaceholderText(canAsk ? tr("Ask about %1…").arg(about) : tr("Open a book or a folder first"));
    m_question->setEnabled(canAsk);
    m_send->setEnabled(canAsk && !underWay && !m_question->toPlainText().trimmed().isEmpty());
    m_send->setVisible(!underWay);
    m_stop->setVisible(underWay);
    m_hint->setVisible(m_views.isEmpty() && !m_sent);
    m_hint->setText(canAsk ? tr("Ask anything about the text. Every answer names the passages it drew on; click one to read it there.")
                           : tr("Open a book or a code folder, then ask. Every answer names the passages it drew on."));
    if (m_views.isEmpty() && !m_sent)
        m_title->setText(canAsk && m_session == 0 ? tr("New conversation") : m_title->text());
}

void ChatPage::followEnd()
{
    if (m_following)
        m_scroll->verticalScrollBar()->setValue(m_scroll->verticalScrollBar()->maximum());
}

} // namespace octavo::ui
