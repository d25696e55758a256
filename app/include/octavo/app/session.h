// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

using SessionId = qint64;
using MessageId = qint64;

// Bytes of a document's text form.
struct TextPlace {
    DocumentId document = 0;
    ByteRange bytes;
    bool operator==(const TextPlace&) const = default;
};

// A passage that an answer drew on. `weight` is the share of the answer's attention to document text, 0..1; they come in the order in which the answer draws on them
// (app/assistant/sources.h). `text` is the passage as it stood when the answer was given.
struct Source {
    DocumentId document = 0;
    QString documentTitle;
    QString place;         // "Chapter 36 ▸ The Quarter-Deck" or "engine/run/forward.cpp:120"
    ByteRange bytes;
    int line = 0;          // 1-based, in the original file
    double weight = 0;
    QString text;
    int page = 0;          // 1-based; 0: the document has no pages
    QList<int> marks{};    // where sentences of the answer end that drew on it, ascending: places in Message::text
};

// How an engine computes and reads, in the words of octavo-cli's options.
struct EngineSettings {
    QString precision;     // "int8" or "f32"
    QString kv;            // how readings keep keys and values: "q8_0", "f16", "q8_0/f16", "f16/q8_0"
    QString dims;          // of the plan that was asked for, such as "0,1024" ("0": full attention); empty: chosen by each text's length
    double gate = 0;       // of that plan
    bool operator==(const EngineSettings&) const = default;
};

// What an answer was made with. The same model, documents, questions and settings give the same answer again, on a processor with vectors
// of the same width.
struct AnswerSettings {
    QString model;
    QString modelHash;     // EngineModel::answerHash; empty: the answer is older than Octavo's memory of settings
    EngineSettings engine{};
    int maxTokens = 0;
    double temperature = 0;
    quint64 seed = 0;
    QList<TextPlace> hidden{};   // what question and answer did not see, though the session has it
    QString wish{};              // AnswerOptions::wish
};

struct Message {
    enum class Role { User, Assistant };
    enum class State { Complete, Streaming, Stopped, Failed };
    MessageId id = 0;
    MessageId parent = 0;  // messages are a tree; 0 = the first
    Role role = Role::User;
    State state = State::Complete;
    QString text;          // an assistant's text is Markdown
    QString note;          // why it stopped or failed, how far the book had been read, or empty
    QList<Source> sources;
    QDateTime at;
    bool hasHops = false;
    QList<MessageId> versions{};   // of a branch: this one and those in its place on others, oldest first; empty: it is the only one
};

struct SessionSummary {
    SessionId id = 0;
    QString title;
    QDateTime changed;
    QList<DocumentId> documents;
    QString snippet;       // where a search matched, else empty
    QDateTime trashed{};   // when it was put into the trash; invalid: it is not there
    bool isSummary = false;// its messages are those of a Summary (summary.h)
};

// A session in the trash is erased after so long, when a library is opened.
inline constexpr int kTrashDays = 30;

struct Session {
    SessionSummary summary;
    QList<Message> messages;   // the branch shown, oldest first
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::Session)
Q_DECLARE_METATYPE(octavo::app::Message)
