// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "octavo/app/assistant.h"
#include "octavo/app/session.h"
#include "octavo/app/verification.h"

class QHBoxLayout;
class QLabel;
class QTimer;
class QToolButton;
class QVBoxLayout;

namespace octavo::ui {

class MarkdownView;
class QuestionEdit;
class SourceChip;

// A question, or an answer with its sources and what can be done with it.
class MessageView : public QWidget {
    Q_OBJECT

public:
    explicit MessageView(const app::Message& message, QWidget* parent = nullptr);

    const app::Message& message() const { return m_message; }
    MarkdownView& text() const { return *m_text; }
    void append(const QString& piece);                 // of a streaming answer; drawn at most some 30 times a second
    void finish(const app::Message& message, const app::AnswerTimings& timings);
    void setLast(bool last);
    void setUnderWay(bool underWay);                   // an answer is: questions are not edited and branches not changed meanwhile
    void setVerifying(bool verifying);                 // its sources are being verified
    void showVerification(const app::Verification& verification);
    void edit();                                       // of a question: in its place
    void focusVersions();

signals:
    void sourceClicked(const octavo::app::Source& source);
    void hopsWanted(octavo::app::MessageId message);
    void regenerateWanted(octavo::app::MessageId question);
    void verifyWanted(octavo::app::MessageId answer);
    void whatIfWanted(octavo::app::MessageId answer);
    void editWanted(octavo::app::MessageId question, const QString& text);
    void versionWanted(octavo::app::MessageId version);
    void wordsSelected(octavo::app::MessageId answer, const QString& before, const QString& words);   // of the text as it is shown
    void chosen();                                     // its sources are to be shown
    void grown();

private:
    void buildQuestion();
    void buildAnswer();
    QHBoxLayout* makeActions();
    QHBoxLayout* makeVersions();
    void stepVersion(int step);
    void endEdit();
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showVersions();
    void draw();
    void showSources();
    void showAnswerText();
    QString checkText(const app::Verification& verification) const;
    void showNote();
    void showActions();
    QString streamedText() const;
    QString noteText() const;

    app::Message m_message;
    QVBoxLayout* m_column;
    MarkdownView* m_text = nullptr;
    QVBoxLayout* m_sources = nullptr;
    struct SourceRow {
        SourceChip* chip;
        QLabel* check;                 // what verifying it has found
    };
    QList<SourceRow> m_sourceRows;
    double m_elsewhere = 0;            // the largest loss without other text
    QLabel* m_verified = nullptr;      // how it was verified, and whether it is at the moment
    QLabel* m_note = nullptr;
    QLabel* m_timings = nullptr;
    QToolButton* m_copy = nullptr;
    QToolButton* m_regenerate = nullptr;
    QToolButton* m_hops = nullptr;
    QToolButton* m_verify = nullptr;
    QToolButton* m_whatIf = nullptr;
    QTimer* m_redraw = nullptr;
    QWidget* m_bubble = nullptr;       // of a question
    QuestionEdit* m_editing = nullptr; // while it is edited
    QToolButton* m_edit = nullptr;
    QToolButton* m_older = nullptr;
    QToolButton* m_newer = nullptr;
    QLabel* m_version = nullptr;
    bool m_underWay = false;
    bool m_last = true;
};

} // namespace octavo::ui
