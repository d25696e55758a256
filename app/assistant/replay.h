// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assistant/conversation_service.h"

namespace octavo::app {

// One answer of a session, and the same question asked again.
struct ReplayedAnswer {
    QString question;
    QString before;
    QString now;
    bool same = false;    // and so are the passages that it drew on; of an answer that was stopped: as far as it came
    QString why{};        // it was not asked again, or may differ: one sentence
};

// What the answers of a session's shown branch were made with; none if there are no answers of which that is known, or a Failure if they
// were made in different ways, which one engine cannot repeat.
Outcome<std::optional<AnswerSettings>> settingsOf(Library& library, SessionId session);

// Asks the questions of a session again, in a new session, each as it was asked then, and compares. The service's engine must be the one that
// settingsOf() tells of: another model is a Failure.
Outcome<QList<ReplayedAnswer>> replay(ConversationService& service, Library& library, SessionId session, const EngineModel& model, const AnswerEvents& events,
                                      std::stop_token stop);

} // namespace octavo::app
