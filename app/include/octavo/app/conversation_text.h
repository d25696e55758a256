// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QByteArray>
#include <QHash>
#include <QMetaType>
#include <QStringList>

#include "octavo/app/session.h"

namespace octavo::app {

// A conversation, the branch shown, with all that somebody needs to read it without Octavo.
struct ConversationText {
    Session session;
    QStringList documents;                           // titles
    QHash<MessageId, AnswerSettings> settings;       // of answers, as far as they are known
};

enum class TextFormat { Markdown, Html, Json };

// UTF-8. What people, models and books wrote stays words: a question is no Markdown, nothing is HTML, and a web page loads nothing and leads to web addresses alone.
QByteArray writtenAs(const ConversationText& text, TextFormat format);

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::ConversationText)
