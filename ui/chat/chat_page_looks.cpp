// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "chat/chat_page.h"
#include "chat/message_view.h"
#include "chat/what_if_dialog.h"

// Looking again at answers that are there: verified, asked for without parts of the text, compared.

namespace octavo::ui {

QList<AnswerChoice> ChatPage::answersBeside(app::MessageId answer) const
{
    QList<AnswerChoice> answers;
    const MessageView* shown = viewOf(answer);
    const QList<app::MessageId> versions = shown ? shown->message().versions : QList<app::MessageId>();
    for (auto version = versions.rbegin(); version != versions.rend(); ++version)
        if (*version != answer)
            answers.append({*version, tr("version %1 of this answer").arg(versions.indexOf(*version) + 1)});
    for (auto view = m_views.rbegin(); view != m_views.rend(); ++view) {
        const app::Message& message = (*view)->message();
        const MessageView* asked = viewOf(message.parent);
        if (message.hasHops && message.id != answer)
            answers.append({message.id, asked ? asked->message().text.simplified() : message.text.simplified()});
    }
    return answers;
}

void ChatPage::showOutlines(app::SessionId session, const QList<app::DocumentOutline>& outlines)
{
    const MessageView* view = session == m_session ? viewOf(std::exchange(m_whatIf, 0)) : nullptr;
    if (!view)
        return;
    const MessageView* asked = viewOf(view->message().parent);
    auto* dialog = new WhatIfDialog(view->message(), asked ? asked->message().text : QString(), outlines, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &WhatIfDialog::askWanted, this, &ChatPage::answerAgainWanted);
    dialog->open();
}

void ChatPage::showVerification(const app::Verification& verification)
{
    if (MessageView* view = viewOf(verification.message))
        view->showVerification(verification);
}

void ChatPage::endVerifying(app::MessageId answer)
{
    if (answer == m_verifying)
        m_verifying = 0;
    if (MessageView* view = viewOf(answer))
        view->setVerifying(false);
    showState();
}

} // namespace octavo::ui
