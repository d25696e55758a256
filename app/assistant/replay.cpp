// SPDX-License-Identifier: Apache-2.0
#include "assistant/replay.h"

#include <algorithm>

namespace octavo::app {

namespace {

bool sameSources(const QList<Source>& one, const QList<Source>& other)
{
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](const Source& a, const Source& b) { return a.document == b.document && a.bytes == b.bytes; });
}

bool sameAnswer(const Message& before, const Message& now)
{
    if (before.state == Message::State::Stopped)
        return now.text.startsWith(before.text);
    return before.text == now.text && sameSources(before.sources, now.sources);
}

} // namespace

Outcome<std::optional<AnswerSettings>> settingsOf(Library& library, SessionId session)
{
    const auto known = library.read([&](Library& in) {
        QList<AnswerSettings> all;
        for (const Message& message : in.messages().branch(session))
            if (const auto settings = in.messages().settingsOf(message.id))
                all.append(*settings);
        return all;
    });
    if (!known)
        return known.error();
    if (known->isEmpty())
        return std::optional<AnswerSettings>();
    const AnswerSettings& first = known->first();
    for (const AnswerSettings& settings : *known)
        if (settings.modelHash != first.modelHash || !(settings.engine == first.engine))
            return Failure{Failure::Kind::Usage, QStringLiteral("The answers of this session were made by different models or settings (%1 and %2), so they cannot be "
                                                                "replayed together.").arg(first.model, settings.model)};
    return std::optional(first);
}

Outcome<QList<ReplayedAnswer>> replay(ConversationService& service, Library& library, SessionId original, const EngineModel& model, const AnswerEvents& events,
                                      std::stop_token stop)
{
    const Outcome<std::optional<AnswerSettings>> made = settingsOf(library, original);
    if (!made)
        return made.error();
    if (*made && (*made)->modelHash != model.answerHash) {
        return Failure{Failure::Kind::Model, QStringLiteral("The answers were made by %1 (%2), but the model that is open is %3 (%4). Choose that model and its adapters.")
                                                 .arg((*made)->model, (*made)->modelHash, model.name, model.answerHash)};
    }
    const Outcome<Session> before = service.session(original);
    if (!before)
        return before.error();
    const Outcome<Session> fresh = service.startSession(before->summary.documents);
    if (!fresh)
        return fresh.error();
    QList<ReplayedAnswer> answers;
    bool differs = false;
    for (qsizetype at = 0; at + 1 < before->messages.size(); ++at) {
        const Message& question = before->messages[at];
        const Message& answer = before->messages[at + 1];
        if (question.role != Message::Role::User || answer.role != Message::Role::Assistant)
            continue;
        const auto settings = library.read([&](Library& in) { return in.messages().settingsOf(answer.id); });
        if (!settings)
            return settings.error();
        ReplayedAnswer replayed{question.text, answer.text, {}, false};
        if (!*settings || answer.state == Message::State::Failed) {
            replayed.why = *settings ? QStringLiteral("There was no answer: %1").arg(answer.note) : QStringLiteral("What this answer was made with is not known.");
            answers.append(replayed);
            differs = true;   // of those that come after it, the conversation is another
            continue;
        }
        const AnswerOptions options{(*settings)->maxTokens, static_cast<float>((*settings)->temperature), (*settings)->seed, {}, (*settings)->wish, (*settings)->hidden};
        const Outcome<Answer> again = service.ask(fresh->summary.id, question.text, options, events, stop);
        if (!again)
            return again.error();
        if (again->message.state == Message::State::Stopped)
            return Failure{Failure::Kind::Stopped, QStringLiteral("Stopped after %1 answers.").arg(answers.size())};
        replayed.now = again->message.text;
        replayed.same = sameAnswer(answer, again->message);
        if (!replayed.same && differs)
            replayed.why = QStringLiteral("The conversation before it is another.");
        else if (!replayed.same)
            replayed.why = answer.note;
        differs = differs || !replayed.same || answer.state == Message::State::Stopped;
        answers.append(replayed);
    }
    return answers;
}

} // namespace octavo::app
