// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "hops/answer_choice.h"
#include "octavo/app/assistant.h"
#include "octavo/app/session.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QTimer;
class QToolButton;
class QVBoxLayout;

namespace octavo::ui {

class BranchTree;
class ElidedLabel;
class FindBar;
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
    QList<AnswerChoice> answersBeside(app::MessageId answer) const;    // other versions of it, then all others shown that have hops; newest first
    void focusQuestion();
    void find();                                       // in all of the conversation
    void findNext();
    void findPrevious();
    void openBranches();                               // if there are several
    void editLastQuestion();

public slots:
    void showSession(const octavo::app::Session& session);
    void clearSession();                               // the next question begins a new one
    void showOutlines(octavo::app::SessionId session, const QList<octavo::app::DocumentOutline>& outlines);
    void setHasOwnAnswering(bool own);
    void showCount(const QString& question, qint64 tokens);
    void showVerification(const octavo::app::Verification& verification);
    void endVerifying(octavo::app::MessageId answer);
    void showBranches(octavo::app::SessionId session, const QList<octavo::app::Message>& messages);
    void setDraft(const QString& text);                // of the session shown: what was typed and not sent
    void setAbout(const QString& title);               // what a new conversation would be about; empty: nothing to ask about
    void addMessage(octavo::app::SessionId session, const octavo::app::Message& message);
    void startAnswer(octavo::app::SessionId session, octavo::app::MessageId message);
    void addPiece(octavo::app::MessageId message, const QString& piece);
    void finishAnswer(octavo::app::SessionId session, const octavo::app::Message& message, const octavo::app::AnswerTimings& timings);
    void showWaiting(const QString& why);              // why the question that was sent has no answer yet; empty: no longer
    void setBusy(bool busy);                           // not busy: a question that was never taken up comes back to be sent again

signals:
    void questionAsked(const QString& question);
    void draftChanged(octavo::app::SessionId session, const QString& text);   // now and then while it is typed, and when another session is shown
    void stopWanted();
    void regenerateWanted();
    void answeringWanted(QWidget* button);             // how answers are written, to be shown below it
    void answerAgainWanted(octavo::app::MessageId question, const QList<octavo::app::TextPlace>& hidden);   // on a branch of its own
    void verifyWanted(octavo::app::MessageId answer);
    void countWanted(const QString& question);         // its tokens, when typing pauses
    void outlinesWanted();                             // to choose from what an answer is not to see
    void editWanted(octavo::app::MessageId question, const QString& text);
    void branchWanted(octavo::app::MessageId through);
    void branchesWanted();                             // all of them, as a tree
    void newSessionWanted();
    void sourceClicked(const octavo::app::Source& source);
    void hopsWanted(octavo::app::MessageId message);
    void wordsSelected(octavo::app::MessageId answer, const QString& before, const QString& words);   // of an answer as it is shown
    void sourcesShown(const QList<octavo::app::Source>& sources);      // of the answer in focus

private:
    QWidget* makeHeader();
    QWidget* makeQuestionBox();
    MessageView* makeView(const app::Message& message);
    MessageView* addView(const app::Message& message);
    void showEarlier(qsizetype count);                 // so many more, one after the other
    void prependView();
    void wantBranch(app::MessageId through);
    void lookAtVersion(app::MessageId message);
    void removeLastView();
    void clearViews();
    MessageView* viewOf(app::MessageId message) const;
    void send();
    void retractQuestion();
    void showState();
    void keepPlace();
    void searchAnew();                                 // what has come or gone is searched, too
    void markMatches(int shown = -1);
    void showMatch(int begin);
    void tellDraft();                                  // if it has changed

    app::SessionId m_session = 0;
    QList<app::Message> m_earlier;     // of the branch shown, before the first view; oldest first
    QList<MessageView*> m_views;
    MessageView* m_sent = nullptr;     // a question on its way, not yet stored
    bool m_streaming = false;
    app::MessageId m_verifying = 0;    // the answer whose sources are
    app::MessageId m_whatIf = 0;       // the answer that outlines are waited for
    bool m_following = true;           // the end of the conversation stays in sight
    qsizetype m_wanted = 0;            // of the earlier ones, to be shown as soon as there is time
    app::MessageId m_lookAt = 0;       // which comes with another branch
    int m_fromEnd = -1;                // where the conversation is read while messages come in above it; -1: they do not
    bool m_placing = false;            // it is put back there
    QString m_about;

    ElidedLabel* m_title;
    QScrollArea* m_scroll;
    QVBoxLayout* m_messages;
    FindBar* m_find;
    QList<int> m_begins;               // of each view's text, in the text that is searched
    QList<int> m_matches;
    int m_matchLength = 0;
    QTimer* m_typing;
    QString m_draft;                   // told last
    QTimer* m_filling;
    QTimer* m_laidOut;
    QPushButton* m_earlierButton;
    QLabel* m_hint;
    QLabel* m_waiting;
    QWidget* m_frame;
    QuestionEdit* m_question;
    QToolButton* m_branchesButton;
    QToolButton* m_answering;
    BranchTree* m_branches;
    QLabel* m_count;                   // of what is typed
    QToolButton* m_send;
    QToolButton* m_stop;
};

} // namespace octavo::ui
