// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "archive/archive_json.h"
#include "library/library.h"

namespace octavo::app {

// A session of the library as an archive has it; none if there is no such session. Message ids stay in message.id. Throws as repositories do.
std::optional<ArchivedSession> archivedSession(Library& library, SessionId id);

// Whether two of them are the same conversation: what was asked and answered, about which documents. Their titles may differ, and what is shown of them.
bool isSameConversation(const ArchivedSession& one, const ArchivedSession& other);

} // namespace octavo::app
