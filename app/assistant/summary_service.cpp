// SPDX-License-Identifier: Apache-2.0
#include "assistant/summary_service.h"

#include "assistant/summary_chapters.h"
#include "assistant/summary_coverage.h"
#include "assistant/summary_run.h"
#include "assistant/summary_words.h"

namespace octavo::app {

Outcome<Summary> SummaryService::start(const QList<DocumentId>& documents, std::stop_token stop)
{
    if (documents.isEmpty())
        return Failure{Failure::Kind::Usage, QStringLiteral("There is nothing to summarize. Name a file or a folder.")};
    QList<SummaryPart> parts;
    QStringList titles;
    for (const DocumentId id : documents) {
        const Outcome<std::shared_ptr<const Document>> document = m_conversation.document(id);
        if (!document)
            return document.error();
        const Outcome<std::shared_ptr<const TokenizedDocument>> tokenized = m_conversation.tokenized(id, stop);
        if (!tokenized)
            return tokenized.error();
        const QString title = (*document)->title.simplified();
        titles.append(title);
        const QList<SummaryChapter> chapters = chaptersOf(**document, (*tokenized)->tokens);
        for (const SummaryChapter& chapter : chapters)
            parts.append({SummaryPart::Kind::Chapter, id, chapter.title, chapter.bytes});
        if (chapters.size() > 1)
            parts.append({SummaryPart::Kind::Whole, id, title, {0, (*document)->text.size()}});
    }
    if (documents.size() > 1)
        parts.append({SummaryPart::Kind::Together, 0, titles.join(QStringLiteral(", ")), {}});
    const Outcome<SessionId> session = m_library.write([&](Library& in) {
        const SessionId added = in.sessions().add(QStringLiteral("Summary of %1").arg(titles.join(QStringLiteral(", "))), documents);
        in.summaries().add(added, parts);
        in.summaries().setRunning(added, true);
        return added;
    });
    if (!session)
        return session.error();
    return summary(*session);
}

Outcome<Summary> SummaryService::summary(SessionId session)
{
    const Outcome<std::optional<Summary>> found = m_library.read([&](Library& in) -> std::optional<Summary> {
        const std::optional<SessionSummary> known = in.sessions().find(session);
        if (!known || !known->isSummary)
            return std::nullopt;
        Summary summary{*known, in.summaries().isRunning(session), {}, in.summaries().parts(session)};
        for (SummaryPart& part : summary.parts) {
            if (part.message.id == 0)
                continue;
            part.message = in.messages().find(part.message.id).value_or(Message());
            part.message.sources = in.citations().of(part.message.id);
        }
        return summary;
    });
    if (!found)
        return found.error();
    if (!found->has_value())
        return Failure{Failure::Kind::Usage, QStringLiteral("There is no summary %1 in the library.").arg(session)};
    Summary summary = **found;
    for (const DocumentId id : summary.session.documents) {
        const Outcome<std::shared_ptr<const Document>> document = m_conversation.document(id);
        if (!document)
            return document.error();
        SummarizedDocument& told = summary.documents.emplaceBack();
        told = {id, (*document)->title.simplified(), {}};
        for (const LedgerEntry& entry : (*document)->ledger)
            if (!entry.included)
                told.leftOut.append(entry);
    }
    const Outcome<void> checked = checkCoverage(summary);
    if (!checked)
        return checked.error();
    return summary;
}

// Attention of a whole to its chapters is in its hop record, one passage a chapter.
Outcome<void> SummaryService::checkCoverage(Summary& summary)
{
    QList<QStringList>& words = m_words[summary.session.id];
    if (words.isEmpty()) {
        words.resize(summary.parts.size());
        for (const SummarizedDocument& of : summary.documents) {
            const Outcome<std::shared_ptr<const Document>> document = m_conversation.document(of.id);
            if (!document)
                return document.error();
            QList<QByteArrayView> texts;
            QList<qsizetype> places;
            for (qsizetype at = 0; at < summary.parts.size(); ++at) {
                const SummaryPart& part = summary.parts[at];
                if (part.kind != SummaryPart::Kind::Chapter || part.document != of.id)
                    continue;
                texts.append(QByteArrayView((*document)->text).sliced(part.bytes.begin, part.bytes.size()));
                places.append(at);
            }
            const QList<QStringList> found = distinctiveWords(texts);
            for (qsizetype n = 0; n < places.size(); ++n)
                words[places[n]] = found[n];
        }
    }
    for (qsizetype at = 0; at < summary.parts.size(); ++at)
        summary.parts[at].words = words[at];
    for (SummaryPart& whole : summary.parts) {
        if (whole.kind != SummaryPart::Kind::Whole || !whole.message.hasHops)
            continue;
        const Outcome<std::optional<QByteArray>> bytes = m_library.read([&](Library& in) { return in.hops().find(whole.message.id); });
        if (!bytes)
            return bytes.error();
        const std::optional<HopRecord> record = *bytes ? unpackHopRecord(**bytes) : std::nullopt;
        if (record)
            setWholeAttention(summary, whole.document, *record);
    }
    findGaps(summary);
    return {};
}

Outcome<void> SummaryService::write(SessionId session, const SummaryOptions& options, const SummaryEvents& events, std::stop_token stop)
{
    return run(session, [](Run& run) { return run.writeMissing(); }, options, events, std::move(stop));
}

Outcome<void> SummaryService::readAgain(SessionId session, const QList<int>& chapters, const SummaryOptions& options, const SummaryEvents& events,
                                        std::stop_token stop)
{
    return run(session, [&](Run& run) { return run.writeAgain(chapters); }, options, events, std::move(stop));
}

Outcome<QList<SessionId>> SummaryService::interrupted()
{
    return m_library.read([](Library& in) { return in.summaries().running(); });
}

Outcome<void> SummaryService::run(SessionId session, const std::function<Outcome<void>(Run&)>& work, const SummaryOptions& options,
                                  const SummaryEvents& events, std::stop_token stop)
{
    const Outcome<Summary> found = summary(session);
    if (!found)
        return found.error();
    const auto setRunning = [&](bool running) { return m_library.write([&](Library& in) { in.summaries().setRunning(session, running); }); };
    if (const Outcome<void> begun = setRunning(true); !begun)
        return begun;
    Run writing(*this, *found, options, events, std::move(stop));
    const Outcome<void> done = work(writing);
    if (const Outcome<void> ended = setRunning(false); !ended)
        return ended;
    if (const Outcome<Summary> after = summary(session); after && events.changed)
        events.changed(*after);
    return done;
}

} // namespace octavo::app
