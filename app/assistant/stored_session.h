// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "library/library.h"
#include "octavo/app/conversation_text.h"

namespace octavo::app {

// A session with the branch shown and its sources; none: there is no such session. Within Library::read or write.
std::optional<Session> loadSession(Library& library, SessionId id);

Outcome<ConversationText> loadConversationText(Library& library, SessionId id);

} // namespace octavo::app
