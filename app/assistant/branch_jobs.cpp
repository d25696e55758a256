// SPDX-License-Identifier: Apache-2.0
#include "assistant/assistant_worker.h"
#include "assistant/stored_session.h"

// What the assistant's worker does for branches of a conversation, for what is about to be asked, and for its text.

namespace octavo::app {

void Assistant::Worker::editQuestion(SessionId id, MessageId question, const QString& text, const AnswerOptions& options, std::stop_token stop)
{
    if (!service() || stop.stop_requested())
        return;
    const Outcome<Session> before = m_service->beginInsteadOf(id, question);
    if (!before)
        return fail(before.error());
    tell(&Assistant::sessionOpened, *before);
    ask(id, text, options, std::move(stop));
}

void Assistant::Worker::answerAgain(SessionId id, MessageId question, const AnswerOptions& options, std::stop_token stop)
{
    if (!service() || stop.stop_requested())
        return;
    const Outcome<Session> before = m_service->endAt(id, question);
    if (!before)
        return fail(before.error());
    tell(&Assistant::sessionOpened, *before);
    regenerate(id, options, std::move(stop));
}

void Assistant::Worker::countTokens(const QString& text)
{
    if (!service() || !m_service->model())
        return;
    if (const Outcome<TokenBegins> tokens = m_engine->tokenize(text.toUtf8(), {}))
        tell(&Assistant::tokensCounted, text, static_cast<qint64>(tokens->size()));
}

void Assistant::Worker::openOutlines(SessionId id)
{
    if (!service())
        return;
    const Outcome<Session> session = m_service->session(id);
    if (!session)
        return fail(session.error());
    QList<DocumentOutline> outlines;
    for (const DocumentId document : session->summary.documents) {
        const Outcome<std::shared_ptr<const Document>> opened = m_service->document(document);
        if (!opened)
            return fail(opened.error());
        outlines.append({document, (*opened)->title, (*opened)->outline});
    }
    tell(&Assistant::outlinesReady, id, outlines);
}

void Assistant::Worker::showBranch(SessionId id, MessageId through)
{
    if (!service())
        return;
    const Outcome<Session> session = m_service->showBranch(id, through);
    if (!session)
        return fail(session.error());
    tell(&Assistant::sessionOpened, *session);
}

void Assistant::Worker::openBranches(SessionId id)
{
    if (!service())
        return;
    const Outcome<QList<Message>> messages = m_service->allMessages(id);
    if (!messages)
        return fail(messages.error());
    tell(&Assistant::branchesReady, id, *messages);
}

void Assistant::Worker::openText(SessionId id)
{
    if (!service())
        return;
    const Outcome<ConversationText> text = loadConversationText(*m_library, id);
    if (!text)
        return fail(text.error());
    tell(&Assistant::textReady, *text);
}

} // namespace octavo::app
