// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "octavo/app/assistant.h"
#include "octavo/app/session.h"

class QLabel;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace octavo::ui {

class ElidedLabel;
class MessageView;
class QuestionEdit;

// The conversation. Passive: it shows the session it is given and what happens to it, and tells what the person wishes.
class ChatPage : public QWidget {
    Q_OBJECT

public:
    explicit ChatPage(QWidget* parent = nullptr);

    app::SessionId session() const { return m_session; }
    bool isAnswering() const { return m_streaming; }    // or reading what the answer needs
    app::MessageId lastAnswerWithHops() const;         // 0: none
    void focusQuestion();

public slots:
    void showSession(const octavo::app::Session& session);
    void clearSession();                               // the next question begins a new one
    void setAbout(const QString& title);               // what a new conversation would be about; empty: nothing to ask about
    void addMessage(octavo::app::SessionId session, const octavo::app::Message& message);
    void startAnswer(octavo::app::SessionId session, octavo::app::MessageId message);
    void addPiece(octavo::app::MessageId message, const QString& piece);
    void finishAnswer(octavo::app::SessionId session, const octavo::app::Message& message, const octavo::app::AnswerTimings& timings);
    void showWaiting(const QString& why);              // why the question that was sent has no answer yet; empty: no longer
    void setBusy(bool busy);                           // not busy: a question that was never taken up comes back to be sent again

signals:
    void questionAsked(const QString& question);
    void stopWanted();
    void regenerateWanted();
    void newSessionWanted();
    void sourceClicked(const octavo::app::Source& source);
    void hopsWanted(octavo::app::MessageId message);
    void sourcesShown(const QList<octavo::app::Source>& sources);      // of the answer in focus

private:
    QWidget* makeHeader();
    QWidget* makeQuestionBox();
    MessageView* addView(const app::Message& message);
    void removeLastView();
    void clearViews();
    MessageView* viewOf(app::MessageId message) const;
    void send();
    void retractQuestion();
    void showState();
    void followEnd();

    app::SessionId m_session = 0;
    QList<MessageView*> m_views;
    MessageView* m_sent = nullptr;     // a question on its way, not yet stored
    bool m_streaming = false;
    bool m_following = true;           // the end of the conversation stays in sight
    QString m_about;

    ElidedLabel* m_title;
    QScrollArea* m_scroll;
    QVBoxLayout* m_messages;
    QLabel* m_hint;
    QLabel* m_waiting;
    QWidget* m_frame;
    QuestionEdit* m_question;
    QToolButton* m_send;
    QToolButton* m_stop;
};

} // namespace octavo::ui
