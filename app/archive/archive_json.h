// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <QJsonObject>

#include "octavo/app/session.h"
#include "octavo/app/summary.h"

// Sessions and documents as the JSON of an archive. Ids, which are good in one library only, become the documents' content hashes and the
// messages' places in their list. The from-functions take what anybody may have written: what they return is sound in itself, or none.
namespace octavo::app {

struct ArchivedMessage {
    Message message{};                         // id, parent and the sources' documents are of no use
    std::optional<qsizetype> parent{};         // place of the message above, smaller than its own
    QStringList sourceDocuments{};             // hashes, one for each of message.sources
    std::optional<AnswerSettings> settings{};
    QStringList hiddenDocuments{};             // hashes of the documents of settings->hidden
    bool hasHops = false;                      // an entry of its own has its hop record
};

struct ArchivedSummaryPart {
    SummaryPart part{};                        // of which document and message are of no use
    QString document{};                        // hash; empty: of all documents together
    std::optional<qsizetype> message{};        // its place in the session's list
};

struct ArchivedSession {
    QString title{};
    QDateTime created{};
    QDateTime changed{};
    QDateTime trashed{};                       // invalid: not in the trash
    QStringList documents{};                   // hashes
    std::vector<ArchivedMessage> messages{};   // parents before their answers
    std::optional<qsizetype> head{};           // place of the last message of the branch shown
    std::vector<ArchivedSummaryPart> summary{};// empty: it is a conversation
};

QJsonObject toJson(const ArchivedSession& session);
std::optional<ArchivedSession> sessionFrom(const QJsonObject& json);

// Everything but the text, which is an entry of its own.
QJsonObject toJson(const Document& document);
std::optional<Document> documentFrom(const QJsonObject& json, const QByteArray& text);

} // namespace octavo::app
